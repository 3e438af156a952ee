package io.aeroframe.benchmarks.jpeg;

import io.aeroframe.transport.FrameFormat;
import io.aeroframe.vision.Mats;
import io.aeroframe.vision.jpeg.ChromaSubsampling;
import io.aeroframe.vision.jpeg.JpegCodec;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.MatOfByte;
import org.opencv.core.MatOfInt;
import org.opencv.imgcodecs.Imgcodecs;

/**
 * OpenCV's {@code imencode} and {@code imdecode} alone, as a Java program without this project would call them: nothing
 * is validated, and the result is not copied to the target. 4:2:0 only. For one thread.
 */
final class PlainOpenCv implements JpegCodec {

    private final Mats mats = new Mats();
    private final MatOfByte encoded = new MatOfByte();
    private final MatOfInt parameters = new MatOfInt(Imgcodecs.IMWRITE_JPEG_QUALITY, 0);
    private int quality;

    @Override
    public int encode(
            ByteBuffer pixels, FrameFormat format, int newQuality, ChromaSubsampling subsampling, ByteBuffer target)
            throws IOException {
        if (newQuality != quality) {
            quality = newQuality;
            parameters.put(1, 0, new int[] {quality});
        }
        if (!Imgcodecs.imencode(".jpg", mats.over(pixels, 0, format), encoded, parameters)) {
            throw new IOException("imencode failed");
        }
        return (int) encoded.total();
    }

    @Override
    public int maxEncodedLength(FrameFormat format, ChromaSubsampling subsampling) {
        return 0;
    }

    @Override
    public void decode(ByteBuffer jpeg, int length, ByteBuffer target, FrameFormat targetFormat) throws IOException {
        Mat image = new Mat(1, length, CvType.CV_8UC1, jpeg);
        Mat decoded = Imgcodecs.imdecode(image, Imgcodecs.IMREAD_COLOR);
        boolean isEmpty = decoded.empty();
        decoded.release();
        image.release();
        if (isEmpty) {
            throw new IOException("imdecode failed");
        }
    }

    @Override
    public int encodeCopies() {
        return 0;
    }

    @Override
    public int decodeCopies() {
        return 0;
    }

    @Override
    public String name() {
        return "OpenCV alone";
    }

    @Override
    public void close() {
        mats.clear();
        encoded.release();
        parameters.release();
    }
}
