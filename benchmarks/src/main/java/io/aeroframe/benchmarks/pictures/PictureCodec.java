package io.aeroframe.benchmarks.pictures;

import io.aeroframe.benchmarks.harness.BenchException;
import io.aeroframe.transport.FrameFormat;
import io.aeroframe.vision.jpeg.JpegCodec;
import io.aeroframe.vision.jpeg.JpegCodecs;
import io.aeroframe.vision.source.PictureSize;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** The JPEG codec at either end of a stream. For one thread. */
public final class PictureCodec implements AutoCloseable {

    /** The default of {@code aeroframe publish}. */
    public static final int QUALITY = 80;

    private static final int MARGIN = 4_096;

    private final JpegCodec codec;
    private final FrameFormat format;
    private final ByteBuffer pixels;

    /**
     * Opens a codec.
     *
     * @param picture the picture to encode or, on the reading side, to decode into: direct, raw BGR
     * @throws BenchException if there is no JPEG library
     */
    public PictureCodec(PictureSize size, ByteBuffer picture) {
        format = FrameFormat.bgr24(size.width(), size.height());
        pixels = picture;
        try {
            codec = JpegCodecs.open();
        } catch (IOException ex) {
            throw new BenchException(ex.getMessage(), ex);
        }
    }

    /** Returns the most bytes that a JPEG of a picture of that size can have. */
    public static int capacity(PictureSize size) {
        return FrameFormat.bgr24(size.width(), size.height()).maxPayloadLength() + MARGIN;
    }

    /** Returns the most bytes that a JPEG of this picture can have. */
    public int capacity() {
        return pixels.capacity() + MARGIN;
    }

    /** Returns the picture as JPEG, in a buffer of its own. */
    public DirectBuffer encoded() {
        ByteBuffer jpeg = ByteBuffer.allocateDirect(capacity());
        return new UnsafeBuffer(jpeg, 0, encode(jpeg));
    }

    /** Encodes the picture and returns the length of the JPEG in bytes. */
    public int encode(ByteBuffer target) {
        try {
            return codec.encode(pixels, format, QUALITY, target);
        } catch (IOException ex) {
            throw new BenchException("the picture cannot be encoded: " + ex.getMessage(), ex);
        }
    }

    /** Decodes a JPEG over the picture. */
    public void decode(ByteBuffer jpeg, int length) {
        try {
            codec.decode(jpeg, length, pixels, format);
        } catch (IOException ex) {
            throw new BenchException("the frame cannot be decoded: " + ex.getMessage(), ex);
        }
    }

    @Override
    public void close() {
        codec.close();
    }
}
