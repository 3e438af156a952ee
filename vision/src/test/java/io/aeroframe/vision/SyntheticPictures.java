package io.aeroframe.vision;

import org.opencv.core.Core;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.MatOfByte;
import org.opencv.core.MatOfInt;
import org.opencv.core.Point;
import org.opencv.core.Scalar;
import org.opencv.core.Size;
import org.opencv.imgcodecs.Imgcodecs;
import org.opencv.imgproc.Imgproc;

/** Pictures to test with. */
public final class SyntheticPictures {

    private SyntheticPictures() {}

    /** A BGR picture with what photographs have: soft gradients, texture, and edges. The same for the same size. */
    public static Mat photograph(int width, int height) {
        OpenCv.load();
        Core.setRNGSeed(4711);
        Mat coarse = new Mat(Math.max(2, height / 40), Math.max(2, width / 40), CvType.CV_8UC3);
        Core.randu(coarse, 40, 215);
        Mat picture = new Mat();
        Imgproc.resize(coarse, picture, new Size(width, height), 0, 0, Imgproc.INTER_CUBIC);
        Mat grain = new Mat(height, width, CvType.CV_8UC3);
        Core.randu(grain, 0, 24);
        Imgproc.GaussianBlur(grain, grain, new Size(5, 5), 0);
        Core.add(picture, grain, picture);
        Imgproc.circle(
                picture,
                new Point(width / 3.0, height / 2.0),
                Math.max(1, height / 5),
                new Scalar(60, 90, 180),
                Imgproc.FILLED,
                Imgproc.LINE_AA);
        return picture;
    }

    /** A picture as the bytes of a JPEG image. */
    public static byte[] jpeg(Mat picture, int quality) {
        MatOfByte encoded = new MatOfByte();
        Imgcodecs.imencode(".jpg", picture, encoded, new MatOfInt(Imgcodecs.IMWRITE_JPEG_QUALITY, quality));
        return encoded.toArray();
    }

    /** The bytes of a continuous 8-bit Mat. */
    public static byte[] bytes(Mat mat) {
        byte[] bytes = new byte[Math.toIntExact(mat.total() * mat.elemSize())];
        mat.get(0, 0, bytes);
        return bytes;
    }
}
