package io.aeroframe.vision.sink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.awt.image.BufferedImage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PictureReductionTest {

    private final PictureReduction reduction = new PictureReduction();

    @ParameterizedTest
    @CsvSource({
        "640, 480, 640, 480, 1",
        "640, 480, 321, 241, 1",
        "640, 480, 320, 240, 2",
        "640, 480, 160, 120, 4",
        "640, 480, 1280, 960, 1",
        "10, 1000, 1, 90, 10",
        "3, 3, 1, 1, 3"
    })
    void reducesByAsMuchAsLeavesMoreThanIsPainted(int width, int height, int placeWidth, int placeHeight, int factor) {
        assertEquals(factor, PictureReduction.factor(width, height, placeWidth, placeHeight));
    }

    @Test
    void aPixelIsTheMeanOfThoseItStandsFor() {
        BufferedImage board = new BufferedImage(64, 48, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < 48; y++) {
            for (int x = 0; x < 64; x++) {
                board.setRGB(x, y, (x + y) % 2 == 0 ? 0xff0040 : 0x00ff40);
            }
        }
        BufferedImage reduced = reduction.reduce(board, 4);
        assertEquals("16x12", reduced.getWidth() + "x" + reduced.getHeight());
        for (int y = 0; y < 12; y++) {
            for (int x = 0; x < 16; x++) {
                assertEquals(0xff808040, reduced.getRGB(x, y), x + "," + y);
            }
        }
    }

    @Test
    void takesEveryPixelOfAPictureThatTheFactorDoesNotDivide() {
        BufferedImage image = new BufferedImage(7, 5, BufferedImage.TYPE_INT_RGB);
        image.setRGB(6, 4, 0xffffff);
        BufferedImage reduced = reduction.reduce(image, 3);
        assertEquals("2x1", reduced.getWidth() + "x" + reduced.getHeight());
        assertEquals(0xff000000, reduced.getRGB(0, 0));
        assertEquals(0xff0d0d0d, reduced.getRGB(1, 0)); // one of 4 x 5
    }

    @Test
    void aPictureThatIsNotReducedIsItself() {
        BufferedImage image = new BufferedImage(7, 5, BufferedImage.TYPE_INT_RGB);
        assertSame(image, reduction.reduce(image, 1));
    }
}
