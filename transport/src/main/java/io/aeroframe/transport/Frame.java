package io.aeroframe.transport;

import java.nio.ByteBuffer;
import org.agrona.DirectBuffer;

/**
 * One picture with its header, as a handler is given it.
 *
 * <p>Borrowed: valid inside {@link FrameHandler#onFrame(Frame)} only, on the thread that polls, and read-only. To keep
 * it longer, {@link #retain()} it; to draw on it, copy it.
 */
public interface Frame {

    /**
     * The shape of the frame.
     *
     * @return the format; the same object as long as the shape does not change.
     */
    FrameFormat format();

    /**
     * Counts every frame the source offered, also those dropped before the wire.
     *
     * @return 0 for the first frame of a publication.
     */
    long sequence();

    /**
     * When the picture was taken, by the publisher's wall clock.
     *
     * @return nanoseconds since the epoch.
     */
    long captureTimeNs();

    /**
     * When the frame was committed, by the monotonic clock of the publisher's host
     * ({@link System#nanoTime()} there). Comparable with this process's clock only if {@link #isSameHost()}.
     *
     * @return nanoseconds of a clock with an arbitrary origin.
     */
    long publishTimeNs();

    /**
     * Whether publisher and subscriber share a monotonic clock: same host, same boot.
     *
     * @return true if {@code System.nanoTime() - publishTimeNs()} is a latency.
     */
    boolean isSameHost();

    /**
     * The bytes of the picture: {@link FrameFormat#maxPayloadLength()} bytes of a raw frame, the JPEG image of a JPEG
     * frame, what a zstd frame is decompressed from. Offset 0 to {@link #payloadLength()}.
     *
     * @return a view, borrowed like the frame.
     */
    DirectBuffer payload();

    /**
     * Length of the payload.
     *
     * @return bytes.
     */
    int payloadLength();

    /**
     * The payload as a direct, read-only byte buffer whose position 0 is the first byte and whose limit is the last:
     * what OpenCV and other native code take. The same object is returned while the frame stays in the same memory.
     *
     * @return a view, borrowed like the frame.
     */
    ByteBuffer payloadByteBuffer();

    /**
     * The publisher's opaque bytes that came with the frame, offset 0 to {@link DirectBuffer#capacity()}.
     *
     * @return a view, borrowed like the frame; empty if there are none.
     */
    DirectBuffer metadata();

    /**
     * Whether the payload lies in memory that publisher and subscribers share, so that it was not copied on its way.
     *
     * @return true on the pool path, false on the log path.
     */
    boolean isPooled();

    /**
     * Whether the publisher has taken the memory back, because this process has shown no sign of life for longer than
     * the driver's client liveness timeout: it was stopped, or its Aeron client was closed. What was read of the
     * payload since the last call that said false cannot be trusted.
     *
     * @return true if so; never on the log path.
     */
    boolean isRevoked();

    /**
     * Keeps the frame past the handler. On the pool path the frame stays where it is and its slot is not used again
     * until the lease is closed; a subscription may hold half of the slots so, and all of them together leave three
     * slots (half of a pool with fewer than six); further frames are copied. On the log path every one is copied. The
     * lease must be closed. Allocates one small object a call.
     *
     * @return a lease whose {@link FrameLease#frame()} any one thread may read until it is closed.
     */
    FrameLease retain();
}
