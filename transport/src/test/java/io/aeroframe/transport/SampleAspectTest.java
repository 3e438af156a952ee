package io.aeroframe.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SampleAspectTest {

    @ParameterizedTest
    @CsvSource({
        "64, 45, 64:45",
        "128, 90, 64:45",
        "7, 7, 1:1",
        "0, 1, 1:1",
        "3, 0, 1:1",
        "-4, 3, 1:1",
        "2147483647, 2147483646, 1:1",
        "200000, 100000, 2:1",
        "100003, 100000, 65535:65533",
    })
    void isInLowestTerms(long width, long height, String expected) {
        assertEquals(expected, SampleAspect.of(width, height).toString());
    }

    @Test
    void refusesNumbersThatAHeaderHasNoRoomFor() {
        assertThrows(IllegalArgumentException.class, () -> new SampleAspect(0, 1));
        assertThrows(IllegalArgumentException.class, () -> new SampleAspect(1, 65_536));
    }

    @Test
    void keepsTheShapeOfAPictureThatIsResized() {
        SampleAspect wide = new SampleAspect(64, 45);
        assertEquals(SampleAspect.SQUARE, wide.resized(720, 576, 1024, 576));
        assertEquals(wide, wide.resized(720, 576, 360, 288));
        assertEquals(new SampleAspect(16, 15), wide.resized(720, 576, 480, 288));
        assertSame(SampleAspect.SQUARE, SampleAspect.SQUARE.resized(640, 480, 640, 360));
        assertEquals(new SampleAspect(45, 64), wide.transposed());
    }

    @ParameterizedTest
    @CsvSource({
        "720, 576, 64, 45, 1024, 576",
        "720, 480, 8, 9, 720, 540",
        "640, 480, 1, 1, 640, 480",
        "576, 720, 45, 64, 576, 1024",
        "60000, 10, 2, 1, 65535, 10",
        "640, 480, 65535, 1, 640, 480",
    })
    void stretchesTheShorterSideOfAPixel(int width, int height, int wide, int high, int shownWidth, int shownHeight) {
        FrameFormat format = FrameFormat.gray8(width, height).withSampleAspect(new SampleAspect(wide, high));
        assertEquals(shownWidth, format.displayWidth());
        assertEquals(shownHeight, format.displayHeight());
    }
}
