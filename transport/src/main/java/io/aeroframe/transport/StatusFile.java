package io.aeroframe.transport;

import io.aeroframe.driver.FrameDriverException;
import io.aeroframe.driver.internal.SharedDirectory;
import io.aeroframe.driver.internal.SharedFile;
import java.io.IOException;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * What a publication or a subscription shows of itself to {@link StreamMonitor}, in any process: a few plain stores a
 * frame, and no system call. It is a file of its own beside the pools, so that it outlives driver sessions and is
 * swept, as they are, when its process dies.
 *
 * <p>Where there is no room for the file, what is shown goes to memory that nobody reads: streams do not depend on it.
 *
 * <p>The thread of the publication or subscription, inside its gate.
 */
final class StatusFile implements NumberedCounts, AutoCloseable {

    private static final String LIBRARY = Optional.ofNullable(
                    StatusFile.class.getPackage().getImplementationVersion())
            .orElse("unknown");

    private final UnsafeBuffer buffer;

    /** Null if it is in memory. */
    private final MappedByteBuffer mapped;

    private final SharedFile file;
    private final FrameTransportException failure;
    private long version;
    private long frameCount;
    private long bytes;
    private long state = -1;
    private long publicationId;
    private FrameFormat format;

    /** A status that nobody is meant to see. */
    StatusFile() {
        this((FrameTransportException) null);
    }

    private StatusFile(FrameTransportException failure) {
        this.failure = failure;
        buffer = new UnsafeBuffer(new byte[StatusLayout.FILE_LENGTH]);
        mapped = null;
        file = null;
    }

    private StatusFile(SharedFile file, FileChannel channel) throws IOException {
        this.file = file;
        failure = null;
        // Written, not only made long: a page without memory behind it would end the process at the first store.
        ByteBuffer zeros = ByteBuffer.allocate(StatusLayout.FILE_LENGTH);
        while (zeros.hasRemaining()) {
            channel.write(zeros, zeros.position());
        }
        mapped = channel.map(FileChannel.MapMode.READ_WRITE, 0, StatusLayout.FILE_LENGTH);
        buffer = new UnsafeBuffer(mapped);
    }

    static StatusFile of(SharedDirectory directory, PublicationContext context) {
        boolean isPooled = context.isPooled() && context.channel().allowsPool();
        int flags = (context.isLossless() ? StatusLayout.FLAG_LOSSLESS : 0) | (isPooled ? StatusLayout.FLAG_POOLED : 0);
        return open(directory, StreamStatus.Role.PUBLICATION, flags, context.stream(), context.channel());
    }

    static StatusFile of(SharedDirectory directory, SubscriptionContext context) {
        int flags = context.delivery() == Delivery.LATEST ? StatusLayout.FLAG_LATEST : 0;
        return open(directory, StreamStatus.Role.SUBSCRIPTION, flags, context.stream(), context.channel());
    }

    private static StatusFile open(
            SharedDirectory directory, StreamStatus.Role role, int flags, StreamName stream, FrameChannel channel) {
        SharedFile file = null;
        try {
            file = directory.create(
                    StatusLayout.fileName(ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE)));
            SharedFile made = file;
            StatusFile status = file.use(open -> new StatusFile(made, open));
            status.describe(role, flags, stream, channel);
            return status;
        } catch (FrameDriverException | IOException ex) {
            if (file != null) {
                file.close();
            }
            return new StatusFile(new FrameTransportException(
                    FrameTransportException.Reason.REPORT,
                    "stream '" + stream + "': monitors will not show it: no room in " + directory.path()
                            + " for its status of " + StatusLayout.FILE_LENGTH / 1024 + " KiB: " + ex.getMessage(),
                    ex));
        }
    }

    private void describe(StreamStatus.Role role, int flags, StreamName stream, FrameChannel channel) {
        buffer.putInt(StatusLayout.VERSION_OFFSET, StatusLayout.VERSION);
        buffer.putInt(StatusLayout.KIND_OFFSET, role.ordinal());
        buffer.putLong(StatusLayout.PROCESS_OFFSET, ProcessIdentity.current().pid());
        buffer.putLong(StatusLayout.MADE_TIME_OFFSET, TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis()));
        buffer.putInt(StatusLayout.FLAGS_OFFSET, flags);
        putText(StatusLayout.STREAM_OFFSET, stream.value(), StreamName.MAX_BYTES);
        putText(StatusLayout.LIBRARY_OFFSET, LIBRARY, StatusLayout.MAX_LIBRARY_BYTES);
        putText(StatusLayout.CHANNEL_OFFSET, channel.toString(), StatusLayout.MAX_CHANNEL_BYTES);
        buffer.putLongVolatile(StatusLayout.MAGIC_OFFSET, StatusLayout.MAGIC);
    }

    private void putText(int offset, String text, int maxBytes) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        int length = Math.min(utf8.length, maxBytes);
        buffer.putInt(offset, length);
        buffer.putBytes(offset + Integer.BYTES, utf8, 0, length);
    }

    /** Why nobody can see it, to be reported; null if somebody can, or is not meant to. */
    FrameTransportException failure() {
        return failure;
    }

    /** Begins a change of the numbers, which ends with {@link #endChange()}. */
    void beginChange() {
        version++;
        buffer.putLongRelease(StatusLayout.NUMBERS_VERSION_OFFSET, version);
        VarHandle.storeStoreFence(); // the odd version before the numbers
    }

    void endChange() {
        version++;
        buffer.putLongRelease(StatusLayout.NUMBERS_VERSION_OFFSET, version);
    }

    /** Within a change: a number of the ledger. */
    @Override
    public void show(int index, long value) {
        buffer.putLong(StatusLayout.LEDGER_OFFSET + index * Long.BYTES, value);
    }

    /**
     * Within a change: a frame that was sent or delivered.
     *
     * @param timeNs    when, by the monotonic clock.
     * @param latencyNs the time from publishing to delivery; negative if unknown.
     */
    void frame(FrameFormat format, long sequence, long timeNs, long latencyNs, long captureTimeNs, int length) {
        if (this.format != format && !format.equals(this.format)) { // two assemblies have two objects for one format
            this.format = format;
            showFormat();
        }
        int entry = StatusLayout.entryOffset(frameCount);
        buffer.putLong(entry + StatusLayout.ENTRY_SEQUENCE, sequence);
        buffer.putLong(entry + StatusLayout.ENTRY_TIME, timeNs);
        buffer.putLong(entry + StatusLayout.ENTRY_LATENCY, latencyNs);
        buffer.putLong(entry + StatusLayout.ENTRY_CAPTURE_TIME, captureTimeNs);
        buffer.putInt(entry + StatusLayout.ENTRY_LENGTH_OF_PAYLOAD, length);
        frameCount++;
        bytes += length;
        buffer.putLong(StatusLayout.FRAME_COUNT_OFFSET, frameCount);
        buffer.putLong(StatusLayout.BYTES_OFFSET, bytes);
        if (latencyNs >= 0) {
            int bucket = StatusLayout.LATENCIES_OFFSET + LatencyBuckets.indexOf(latencyNs) * Long.BYTES;
            buffer.putLong(bucket, buffer.getLong(bucket) + 1);
        }
    }

    private void showFormat() {
        showFormat(0, format.width());
        showFormat(1, format.height());
        showFormat(2, format.stride());
        showFormat(3, format.pixelFormat().code());
        showFormat(4, format.encoding().code());
        showFormat(5, format.color().ordinal());
        showFormat(6, format.sampleAspect().width());
        showFormat(7, format.sampleAspect().height());
    }

    private void showFormat(int index, int value) {
        buffer.putInt(StatusLayout.FORMAT_OFFSET + index * Integer.BYTES, value);
    }

    /**
     * The state, and the publication that is followed. Outside of a change; costs two comparisons if nothing is new.
     *
     * @param code {@link StreamState#ordinal()} of a subscription; {@link LogPublication.Outcome#ordinal()} of the last
     *     frame of a publication.
     */
    void state(int code, long publicationId) {
        if (state != code || this.publicationId != publicationId) {
            state = code;
            this.publicationId = publicationId;
            beginChange();
            buffer.putLong(StatusLayout.STATE_OFFSET, 1 + code);
            buffer.putLong(StatusLayout.PUBLICATION_OFFSET, publicationId);
            endChange();
        }
    }

    /** Within a change: the pool that frames go through at present; 0 if there is none. */
    void pool(long poolId) {
        buffer.putLong(StatusLayout.POOL_OFFSET, poolId);
    }

    /** How often the application copies a frame. Any thread, while the file is open; one number of its own. */
    void copies(int count) {
        buffer.putLongRelease(StatusLayout.COPIES_OFFSET, 1L + count);
    }

    /** Removes the file. Inside the gate, or with the gate closed; once. */
    @Override
    public void close() {
        if (mapped != null) {
            buffer.wrap(0, 0);
            BufferUtil.free(mapped);
            file.close();
        }
    }
}
