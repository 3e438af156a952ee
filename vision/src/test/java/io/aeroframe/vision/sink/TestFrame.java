package io.aeroframe.vision.sink;

import io.aeroframe.transport.Frame;
import io.aeroframe.transport.FrameFormat;
import io.aeroframe.transport.FrameLease;
import io.aeroframe.transport.SampleAspect;
import java.nio.ByteBuffer;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** A frame over a direct buffer, as a subscription hands it out. */
final class TestFrame implements Frame {

    private final FrameFormat format;
    private final long sequence;
    private final ByteBuffer bytes;
    private final DirectBuffer payload;
    private long timeNs;

    TestFrame(FrameFormat format, long sequence, byte[] payload) {
        this.format = format;
        this.sequence = sequence;
        ByteBuffer memory = ByteBuffer.allocateDirect(payload.length);
        memory.put(payload).flip();
        this.bytes = memory.asReadOnlyBuffer();
        this.payload = new UnsafeBuffer(memory);
    }

    @Override
    public FrameFormat format() {
        return format;
    }

    @Override
    public long sequence() {
        return sequence;
    }

    /** The same with pixels of another shape. */
    TestFrame withPixelsOf(int width, int height) {
        byte[] same = new byte[payload.capacity()];
        payload.getBytes(0, same);
        return new TestFrame(format.withSampleAspect(new SampleAspect(width, height)), sequence, same).at(timeNs);
    }

    /** Captured, and published, at a time. */
    TestFrame at(long ns) {
        timeNs = ns;
        return this;
    }

    @Override
    public long captureTimeNs() {
        return timeNs;
    }

    @Override
    public long publishTimeNs() {
        return timeNs;
    }

    @Override
    public boolean isSameHost() {
        return true;
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
        return bytes;
    }

    @Override
    public DirectBuffer metadata() {
        return new UnsafeBuffer(0, 0);
    }

    @Override
    public FrameLease retain() {
        throw new UnsupportedOperationException("a sink keeps no frame past its call");
    }

    @Override
    public boolean isPooled() {
        return false;
    }

    @Override
    public boolean isRevoked() {
        return false;
    }
}
