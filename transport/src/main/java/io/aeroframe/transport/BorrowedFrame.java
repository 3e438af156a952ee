package io.aeroframe.transport;

import java.nio.ByteBuffer;
import org.agrona.DirectBuffer;

/**
 * A frame whose bytes are in memory that something else owns: the subscription's own, or a slot of a pool. One thread.
 */
final class BorrowedFrame extends FrameView {

    private final HostIdentity host;
    private final FrameCopies leases;

    /** The payload's memory and offset, unless the payload is in a pool. */
    private FrameMemory memory;

    private int start;

    /** The pool that the slot was borrowed from; null if there is none. */
    private PoolReader pool;

    private int slot;
    private int revocations;

    BorrowedFrame(HostIdentity host, FrameCopies leases) {
        this.host = host;
        this.leases = leases;
    }

    /** Shows a frame that was assembled from the log. */
    void show(
            FrameHeader header,
            FrameMemory from,
            int fromStart,
            DirectBuffer metadataSource,
            int metadataOffset,
            int metadataLength) {
        describe(header);
        memory = from;
        start = fromStart;
        payload.wrap(from.buffer(), fromStart, header.payloadLength);
        metadata.wrap(metadataSource, metadataOffset, metadataLength);
    }

    /** Shows a frame in a borrowed slot, which {@link #giveBack()} returns. */
    void show(FrameHeader header, PoolReader from, DirectBuffer metadataSource, int metadataLength) {
        describe(header);
        pool = from;
        slot = header.poolSlot;
        revocations = from.revocations();
        payload.wrap(from.buffer(slot), 0, header.payloadLength);
        metadata.wrap(metadataSource, 0, metadataLength);
    }

    private void describe(FrameHeader header) {
        describe(
                header.format,
                header.sequence,
                header.captureTimeNs,
                header.publishTimeNs,
                host.isSameAs(header.bootIdHigh, header.bootIdLow));
    }

    /** Returns a borrowed slot, when the handler is done with the frame or it will not be delivered. */
    void giveBack() {
        if (pool != null) {
            PoolReader from = pool;
            pool = null;
            payload.wrap(0, 0);
            from.giveBack(slot);
        }
    }

    /** Forgets the frame: its memory may be freed. */
    void release() {
        giveBack();
        memory = null;
        payload.wrap(0, 0);
    }

    @Override
    public boolean isPooled() {
        return pool != null;
    }

    @Override
    public boolean isRevoked() {
        return pool != null && !pool.isValid(revocations);
    }

    @Override
    public ByteBuffer payloadByteBuffer() {
        if (pool != null) {
            return pool.byteBuffer(slot).position(0).limit(payloadLength());
        }
        return memory.readOnly(start, payloadLength());
    }

    @Override
    public FrameLease retain() {
        if (pool != null) {
            FrameLease lease = pool.tryRetain(slot, this);
            if (lease != null) {
                return lease;
            }
        }
        return leases.copyOf(this);
    }
}
