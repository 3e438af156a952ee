package io.aeroframe.vision;

import io.aeroframe.transport.ColorEncoding;
import io.aeroframe.transport.Frame;
import io.aeroframe.transport.FrameEncoding;
import io.aeroframe.transport.FrameFormat;
import io.aeroframe.transport.PixelFormat;
import io.aeroframe.vision.jpeg.ChromaSubsampling;
import io.aeroframe.vision.jpeg.JpegCodec;
import io.aeroframe.vision.jpeg.JpegCodecs;
import io.aeroframe.vision.zstd.ZstdFormatException;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Frames as JPEG images, whatever the stream has. JPEG frames are passed as they are. Others are encoded into memory
 * that is reused. Steady state allocates nothing. One thread at a time.
 */
public final class JpegFrames implements AutoCloseable {

    private final DecodedFrames raws = DecodedFrames.rawOrJpeg();
    private final PixelFrames pixels = new PixelFrames(PixelFormat.BGR24, PixelFormat.GRAY8, PixelFormat.RGB24);
    private final int quality;
    private JpegCodec codec;
    private ByteBuffer image = ByteBuffer.allocateDirect(0);

    /**
     * Creates an encoder.
     *
     * @param quality the quality of the images that are encoded here, 1 (smallest) to 100 (best).
     * @throws IllegalArgumentException if the quality is out of range.
     */
    public JpegFrames(int quality) {
        if (quality < 1 || quality > 100) {
            throw new IllegalArgumentException("quality=" + quality + " is not within 1 to 100");
        }
        this.quality = quality;
    }

    /**
     * Returns a frame's image.
     *
     * @param frame any frame, borrowed.
     * @return the image from position to limit, to be read only, valid until the next call and no longer than the frame
     *     is borrowed.
     * @throws ZstdFormatException if a Zstandard frame is corrupt.
     * @throws IOException         if the library of a codec cannot be loaded, or the frame cannot be encoded.
     */
    public ByteBuffer of(Frame frame) throws IOException {
        Frame received = raws.of(frame);
        if (received.format().encoding() == FrameEncoding.JPEG) {
            return received.payloadByteBuffer();
        }
        FrameFormat format = received.format();
        boolean isAsInJpeg = format.pixelFormat() == PixelFormat.I420 && format.color() == ColorEncoding.BT601_FULL;
        Frame encodable = isAsInJpeg ? received : pixels.of(received);
        if (codec == null) {
            codec = JpegCodecs.open();
        }
        int room = codec.maxEncodedLength(encodable.format(), ChromaSubsampling.YUV420);
        if (image.capacity() < room) {
            image = ByteBuffer.allocateDirect(room);
        }
        int length = codec.encode(encodable.payloadByteBuffer(), encodable.format(), quality, image);
        return image.clear().limit(length);
    }

    /** Frees native memory. Closing twice does nothing. */
    @Override
    public void close() {
        raws.close();
        pixels.close();
        if (codec != null) {
            codec.close();
            codec = null;
        }
    }
}
