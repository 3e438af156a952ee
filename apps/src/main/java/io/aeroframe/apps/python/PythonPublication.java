package io.aeroframe.apps.python;

import io.aeroframe.transport.ClaimHold;
import io.aeroframe.transport.ColorEncoding;
import io.aeroframe.transport.DropReason;
import io.aeroframe.transport.FrameClaim;
import io.aeroframe.transport.FrameEncoding;
import io.aeroframe.transport.FrameFormat;
import io.aeroframe.transport.FramePublication;
import io.aeroframe.transport.PixelFormat;
import io.aeroframe.transport.PublicationLedger;
import io.aeroframe.vision.jpeg.ChromaSubsampling;
import io.aeroframe.vision.jpeg.JpegCodec;
import io.aeroframe.vision.jpeg.JpegCodecs;
import io.aeroframe.vision.jpeg.JpegHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Publishes one stream. Formats are given by the wire code of their pixel format, and their size. One thread publishes;
 * {@link #ledger} and {@link #close} are thread-safe.
 */
public final class PythonPublication implements AutoCloseable {

    /** The capture time of a frame that is captured now. */
    public static final long NOW = Long.MIN_VALUE;

    /** The frame was dropped and counted. */
    public static final int DROPPED = -1;

    /** The channel has no slots; Python's own memory is to be sent with {@link #send}. */
    public static final int NO_SLOT_ON_CHANNEL = -2;

    /** Subscribers have left no room for the frame yet; it is not dropped, and the call is to be repeated. */
    public static final int WAITING = -3;

    private static final Duration SLICE = Duration.ofMillis(50);
    private static final long LONGEST_WAIT_NS = TimeUnit.SECONDS.toNanos(60);

    private static final int MAX_METADATA_LENGTH = 64 * 1024;

    private final PythonRuntime runtime;
    private final PublishSettings settings;
    private final UnsafeBuffer metadata =
            new UnsafeBuffer(BufferUtil.allocateDirectAligned(MAX_METADATA_LENGTH, Long.BYTES));
    private final UnsafeBuffer view = new UnsafeBuffer(0, 0);
    private final UnsafeBuffer metadataView = new UnsafeBuffer(0, 0);
    private volatile FramePublication publication;
    private volatile boolean isClosed;
    private FrameFormat lastFormat;
    private FrameClaim claim;
    private long waitedNs;
    private JpegCodec jpeg;

    PythonPublication(PythonRuntime runtime, PublishSettings settings) {
        this.runtime = runtime;
        this.settings = settings;
    }

    /**
     * Opens the stream for frames of a format, before the first one.
     *
     * @param pixelFormat the wire code of the pixel format.
     * @param width       the width in pixels.
     * @param height      the height in pixels.
     * @param isJpeg      whether the frames are JPEG.
     * @throws IllegalArgumentException if the format is not valid.
     */
    public void open(int pixelFormat, int width, int height, boolean isJpeg) {
        publication(isJpeg ? FrameFormat.jpeg(width, height) : format(pixelFormat, width, height));
    }

    private FramePublication publication(FrameFormat first) {
        if (publication == null) {
            if (isClosed) {
                throw new IllegalStateException("the publication of stream '" + settings.stream() + "' is closed");
            }
            publication = runtime.join().addPublication(settings.context(first));
        }
        return publication;
    }

    /** The same object for the same numbers. */
    private FrameFormat format(int pixelFormat, int width, int height) {
        FrameFormat last = lastFormat;
        if (last == null
                || last.width() != width
                || last.height() != height
                || last.pixelFormat().code() != pixelFormat) {
            lastFormat = FrameFormat.raw(PixelFormat.ofCode(pixelFormat), width, height);
        }
        return lastFormat;
    }

    /**
     * Claims a slot for a raw frame without padding, to be committed or aborted.
     *
     * @param pixelFormat the wire code of the pixel format.
     * @param width       the width in pixels.
     * @param height      the height in pixels.
     * @param isHeld      whether the slot stays as it is after the commit, until its number in {@link HeldMemory} is
     *     released.
     * @return the number of the hold, or 0 without one; {@link #DROPPED}, {@link #NO_SLOT_ON_CHANNEL}, or {@link
     *     #WAITING} if the publication is lossless.
     * @throws IllegalStateException if a hold is wanted, and half of the slots have one.
     */
    public int claim(int pixelFormat, int width, int height, boolean isHeld) {
        FrameFormat format = format(pixelFormat, width, height);
        FramePublication open = publication(format);
        if (isHeld && !open.isPooled()) {
            return NO_SLOT_ON_CHANNEL;
        }
        if (isWaiting(open, format, format.maxPayloadLength())) {
            return WAITING;
        }
        claim = open.tryClaim(format);
        if (claim == null) {
            return DROPPED;
        }
        return isHeld ? hold() : 0;
    }

    /**
     * Waits for room for a short time, so that Python can have Ctrl-C take effect between the calls.
     *
     * @return true if subscribers have not made room yet.
     */
    private boolean isWaiting(FramePublication open, FrameFormat format, int length) {
        if (!settings.isLossless() || open.awaitRoom(format, length, SLICE)) {
            waitedNs = 0;
            return false;
        }
        waitedNs += SLICE.toNanos();
        return waitedNs < LONGEST_WAIT_NS;
    }

    private int hold() {
        ClaimHold hold = claim.tryHold();
        if (hold == null) {
            claim.abort();
            claim = null;
            throw new IllegalStateException("stream '" + settings.stream()
                    + "': arrays of earlier claims are still in use, and have half of the slots: delete or copy them");
        }
        return HeldMemory.add(hold);
    }

    /**
     * Where the claimed memory is.
     *
     * @return the address of its first byte.
     */
    public long claimAddress() {
        return claim.buffer().addressOffset();
    }

    /**
     * Sends the claimed frame.
     *
     * @param captureTimeNs  nanoseconds since the epoch, or {@link #NOW}.
     * @param metadataLength how much of the metadata's memory belongs to the frame.
     * @return false if it was dropped and counted.
     */
    public boolean commit(long captureTimeNs, int metadataLength) {
        FrameClaim filled = claim;
        claim = null;
        if (metadataLength > 0) {
            filled.metadata(metadata, 0, metadataLength);
        }
        return captureTimeNs == NOW ? filled.commit() : filled.commit(captureTimeNs);
    }

    /** Returns the claim unsent. */
    public void abort() {
        if (claim != null) {
            FrameClaim unused = claim;
            claim = null;
            unused.abort();
        }
    }

    /**
     * Waits a little for room for a frame of a size that is sent with {@link #send}, {@link #sendJpeg} or {@link
     * #encode}.
     *
     * @param width  the width in pixels.
     * @param height the height in pixels.
     * @return false if there is none yet: to be repeated.
     */
    public boolean awaitRoom(int width, int height) {
        FramePublication open = publication;
        return open == null || !isWaiting(open, FrameFormat.jpeg(width, height), 1);
    }

    /**
     * Sends a copy of a raw frame without padding.
     *
     * @param pixelFormat    the wire code of the pixel format.
     * @param width          the width in pixels.
     * @param height         the height in pixels.
     * @param address        where it is.
     * @param captureTimeNs  nanoseconds since the epoch, or {@link #NOW}.
     * @param metadataLength how much of the metadata's memory belongs to the frame.
     * @return false if it was dropped and counted.
     */
    public boolean send(int pixelFormat, int width, int height, long address, long captureTimeNs, int metadataLength) {
        FrameFormat format = format(pixelFormat, width, height);
        return offer(format, address, format.maxPayloadLength(), captureTimeNs, metadataLength);
    }

    /**
     * Sends a JPEG image as it is.
     *
     * @param address        where it is.
     * @param length         its length in bytes.
     * @param captureTimeNs  nanoseconds since the epoch, or {@link #NOW}.
     * @param metadataLength how much of the metadata's memory belongs to the frame.
     * @return false if it was dropped and counted.
     * @throws IOException if it is not a JPEG image.
     */
    public boolean sendJpeg(long address, int length, long captureTimeNs, int metadataLength) throws IOException {
        JpegHeader header = JpegHeader.parse(NativeBuffers.of(address, length), length);
        PixelFormat pixels = header.components() == 1 ? PixelFormat.GRAY8 : PixelFormat.BGR24;
        FrameFormat format = FrameFormat.jpeg(header.width(), header.height(), pixels);
        return offer(format, address, length, captureTimeNs, metadataLength);
    }

    private boolean offer(FrameFormat format, long address, int length, long captureTimeNs, int metadataLength) {
        FramePublication open = publication(format);
        view.wrap(address, length);
        metadataView.wrap(metadata, 0, metadataLength);
        return open.offer(format, view, 0, length, metadataView, timeOf(captureTimeNs));
    }

    private static long timeOf(long captureTimeNs) {
        if (captureTimeNs != NOW) {
            return captureTimeNs;
        }
        Instant now = Instant.now();
        return now.getEpochSecond() * 1_000_000_000L + now.getNano();
    }

    /**
     * Encodes a raw frame as JPEG and sends it.
     *
     * @param pixelFormat    the wire code of the pixel format: BGR24, RGB24, BGRA32 or GRAY8.
     * @param width          the width in pixels.
     * @param height         the height in pixels.
     * @param stride         the number of bytes from one row to the next.
     * @param address        where the frame is.
     * @param quality        1 (smallest) to 100 (best).
     * @param captureTimeNs  nanoseconds since the epoch, or {@link #NOW}.
     * @param metadataLength how much of the metadata's memory belongs to the frame.
     * @return false if it was dropped and counted.
     * @throws IOException if it cannot be encoded.
     */
    public boolean encode(
            int pixelFormat,
            int width,
            int height,
            int stride,
            long address,
            int quality,
            long captureTimeNs,
            int metadataLength)
            throws IOException {
        PixelFormat pixels = PixelFormat.ofCode(pixelFormat);
        FrameFormat raw = new FrameFormat(width, height, stride, pixels, FrameEncoding.RAW, ColorEncoding.BT601_FULL);
        FrameFormat encoded =
                FrameFormat.jpeg(width, height, pixels == PixelFormat.GRAY8 ? PixelFormat.GRAY8 : PixelFormat.BGR24);
        jpeg = jpeg != null ? jpeg : JpegCodecs.open();
        int room = jpeg.maxEncodedLength(raw, ChromaSubsampling.YUV420);
        claim = publication(encoded).tryClaim(encoded, room);
        if (claim == null) {
            return false;
        }
        try {
            ByteBuffer source = NativeBuffers.of(address, raw.maxPayloadLength());
            claim.payloadLength(jpeg.encode(source, raw, quality, claim.byteBuffer()));
            return commit(captureTimeNs, metadataLength);
        } finally {
            abort();
        }
    }

    /**
     * Where a frame's metadata is put before it is sent.
     *
     * @return the address of 64 KiB of memory.
     */
    public long metadataAddress() {
        return metadata.addressOffset();
    }

    /**
     * The number of subscribers; over UDP 1 stands for one or more.
     *
     * @return 0 before the first frame, unless the stream was opened.
     */
    public int subscriberCount() {
        FramePublication open = publication;
        return open == null ? 0 : open.subscriberCount();
    }

    /**
     * Why the last dropped frame was dropped.
     *
     * @return the name of a {@link DropReason}; null if no frame has been dropped.
     */
    public String lastDrop() {
        DropReason reason = publication == null ? null : publication.lastDrop();
        return reason == null ? null : reason.name();
    }

    /**
     * The account of the frames.
     *
     * @return published, sent, dropped for back-pressure, for lack of a slot, of a subscriber, at the source, bytes.
     */
    public long[] ledger() {
        PublicationLedger ledger =
                publication == null ? new PublicationLedger(0, 0, 0, 0, 0, 0, 0) : publication.ledger();
        return new long[] {
            ledger.published(),
            ledger.sent(),
            ledger.droppedBackPressure(),
            ledger.droppedNoSlot(),
            ledger.droppedNoSubscriber(),
            ledger.droppedAtSource(),
            ledger.bytes()
        };
    }

    /** Ends the stream. Memory of claims that have a hold stays valid. */
    @Override
    public void close() {
        isClosed = true;
        FramePublication open = publication;
        if (open != null) {
            open.close();
        }
    }
}
