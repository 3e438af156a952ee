package io.aeroframe.vision.sink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.aeroframe.transport.ColorEncoding;
import io.aeroframe.transport.FrameEncoding;
import io.aeroframe.transport.FrameFormat;
import io.aeroframe.transport.PixelFormat;
import io.aeroframe.vision.jpeg.JpegFormatException;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BgrRasterTest {

    private static final int WIDTH = 50;
    private static final int HEIGHT = 34;

    @ParameterizedTest
    @EnumSource(PixelFormat.class)
    void makesBgrOfEveryPixelFormat(PixelFormat pixels) throws IOException {
        try (BgrRaster raster = new BgrRaster()) {
            for (int padding : new int[] {0, 14}) {
                int[] image = new int[WIDTH * HEIGHT];
                raster.read(TestPicture.chart(pixels, WIDTH, HEIGHT, padding, 0), image);
                assertIsChart(image, pixels);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(ColorEncoding.class)
    void heedsTheColourEncodingOfYuv(ColorEncoding color) throws IOException {
        try (BgrRaster raster = new BgrRaster()) {
            int[] image = new int[WIDTH * HEIGHT];
            FrameFormat format = new FrameFormat(WIDTH, HEIGHT, WIDTH, PixelFormat.I420, FrameEncoding.RAW, color);
            raster.read(TestPicture.chart(format, 0), image);
            assertIsChart(image, PixelFormat.I420);
        }
    }

    @Test
    void decodesJpegAndThenRawFramesOfOtherSizes() throws IOException {
        try (BgrRaster raster = new BgrRaster()) {
            int[] image = new int[WIDTH * HEIGHT];
            raster.read(TestPicture.jpegChart(WIDTH, HEIGHT, 1), image);
            assertIsChart(image, null);

            raster.read(TestPicture.chart(PixelFormat.NV12, 100, 100, 0, 2), new int[10_000]);

            raster.read(TestPicture.chart(PixelFormat.I420, WIDTH, HEIGHT, 0, 3), image);
            assertIsChart(image, PixelFormat.I420);
        }
    }

    @Test
    void leavesThePictureAsItWasWhenAJpegIsBad() throws IOException {
        try (BgrRaster raster = new BgrRaster()) {
            int[] image = new int[WIDTH * HEIGHT];
            raster.read(TestPicture.jpegChart(WIDTH, HEIGHT, 1), image);

            assertThrows(
                    JpegFormatException.class,
                    () -> raster.read(new TestFrame(FrameFormat.jpeg(WIDTH, HEIGHT), 2, new byte[100]), image));
            assertThrows(
                    JpegFormatException.class,
                    () -> raster.read(new TestFrame(FrameFormat.jpeg(65_535, 65_535), 3, new byte[100]), image));

            assertIsChart(image, null);
        }
    }

    /** In the middle of each quarter, away from where chroma of two colours mixes. */
    private static void assertIsChart(int[] image, PixelFormat pixels) {
        for (int y : new int[] {HEIGHT / 4, HEIGHT * 3 / 4}) {
            for (int x : new int[] {WIDTH / 4, WIDTH * 3 / 4}) {
                int rgb = TestPicture.rgbAt(WIDTH, HEIGHT, x, y);
                boolean gray = pixels == PixelFormat.GRAY8 || pixels == PixelFormat.GRAY16;
                int expected = gray ? TestPicture.grayOf(rgb) * 0x010101 : rgb;
                int tolerance = pixels != null && pixels.planeCount() == 1 && pixels != PixelFormat.YUYV ? 0 : 5;
                int actual = image[y * WIDTH + x];
                assertEquals(expected & 255, actual & 255, tolerance, "blue at " + x + "," + y);
                assertEquals(expected >> 8 & 255, actual >> 8 & 255, tolerance, "green at " + x + "," + y);
                assertEquals(expected >> 16 & 255, actual >> 16 & 255, tolerance, "red at " + x + "," + y);
            }
        }
    }
}
