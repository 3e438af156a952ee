package io.aeroframe.transport;

import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * What frames have in common, wherever their bytes are: the fields of the header, and views of payload and metadata.
 */
abstract class FrameView implements Frame {

    final UnsafeBuffer payload = new UnsafeBuffer(0, 0);
    final UnsafeBuffer metadata = new UnsafeBuffer(0, 0);
    private FrameFormat format;
    private long sequence;
    private long captureTimeNs;
    private long publishTimeNs;
    private boolean isSameHost;

    final void describe(FrameFormat format, long sequence, long captureTimeNs, long publishTimeNs, boolean isSameHost) {
        this.format = format;
        this.sequence = sequence;
        this.captureTimeNs = captureTimeNs;
        this.publishTimeNs = publishTimeNs;
        this.isSameHost = isSameHost;
    }

    @Override
    public final FrameFormat format() {
        return format;
    }

    @Override
    public final long sequence() {
        return sequence;
    }

    @Override
    public final long captureTimeNs() {
        return captureTimeNs;
    }

    @Override
    public final long publishTimeNs() {
        return publishTimeNs;
    }

    @Override
    public final boolean isSameHost() {
        return isSameHost;
    }

    @Override
    public boolean isPooled() {
        return false;
    }

    @Override
    public boolean isRevoked() {
        return false;
    }

    @Override
    public final DirectBuffer payload() {
        return payload;
    }

    @Override
    public final int payloadLength() {
        return payload.capacity();
    }

    @Override
    public final DirectBuffer metadata() {
        return metadata;
    }
}
