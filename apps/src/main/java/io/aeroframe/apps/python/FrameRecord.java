package io.aeroframe.apps.python;

import io.aeroframe.transport.Frame;
import io.aeroframe.transport.FrameFormat;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.agrona.BufferUtil;

/**
 * The numbers of one frame, where Python reads them: longs in the host's byte order. {@code _frames.py} unpacks them in
 * this order.
 */
final class FrameRecord {

    private static final int LENGTH = 15 * Long.BYTES;

    private final ByteBuffer memory = ByteBuffer.allocateDirect(LENGTH).order(ByteOrder.nativeOrder());

    long address() {
        return BufferUtil.address(memory);
    }

    void set(Frame frame, boolean hasReports) {
        FrameFormat format = frame.format();
        memory.clear();
        memory.putLong(frame.payload().addressOffset());
        memory.putLong(frame.payloadLength());
        memory.putLong(frame.sequence());
        memory.putLong(frame.captureTimeNs());
        memory.putLong(frame.publishTimeNs());
        memory.putLong(format.width());
        memory.putLong(format.height());
        memory.putLong(format.stride());
        memory.putLong(format.decoded().pixelFormat().code());
        memory.putLong(format.encoding().code());
        memory.putLong(format.color().ordinal());
        memory.putLong(frame.metadata().capacity());
        memory.putLong(frame.isPooled() ? 1 : 0);
        memory.putLong(frame.isSameHost() ? 1 : 0);
        memory.putLong(hasReports ? 1 : 0);
    }
}
