package io.aeroframe.transport;

import java.nio.ByteBuffer;
import org.agrona.DirectBuffer;

/** A frame whose bytes lie in memory that somebody else owns: flyweight of the log path. One thread. */
final class BorrowedFrame extends FrameView {

    private final HostIdentity host;
    private final FrameLeasePool leases;

    private ByteBuffer payloadBytes;
    private long payloadBytesAddress;

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

    @Override
    public ByteBuffer payloadByteBuffer() {
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
        return leases.copyOf(this);
    }
}
