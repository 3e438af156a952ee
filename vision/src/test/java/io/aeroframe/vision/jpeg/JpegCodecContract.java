package io.aeroframe.vision.jpeg;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeroframe.testing.AllocatedBytes;
import io.aeroframe.transport.ColorEncoding;
import io.aeroframe.transport.FrameEncoding;
import io.aeroframe.transport.FrameFormat;
import io.aeroframe.transport.PixelFormat;
import io.aeroframe.vision.Mats;
import io.aeroframe.vision.SyntheticPictures;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.opencv.core.Core;
import org.opencv.core.Mat;
import org.opencv.imgproc.Imgproc;

/** What every codec does. */
abstract class JpegCodecContract {

    private static final int WIDTH = 320;
    private static final int HEIGHT = 241;
    private static final FrameFormat BGR = FrameFormat.bgr24(WIDTH, HEIGHT);

    private final JpegCodec codec;
    private final Mat photograph = SyntheticPictures.photograph(WIDTH, HEIGHT);
    private final ByteBuffer pixels = pixels(photograph);
    private final ByteBuffer jpeg =
            ByteBuffer.allocateDirect(FrameFormat.jpeg(WIDTH, HEIGHT).maxPayloadLength());

    JpegCodecContract(JpegCodec codec) {
        this.codec = codec;
    }

    JpegCodec codec() {
        return codec;
    }

    @AfterEach
    void close() {
        codec.close();
        codec.close();
    }

    @Test
    void keepsAPhotographAtQuality80() throws IOException {
        int length = codec.encode(pixels.asReadOnlyBuffer(), BGR, 80, jpeg);
        ByteBuffer decoded = ByteBuffer.allocateDirect(BGR.maxPayloadLength());
        codec.decode(jpeg.asReadOnlyBuffer(), length, decoded, BGR);

        assertTrue(length < BGR.maxPayloadLength() / 8, "length=" + length);
        double psnr = Core.PSNR(photograph, Mats.view(decoded, BGR));
        assertTrue(psnr >= 35, "psnr=" + psnr);
    }

    @Test
    void keepsGrayFramesGray() throws IOException {
        Mat gray = new Mat();
        Imgproc.cvtColor(photograph, gray, Imgproc.COLOR_BGR2GRAY);
        FrameFormat format = FrameFormat.gray8(WIDTH, HEIGHT);
        int length = codec.encode(pixels(gray), format, 90, jpeg);
        assertEquals(1, JpegHeader.parse(jpeg, length).components());

        ByteBuffer decoded = ByteBuffer.allocateDirect(format.maxPayloadLength());
        codec.decode(jpeg, length, decoded, format);
        assertTrue(Core.PSNR(gray, Mats.view(decoded, format)) >= 38);
        codec.decode(jpeg, length, pixels, BGR);
    }

    @Test
    void honoursTheStrideOfBothSides() throws IOException {
        FrameFormat padded = new FrameFormat(
                WIDTH, HEIGHT, WIDTH * 3 + 13, PixelFormat.BGR24, FrameEncoding.RAW, ColorEncoding.BT601_LIMITED);
        ByteBuffer frame = ByteBuffer.allocateDirect(padded.maxPayloadLength());
        photograph.copyTo(Mats.view(frame, padded));
        int tight = codec.encode(pixels, BGR, 80, jpeg);
        byte[] expected = copy(jpeg, tight);
        assertArrayEquals(expected, copy(jpeg, codec.encode(frame, padded, 80, jpeg)));

        for (int i = 0; i < frame.capacity(); i++) {
            frame.put(i, (byte) 77);
        }
        codec.decode(jpeg, tight, frame, padded);
        assertTrue(Core.PSNR(photograph, Mats.view(frame, padded)) >= 35);
        assertEquals(77, frame.get(WIDTH * 3));
        assertEquals(77, frame.get(WIDTH * 3 + 12));
    }

    @Test
    void obeysTheQualityFrameByFrame() throws IOException {
        int low = codec.encode(pixels, BGR, 20, jpeg);
        int high = codec.encode(pixels, BGR, 95, jpeg);
        assertTrue(low * 2 < high, low + " " + high);
        assertEquals(low, codec.encode(pixels, BGR, 20, jpeg));
        assertThrows(IllegalArgumentException.class, () -> codec.encode(pixels, BGR, 0, jpeg));
        assertThrows(IllegalArgumentException.class, () -> codec.encode(pixels, BGR, 101, jpeg));
    }

    @Test
    void namesTheSizesWhenTheTargetIsTooSmall() throws IOException {
        int length = codec.encode(pixels, BGR, 80, jpeg);
        ByteBuffer small = ByteBuffer.allocateDirect(length - 1);
        IOException refused = assertThrows(IOException.class, () -> codec.encode(pixels, BGR, 80, small));
        assertEquals(
                "a 320x241 BGR24 frame is " + length + " bytes as JPEG of quality 80, its target has room for "
                        + (length - 1) + "; lower the quality",
                refused.getMessage());
        assertEquals(length, codec.encode(pixels, BGR, 80, ByteBuffer.allocateDirect(length)));
    }

    @Test
    void refusesTruncatedImagesAndThoseOfAnotherSize() throws IOException {
        int length = codec.encode(pixels, BGR, 80, jpeg);
        assertThrows(JpegFormatException.class, () -> codec.decode(jpeg, length - 2, pixels, BGR));
        assertThrows(JpegFormatException.class, () -> codec.decode(jpeg, length / 2, pixels, BGR));
        assertThrows(JpegFormatException.class, () -> codec.decode(jpeg, 0, pixels, BGR));
        IOException other = assertThrows(
                JpegFormatException.class, () -> codec.decode(jpeg, length, pixels, FrameFormat.bgr24(WIDTH, 240)));
        assertEquals("a JPEG image of 320x241 where 320x240 was expected", other.getMessage());
    }

    @Test
    void refusesWrongUsage() {
        ByteBuffer heap = ByteBuffer.allocate(BGR.maxPayloadLength());
        assertThrows(IllegalArgumentException.class, () -> codec.encode(heap, BGR, 80, jpeg));
        assertThrows(IllegalArgumentException.class, () -> codec.encode(pixels, BGR, 80, heap));
        assertThrows(IllegalArgumentException.class, () -> codec.decode(heap, 100, pixels, BGR));
        assertThrows(
                IllegalArgumentException.class,
                () -> codec.encode(pixels, FrameFormat.raw(PixelFormat.YUYV, WIDTH, HEIGHT), 80, jpeg));
        IllegalArgumentException limited = assertThrows(
                IllegalArgumentException.class,
                () -> codec.encode(pixels, FrameFormat.raw(PixelFormat.I420, WIDTH, HEIGHT), 80, jpeg));
        assertTrue(limited.getMessage().contains("BT601_FULL"), limited.getMessage());
        assertThrows(IllegalArgumentException.class, () -> codec.encode(pixels, BGR, 80, jpeg.asReadOnlyBuffer()));
        assertThrows(IllegalArgumentException.class, () -> codec.decode(jpeg, 100, pixels.asReadOnlyBuffer(), BGR));
        assertThrows(IllegalArgumentException.class, () -> codec.decode(jpeg, jpeg.capacity() + 1, pixels, BGR));
        assertThrows(IllegalArgumentException.class, () -> codec.encode(pixels, FrameFormat.jpeg(2, 2), 80, jpeg));
        assertThrows(IllegalArgumentException.class, () -> codec.decode(jpeg, 100, ByteBuffer.allocateDirect(10), BGR));
    }

    @ParameterizedTest
    @CsvSource({"444, 17", "422, 33", "420, 34", "gray, 17"})
    void keepsAsMuchColourAsIsAskedFor(String name, int samplingFactors) throws IOException {
        ChromaSubsampling subsampling = ChromaSubsampling.of(name);
        int length = codec.encode(pixels, BGR, 80, subsampling, jpeg);
        assertEquals(
                subsampling == ChromaSubsampling.GRAY ? 1 : 3,
                JpegHeader.parse(jpeg, length).components());
        int header = JpegHeaderTest.indexOfFrameHeader(copy(jpeg, length));
        assertEquals(samplingFactors, jpeg.get(header + 11));
        assertThrows(IllegalArgumentException.class, () -> ChromaSubsampling.of("411"));
    }

    @Test
    void encodesAMatWhereItLies() throws IOException {
        Mat part = photograph.submat(10, 71, 20, 103);
        assertThrows(IllegalArgumentException.class, () -> codec.encode(new Mat(), 90, ChromaSubsampling.YUV420, jpeg));
        int length = codec.encode(part, 90, ChromaSubsampling.YUV444, jpeg);
        FrameFormat format = FrameFormat.bgr24(83, 61);
        ByteBuffer decoded = ByteBuffer.allocateDirect(format.maxPayloadLength());
        codec.decode(jpeg, length, decoded, format);
        assertTrue(Core.PSNR(part, Mats.view(decoded, format)) >= 35);
    }

    @Test
    void encodesWithoutAllocatingOnTheHeap() throws Exception {
        double bytes = AllocatedBytes.perCall(50, i -> codec.encode(pixels, BGR, 80, jpeg));
        assertTrue(bytes < 16, "bytes=" + bytes);
    }

    private static ByteBuffer pixels(Mat mat) {
        byte[] bytes = SyntheticPictures.bytes(mat);
        return ByteBuffer.allocateDirect(bytes.length).put(0, bytes);
    }

    private static byte[] copy(ByteBuffer buffer, int length) {
        byte[] bytes = new byte[buffer.capacity()];
        buffer.get(0, bytes);
        return Arrays.copyOf(bytes, length);
    }
}
