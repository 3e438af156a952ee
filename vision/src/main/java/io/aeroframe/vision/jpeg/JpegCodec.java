package io.aeroframe.vision.jpeg;

import io.aeroframe.transport.ColorEncoding;
import io.aeroframe.transport.FrameFormat;
import io.aeroframe.vision.Mats;
import io.aeroframe.vision.internal.NativeMemory;
import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import org.opencv.core.Mat;

/**
 * Turns raw frames into JPEG images and back, between direct buffers: a claim's, a frame's, or any other.
 *
 * <p>Raw frames are BGR24, RGB24, BGRA32, GRAY8 or I420, with any stride. I420 must be {@link
 * ColorEncoding#BT601_FULL}, which is what a JPEG image is itself, so that its planes need no conversion; alpha is left
 * out, and 255 where there was none.
 *
 * <p>All buffers are direct and used from their index 0, never beyond their limit; position and limit are left alone.
 * One thread at a time: open one codec per thread.
 */
public interface JpegCodec extends AutoCloseable {

    /**
     * Encodes a raw frame.
     *
     * @param pixels      the frame, {@link FrameFormat#maxPayloadLength()} bytes; may be read-only.
     * @param format      the format of the frame: raw BGR24, RGB24, BGRA32, GRAY8 or full-range I420, with any stride.
     * @param quality     1 (smallest) to 100 (best), libjpeg's scale.
     * @param subsampling the subsampling of a frame with colour. I420 has 4:2:0 already and keeps it unless gray is
     *                    asked for.
     * @param target      where the JPEG image goes. With {@link #maxEncodedLength} bytes or more it may be encoded
     *                    there.
     * @return the length of the image in bytes.
     * @throws IOException              if the image does not fit the target or the library fails.
     * @throws IllegalArgumentException if the format is another, the quality out of range, or a buffer on the heap,
     *                                  read-only or too small.
     */
    int encode(ByteBuffer pixels, FrameFormat format, int quality, ChromaSubsampling subsampling, ByteBuffer target)
            throws IOException;

    /**
     * Encodes a raw frame with 4:2:0 subsampling: {@link #encode(ByteBuffer, FrameFormat, int, ChromaSubsampling,
     * ByteBuffer)}.
     *
     * @param pixels  the frame.
     * @param format  the format of the frame.
     * @param quality 1 (smallest) to 100 (best).
     * @param target  where the JPEG image goes.
     * @return the length of the image in bytes.
     * @throws IOException              if the image does not fit the target or the library fails.
     * @throws IllegalArgumentException as there.
     */
    default int encode(ByteBuffer pixels, FrameFormat format, int quality, ByteBuffer target) throws IOException {
        return encode(pixels, format, quality, ChromaSubsampling.YUV420, target);
    }

    /**
     * Encodes a Mat where it lies, be it a part of another. Makes two small objects a call.
     *
     * @param picture     CV_8UC1 (gray), CV_8UC3 (blue, green, red) or CV_8UC4 (with alpha).
     * @param quality     1 (smallest) to 100 (best).
     * @param subsampling the subsampling of a picture with colour.
     * @param target      where the JPEG image goes.
     * @return the length of the image in bytes.
     * @throws IOException              if the image does not fit the target or the library fails.
     * @throws IllegalArgumentException if the Mat is empty or of another type, or as with a frame.
     */
    default int encode(Mat picture, int quality, ChromaSubsampling subsampling, ByteBuffer target) throws IOException {
        FrameFormat format = Mats.formatOf(picture);
        ByteBuffer pixels = NativeMemory.bytes(picture.dataAddr(), format.maxPayloadLength());
        int length = encode(pixels, format, quality, subsampling, target);
        Reference.reachabilityFence(picture);
        return length;
    }

    /**
     * Room with which an image is encoded straight into its target, where this codec can.
     *
     * @param format      the format of the raw frame.
     * @param subsampling the subsampling as it will be asked for.
     * @return bytes, {@link FrameFormat#jpeg}'s allowance or more.
     */
    int maxEncodedLength(FrameFormat format, ChromaSubsampling subsampling);

    /**
     * Decodes a JPEG image. Its orientation tag is ignored: width and height are those of the image as it is stored.
     *
     * @param jpeg         the image; may be read-only.
     * @param length       the length of the image in bytes.
     * @param target       where the pixels go, {@link FrameFormat#maxPayloadLength()} bytes of the target's format.
     *                     Padding of its rows is left as it was.
     * @param targetFormat raw BGR24, RGB24, BGRA32, GRAY8 or full-range I420 of the image's size, with any stride.
     * @throws JpegFormatException      if the image is truncated or corrupt, its size is not the target's, or it has
     *                                  more pixels than {@link JpegCodecs#maxPixels()}. The target may have been
     *                                  written to.
     * @throws IOException              if the library fails.
     * @throws IllegalArgumentException if the target format is another or a buffer is on the heap, read-only or too
     *                                  small.
     */
    void decode(ByteBuffer jpeg, int length, ByteBuffer target, FrameFormat targetFormat) throws IOException;

    /**
     * How often the bytes of the last image, or the pixels it was made of, were copied besides being encoded.
     *
     * @return 0 if it was encoded from where the pixels lay, in the target.
     */
    int encodeCopies();

    /**
     * How often the pixels of the last image were copied after they were decoded, until they lay in the target.
     *
     * @return 0 if they were decoded in the target.
     */
    int decodeCopies();

    /**
     * Which library this is.
     *
     * @return a name for messages: {@code TurboJPEG}, {@code OpenCV}.
     */
    String name();

    /** Frees native memory. The codec must not be used afterwards. Closing twice does nothing. */
    @Override
    void close();
}
