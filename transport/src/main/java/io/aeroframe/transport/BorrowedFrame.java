package io.aeroframe.transport;

import java.nio.ByteBuffer;
import org.agrona.DirectBuffer;

/**
 * A frame whose bytes lie in memory that something else owns: the subscription's own, or a slot of a pool. One
 * thread.
 */
final class BorrowedFrame extends FrameView {

    private final HostIdentity host;
    private final FrameCopies leases;

    /** What holds the payload, and at which offset, unless it is in a pool. */
    private FrameMemory memory;

    private int start;

    /** The pool that the slot was borrowed from; null if none was. */
    private PoolReader pool;

    private int slot;
    private int revocations;

    BorrowedFrame(HostIdentity host, FrameCopies leases) {
        this.host = host;
        this.leases = leases;
    }

    /** A frame that was put together from the log. */
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

    /** A frame whose slot was borrowed for it; {@link #giveBack()} returns that. */
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

    /** The handler is done with the frame, or it will not be delivered. */
    void giveBack() {
        if (pool != null) {
            PoolReader from = pool;
            pool = null;
            payload.wrap(0, 0);
            from.giveBack(slot);
        }
    }

    /** Nobody looks at the frame any more, and its memory may go. */
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
