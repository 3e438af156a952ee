package io.aeroframe.vision.source;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.aeroframe.transport.FrameFormat;
import io.aeroframe.vision.Mats;
import io.aeroframe.vision.SyntheticPictures;
import io.aeroframe.vision.source.SourceOptions.EncodingChoice;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.opencv.core.Core;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.Scalar;
import org.opencv.core.Size;
import org.opencv.imgcodecs.Imgcodecs;
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
                assertThrows(IllegalArgumentException.class, () -> CameraSource.open(spec, new SourceOptions()));
        assertTrue(refused.getMessage().startsWith(spec + ": not a camera; use its number"), refused.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"9876", "camera:9876", "camera:/dev/video9876"})
    void saysThatThereIsNoSuchCamera(String spec) {
        assumeTrue(Files.isDirectory(Path.of("/dev")), "needs devices that are files");
        IOException missing = assertThrows(IOException.class, () -> CameraSource.open(spec, new SourceOptions()));
        String name = spec.contains("/dev") ? "camera /dev/video9876" : "camera 9876";
        assertTrue(missing.getMessage().startsWith(name + ": no such device; "), missing.getMessage());
    }

    @Test
    void saysThatADeviceIsNoCameraOrBusy() {
        assumeTrue(Files.isWritable(Path.of("/dev/null")), "needs /dev/null");
        IOException refused =
                assertThrows(IOException.class, () -> CameraSource.open("camera:/dev/null", new SourceOptions()));
        assertTrue(refused.getMessage().startsWith("camera /dev/null: cannot be opened; "), refused.getMessage());
    }

    @Test
    void deliversPicturesStraightIntoTheTarget() throws IOException {
        Mat photograph = SyntheticPictures.photograph(64, 48);
        VideoCapture capture = motionJpeg(photograph, 4);
        try (CameraSource source = CameraSource.of("camera 0", capture, new SourceOptions())) {
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
        try (CameraSource source = CameraSource.of("camera 0", capture, new SourceOptions())) {
            assertTrue(source.advance());
            source.interrupt();
            assertEquals(
                    "camera 0: interrupted",
                    assertThrows(IOException.class, source::advance).getMessage());
        }
    }

    @Test
    void passesMotionJpegOnAsItIs() throws IOException {
        byte[] image = SyntheticPictures.jpeg(SyntheticPictures.photograph(64, 48), 80);
        byte[] damaged = Arrays.copyOf(image, image.length / 2);
        RecordedCamera capture = new RecordedCamera(List.of(image, damaged, image));
        try (CameraSource source = CameraSource.of("camera 0", capture, new SourceOptions())) {
            for (int i = 0; i < 2; i++) {
                if (i == 1) {
                    assertThrows(BadFrameException.class, source::advance);
                }
                assertTrue(source.advance());
                assertEquals(FrameFormat.jpeg(64, 48), source.format());
                assertEquals(image.length, source.maxPayloadLength());
                ByteBuffer target = ByteBuffer.allocateDirect(source.maxPayloadLength());
                byte[] passed = new byte[source.write(target)];
                target.get(0, passed);
                assertArrayEquals(image, passed);
            }
            assertThrows(IOException.class, source::advance);
        }
    }

    @Test
    void hasOpenCvDecodeMotionJpegWhereRawFramesOrAnotherSizeAreAskedFor() throws IOException {
        byte[] image = SyntheticPictures.jpeg(SyntheticPictures.photograph(64, 48), 80);
        SourceOptions raw = new SourceOptions().encoding(EncodingChoice.RAW);
        SourceOptions small = new SourceOptions().size(32, 24);
        for (SourceOptions options : List.of(raw, small)) {
            RecordedCamera capture = new RecordedCamera(List.of(image, image, image));
            try (CameraSource source = CameraSource.of("camera 0", capture, options)) {
                assertTrue(source.advance());
                assertEquals(FrameFormat.bgr24(64, 48), source.format());
                assertEquals(64 * 48 * 3, source.write(ByteBuffer.allocateDirect(64 * 48 * 3)));
            }
        }
    }

    @Test
    void asksForFormatSizeAndRateInThisOrder() throws IOException {
        byte[] image = SyntheticPictures.jpeg(SyntheticPictures.photograph(64, 48), 80);
        RecordedCamera capture = new RecordedCamera(List.of(image));
        List<String> reports = new ArrayList<>();
        SourceOptions options = new SourceOptions()
                .size(64, 48)
                .encoding(EncodingChoice.RAW)
                .reconnect(false)
                .report(reports::add)
                .fourcc("YUYV")
                .framesPerSecond(30);
        CameraSource.of("camera 0", capture, options).close();
        assertEquals(
                List.of(
                        Videoio.CAP_PROP_FOURCC,
                        Videoio.CAP_PROP_FRAME_WIDTH,
                        Videoio.CAP_PROP_FRAME_HEIGHT,
                        Videoio.CAP_PROP_FPS),
                capture.asked);
        assertEquals(List.of("camera 0: it has no pictures of YUYV, they are MJPG"), reports);
    }

    /**
     * What a Motion JPEG camera delivers, recorded, as OpenCV hands it out: with the driver's buffer behind the image.
     */
    private static final class RecordedCamera extends VideoCapture {
        private final List<byte[]> images;
        private final List<Integer> asked = new ArrayList<>();
        private int next = -1;
        private boolean isConverting = true;

        RecordedCamera(List<byte[]> images) {
            this.images = images;
        }

        @Override
        public boolean isOpened() {
            return true;
        }

        @Override
        public boolean set(int property, double value) {
            asked.add(property);
            if (property == Videoio.CAP_PROP_CONVERT_RGB) {
                isConverting = value != 0;
            }
            return true;
        }

        @Override
        public double get(int property) {
            return property == Videoio.CAP_PROP_FOURCC ? VideoWriter.fourcc('M', 'J', 'P', 'G') : 25;
        }

        @Override
        public boolean grab() {
            return ++next < images.size();
        }

        @Override
        public boolean retrieve(Mat picture) {
            byte[] buffer = Arrays.copyOf(images.get(next), images.get(next).length + 5_000);
            Mat bytes = new Mat(1, buffer.length, CvType.CV_8UC1);
            bytes.put(0, 0, buffer);
            if (isConverting) {
                Imgcodecs.imdecode(bytes, Imgcodecs.IMREAD_COLOR).copyTo(picture);
            } else {
                bytes.copyTo(picture);
            }
            return true;
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
