package io.aeroframe.vision;

import io.aeroframe.transport.Frame;
import io.aeroframe.transport.FrameFormat;
import io.aeroframe.transport.FrameLease;
import java.nio.ByteBuffer;
import org.agrona.BufferUtil;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** A received frame in pixels that it was decoded or converted to: everything else is its own. Reused. */
final class FrameInOtherPixels implements Frame {

    private static final int ALIGNMENT = 64;

    private final UnsafeBuffer payload = new UnsafeBuffer(0, 0);
    private ByteBuffer memory = ByteBuffer.allocateDirect(0);
    private FrameFormat format;
    private ByteBuffer payloadBytes;
    private Frame received;

    /** Makes room for frames of a raw format. */
    void prepareFor(FrameFormat next) {
        int length = next.maxPayloadLength();
        if (memory.capacity() < length) {
            memory = BufferUtil.allocateDirectAligned(length, ALIGNMENT);
        }
        payload.wrap(memory, 0, length);
        payloadBytes = memory.slice(0, length).asReadOnlyBuffer();
        format = next;
    }

    /** The memory for the pixels. */
    ByteBuffer memory() {
        return memory;
    }

    /** Shows the pixels in memory as those of a frame, for as long as it is borrowed. */
    void show(Frame frame) {
        received = frame;
    }

    @Override
    public FrameFormat format() {
        return format;
    }

    @Override
    public long sequence() {
        return received.sequence();
    }

    @Override
    public long captureTimeNs() {
        return received.captureTimeNs();
    }

    @Override
    public long publishTimeNs() {
        return received.publishTimeNs();
    }

    @Override
    public boolean isSameHost() {
        return received.isSameHost();
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
        return payloadBytes.clear();
    }

    @Override
    public DirectBuffer metadata() {
        return received.metadata();
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
    public FrameLease retain() {
        throw new UnsupportedOperationException(
                "decoded pixels cannot be retained: the next frame overwrites them; retain the received frame");
    }
}
