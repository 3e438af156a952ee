package io.aeroframe.transport;

import java.nio.ByteBuffer;
import org.agrona.DirectBuffer;

/**
 * A received video frame: pixels or compressed image, header fields and metadata.
 *
 * <p>A frame is read-only and borrowed. It is valid only inside {@link FrameHandler#onFrame(Frame)}, on the polling
 * thread. To keep it longer, {@link #retain()} it. To draw on it, copy it.
 */
public interface Frame {

    /**
     * The frame's format.
     *
     * @return the format; the same object as long as the format does not change.
     */
    FrameFormat format();

    /**
     * The frame's number within its publication. It counts every frame that the source offered, including frames that
     * the publisher dropped.
     *
     * @return the sequence, 0 for the first frame of a publication.
     */
    long sequence();

    /**
     * When the frame was captured, by the publisher's wall clock.
     *
     * @return nanoseconds since the epoch.
     */
    long captureTimeNs();

    /**
     * When the frame was committed, by the monotonic clock of the publisher's host ({@link System#nanoTime()} there).
     * Comparable with this process's clock only if {@link #isSameHost()}.
     *
     * @return nanoseconds since an arbitrary origin.
     */
    long publishTimeNs();

    /**
     * Whether publisher and subscriber share a monotonic clock, that is, run on the same host since the same boot.
     *
     * @return true if {@code System.nanoTime() - publishTimeNs()} is a latency.
     */
    boolean isSameHost();

    /**
     * The payload, at offsets 0 to {@link #payloadLength()}: {@link FrameFormat#maxPayloadLength()} bytes of pixels if
     * the frame is raw, otherwise the JPEG image or the compressed zstd data.
     *
     * @return a view, borrowed like the frame.
     */
    DirectBuffer payload();

    /**
     * The payload's length.
     *
     * @return the length in bytes.
     */
    int payloadLength();

    /**
     * The payload as a direct, read-only byte buffer with position 0 and limit {@link #payloadLength()}, for OpenCV and
     * other native code. Returns the same object as long as frames use the same memory.
     *
     * @return a view, borrowed like the frame.
     */
    ByteBuffer payloadByteBuffer();

    /**
     * The opaque metadata that the publisher attached, at offsets 0 to {@link DirectBuffer#capacity()}.
     *
     * @return a view, borrowed like the frame; empty if there is no metadata.
     */
    DirectBuffer metadata();

    /**
     * Whether the payload is in memory shared with the publisher, and was therefore never copied.
     *
     * @return true on the pool path, false on the log path.
     */
    boolean isPooled();

    /**
     * Whether the publisher has revoked the frame's memory. It does so when this process has shown no sign of life for
     * longer than the driver's client liveness timeout, because it was stopped or its Aeron client was closed. Anything
     * read from the payload since the last call that returned false may belong to another frame.
     *
     * @return true if the memory has been revoked; always false on the log path.
     */
    boolean isRevoked();

    /**
     * Keeps the frame past the handler. The caller must close the lease.
     *
     * <p>On the pool path the frame stays in its slot, which is not reused until the lease is closed. One subscription
     * may retain up to half of the slots. All subscriptions together leave at least three slots free, or half of them
     * if the pool has fewer than six. Beyond these limits, and always on the log path, the frame is copied.
     *
     * <p>Allocates one small object per call.
     *
     * @return a lease whose {@link FrameLease#frame()} one thread at a time may read until it is closed.
     * @throws OutOfMemoryError if the frame must be copied and there is not enough direct memory.
     */
    FrameLease retain();
}
