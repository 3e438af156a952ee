package io.aeroframe.vision.source;

import io.aeroframe.transport.FrameEncoding;
import io.aeroframe.transport.FrameFormat;
import io.aeroframe.vision.Mats;
import io.aeroframe.vision.OpenCv;
import io.aeroframe.vision.internal.PixelConverter;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.opencv.core.Size;
import org.opencv.imgproc.Imgproc;

/**
 * The frames of a raw source in another pixel format, another size, or both. Frames that already are as asked are
 * written by the source itself, and so are JPEG frames. One thread at a time, like every source.
 */
final class ConvertingSource extends DerivedSource {

    /** Room past the frame, so that the converter need not copy it first. */
    private static final int SLACK = 4096;

    private final SourceOptions options;
    private FrameFormat rawFormat;
    private FrameFormat format;
    private PixelConverter converter;
    private final Mats mats = new Mats();
    private boolean isChanged;
    private boolean isResizedOnly;
    private Size size;
    private ByteBuffer scratch;
    private int copies;

    private ConvertingSource(FrameSource raw, SourceOptions options) {
        super(raw);
        this.options = options;
    }

    /**
     * Wraps a source.
     *
     * @param raw     delivers raw frames; closed with the wrapper.
     * @param options a size and a pixel format, or none; the rest is not looked at.
     * @return the source itself if the options ask for neither.
     */
    public static FrameSource of(FrameSource raw, SourceOptions options) {
        return options.hasSize() || options.pixelFormat() != null ? new ConvertingSource(raw, options) : raw;
    }

    /**
     * Moves to the next frame of the source.
     *
     * @return false at its end.
     * @throws IOException if the source cannot be read.
     */
    @Override
    public boolean advance() throws IOException {
        if (!raw.advance()) {
            return false;
        }
        FrameFormat next = raw.format();
        if (!next.equals(rawFormat)) {
            changeShape(next);
        }
        return true;
    }

    private void changeShape(FrameFormat next) throws IOException {
        FrameFormat nextFormat = next.encoding() == FrameEncoding.RAW ? deliveredAs(next) : next;
        closeConverter();
        isChanged = !nextFormat.equals(next);
        isResizedOnly = isChanged && !next.pixelFormat().isYuv() && next.pixelFormat() == nextFormat.pixelFormat();
        if (isResizedOnly) {
            OpenCv.require();
            size = new Size(nextFormat.width(), nextFormat.height());
        } else if (isChanged) {
            converter = new PixelConverter(next, nextFormat);
        }
        if (isChanged) {
            int length = next.maxPayloadLength();
            if (length > Integer.MAX_VALUE - SLACK) {
                throw new IOException(raw.describe() + ": a frame of " + length + " bytes is too large to convert");
            }
        }
        rawFormat = next;
        if (!nextFormat.equals(format)) {
            format = nextFormat;
        }
    }

    private FrameFormat deliveredAs(FrameFormat next) {
        boolean keepsPixels = options.pixelFormat() == null || options.pixelFormat() == next.pixelFormat();
        boolean keepsSize = !options.hasSize() || options.width() == next.width() && options.height() == next.height();
        if (keepsPixels && keepsSize) {
            return next;
        }
        FrameFormat delivered = FrameFormat.raw(
                keepsPixels ? next.pixelFormat() : options.pixelFormat(),
                options.hasSize() ? options.width() : next.width(),
                options.hasSize() ? options.height() : next.height());
        FrameFormat shown = delivered.withSampleAspect(
                next.sampleAspect().resized(next.width(), next.height(), delivered.width(), delivered.height()));
        return shown.pixelFormat().isYuv() ? shown.withColor(next.color()) : shown;
    }

    @Override
    public FrameFormat format() {
        return format;
    }

    @Override
    public int maxPayloadLength() {
        return isChanged ? format.maxPayloadLength() : raw.maxPayloadLength();
    }

    @Override
    public int write(ByteBuffer target) throws IOException {
        if (!isChanged) {
            int length = raw.write(target);
            copies = raw.copies();
            return length;
        }
        ByteBuffer pixels = raw.inPlace();
        copies = 0;
        if (pixels == null) {
            pixels = scratch(rawFormat.maxPayloadLength());
            raw.write(pixels);
            copies = raw.copies();
        }
        if (isResizedOnly) {
            resize(pixels, target);
        } else {
            converter.convert(pixels, target);
            copies += converter.copies();
        }
        return format.maxPayloadLength();
    }

    private ByteBuffer scratch(int length) {
        if (scratch == null || scratch.capacity() < length + SLACK) {
            scratch = ByteBuffer.allocateDirect(length + SLACK);
        }
        return scratch;
    }

    /**
     * How often the bytes of the last frame were copied besides being converted.
     *
     * @return as many times as the source behind copied what was converted, and what {@link PixelConverter#copies()}
     *     adds; resizing alone adds none.
     */
    @Override
    public int copies() {
        return copies;
    }

    @Override
    public ByteBuffer inPlace() {
        return isChanged ? null : raw.inPlace();
    }

    private void resize(ByteBuffer pixels, ByteBuffer target) {
        boolean isSmaller = format.width() <= rawFormat.width() && format.height() <= rawFormat.height();
        Imgproc.resize(
                mats.over(pixels, 0, rawFormat),
                mats.over(target, 0, format),
                size,
                0,
                0,
                isSmaller ? Imgproc.INTER_AREA : Imgproc.INTER_LINEAR);
    }

    /** Closes the source too. Closing twice does nothing. */
    @Override
    public void close() {
        closeConverter();
        mats.clear();
        raw.close();
    }

    private void closeConverter() {
        if (converter != null) {
            converter.close();
            converter = null;
        }
    }
}
