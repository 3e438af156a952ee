package io.aeroframe.transport;

import java.lang.invoke.VarHandle;
import java.nio.MappedByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;

/** Reads the status file of a publication or subscription, which its owner goes on writing. One thread. */
final class StatusReader implements AutoCloseable {

    /** After so many a reader that is always overtaken makes do with less. */
    private static final int MAX_ATTEMPTS = 1_000;

    /** The owner may be writing the entry after the last one: that of the oldest frame. */
    private static final int MAX_RECENT = StatusLayout.RING_LENGTH - 1;

    private final long id;
    private final MappedByteBuffer mapped;
    private final UnsafeBuffer buffer;
    private final byte[] numbers = new byte[StatusLayout.LATENCIES_OFFSET - StatusLayout.NUMBERS_VERSION_OFFSET];
    private final byte[] ring = new byte[StatusLayout.RING_LENGTH * StatusLayout.ENTRY_LENGTH];
    private boolean hasRecent;

    StatusReader(long id, MappedByteBuffer mapped) {
        this.id = id;
        this.mapped = mapped;
        buffer = new UnsafeBuffer(mapped);
    }

    /** Whether the file is complete, and of this version. */
    boolean isReadable() {
        return buffer.getLongVolatile(StatusLayout.MAGIC_OFFSET) == StatusLayout.MAGIC
                && buffer.getInt(StatusLayout.VERSION_OFFSET) == StatusLayout.VERSION;
    }

    StreamStatus read() {
        boolean isWhole = tryCopy(true) || tryCopy(false);
        // Otherwise its owner was stopped, or killed, while it wrote: at most a few numbers are of the frame after.
        return status(isWhole && hasRecent);
    }

    private boolean tryCopy(boolean withRecent) {
        hasRecent = withRecent;
        for (int i = 0; i < MAX_ATTEMPTS; i++) {
            long before = buffer.getLongVolatile(StatusLayout.NUMBERS_VERSION_OFFSET);
            buffer.getBytes(StatusLayout.NUMBERS_VERSION_OFFSET, numbers);
            if (withRecent) {
                buffer.getBytes(StatusLayout.RING_OFFSET, ring);
            }
            VarHandle.loadLoadFence();
            if ((before & 1) == 0 && buffer.getLongVolatile(StatusLayout.NUMBERS_VERSION_OFFSET) == before) {
                return true;
            }
            Thread.onSpinWait();
        }
        return false;
    }

    private StreamStatus status(boolean withRecent) {
        UnsafeBuffer copied = new UnsafeBuffer(numbers);
        boolean isPublication = buffer.getInt(StatusLayout.KIND_OFFSET) == StreamStatus.Role.PUBLICATION.ordinal();
        int flags = buffer.getInt(StatusLayout.FLAGS_OFFSET);
        long frameCount = number(copied, StatusLayout.FRAME_COUNT_OFFSET);
        return new StreamStatus(
                id,
                isPublication ? StreamStatus.Role.PUBLICATION : StreamStatus.Role.SUBSCRIPTION,
                new StreamName(text(StatusLayout.STREAM_OFFSET, StreamName.MAX_BYTES)),
                text(StatusLayout.CHANNEL_OFFSET, StatusLayout.MAX_CHANNEL_BYTES),
                text(StatusLayout.LIBRARY_OFFSET, StatusLayout.MAX_LIBRARY_BYTES),
                ProcessIdentity.number(buffer.getLong(StatusLayout.PROCESS_OFFSET)),
                buffer.getLong(StatusLayout.MADE_TIME_OFFSET),
                (flags & StatusLayout.FLAG_LATEST) == 0 ? Delivery.EVERY : Delivery.LATEST,
                (flags & StatusLayout.FLAG_LOSSLESS) != 0,
                (flags & StatusLayout.FLAG_POOLED) != 0,
                state(isPublication, (int) number(copied, StatusLayout.STATE_OFFSET)),
                number(copied, StatusLayout.PUBLICATION_OFFSET),
                number(copied, StatusLayout.POOL_OFFSET),
                (int) number(copied, StatusLayout.COPIES_OFFSET) - 1,
                format(copied),
                ledger(copied, isPublication ? PublicationCounts.names() : SubscriptionCounts.names()),
                number(copied, StatusLayout.BYTES_OFFSET),
                frameCount,
                withRecent ? recent(frameCount) : List.of(),
                latencies());
    }

    private static long number(UnsafeBuffer copied, int offset) {
        return copied.getLong(offset - StatusLayout.NUMBERS_VERSION_OFFSET);
    }

    private String text(int offset, int maxBytes) {
        byte[] utf8 = new byte[Math.max(0, Math.min(buffer.getInt(offset), maxBytes))];
        buffer.getBytes(offset + Integer.BYTES, utf8);
        return new String(utf8, StandardCharsets.UTF_8);
    }

    private static StreamStatus.State state(boolean isPublication, int code) {
        if (code == 0) {
            return StreamStatus.State.WAITING;
        }
        if (isPublication) {
            return switch (LogPublication.Outcome.values()[code - 1]) {
                case SENT -> StreamStatus.State.STREAMING;
                case NO_ROOM -> StreamStatus.State.BACK_PRESSURE;
                case NO_SLOT -> StreamStatus.State.NO_SLOT;
                case NOT_CONNECTED -> StreamStatus.State.NO_SUBSCRIBER;
            };
        }
        return switch (StreamState.values()[code - 1]) {
            case WAITING -> StreamStatus.State.WAITING;
            case STREAMING -> StreamStatus.State.STREAMING;
            case ENDED -> StreamStatus.State.ENDED;
            case LOST -> StreamStatus.State.LOST;
        };
    }

    private static FrameFormat format(UnsafeBuffer copied) {
        int[] fields = new int[8];
        for (int i = 0; i < fields.length; i++) {
            fields[i] =
                    copied.getInt(StatusLayout.FORMAT_OFFSET - StatusLayout.NUMBERS_VERSION_OFFSET + i * Integer.BYTES);
        }
        if (fields[0] == 0) {
            return null;
        }
        try {
            return new FrameFormat(
                    fields[0],
                    fields[1],
                    fields[2],
                    PixelFormat.ofCode(fields[3]),
                    FrameEncoding.ofCode(fields[4]),
                    ColorEncoding.values()[fields[5]],
                    new SampleAspect(fields[6], fields[7]));
        } catch (IllegalArgumentException ex) {
            return null; // half of one format and half of another, of an owner that was stopped just then
        }
    }

    private static Map<String, Long> ledger(UnsafeBuffer copied, String[] names) {
        Map<String, Long> ledger = new LinkedHashMap<>();
        for (int i = 0; i < names.length; i++) {
            ledger.put(names[i], number(copied, StatusLayout.LEDGER_OFFSET + i * Long.BYTES));
        }
        return ledger;
    }

    private List<StreamStatus.FrameTrace> recent(long frameCount) {
        UnsafeBuffer entries = new UnsafeBuffer(ring);
        List<StreamStatus.FrameTrace> recent = new ArrayList<>();
        for (long i = Math.max(0, frameCount - MAX_RECENT); i < frameCount; i++) {
            int entry = StatusLayout.entryOffset(i) - StatusLayout.RING_OFFSET;
            recent.add(new StreamStatus.FrameTrace(
                    entries.getLong(entry + StatusLayout.ENTRY_SEQUENCE),
                    entries.getLong(entry + StatusLayout.ENTRY_TIME),
                    entries.getLong(entry + StatusLayout.ENTRY_LATENCY),
                    entries.getLong(entry + StatusLayout.ENTRY_CAPTURE_TIME),
                    entries.getInt(entry + StatusLayout.ENTRY_LENGTH_OF_PAYLOAD)));
        }
        return recent;
    }

    private LatencyCounts latencies() {
        long[] counts = new long[LatencyBuckets.COUNT];
        for (int i = 0; i < counts.length; i++) {
            counts[i] = buffer.getLong(StatusLayout.LATENCIES_OFFSET + i * Long.BYTES);
        }
        return new LatencyCounts(counts);
    }

    @Override
    public void close() {
        buffer.wrap(0, 0);
        BufferUtil.free(mapped);
    }
}
