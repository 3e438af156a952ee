package io.aeroframe.vision;

import io.aeroframe.transport.ColorEncoding;
import io.aeroframe.transport.Frame;
import io.aeroframe.transport.FrameFormat;
import io.aeroframe.transport.PixelFormat;
import io.aeroframe.vision.internal.PixelConverter;
import io.aeroframe.vision.jpeg.JpegFormatException;
import io.aeroframe.vision.zstd.ZstdFormatException;
import java.io.IOException;
import java.util.EnumSet;
import java.util.Set;

/**
 * Raw frames in pixel formats that a consumer can use, without padding between their rows, whatever the stream has:
 * frames are decoded and converted into memory that is reused. Steady state allocates nothing. One thread at a time.
 */
public final class PixelFrames implements AutoCloseable {

    private final DecodedFrames raws = DecodedFrames.raw();
    private final FrameInOtherPixels view = new FrameInOtherPixels();
    private final Set<PixelFormat> kept;
    private final PixelFormat otherwise;
    private FrameFormat from;
    private PixelConverter converter;

    /**
     * Creates a converter.
     *
     * @param otherwise the pixel format of frames that cannot be kept. YUV is BT.601 of limited range.
     * @param kept      the pixel formats that are left as they are, besides that one.
     */
    public PixelFrames(PixelFormat otherwise, PixelFormat... kept) {
        this.otherwise = otherwise;
        this.kept = EnumSet.of(otherwise, kept);
    }

    /**
     * Returns a frame's pixels.
     *
     * @param frame any frame, borrowed.
     * @return the frame itself if it is raw, in a format that is kept and without padding; otherwise its pixels, valid
     *     until the next call and no longer than the frame is borrowed. They cannot be retained.
     * @throws ZstdFormatException if a Zstandard frame is corrupt.
     * @throws JpegFormatException if a JPEG frame is corrupt or has too many pixels.
     * @throws IOException         if the library of a codec cannot be loaded.
     */
    public Frame of(Frame frame) throws IOException {
        Frame raw = raws.of(frame);
        FrameFormat format = raw.format();
        if (!format.equals(from)) {
            prepareFor(format);
        }
        if (converter == null) {
            return raw;
        }
        converter.convert(raw.payloadByteBuffer(), view.memory());
        view.show(frame);
        return view;
    }

    private void prepareFor(FrameFormat format) {
        closeConverter();
        PixelFormat pixels = kept.contains(format.pixelFormat()) ? format.pixelFormat() : otherwise;
        FrameFormat to =
                FrameFormat.raw(pixels, format.width(), format.height()).withSampleAspect(format.sampleAspect());
        if (pixels.isYuv()) {
            to = to.withColor(pixels == format.pixelFormat() ? format.color() : ColorEncoding.BT601_LIMITED);
        }
        if (!to.equals(format)) {
            converter = new PixelConverter(format, to);
            view.prepareFor(to);
        }
        from = format;
    }

    /** Frees native memory. Closing twice does nothing. */
    @Override
    public void close() {
        raws.close();
        closeConverter();
        from = null;
    }

    private void closeConverter() {
        if (converter != null) {
            converter.close();
            converter = null;
        }
    }
}
