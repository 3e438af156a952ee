package io.aeroframe.vision.sink;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.awt.Dimension;
import java.awt.Rectangle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LetterboxTest {

    @ParameterizedTest
    @CsvSource({
        "640, 480, 640, 480, 0, 0, 640, 480",
        "640, 480, 1280, 480, 320, 0, 640, 480",
        "640, 480, 640, 960, 0, 240, 640, 480",
        "3840, 2160, 1920, 1200, 0, 60, 1920, 1080",
        "65535, 1, 100, 100, 0, 49, 100, 1",
        "1, 65535, 100, 100, 49, 0, 1, 100"
    })
    void keepsTheAspectInTheMiddle(int width, int height, int areaWidth, int areaHeight, int x, int y, int w, int h) {
        Rectangle target = new Rectangle();

        Letterbox.fit(width, height, areaWidth, areaHeight, target);

        assertEquals(new Rectangle(x, y, w, h), target);
    }

    @Test
    void firstSizeIsThePicturesWhereItFitsTheScreen() {
        Dimension limit = new Dimension(1728, 972);
        assertEquals(new Dimension(1280, 688), Letterbox.firstSize(1280, 688, limit));
        assertEquals(new Dimension(1728, 972), Letterbox.firstSize(3840, 2160, limit));
        assertEquals(new Dimension(320, 240), Letterbox.firstSize(64, 48, limit));
        assertEquals(new Dimension(486, 972), Letterbox.firstSize(1000, 2000, limit));
        assertEquals(new Dimension(97, 972), Letterbox.firstSize(100, 1000, limit));
    }
}
