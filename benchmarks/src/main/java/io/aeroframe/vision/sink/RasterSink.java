package io.aeroframe.vision.sink;

import io.aeroframe.transport.Frame;
import java.io.IOException;

/**
 * What a window does with a frame before it paints it, where there is no display to paint on: the same code, into the
 * same kind of memory.
 */
public final class RasterSink implements FrameSink {

    private final BgrRaster raster = new BgrRaster();
    private int[] picture = new int[0];

    /** A sink without a picture. */
    public RasterSink() {}

    /**
     * Makes a frame into the pixels of a Java image.
     *
     * @param frame borrowed for the call.
     * @throws IOException if it is a JPEG that cannot be decoded.
     */
    @Override
    public void accept(Frame frame) throws IOException {
        int length = Math.multiplyExact(frame.format().width(), frame.format().height());
        if (picture.length != length) {
            picture = new int[length];
        }
        raster.read(frame, picture);
    }

    @Override
    public int copies() {
        return raster.copies();
    }

    /** Frees native memory. */
    @Override
    public void close() {
        raster.close();
    }
}
