package io.aeroframe.transport;

import java.nio.ByteBuffer;
import org.agrona.DirectBuffer;

/** A frame whose bytes lie in memory that somebody else owns: an assembled message, or a slot of a pool. One thread. */
final class BorrowedFrame extends FrameView {

    private final HostIdentity host;
    private final FrameLeasePool leases;

    private ByteBuffer payloadBytes;
    private long payloadBytesAddress;

    /** The pool and slot that this has borrowed; null if none. */
    private AttachedPool pool;

    private int slot;
    private int revocations;

    BorrowedFrame(HostIdentity host, FrameLeasePool leases) {
        this.host = host;
        this.leases = leases;
    }

    void wrap(
            FrameHeader header,
            DirectBuffer payloadSource,
            int payloadOffset,
            DirectBuffer metadataSource,
            int metadataOffset,
            int metadataLength) {
        describe(
                header.format,
                header.sequence,
                header.captureTimeNs,
                header.publishTimeNs,
                host.isSameAs(header.bootIdHigh, header.bootIdLow));
        payload.wrap(payloadSource, payloadOffset, header.payloadLength);
        metadata.wrap(metadataSource, metadataOffset, metadataLength);
    }

    /** A slot that was borrowed for this frame; {@link #giveBack()} returns it. */
    void borrow(AttachedPool from, int fromSlot) {
        pool = from;
        slot = fromSlot;
        revocations = from.revocations();
    }

    /** The handler is done with the frame, or it will not be given to one. */
    void giveBack() {
        if (pool != null) {
            AttachedPool from = pool;
            pool = null;
            payload.wrap(0, 0);
            from.giveBack(slot);
        }
    }

    @Override
    public boolean isPooled() {
        return pool != null;
    }

    @Override
    public boolean isRevoked() {
        return pool != null && !pool.isGood(revocations);
    }

    @Override
    public ByteBuffer payloadByteBuffer() {
        if (pool != null) {
            return pool.byteBuffer(slot).position(0).limit(payloadLength());
        }
        if (payloadBytes == null
                || payloadBytesAddress != payload.addressOffset()
                || payloadBytes.capacity() != payload.capacity()) {
            payloadBytes = payload.byteBuffer()
                    .slice(payload.wrapAdjustment(), payload.capacity())
                    .asReadOnlyBuffer();
            payloadBytesAddress = payload.addressOffset();
        }
        return payloadBytes.clear();
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
