package io.aeroframe.vision.jpeg;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeroframe.transport.ColorEncoding;
import io.aeroframe.transport.FrameEncoding;
import io.aeroframe.transport.FrameFormat;
import io.aeroframe.transport.PixelFormat;
import io.aeroframe.vision.Mats;
import io.aeroframe.vision.SyntheticPictures;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.opencv.core.Core;
import org.opencv.core.Mat;
import org.opencv.imgproc.Imgproc;

class OpenCvJpegCodecTest {

    private static final int WIDTH = 320;
    private static final int HEIGHT = 241;
    private static final FrameFormat BGR = FrameFormat.bgr24(WIDTH, HEIGHT);

    private final JpegCodec codec = JpegCodecs.open();
    private final Mat photograph = SyntheticPictures.photograph(WIDTH, HEIGHT);
    private final ByteBuffer pixels = pixels(photograph);
    private final ByteBuffer jpeg =
            ByteBuffer.allocateDirect(FrameFormat.jpeg(WIDTH, HEIGHT).maxPayloadLength());

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
                () -> codec.encode(pixels, FrameFormat.raw(PixelFormat.RGB24, WIDTH, HEIGHT), 80, jpeg));
        assertThrows(IllegalArgumentException.class, () -> codec.encode(pixels, FrameFormat.jpeg(2, 2), 80, jpeg));
        assertThrows(IllegalArgumentException.class, () -> codec.decode(jpeg, 100, ByteBuffer.allocateDirect(10), BGR));
    }

    @Test
    void survivesDamagedImages() {
        byte[] image = SyntheticPictures.jpeg(SyntheticPictures.photograph(61, 43), 80);
        FrameFormat format = FrameFormat.bgr24(61, 43);
        ByteBuffer target = ByteBuffer.allocateDirect(format.maxPayloadLength());
        Random random = new Random(7);
        int refused = 0;
        for (int i = 0; i < 500; i++) {
            byte[] mutated = JpegHeaderTest.mutate(image, random);
            try {
                codec.decode(ByteBuffer.allocateDirect(mutated.length).put(0, mutated), mutated.length, target, format);
            } catch (JpegFormatException e) {
                refused++;
            } catch (IOException e) {
                throw new AssertionError("a damaged image is a JpegFormatException", e);
            }
        }
        assertTrue(refused > 50, "refused=" + refused);
    }

    @Test
    void encodesWithoutAllocatingOnTheHeap() throws IOException {
        com.sun.management.ThreadMXBean threads =
                (com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean();
        for (int i = 0; i < 20; i++) {
            codec.encode(pixels, BGR, 80, jpeg);
        }
        long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
        for (int i = 0; i < 50; i++) {
            codec.encode(pixels, BGR, 80, jpeg);
        }
        long allocated = threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
        assertTrue(allocated < 50 * 16, "bytes=" + allocated);
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
