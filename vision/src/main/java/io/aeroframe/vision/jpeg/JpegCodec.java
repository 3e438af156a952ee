package io.aeroframe.vision.jpeg;

import io.aeroframe.transport.FrameFormat;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Turns raw frames into JPEG images and back, between direct buffers.
 *
 * <p>All buffers are direct and used from their index 0, never beyond their limit; position and limit are left alone. One
 * thread at a time: open one codec per thread.
 */
public interface JpegCodec extends AutoCloseable {

    /**
     * Encodes a raw frame.
     *
     * @param pixels  the frame, {@link FrameFormat#maxPayloadLength()} bytes; may be read-only.
     * @param format  of the frame: raw BGR24 or GRAY8, with any stride.
     * @param quality 1 (smallest) to 100 (best), libjpeg's scale.
     * @param target  where the JPEG image goes.
     * @return the length of the image in bytes.
     * @throws IOException              if the image does not fit the target or the library fails.
     * @throws IllegalArgumentException if the format is another, the quality out of range, or a buffer on the heap.
     */
    int encode(ByteBuffer pixels, FrameFormat format, int quality, ByteBuffer target) throws IOException;

    /**
     * Decodes a JPEG image. Its orientation tag is ignored: width and height are those of the image as it is stored.
     *
     * @param jpeg         the image; may be read-only.
     * @param length       of the image in bytes.
     * @param target       where the pixels go, {@link FrameFormat#maxPayloadLength()} bytes of the target's format. Padding
     *                     of its rows is left as it was.
     * @param targetFormat raw BGR24 or GRAY8 of the image's size, with any stride.
     * @throws JpegFormatException      if the image is truncated or corrupt, or its size is not the target's. The target
     *                                  may have been written to.
     * @throws IOException              if the library fails.
     * @throws IllegalArgumentException if the target format is another or a buffer is on the heap or too small.
     */
    void decode(ByteBuffer jpeg, int length, ByteBuffer target, FrameFormat targetFormat) throws IOException;

    /**
     * How often the bytes of an image are copied after they were encoded, until they lie in the target.
     *
     * @return 0 if it is encoded in the target.
     */
    int encodeCopies();

    /**
     * How often pixels are copied after they were decoded, until they lie in the target.
     *
     * @return 0 if they are decoded in the target.
     */
    int decodeCopies();

    /**
     * Which library this is.
     *
     * @return a name for messages: {@code OpenCV}.
     */
    String name();

    /** Frees native memory. The codec must not be used afterwards. Closing twice does nothing. */
    @Override
    void close();
}
