package io.aeroframe.vision.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeroframe.testing.AllocatedBytes;
import io.aeroframe.transport.ColorEncoding;
import io.aeroframe.transport.FrameEncoding;
import io.aeroframe.transport.FrameFormat;
import io.aeroframe.transport.PixelFormat;
import io.aeroframe.vision.Psnr;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class PixelConverterTest {

    private static final byte GUARD = (byte) 0xA5;
    private static final int GUARD_LENGTH = 256;
    private static final int[][] SIZES = {
        {64, 48}, {320, 240}, {321, 243}, {1, 1}, {2, 1}, {1, 2}, {3, 5}, {17, 33}, {63, 2}, {96, 7}
    };

    @TestFactory
    List<DynamicTest> keepsASmoothPictureThroughEveryPairOfFormats() {
        List<DynamicTest> tests = new ArrayList<>();
        for (int[] size : SIZES) {
            for (PixelFormat first : PixelFormat.values()) {
                for (PixelFormat second : PixelFormat.values()) {
                    tests.add(DynamicTest.dynamicTest(
                            size[0] + "x" + size[1] + " " + first + " to " + second,
                            () -> roundTrip(size[0], size[1], first, second)));
                }
            }
        }
        return tests;
    }

    /** A gray picture survives every format, so that BGR → first → second → BGR can be compared for all pairs. */
    private static void roundTrip(int width, int height, PixelFormat first, PixelFormat second) {
        FrameFormat bgr = FrameFormat.bgr24(width, height);
        byte[] gray = smoothGray(width, height);
        byte[] result = convert(
                convert(
                        convert(gray, bgr, FrameFormat.raw(first, width, height)),
                        FrameFormat.raw(first, width, height),
                        FrameFormat.raw(second, width, height)),
                FrameFormat.raw(second, width, height),
                bgr);
        assertPsnr(42, gray, result);
    }

    @Test
    void keepsColoursThroughEveryColourFormat() {
        FrameFormat bgr = FrameFormat.bgr24(128, 64);
        byte[] picture = smoothColours(128, 64);
        for (ColorEncoding color : ColorEncoding.values()) {
            for (PixelFormat pixels : PixelFormat.values()) {
                if (pixels != PixelFormat.GRAY8 && pixels != PixelFormat.GRAY16) {
                    FrameFormat other = FrameFormat.raw(pixels, 128, 64).withColor(color);
                    assertPsnr(35, picture, convert(convert(picture, bgr, other), other, bgr));
                }
            }
        }
    }

    @Test
    void convertsBetweenMatricesAndRanges() {
        FrameFormat bgr = FrameFormat.bgr24(128, 64);
        byte[] picture = smoothColours(128, 64);
        for (ColorEncoding color : ColorEncoding.values()) {
            for (ColorEncoding other : ColorEncoding.values()) {
                FrameFormat first = FrameFormat.raw(PixelFormat.I420, 128, 64).withColor(color);
                FrameFormat second = FrameFormat.raw(PixelFormat.NV12, 128, 64).withColor(other);
                byte[] result = convert(convert(convert(picture, bgr, first), first, second), second, bgr);
                assertPsnr(33, picture, result);
            }
        }
    }

    @Test
    void takesPureColoursByTheBookOfEachMatrix() {
        FrameFormat bgr = FrameFormat.bgr24(64, 16);
        byte[] red = new byte[bgr.maxPayloadLength()];
        for (int i = 2; i < red.length; i += 3) {
            red[i] = (byte) 255;
        }
        FrameFormat i420 = FrameFormat.raw(PixelFormat.I420, 64, 16);
        assertEquals(81, convert(red, bgr, i420)[0] & 0xFF, 1);
        assertEquals(63, convert(red, bgr, i420.withColor(ColorEncoding.BT709_LIMITED))[0] & 0xFF, 1);
        assertEquals(76, convert(red, bgr, i420.withColor(ColorEncoding.BT601_FULL))[0] & 0xFF, 1);
        assertEquals(54, convert(red, bgr, i420.withColor(ColorEncoding.BT709_FULL))[0] & 0xFF, 1);
        assertEquals(76, convert(red, bgr, FrameFormat.gray8(64, 16))[0] & 0xFF, 1);
        assertEquals(76, convert(convert(red, bgr, i420), i420, FrameFormat.gray8(64, 16))[0] & 0xFF, 2);
    }

    @Test
    void storesSixteenBitGrayLittleEndian() {
        byte[] gray = {0, (byte) 128, (byte) 255};
        byte[] wide = convert(gray, FrameFormat.gray8(3, 1), FrameFormat.raw(PixelFormat.GRAY16, 3, 1));
        assertEquals(0, wide[0] & 0xFF);
        assertEquals(128, wide[3] & 0xFF);
        assertEquals(255, wide[5] & 0xFF);
    }

    @Test
    void copiesRowsWhereOnlyTheStrideDiffers() {
        for (PixelFormat pixels : PixelFormat.values()) {
            FrameFormat tight = FrameFormat.raw(pixels, 37, 11);
            FrameFormat wide = new FrameFormat(
                    37, 11, tight.stride() + 12, pixels, FrameEncoding.RAW, ColorEncoding.BT601_LIMITED);
            byte[] picture = new byte[tight.maxPayloadLength()];
            for (int i = 0; i < picture.length; i++) {
                picture[i] = (byte) (i * 31);
            }
            assertArrayEquals(picture, convert(convert(picture, tight, wide), wide, tight), pixels.toString());
        }
    }

    @Test
    void resizesBothWays() {
        byte[] picture = smoothColours(160, 120);
        FrameFormat from = FrameFormat.bgr24(160, 120);
        for (int[] size : new int[][] {{320, 240}, {321, 243}, {80, 60}, {81, 61}, {640, 30}, {1, 1}}) {
            for (PixelFormat pixels : PixelFormat.values()) {
                FrameFormat to = FrameFormat.raw(pixels, size[0], size[1]);
                byte[] resized = convert(picture, from, to);
                if (size[0] > 1 && pixels != PixelFormat.GRAY8 && pixels != PixelFormat.GRAY16) {
                    byte[] back = convert(resized, to, from);
                    assertPsnr(22, picture, back);
                }
            }
        }
    }

    @Test
    void convertsAFrameThatEndsWithItsPage() {
        // 64x64 BGR is three pages exactly: nothing behind it may be read.
        FrameFormat from = FrameFormat.bgr24(64, 64);
        byte[] picture = smoothColours(64, 64);
        ByteBuffer memory = ByteBuffer.allocateDirect(from.maxPayloadLength() + 4096 + GUARD_LENGTH);
        ByteBuffer aligned = memory.alignedSlice(4096);
        ByteBuffer source = aligned.slice(0, from.maxPayloadLength());
        source.put(0, picture);
        FrameFormat to = FrameFormat.raw(PixelFormat.RGB24, 64, 64);
        ByteBuffer target = ByteBuffer.allocateDirect(to.maxPayloadLength());
        try (PixelConverter converter = new PixelConverter(from, to)) {
            converter.convert(source.asReadOnlyBuffer(), target);
        }
        assertEquals(picture[0], target.get(2));
        assertEquals(picture[picture.length - 1], target.get(picture.length - 3));
    }

    @Test
    void refusesWhatItCannotConvertBeforeTouchingMemory() {
        FrameFormat from = FrameFormat.bgr24(64, 48);
        FrameFormat to = FrameFormat.gray8(64, 48);
        assertThrows(IllegalArgumentException.class, () -> new PixelConverter(FrameFormat.jpeg(64, 48), to));
        assertThrows(IllegalArgumentException.class, () -> new PixelConverter(from, FrameFormat.jpeg(64, 48)));
        PixelConverter converter = new PixelConverter(from, to);
        ByteBuffer source = ByteBuffer.allocateDirect(from.maxPayloadLength());
        ByteBuffer target = ByteBuffer.allocateDirect(to.maxPayloadLength());
        ByteBuffer small = ByteBuffer.allocateDirect(to.maxPayloadLength() - 1);
        assertTrue(assertThrows(IllegalArgumentException.class, () -> converter.convert(source, small))
                .getMessage()
                .contains("target buffer is of 3071 bytes"));
        assertTrue(assertThrows(IllegalArgumentException.class, () -> converter.convert(small, target))
                .getMessage()
                .contains("needs a direct one of 9216"));
        assertThrows(IllegalArgumentException.class, () -> converter.convert(source, ByteBuffer.allocate(4096)));
        assertThrows(IllegalArgumentException.class, () -> converter.convert(source, target.asReadOnlyBuffer()));
        converter.close();
        converter.close();
        assertThrows(IllegalStateException.class, () -> converter.convert(source, target));
    }

    @Test
    void allocatesNothingPerFrame() throws Exception {
        FrameFormat from = FrameFormat.raw(PixelFormat.I420, 321, 243);
        ByteBuffer source = ByteBuffer.allocateDirect(from.maxPayloadLength());
        ByteBuffer[] targets = new ByteBuffer[3];
        FrameFormat to = FrameFormat.bgr24(160, 121);
        for (int i = 0; i < targets.length; i++) {
            targets[i] = ByteBuffer.allocateDirect(to.maxPayloadLength());
        }
        try (PixelConverter converter = new PixelConverter(from, to)) {
            double bytes = AllocatedBytes.perCall(500, i -> converter.convert(source, targets[i % targets.length]));
            assertTrue(bytes < 8, bytes + " bytes a frame");
        }
    }

    /** Converts in guarded memory, at an address of the worst alignment, and checks that the guards are whole. */
    private static byte[] convert(byte[] picture, FrameFormat from, FrameFormat to) {
        byte[] odd = convert(picture, from, to, 1);
        byte[] even = convert(picture, from, to, 64);
        assertArrayEquals(even, odd, from.describe() + " to " + to.describe() + " depends on the alignment");
        return odd;
    }

    private static byte[] convert(byte[] picture, FrameFormat from, FrameFormat to, int offset) {
        ByteBuffer source = guarded(from, offset);
        source.put(0, picture);
        int length = to.maxPayloadLength();
        ByteBuffer memory = ByteBuffer.allocateDirect(length + 2 * GUARD_LENGTH);
        for (int i = 0; i < memory.capacity(); i++) {
            memory.put(i, GUARD);
        }
        try (PixelConverter converter = new PixelConverter(from, to)) {
            converter.convert(source, memory.slice(offset, length));
        }
        for (int i = 0; i < memory.capacity(); i++) {
            if (i < offset || i >= offset + length) {
                assertEquals(
                        GUARD,
                        memory.get(i),
                        from.describe() + " to " + to.describe() + " wrote at " + (i - offset) + " of " + length);
            }
        }
        byte[] result = new byte[length];
        memory.get(offset, result);
        return result;
    }

    private static ByteBuffer guarded(FrameFormat format, int offset) {
        return ByteBuffer.allocateDirect(format.maxPayloadLength() + GUARD_LENGTH)
                .slice(offset, format.maxPayloadLength());
    }

    private static byte[] smoothGray(int width, int height) {
        byte[] picture = new byte[width * height * 3];
        for (int i = 0; i < picture.length; i++) {
            int x = i / 3 % width;
            int y = i / 3 / width;
            picture[i] = (byte) (20 + 200 * (x + y) / (width + height));
        }
        return picture;
    }

    private static byte[] smoothColours(int width, int height) {
        byte[] picture = new byte[width * height * 3];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int at = 3 * (y * width + x);
                picture[at] = (byte) (60 + 120 * x / width);
                picture[at + 1] = (byte) (80 + 100 * y / height);
                picture[at + 2] = (byte) (200 - 120 * (x + y) / (width + height));
            }
        }
        return picture;
    }

    private static void assertPsnr(double least, byte[] expected, byte[] actual) {
        double psnr = Psnr.of(expected, actual);
        assertTrue(psnr >= least, "PSNR " + psnr + " dB < " + least);
    }
}
