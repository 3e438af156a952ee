package io.aeroframe.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(180)
class FrameFormatTest {

    @ParameterizedTest
    @CsvSource({
        "GRAY8, 5, 3, 5, 15",
        "GRAY16, 5, 3, 10, 30",
        "BGR24, 5, 3, 15, 45",
        "RGB24, 5, 3, 15, 45",
        "BGRA32, 5, 3, 20, 60",
        "YUYV, 5, 3, 12, 36",
        "NV12, 5, 3, 5, 27",
        "I420, 5, 3, 5, 27",
        "NV12, 1, 1, 1, 3",
        "I420, 1, 1, 1, 3",
        "YUYV, 1, 1, 4, 4",
        "NV12, 1920, 1080, 1920, 3110400",
        "I420, 1920, 1080, 1920, 3110400",
        "BGR24, 7680, 4320, 23040, 99532800",
        "BGR24, 1280, 688, 3840, 2641920"
    })
    void lengthsAreThoseOfTheLayout(PixelFormat pixels, int width, int height, int stride, int length) {
        FrameFormat format = FrameFormat.raw(pixels, width, height);
        assertEquals(stride, format.stride());
        assertEquals(length, format.maxPayloadLength());
        assertEquals(FrameEncoding.RAW, format.encoding());
        assertEquals(ColorEncoding.BT601_LIMITED, format.color());
    }

    @ParameterizedTest
    @EnumSource(PixelFormat.class)
    void planesFollowOneAnotherAndHoldTheirRows(PixelFormat pixels) {
        for (int width = 1; width <= 9; width++) {
            for (int height = 1; height <= 9; height++) {
                for (int padding = 0; padding <= 5; padding++) {
                    int stride = pixels.minStride(width) + padding;
                    long end = 0;
                    for (int plane = 0; plane < pixels.planeCount(); plane++) {
                        assertEquals(end, pixels.planeOffset(plane, stride, height));
                        assertTrue(pixels.planeStride(plane, stride) >= pixels.rowLength(plane, width));
                        assertTrue(pixels.planeHeight(plane, height) >= 1);
                        end += (long) pixels.planeStride(plane, stride) * pixels.planeHeight(plane, height);
                    }
                    assertEquals(end, pixels.payloadLength(stride, height));
                    assertEquals(end, pixels.planeOffset(pixels.planeCount(), stride, height));
                }
            }
        }
    }

    @Test
    void codesAreThoseOfTheWire() {
        List<PixelFormat> inOrder = List.of(PixelFormat.values());
        for (int code = -1; code <= 256; code++) {
            PixelFormat format = PixelFormat.ofCode(code);
            if (code >= 1 && code <= 8) {
                assertSame(inOrder.get(code - 1), format);
                assertEquals(code, format.code());
            } else {
                assertNull(format);
            }
        }
        assertSame(FrameEncoding.RAW, FrameEncoding.ofCode(0));
        assertSame(FrameEncoding.JPEG, FrameEncoding.ofCode(1));
        assertSame(FrameEncoding.ZSTD, FrameEncoding.ofCode(2));
        assertNull(FrameEncoding.ofCode(3));
        assertNull(FrameEncoding.ofCode(-1));
        for (ColorEncoding color : ColorEncoding.values()) {
            assertSame(color, ColorEncoding.of(color.isBt709(), color.isFullRange()));
        }
    }

    @ParameterizedTest
    @EnumSource(PixelFormat.class)
    void aZstdFrameHasNoStrideAndDecompressesToARawOneWithoutPadding(PixelFormat pixels) {
        FrameFormat format = FrameFormat.zstd(pixels, 321, 243).withColor(ColorEncoding.BT709_FULL);
        assertEquals(0, format.stride());
        assertEquals(FrameFormat.raw(pixels, 321, 243).withColor(ColorEncoding.BT709_FULL), format.decoded());
        assertSame(format.decoded().decoded().encoding(), FrameEncoding.RAW);
        int length = format.decoded().maxPayloadLength();
        assertEquals(length + length / 256 + 1024, format.maxPayloadLength());
        assertEquals("321x243 " + pixels + " zstd", format.describe());
    }

    @Test
    void aZstdFrameThatWouldNotFitABufferIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> FrameFormat.zstd(PixelFormat.BGRA32, 65_535, 65_535));
        IllegalArgumentException strided = assertThrows(
                IllegalArgumentException.class,
                () -> new FrameFormat(8, 8, 8, PixelFormat.GRAY8, FrameEncoding.ZSTD, ColorEncoding.BT601_LIMITED));
        assertEquals("stride=8: a ZSTD frame has none, it must be 0", strided.getMessage());
    }

    @Test
    void aJpegHasNoStrideAndABound() {
        FrameFormat format = FrameFormat.jpeg(640, 480);
        assertEquals(0, format.stride());
        assertEquals(640 * 480 * 3 + 65_536, format.maxPayloadLength());
        assertEquals("640x480 JPEG", format.describe());
        assertEquals(Integer.MAX_VALUE - 8, FrameFormat.jpeg(65_535, 65_535).maxPayloadLength());
        assertThrows(
                IllegalArgumentException.class,
                () -> new FrameFormat(
                        640, 480, 1_920, PixelFormat.BGR24, FrameEncoding.JPEG, ColorEncoding.BT601_FULL));
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "1, 0", "-1, 1", "1, -1", "65536, 1", "1, 65536", "2147483647, 2147483647", "-2147483648, 1"})
    void refusesSizesOutOfRange(int width, int height) {
        for (PixelFormat pixels : PixelFormat.values()) {
            assertThrows(IllegalArgumentException.class, () -> FrameFormat.raw(pixels, width, height));
        }
        assertThrows(IllegalArgumentException.class, () -> FrameFormat.jpeg(width, height));
    }

    @ParameterizedTest
    @EnumSource(PixelFormat.class)
    void refusesAStrideThatIsTooSmallAndFramesBeyond2GiB(PixelFormat pixels) {
        for (int stride : new int[] {-1, 0, pixels.minStride(100) - 1, Integer.MIN_VALUE}) {
            IllegalArgumentException ex =
                    assertThrows(IllegalArgumentException.class, () -> strided(pixels, 100, 10, stride));
            assertTrue(ex.getMessage().startsWith("stride=" + stride + " < "), ex.getMessage());
        }
        for (int height : new int[] {1, 2, 3, 65_535}) {
            IllegalArgumentException ex =
                    assertThrows(IllegalArgumentException.class, () -> strided(pixels, 100, height, Integer.MAX_VALUE));
            assertTrue(ex.getMessage().contains("2 GiB"), ex.getMessage());
        }
        assertEquals(700L * 10, strided(PixelFormat.BGR24, 100, 10, 700).maxPayloadLength());
    }

    @Test
    void refusesNulls() {
        assertThrows(
                IllegalArgumentException.class,
                () -> new FrameFormat(1, 1, 1, null, FrameEncoding.RAW, ColorEncoding.BT601_FULL));
        assertThrows(
                IllegalArgumentException.class,
                () -> new FrameFormat(1, 1, 1, PixelFormat.GRAY8, null, ColorEncoding.BT601_FULL));
        assertThrows(
                IllegalArgumentException.class,
                () -> new FrameFormat(1, 1, 1, PixelFormat.GRAY8, FrameEncoding.RAW, null));
    }

    @Test
    void anotherColorIsAnotherFormat() {
        FrameFormat format = FrameFormat.raw(PixelFormat.NV12, 4, 4);
        assertSame(format, format.withColor(ColorEncoding.BT601_LIMITED));
        assertEquals(
                ColorEncoding.BT709_FULL,
                format.withColor(ColorEncoding.BT709_FULL).color());
        assertEquals("4x4 NV12", format.describe());
    }

    private static FrameFormat strided(PixelFormat pixels, int width, int height, int stride) {
        return new FrameFormat(width, height, stride, pixels, FrameEncoding.RAW, ColorEncoding.BT601_LIMITED);
    }

    @ParameterizedTest
    @CsvSource({
        "GRAY8, false, 1",
        "GRAY16, false, 2",
        "BGR24, false, 3",
        "RGB24, false, 3",
        "BGRA32, false, 4",
        "YUYV, true, 4",
        "NV12, true, 1 2",
        "I420, true, 1 1 1"
    })
    void aChannelsSamplesAreAFixedDistanceApart(PixelFormat pixels, boolean isYuv, String distances) {
        assertEquals(isYuv, pixels.isYuv());
        assertEquals(
                distances,
                IntStream.range(0, pixels.planeCount())
                        .mapToObj(plane -> Integer.toString(pixels.sampleDistance(plane)))
                        .collect(Collectors.joining(" ")));
    }
}
