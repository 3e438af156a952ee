package io.aeroframe.transport;

import java.nio.ByteBuffer;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** A frame whose bytes lie in memory that somebody else owns: flyweight of the log path. One thread. */
final class BorrowedFrame implements Frame {

    private final HostIdentity host;
    private final FrameLeasePool leases;
    private final UnsafeBuffer payload = new UnsafeBuffer(0, 0);
    private final UnsafeBuffer metadata = new UnsafeBuffer(0, 0);

    private FrameFormat format;
    private long sequence;
    private long captureTimeNs;
    private long publishTimeNs;
    private boolean isSameHost;

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
        format = header.format;
        sequence = header.sequence;
        captureTimeNs = header.captureTimeNs;
        publishTimeNs = header.publishTimeNs;
        isSameHost = host.isSameAs(header.bootIdHigh, header.bootIdLow);
        payload.wrap(payloadSource, payloadOffset, header.payloadLength);
        metadata.wrap(metadataSource, metadataOffset, metadataLength);
    }

    @Override
    public FrameFormat format() {
        return format;
    }

    @Override
    public long sequence() {
        return sequence;
    }

    @Override
    public long captureTimeNs() {
        return captureTimeNs;
    }

    @Override
    public long publishTimeNs() {
        return publishTimeNs;
    }

    @Override
    public boolean isSameHost() {
        return isSameHost;
    }

    @Override
    public DirectBuffer payload() {
        return payload;
    }

    @Override
    public int payloadLength() {
        return payload.capacity();
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
    public DirectBuffer metadata() {
        return metadata;
    }

    @Override
    public FrameLease retain() {
        return leases.copyOf(this);
    }
}
