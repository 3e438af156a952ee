package io.aeroframe.benchmarks.pictures;

import io.aeroframe.benchmarks.harness.BenchException;
import io.aeroframe.benchmarks.options.Size;
import io.aeroframe.transport.FrameFormat;
import io.aeroframe.vision.jpeg.JpegCodec;
import io.aeroframe.vision.jpeg.JpegCodecs;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** What the users of a stream of JPEG frames pay at either end: pixels are encoded for each frame, and decoded. One thread. */
public final class PictureCodec implements AutoCloseable {

    /** What {@code aeroframe publish} takes, too. */
    public static final int QUALITY = 80;

    private static final int MARGIN = 4_096;

    private final JpegCodec codec;
    private final FrameFormat format;
    private final ByteBuffer pixels;

    /**
     * Opens a codec.
     *
     * @param picture that is encoded, or on the reading side written over: direct, raw BGR.
     */
    public PictureCodec(Size size, ByteBuffer picture) {
        format = FrameFormat.bgr24(size.width(), size.height());
        pixels = picture;
        try {
            codec = JpegCodecs.open();
        } catch (IOException ex) {
            throw new BenchException(ex.getMessage(), ex);
        }
    }

    /** Room for the JPEG of a picture of that size, bytes. */
    public static int capacity(Size size) {
        return FrameFormat.bgr24(size.width(), size.height()).maxPayloadLength() + MARGIN;
    }

    /** The most that is encoded to, bytes. */
    public int capacity() {
        return pixels.capacity() + MARGIN;
    }

    /** The picture as it is encoded each time. */
    public DirectBuffer encoded() {
        ByteBuffer jpeg = ByteBuffer.allocateDirect(capacity());
        return new UnsafeBuffer(jpeg, 0, encode(jpeg));
    }

    /** Encodes the picture; gives the length of the JPEG. */
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
            throw new BenchException("what arrived cannot be decoded: " + ex.getMessage(), ex);
        }
    }

    @Override
    public void close() {
        codec.close();
    }
}
