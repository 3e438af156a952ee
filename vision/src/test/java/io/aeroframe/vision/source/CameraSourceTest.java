package io.aeroframe.vision.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.aeroframe.transport.FrameFormat;
import io.aeroframe.vision.Mats;
import io.aeroframe.vision.SyntheticPictures;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.opencv.core.Core;
import org.opencv.core.Mat;
import org.opencv.core.Scalar;
import org.opencv.core.Size;
import org.opencv.videoio.VideoCapture;
import org.opencv.videoio.VideoWriter;
import org.opencv.videoio.Videoio;

/** Where there is no camera, a Motion-JPEG file stands in: OpenCV opens both by the same class. */
class CameraSourceTest {

    @TempDir
    private Path temp;

    @ParameterizedTest
    @ValueSource(strings = {"camera:", "camera:x", "camera", "-1", "1.5", "camera:12345", "camera:clip.mp4"})
    void refusesAMalformedSpecification(String spec) {
        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> CameraSource.open(spec, SourceOptions.DEFAULTS));
        assertTrue(refused.getMessage().startsWith(spec + ": not a camera; use its number"), refused.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"9876", "camera:9876", "camera:/dev/video9876"})
    void saysThatThereIsNoSuchCamera(String spec) {
        assumeTrue(Files.isDirectory(Path.of("/dev")), "needs devices that are files");
        IOException missing = assertThrows(IOException.class, () -> CameraSource.open(spec, SourceOptions.DEFAULTS));
        String name = spec.contains("/dev") ? "camera /dev/video9876" : "camera 9876";
        assertTrue(missing.getMessage().startsWith(name + ": no such device; "), missing.getMessage());
    }

    @Test
    void saysThatADeviceIsNoCameraOrBusy() {
        assumeTrue(Files.isWritable(Path.of("/dev/null")), "needs /dev/null");
        IOException refused =
                assertThrows(IOException.class, () -> CameraSource.open("camera:/dev/null", SourceOptions.DEFAULTS));
        assertTrue(refused.getMessage().startsWith("camera /dev/null: cannot be opened; "), refused.getMessage());
    }

    @Test
    void deliversPicturesStraightIntoTheTarget() throws IOException {
        Mat photograph = SyntheticPictures.photograph(64, 48);
        VideoCapture capture = motionJpeg(photograph, 4);
        try (CameraSource source = CameraSource.of("camera 0", capture, SourceOptions.DEFAULTS)) {
            assertEquals(25, source.framesPerSecond());
            ByteBuffer target = ByteBuffer.allocateDirect(64 * 48 * 3);
            FrameFormat format = FrameFormat.bgr24(64, 48);
            long last = -1;
            for (int i = 0; i < 4; i++) {
                assertTrue(source.advance());
                assertEquals(format, source.format());
                assertTrue(source.presentationTimeNs() > last);
                last = source.presentationTimeNs();
                if (i != 2) { // a frame that nobody has room for is grabbed only
                    Mats.view(target, format).setTo(new Scalar(0, 0, 0));
                    assertEquals(64 * 48 * 3, source.write(target));
                    assertTrue(Core.PSNR(photograph, Mats.view(target, format)) > 30);
                }
            }
            IOException ended = assertThrows(IOException.class, source::advance);
            assertTrue(ended.getMessage().startsWith("camera 0: it stopped delivering pictures"), ended.getMessage());
        }
    }

    @Test
    void failsSoonWhenInterrupted() throws IOException {
        VideoCapture capture = motionJpeg(SyntheticPictures.photograph(64, 48), 3);
        try (CameraSource source = CameraSource.of("camera 0", capture, SourceOptions.DEFAULTS)) {
            assertTrue(source.advance());
            source.interrupt();
            assertEquals(
                    "camera 0: interrupted",
                    assertThrows(IOException.class, source::advance).getMessage());
        }
    }

    private VideoCapture motionJpeg(Mat picture, int count) {
        String file = temp.resolve("camera.avi").toString();
        VideoWriter writer = new VideoWriter(
                file,
                Videoio.CAP_OPENCV_MJPEG,
                VideoWriter.fourcc('M', 'J', 'P', 'G'),
                25,
                new Size(picture.cols(), picture.rows()));
        for (int i = 0; i < count; i++) {
            writer.write(picture);
        }
        writer.release();
        VideoCapture capture = new VideoCapture(file, Videoio.CAP_OPENCV_MJPEG);
        assertTrue(capture.isOpened());
        return capture;
    }
}
