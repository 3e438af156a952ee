package io.aeroframe.benchmarks.stages;

import io.aeroframe.transport.Frame;
import io.aeroframe.transport.FrameFormat;
import io.aeroframe.transport.PixelFormat;
import io.aeroframe.vision.internal.PixelConverter;
import io.aeroframe.vision.sink.FrameSink;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;

/** Converts BGR frames to the pixels of a Java image, as a window does before it paints them. For one thread. */
final class RasterSink implements FrameSink {

    private PixelConverter converter;
    private ByteBuffer bgra;
    private IntBuffer converted;
    private int[] pixels;

    @Override
    public void accept(Frame frame) {
        if (converter == null || !frame.format().equals(converter.from())) {
            prepareFor(frame.format());
        }
        converter.convert(frame.payloadByteBuffer(), bgra);
        converted.get(0, pixels);
    }

    @Override
    public int copies() {
        return converter == null ? 0 : converter.copies() + 1; // once more to the array
    }

    private void prepareFor(FrameFormat format) {
        close();
        FrameFormat target = FrameFormat.raw(PixelFormat.BGRA32, format.width(), format.height());
        converter = new PixelConverter(format, target);
        bgra = ByteBuffer.allocateDirect(target.maxPayloadLength()).order(ByteOrder.LITTLE_ENDIAN);
        converted = bgra.asIntBuffer();
        pixels = new int[format.width() * format.height()];
    }

    @Override
    public void close() {
        if (converter != null) {
            converter.close();
            converter = null;
        }
    }
}
