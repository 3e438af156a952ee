package io.aeroframe.transport;

import java.nio.ByteBuffer;

/** A frame in a pool that is kept past its handler: no copy, the slot is not used again until this is closed. */
final class PoolLease extends FrameView implements FrameLease {

    private final AttachedPool pool;
    private final int slot;
    private final ByteBuffer bytes;
    private byte[] metadataBytes = new byte[0];
    private int revocations;
    private volatile boolean isOpen;

    /** The next of those that wait to be used again; the pool's. */
    PoolLease nextSpare;

    PoolLease(AttachedPool pool, int slot) {
        this.pool = pool;
        this.slot = slot;
        bytes = pool.byteBuffer(slot).duplicate();
    }

    void open(FrameView frame, int atRevocations) {
        payload.wrap(pool.buffer(slot), 0, frame.payloadLength());
        bytes.limit(frame.payloadLength());
        int metadataLength = frame.metadata().capacity();
        if (metadataBytes.length < metadataLength) {
            metadataBytes = new byte[metadataLength];
        }
        frame.metadata().getBytes(0, metadataBytes, 0, metadataLength);
        metadata.wrap(metadataBytes, 0, metadataLength);
        describe(frame.format(), frame.sequence(), frame.captureTimeNs(), frame.publishTimeNs(), frame.isSameHost());
        revocations = atRevocations;
        isOpen = true;
    }

    int slot() {
        return slot;
    }

    int revocations() {
        return revocations;
    }

    /** The pool's, under its lock. */
    boolean tryClose() {
        boolean wasOpen = isOpen;
        isOpen = false;
        return wasOpen;
    }

    @Override
    public Frame frame() {
        if (!isOpen) {
            throw new IllegalStateException("the lease is closed");
        }
        if (isRevoked()) {
            throw new LeaseRevokedException(sequence());
        }
        return this;
    }

    @Override
    public boolean isPooled() {
        return true;
    }

    @Override
    public boolean isRevoked() {
        return !pool.isGood(revocations);
    }

    @Override
    public ByteBuffer payloadByteBuffer() {
        return bytes.position(0).limit(payloadLength());
    }

    @Override
    public FrameLease retain() {
        return pool.retainAgain(this);
    }

    @Override
    public void close() {
        pool.close(this);
    }
}
