package io.aeroframe.vision.source;

import io.aeroframe.transport.ColorEncoding;
import io.aeroframe.transport.FrameEncoding;
import io.aeroframe.transport.FrameFormat;
import io.aeroframe.transport.PixelFormat;
import io.aeroframe.vision.internal.PixelConverter;
import io.aeroframe.vision.jpeg.ChromaSubsampling;
import io.aeroframe.vision.jpeg.JpegCodec;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Encodes the raw frames of another source as JPEG, straight into the target. Frames that are JPEG already pass
 * through.
 */
final class JpegEncodingSource extends DerivedSource {

    private static final int CACHE_LINE = 64;

    private final JpegCodec codec;
    private final int quality;
    private final ChromaSubsampling subsampling;
    private ByteBuffer pixels;
    private ByteBuffer convertedPixels;
    private PixelConverter converter;
    private FrameFormat rawFormat;
    private FrameFormat encodedFormat;
    private FrameFormat format;
    private int copies;

    private JpegEncodingSource(FrameSource raw, JpegCodec codec, int quality, ChromaSubsampling subsampling) {
        super(raw);
        this.codec = codec;
        this.quality = quality;
        this.subsampling = subsampling;
    }

    /**
     * A source of JPEG frames only, with 4:2:0 subsampling.
     *
     * @param raw     the raw source as with {@link #of(FrameSource, JpegCodec, int, ChromaSubsampling)}.
     * @param codec   the codec as there.
     * @param quality 1 (smallest) to 100 (best).
     * @return a source to be closed.
     * @throws IllegalArgumentException if the quality is out of range.
     */
    public static FrameSource of(FrameSource raw, JpegCodec codec, int quality) {
        return of(raw, codec, quality, ChromaSubsampling.YUV420);
    }

    /**
     * A source of JPEG frames only.
     *
     * @param raw         a source of raw frames and of JPEG frames; closed with the new source. BGR24, RGB24, BGRA32,
     *                    GRAY8 and full-range I420 are encoded as they are, other YUV is made full-range I420 first,
     *                    GRAY16 GRAY8.
     * @param codec       that encodes, used by the thread that uses the new source; closed with the new source.
     * @param quality     1 (smallest) to 100 (best).
     * @param subsampling the subsampling of the frames that are encoded here.
     * @return a source to be closed.
     * @throws IllegalArgumentException if the quality is out of range.
     */
    public static FrameSource of(FrameSource raw, JpegCodec codec, int quality, ChromaSubsampling subsampling) {
        if (quality < 1 || quality > 100) {
            throw new IllegalArgumentException("quality=" + quality + " is not within 1 to 100");
        }
        return new JpegEncodingSource(raw, codec, quality, subsampling);
    }

    /**
     * Moves to the next frame.
     *
     * @throws IOException if the source cannot be read.
     */
    @Override
    public boolean advance() throws IOException {
        if (!raw.advance()) {
            return false;
        }
        FrameFormat current = raw.format();
        if (!current.equals(rawFormat)) {
            changeShape(current);
        }
        return true;
    }

    private void changeShape(FrameFormat current) {
        closeConverter();
        if (current.encoding() == FrameEncoding.JPEG) {
            format = current;
        } else {
            encodedFormat = encodedAs(current);
            if (!encodedFormat.equals(current)) {
                converter = new PixelConverter(current, encodedFormat);
            }
            boolean isGray = encodedFormat.pixelFormat() == PixelFormat.GRAY8 || subsampling == ChromaSubsampling.GRAY;
            format = FrameFormat.jpeg(current.width(), current.height(), isGray ? PixelFormat.GRAY8 : PixelFormat.BGR24)
                    .withSampleAspect(current.sampleAspect());
        }
        rawFormat = current;
    }

    /** The format that a codec encodes: the frame's own, or the nearest that it supports. */
    private static FrameFormat encodedAs(FrameFormat from) {
        PixelFormat pixels = from.pixelFormat();
        if (pixels.isYuv()) {
            FrameFormat planar =
                    pixels == PixelFormat.I420 ? from : FrameFormat.raw(PixelFormat.I420, from.width(), from.height());
            return planar.withColor(ColorEncoding.BT601_FULL).withSampleAspect(from.sampleAspect());
        }
        return pixels == PixelFormat.GRAY16 ? FrameFormat.gray8(from.width(), from.height()) : from;
    }

    @Override
    public FrameFormat format() {
        return format;
    }

    @Override
    public int maxPayloadLength() {
        if (rawFormat == format) {
            return raw.maxPayloadLength();
        }
        // With more colour the room for the worst case would be twice the pixels; a copy of the image costs less than
        // that memory.
        boolean isSmall = subsampling == ChromaSubsampling.YUV420 || subsampling == ChromaSubsampling.GRAY;
        return isSmall ? codec.maxEncodedLength(encodedFormat, subsampling) : format.maxPayloadLength();
    }

    @Override
    public int write(ByteBuffer target) throws IOException {
        if (rawFormat == format) {
            int length = raw.write(target);
            copies = raw.copies();
            return length;
        }
        ByteBuffer frame = raw.inPlace();
        copies = 0;
        if (frame == null) {
            pixels = withRoom(pixels, raw.maxPayloadLength());
            raw.write(pixels);
            frame = pixels;
            copies = raw.copies();
        }
        if (converter != null) {
            convertedPixels = withRoom(convertedPixels, encodedFormat.maxPayloadLength());
            converter.convert(frame, convertedPixels);
            frame = convertedPixels;
            copies += converter.copies();
        }
        int length = codec.encode(frame, encodedFormat, quality, subsampling, target);
        copies += codec.encodeCopies();
        return length;
    }

    /**
     * How often the bytes of the last frame, or its pixels before, were copied besides being encoded.
     *
     * @return as many times as the source behind copied the pixels, a conversion and the codec.
     */
    @Override
    public int copies() {
        return copies;
    }

    @Override
    public void close() {
        closeConverter();
        try {
            raw.close();
        } finally {
            codec.close();
        }
    }

    private void closeConverter() {
        if (converter != null) {
            converter.close();
            converter = null;
        }
    }

    private static ByteBuffer withRoom(ByteBuffer buffer, int length) {
        if (buffer != null && buffer.capacity() >= length) {
            return buffer;
        }
        int capacity = (int) Math.min(Integer.MAX_VALUE - 8L, (length + CACHE_LINE - 1L) / CACHE_LINE * CACHE_LINE);
        return capacity > Integer.MAX_VALUE - 8 - CACHE_LINE
                ? ByteBuffer.allocateDirect(capacity)
                : ByteBuffer.allocateDirect(capacity + 2 * CACHE_LINE).alignedSlice(CACHE_LINE);
    }
}
