package io.aeroframe.vision.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeroframe.testing.PeakMemory;
import io.aeroframe.transport.FrameFormat;
import io.aeroframe.transport.PixelFormat;
import io.aeroframe.vision.SyntheticPictures;
import io.aeroframe.vision.jpeg.OpenCvJpegCodec;
import io.aeroframe.vision.jpeg.Turbo;
import io.aeroframe.vision.source.SourceOptions.EncodingChoice;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opencv.core.Mat;
import org.opencv.core.MatOfInt;
import org.opencv.core.Size;
import org.opencv.imgcodecs.Imgcodecs;
import org.opencv.videoio.VideoCapture;
import org.opencv.videoio.VideoWriter;
import org.opencv.videoio.Videoio;

/**
 * How often each source copies a frame on its way into the memory that it writes to. Where none is claimed, what
 * the process grows by shows that there is no second memory of the size of a frame; the frames are large, so that
 * nothing else is.
 */
class SourceCopiesTest {

    private static final int WIDTH = 3840;
    private static final int HEIGHT = 2160;
    private static final int LENGTH = 3 * WIDTH * HEIGHT;
    private static final long MUCH_LESS_THAN_A_FRAME = LENGTH / 2;

    @TempDir
    private static Path temp;

    private static Mat photograph;

    @BeforeAll
    static void takePhotograph() {
        photograph = SyntheticPictures.photograph(WIDTH, HEIGHT);
    }

    @Test
    void theTestPictureIsDrawnInTheTarget() throws Exception {
        try (PatternSource source = PatternSource.open("pattern:3840x2160@30", new SourceOptions())) {
            assertProducedInPlace(source);
        }
    }

    @Test
    void aDecodedPictureIsConvertedStraightIntoTheTarget() throws Exception {
        FfmpegTool.assumeInstalled();
        Path clip = FfmpegTool.clip(temp.resolve("uhd.mp4"), "3840x2160", 10, 4, "-c:v", "mpeg4");
        try (FfmpegSource source = FfmpegSource.open(clip.toString(), options(PixelFormat.BGR24, 0, 0))) {
            assertProducedInPlace(source);
        }
    }

    @Test
    void aDecodedPictureIsResizedStraightIntoTheTarget() throws Exception {
        FfmpegTool.assumeInstalled();
        Path clip = FfmpegTool.clip(temp.resolve("small.mp4"), "640x360", 10, 4, "-c:v", "mpeg4");
        try (FfmpegSource source = FfmpegSource.open(clip.toString(), options(PixelFormat.BGR24, WIDTH, HEIGHT))) {
            assertProducedInPlace(source);
        }
    }

    @Test
    void whereTheScalerWouldWritePastTheRowsTheCopyIsCounted() throws Exception {
        FfmpegTool.assumeInstalled();
        Path clip = FfmpegTool.clip(temp.resolve("odd.mp4"), "640x360", 10, 4, "-c:v", "mpeg4");
        try (FfmpegSource source = FfmpegSource.open(clip.toString(), options(PixelFormat.BGR24, WIDTH + 2, HEIGHT))) {
            assertTrue(source.advance());
            source.write(target(source));
            assertEquals(1, source.copies());
        }
    }

    @Test
    void theDecodersOwnPictureIsCopiedOnce() throws Exception {
        FfmpegTool.assumeInstalled();
        Path clip = FfmpegTool.clip(temp.resolve("native.mp4"), "640x360", 10, 2, "-c:v", "mpeg4");
        try (FfmpegSource source = FfmpegSource.open(clip.toString(), options(null, 0, 0))) {
            assertTrue(source.advance());
            assertEquals(PixelFormat.I420, source.format().pixelFormat());
            source.write(target(source));
            assertEquals(1, source.copies());
        }
    }

    @Test
    void aPictureFileIsCopiedOnceFromWhereItWasDecoded() throws Exception {
        try (FrameSource source = PictureSource.open(picture(".bmp").toString(), new SourceOptions())) {
            assertTrue(source.advance());
            assertEquals(0, source.copies());
            ByteBuffer target = target(source);
            long growth = PeakMemory.growth(() -> source.write(target));
            assertEquals(1, source.copies());
            assertTrue(growth < MUCH_LESS_THAN_A_FRAME, "growth=" + growth);
        }
    }

    @Test
    void aPictureFileIsResizedFromWhereItWasDecoded() throws Exception {
        SourceOptions options = options(PixelFormat.BGR24, WIDTH - 8, HEIGHT - 8);
        try (FrameSource source =
                ConvertingSource.of(PictureSource.open(picture(".bmp").toString(), options), options)) {
            assertTrue(source.advance());
            assertProducedInPlace(source, target(source), photograph.total() * 3);
        }
    }

    @Test
    void aPictureFileIsConvertedFromWhereItWasDecoded() throws Exception {
        SourceOptions options = options(PixelFormat.RGB24, 0, 0);
        try (FrameSource source =
                ConvertingSource.of(PictureSource.open(picture(".bmp").toString(), options), options)) {
            assertTrue(source.advance());
            ByteBuffer target = target(source);
            source.write(target);
            assertTrue(source.copies() <= 1, "copied more often than the end of a page asks for");
            assertEquals(photograph.get(0, 0)[0], target.get(2) & 0xFF);
        }
    }

    @Test
    void jpegIsEncodedFromWhereThePictureWasDecodedAndCopiedOnceByOpenCv() throws Exception {
        try (FrameSource source = JpegEncodingSource.of(
                PictureSource.open(picture(".bmp").toString(), new SourceOptions()), new OpenCvJpegCodec(), 80)) {
            assertTrue(source.advance());
            source.write(target(source));
            assertEquals(1, source.copies());
        }
    }

    @Test
    void jpegIsEncodedByTurboJpegFromWhereThePictureWasDecodedStraightIntoTheTarget() throws Exception {
        try (FrameSource source = JpegEncodingSource.of(
                PictureSource.open(picture(".bmp").toString(), new SourceOptions()), Turbo.assumeThere(), 80)) {
            assertTrue(source.advance());
            ByteBuffer target = target(source);
            long growth = PeakMemory.growth(() -> source.write(target));
            assertEquals(0, source.copies());
            assertTrue(growth < MUCH_LESS_THAN_A_FRAME, "growth=" + growth);
        }
    }

    @Test
    void aJpegFileIsCopiedOnce() throws Exception {
        SourceOptions options = new SourceOptions();
        Path file = picture(".jpg");
        try (FrameSource source = ConvertingSource.of(PictureSource.open(file.toString(), options), options)) {
            assertTrue(source.advance());
            ByteBuffer target = target(source);
            assertEquals(Files.size(file), source.write(target));
            assertEquals(1, source.copies());
        }
    }

    @Test
    void aCamerasPictureIsCopiedOnceByOpenCvAndTheFirstOnceMore() throws Exception {
        VideoCapture capture = motionJpeg();
        try (CameraSource source = CameraSource.of("camera 0", capture, new SourceOptions())) {
            assertTrue(source.advance());
            ByteBuffer target = target(source);
            source.write(target);
            assertEquals(2, source.copies());
            assertTrue(source.advance());
            source.write(target);
            assertEquals(1, source.copies());
        }
    }

    private static void assertProducedInPlace(FrameSource source) throws Exception {
        assertTrue(source.advance());
        assertEquals(FrameFormat.bgr24(WIDTH, HEIGHT), source.format());
        assertProducedInPlace(source, target(source), LENGTH);
    }

    /**
     * That the bytes lie at the target's own address, and that nothing of a frame's size came into being on the way.
     */
    private static void assertProducedInPlace(FrameSource source, ByteBuffer target, long frameLength)
            throws Exception {
        UnsafeBuffer seen = new UnsafeBuffer(BufferUtil.address(target), target.capacity());
        seen.setMemory(0, target.capacity(), (byte) 1);
        long growth = PeakMemory.growth(() -> source.write(target));
        assertEquals(0, source.copies());
        assertTrue(growth < frameLength / 2, "growth=" + growth);
        int changed = 0;
        for (int i = 0; i < target.capacity(); i++) {
            changed += seen.getByte(i) == 1 ? 0 : 1;
        }
        assertTrue(changed > target.capacity() / 2, "changed=" + changed);
    }

    private static ByteBuffer target(FrameSource source) {
        return PeakMemory.touched(source.maxPayloadLength());
    }

    private static SourceOptions options(PixelFormat pixels, int width, int height) {
        return new SourceOptions().size(width, height).pixelFormat(pixels).encoding(EncodingChoice.RAW);
    }

    private static Path picture(String extension) throws IOException {
        Path file = temp.resolve("picture" + extension);
        if (!Files.exists(file)) {
            assertTrue(
                    Imgcodecs.imwrite(file.toString(), photograph, new MatOfInt(Imgcodecs.IMWRITE_JPEG_QUALITY, 70)));
        }
        return file;
    }

    private static VideoCapture motionJpeg() {
        String file = temp.resolve("camera.avi").toString();
        Mat picture = SyntheticPictures.photograph(64, 48);
        VideoWriter writer = new VideoWriter(
                file, Videoio.CAP_OPENCV_MJPEG, VideoWriter.fourcc('M', 'J', 'P', 'G'), 25, new Size(64, 48));
        writer.write(picture);
        writer.write(picture);
        writer.release();
        return new VideoCapture(file, Videoio.CAP_OPENCV_MJPEG);
    }
}
