package io.aeroframe.transport;

import java.nio.ByteBuffer;

/** A frame in a pool that is kept past its handler: no copy, the slot is not used again until this is closed. */
final class SlotLease extends KeptFrame {

    private final PoolReader pool;
    private final int slot;
    private final int revocations;

    /**
     * A lease on a slot that is held; the pool's, under its lock.
     *
     * @param revocations the number of revocations of the pool so far.
     */
    SlotLease(PoolReader pool, int slot, FrameView frame, int revocations) {
        super(frame);
        this.pool = pool;
        this.slot = slot;
        this.revocations = revocations;
        payload.wrap(pool.buffer(slot), 0, frame.payloadLength());
    }

    int slot() {
        return slot;
    }

    int revocations() {
        return revocations;
    }

    @Override
    public Frame frame() {
        super.frame();
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
        return !pool.isValid(revocations);
    }

    @Override
    ByteBuffer newByteBuffer() {
        return pool.byteBuffer(slot).slice(0, payloadLength());
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
