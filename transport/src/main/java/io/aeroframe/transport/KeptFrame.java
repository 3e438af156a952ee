package io.aeroframe.transport;

import java.nio.ByteBuffer;

/**
 * A frame that is kept past its handler, together with its lease. Each lease is an object of its own that is never
 * reused, so a closed lease cannot reach the memory of another.
 *
 * <p>The owner of the memory counts leases under its lock; {@link #tryEnd()} is called with that lock held.
 */
abstract class KeptFrame extends FrameView implements FrameLease {

    private volatile boolean isOpen = true;
    private ByteBuffer bytes;

    /** Copies everything but the payload of a frame. */
    KeptFrame(FrameView frame) {
        int metadataLength = frame.metadata().capacity();
        if (metadataLength > 0) {
            byte[] copy = new byte[metadataLength];
            frame.metadata().getBytes(0, copy);
            metadata.wrap(copy);
        }
        describe(frame.format(), frame.sequence(), frame.captureTimeNs(), frame.publishTimeNs(), frame.isSameHost());
    }

    /** A read-only view of the payload. */
    abstract ByteBuffer newByteBuffer();

    /**
     * Ends the lease, under the lock.
     *
     * @return false if it has ended before.
     */
    final boolean tryEnd() {
        if (!isOpen) {
            return false;
        }
        isOpen = false;
        payload.wrap(0, 0);
        metadata.wrap(0, 0);
        bytes = null;
        return true;
    }

    @Override
    public Frame frame() {
        if (!isOpen) {
            throw new IllegalStateException("the lease is closed");
        }
        return this;
    }

    @Override
    public final ByteBuffer payloadByteBuffer() {
        if (!isOpen) {
            throw new IllegalStateException("the lease is closed");
        }
        if (bytes == null) {
            bytes = newByteBuffer();
        }
        return bytes.clear();
    }
}
