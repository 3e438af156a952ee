package io.aeroframe.vision.sink;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeroframe.testing.PeakMemory;
import io.aeroframe.transport.ColorEncoding;
import io.aeroframe.transport.FrameEncoding;
import io.aeroframe.transport.FrameFormat;
import io.aeroframe.transport.PixelFormat;
import io.aeroframe.vision.Mats;
import io.aeroframe.vision.jpeg.JpegCodecs;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.agrona.BufferUtil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.opencv.core.Mat;
import org.opencv.imgcodecs.Imgcodecs;

/**
 * How often each sink copies a frame. Where none is claimed, what the process grows by shows that there is no second
 * memory of the size of a frame; the frames are large, so that nothing else is.
 */
class SinkCopiesTest {

    private static final FrameFormat LARGE = FrameFormat.bgr24(3840, 2160);
    private static final long MUCH_LESS_THAN_A_FRAME = LARGE.maxPayloadLength() / 2;

    @TempDir
    private Path temp;

    @Test
    void aMatLiesOverTheFrameItself() {
        TestFrame frame = new TestFrame(FrameFormat.bgr24(64, 48), 0, new byte[64 * 48 * 3]);
        Mat view = new Mats().over(frame.payloadByteBuffer(), 0, frame.format());
        assertEquals(frame.payload().addressOffset(), view.dataAddr());
        assertEquals(frame.payload().addressOffset(), BufferUtil.address(frame.payloadByteBuffer()));
    }

    @Test
    void countingAloneCopiesNothing() {
        try (NullSink sink = new NullSink()) {
            sink.accept(new TestFrame(FrameFormat.gray8(2, 2), 0, new byte[4]));
            assertEquals(0, sink.copies());
        }
    }

    @Test
    void theDigestIsMadeOfTheFrameWhereItLies() throws Exception {
        TestFrame frame = new TestFrame(LARGE, 0, noise(LARGE.maxPayloadLength()));
        try (DigestSink sink = new DigestSink(OutputStream.nullOutputStream(), false)) {
            sink.accept(new TestFrame(FrameFormat.gray8(2, 2), 0, new byte[4]));
            long growth = PeakMemory.growth(() -> sink.accept(frame));
            assertEquals(0, sink.copies());
            assertTrue(growth < MUCH_LESS_THAN_A_FRAME, "growth=" + growth);
        }
    }

    @Test
    void aPictureIsEncodedFromTheFrameWhereItLies() throws Exception {
        byte[] even =
                new byte[LARGE.maxPayloadLength()]; // its PNG is small, so that what grows would be a copy of the frame
        TestFrame frame = new TestFrame(LARGE, 7, even);
        try (PictureSink sink = PictureSink.open(temp.resolve("%d.png").toString())) {
            long growth = PeakMemory.growth(() -> sink.accept(frame));
            assertEquals(0, sink.copies());
            assertTrue(growth < MUCH_LESS_THAN_A_FRAME, "growth=" + growth);
        }
        assertEquals(3840, Imgcodecs.imread(temp.resolve("7.png").toString()).cols());
    }

    @Test
    void rowsWithPaddingAreEncodedWhereTheyLie() throws Exception {
        FrameFormat padded =
                new FrameFormat(30, 20, 100, PixelFormat.BGR24, FrameEncoding.RAW, ColorEncoding.BT601_LIMITED);
        byte[] bytes = noise(padded.maxPayloadLength());
        try (PictureSink sink = PictureSink.open(temp.resolve("padded.png").toString())) {
            sink.accept(new TestFrame(padded, 0, bytes));
            assertEquals(0, sink.copies());
        }
        Mat picture = Imgcodecs.imread(temp.resolve("padded.png").toString());
        byte[] row = new byte[90];
        picture.get(19, 0, row);
        byte[] expected = new byte[90];
        System.arraycopy(bytes, 1900, expected, 0, 90);
        assertArrayEquals(expected, row);
    }

    @Test
    void aJpegFrameGoesIntoItsFileFromWhereItLies() throws Exception {
        TestFrame frame = TestPicture.jpegChart(64, 48, 0);
        try (PictureSink sink = PictureSink.open(temp.resolve("a.jpg").toString())) {
            sink.accept(frame);
            assertEquals(0, sink.copies());
        }
        byte[] jpeg = new byte[frame.payloadLength()];
        frame.payload().getBytes(0, jpeg);
        assertArrayEquals(jpeg, Files.readAllBytes(temp.resolve("a.jpg")));
    }

    @Test
    void aJpegFrameForAnotherKindOfFileIsCopiedByOpenCvOnly() throws Exception {
        try (PictureSink sink = PictureSink.open(temp.resolve("a.png").toString())) {
            sink.accept(TestPicture.jpegChart(64, 48, 0));
            assertEquals(JpegCodecs.hasTurbo() ? 0 : 1, sink.copies());
        }
    }

    /**
     * Java paints from its own memory only: what is converted on the way there is not copied besides, what native code
     * converts is once, and once more if it ends at a page.
     */
    @ParameterizedTest
    @EnumSource(
            value = PixelFormat.class,
            names = {"BGR24", "RGB24", "BGRA32", "GRAY8", "GRAY16"})
    void thePictureInAWindowIsCopiedOnceAtMost(PixelFormat pixels) throws Exception {
        FrameFormat format = FrameFormat.raw(pixels, 64, 48);
        try (BgrRaster raster = new BgrRaster()) {
            raster.read(new TestFrame(format, 0, noise(format.maxPayloadLength())), new int[64 * 48]);
            boolean isNative = pixels == PixelFormat.BGR24 || pixels == PixelFormat.RGB24;
            assertTrue(
                    isNative ? raster.copies() >= 1 && raster.copies() <= 2 : raster.copies() == 0,
                    () -> raster.copies() + " copies");
        }
    }

    @Test
    void aJpegInAWindowIsCopiedIntoThePictureAndByOpenCvOnceMore() throws Exception {
        try (BgrRaster raster = new BgrRaster()) {
            raster.read(TestPicture.jpegChart(64, 48, 0), new int[64 * 48]);
            assertEquals(JpegCodecs.hasTurbo() ? 1 : 2, raster.copies());
        }
    }

    private static byte[] noise(int length) {
        byte[] bytes = new byte[length];
        new Random(1).nextBytes(bytes);
        return bytes;
    }
}
