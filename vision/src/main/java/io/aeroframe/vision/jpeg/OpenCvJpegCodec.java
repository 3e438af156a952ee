package io.aeroframe.vision.jpeg;

import io.aeroframe.transport.FrameEncoding;
import io.aeroframe.transport.FrameFormat;
import io.aeroframe.transport.PixelFormat;
import io.aeroframe.vision.Mats;
import io.aeroframe.vision.OpenCv;
import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.opencv.core.CvException;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.MatOfByte;
import org.opencv.core.MatOfInt;
import org.opencv.imgcodecs.Imgcodecs;

/**
 * JPEG by OpenCV: always there, not fast. Encoding allocates nothing on the Java heap; decoding makes two small Mat headers
 * an image, as OpenCV 4.9 can neither decode into a given Mat nor move a Mat to other memory.
 */
public final class OpenCvJpegCodec implements JpegCodec {

    private final Mats mats;
    private final MatOfByte encoded;
    private final MatOfInt parameters;
    private final int[] parameterValues = {Imgcodecs.IMWRITE_JPEG_QUALITY, 0};
    private final UnsafeBuffer encodedBytes = new UnsafeBuffer(0, 0);
    private final JpegScanner scanner = new JpegScanner();

    /**
     * A codec. Loads OpenCV.
     *
     * @throws UnsatisfiedLinkError if OpenCV cannot be loaded.
     */
    public OpenCvJpegCodec() {
        OpenCv.load();
        mats = new Mats();
        encoded = new MatOfByte();
        parameters = new MatOfInt(parameterValues);
    }

    @Override
    public int encode(ByteBuffer pixels, FrameFormat format, int quality, ByteBuffer target) throws IOException {
        requireBgrOrGray(format);
        requireDirect(target);
        setQuality(quality);
        Mat view = mats.over(pixels, 0, format);
        try {
            if (!Imgcodecs.imencode(".jpg", view, encoded, parameters)) {
                throw new IOException("OpenCV cannot encode a " + format.describe() + " frame as JPEG");
            }
        } catch (CvException e) {
            throw new IOException(
                    "OpenCV cannot encode a " + format.describe() + " frame as JPEG: " + OpenCv.reason(e), e);
        }
        int length = Math.toIntExact(encoded.total());
        if (length > target.limit()) {
            throw new IOException("a " + format.describe() + " frame is " + length + " bytes as JPEG of quality "
                    + quality + ", its target has room for " + target.limit() + "; lower the quality");
        }
        encodedBytes.wrap(encoded.dataAddr(), length);
        encodedBytes.getBytes(0, target, 0, length);
        return length;
    }

    @Override
    public void decode(ByteBuffer jpeg, int length, ByteBuffer target, FrameFormat targetFormat) throws IOException {
        requireBgrOrGray(targetFormat);
        requireDirect(jpeg);
        Mat view = mats.over(target, 0, targetFormat);
        scanner.readHeader(jpeg, 0, length);
        if (scanner.width() != targetFormat.width() || scanner.height() != targetFormat.height()) {
            throw new JpegFormatException("a JPEG image of " + scanner.width() + "x" + scanner.height() + " where "
                    + targetFormat.width() + "x" + targetFormat.height() + " was expected");
        }
        scanner.requireEnd();
        scanner.walkScans();
        int color =
                targetFormat.pixelFormat() == PixelFormat.GRAY8 ? Imgcodecs.IMREAD_GRAYSCALE : Imgcodecs.IMREAD_COLOR;
        Mat image = new Mat(1, length, CvType.CV_8UC1, jpeg); // a new one each time: the length is never the same
        Mat decoded = null;
        try {
            decoded = Imgcodecs.imdecode(image, color | Imgcodecs.IMREAD_IGNORE_ORIENTATION);
            if (decoded.rows() != targetFormat.height()
                    || decoded.cols() != targetFormat.width()
                    || decoded.type() != Mats.type(targetFormat.pixelFormat())) {
                throw new JpegFormatException("corrupt JPEG image: OpenCV cannot decode it");
            }
            decoded.copyTo(view); // of equal size and type, so in place
        } catch (CvException e) {
            throw new JpegFormatException("corrupt JPEG image: OpenCV cannot decode it: " + OpenCv.reason(e), e);
        } finally {
            image.release();
            Reference.reachabilityFence(jpeg);
            if (decoded != null) {
                decoded.release();
            }
        }
    }

    /**
     * How often an image is copied after it was encoded.
     *
     * @return 1: OpenCV encodes in memory of its own.
     */
    @Override
    public int encodeCopies() {
        return 1;
    }

    /**
     * How often pixels are copied after they were decoded.
     *
     * @return 1: OpenCV 4.9 decodes in memory of its own.
     */
    @Override
    public int decodeCopies() {
        return 1;
    }

    @Override
    public String name() {
        return "OpenCV";
    }

    @Override
    public void close() {
        mats.clear();
        encoded.release();
        parameters.release();
    }

    private void setQuality(int quality) {
        if (quality < 1 || quality > 100) {
            throw new IllegalArgumentException("quality=" + quality + " is not within 1 to 100");
        }
        if (parameterValues[1] != quality) {
            parameterValues[1] = quality;
            parameters.put(0, 0, parameterValues);
        }
    }

    private static void requireBgrOrGray(FrameFormat format) {
        if (format.encoding() != FrameEncoding.RAW
                || format.pixelFormat() != PixelFormat.BGR24 && format.pixelFormat() != PixelFormat.GRAY8) {
            throw new IllegalArgumentException(
                    format.describe() + ": JPEG is encoded from and decoded to raw BGR24 or GRAY8 only");
        }
    }

    private static void requireDirect(ByteBuffer buffer) {
        if (!buffer.isDirect()) {
            throw new IllegalArgumentException("a JPEG codec works on direct buffers, this one is on the heap");
        }
    }
}
