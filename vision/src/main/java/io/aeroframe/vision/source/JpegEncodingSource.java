package io.aeroframe.vision.source;

import io.aeroframe.transport.FrameEncoding;
import io.aeroframe.transport.FrameFormat;
import io.aeroframe.transport.PixelFormat;
import io.aeroframe.vision.jpeg.JpegCodec;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Encodes the raw frames of another source as JPEG, straight into the target. Frames that are JPEG already pass through.
 */
public final class JpegEncodingSource extends DerivedSource {

    private static final int CACHE_LINE = 64;

    private final JpegCodec codec;
    private final int quality;
    private ByteBuffer pixels;
    private FrameFormat rawFormat;
    private FrameFormat format;
    private int copies;

    private JpegEncodingSource(FrameSource raw, JpegCodec codec, int quality) {
        super(raw);
        this.codec = codec;
        this.quality = quality;
    }

    /**
     * A source of JPEG frames only.
     *
     * @param raw     a source of raw BGR24 or GRAY8 frames, and of JPEG frames; closed with the new source.
     * @param codec   that encodes, used by the thread that uses the new source; closed with the new source.
     * @param quality 1 (smallest) to 100 (best).
     * @return a source to be closed.
     * @throws IllegalArgumentException if the quality is out of range.
     */
    public static FrameSource of(FrameSource raw, JpegCodec codec, int quality) {
        if (quality < 1 || quality > 100) {
            throw new IllegalArgumentException("quality=" + quality + " is not within 1 to 100");
        }
        return new JpegEncodingSource(raw, codec, quality);
    }

    /**
     * Moves to the next frame.
     *
     * @throws IOException              if the source cannot be read.
     * @throws IllegalArgumentException if its frame is neither JPEG, BGR24 nor GRAY8.
     */
    @Override
    public boolean advance() throws IOException {
        if (!raw.advance()) {
            return false;
        }
        FrameFormat current = raw.format();
        if (!current.equals(rawFormat)) {
            format = jpegFormat(current);
            rawFormat = current;
        }
        return true;
    }

    @Override
    public FrameFormat format() {
        return format;
    }

    @Override
    public int maxPayloadLength() {
        return rawFormat == format ? raw.maxPayloadLength() : format.maxPayloadLength();
    }

    @Override
    public int write(ByteBuffer target) throws IOException {
        if (rawFormat == format) {
            int length = raw.write(target);
            copies = raw.copies();
            return length;
        }
        ByteBuffer frame = raw.inPlace();
        int rawCopies = 0;
        if (frame == null) {
            requirePixels(raw.maxPayloadLength());
            raw.write(pixels);
            frame = pixels;
            rawCopies = raw.copies();
        }
        int length = codec.encode(frame, rawFormat, quality, target);
        copies = rawCopies + codec.encodeCopies();
        return length;
    }

    /**
     * How often the bytes of the last frame, or its pixels before, were copied besides being encoded.
     *
     * @return as many times as the source behind copied the pixels and the codec its image.
     */
    @Override
    public int copies() {
        return copies;
    }

    @Override
    public void close() {
        try {
            raw.close();
        } finally {
            codec.close();
        }
    }

    private static FrameFormat jpegFormat(FrameFormat from) {
        if (from.encoding() == FrameEncoding.JPEG) {
            return from;
        }
        if (from.pixelFormat() != PixelFormat.BGR24 && from.pixelFormat() != PixelFormat.GRAY8) {
            throw new IllegalArgumentException(
                    from.describe() + " frames cannot be encoded as JPEG; convert them with --format bgr24 or gray8");
        }
        return FrameFormat.jpeg(from.width(), from.height(), from.pixelFormat());
    }

    private void requirePixels(int length) {
        if (pixels == null || pixels.capacity() < length) {
            int capacity = (int) Math.min(Integer.MAX_VALUE - 8L, (length + CACHE_LINE - 1L) / CACHE_LINE * CACHE_LINE);
            pixels = capacity > Integer.MAX_VALUE - 8 - CACHE_LINE
                    ? ByteBuffer.allocateDirect(capacity)
                    : ByteBuffer.allocateDirect(capacity + CACHE_LINE).alignedSlice(CACHE_LINE);
        }
    }
}
