package io.aeroframe.vision.sink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PicturePatternTest {

    @ParameterizedTest
    @CsvSource({
        "shots/%06d.png, 17, shots/000017.png",
        "shots/%06d.png, 12345678, shots/12345678.png",
        "%d.jpg, 9223372036854775807, 9223372036854775807.jpg",
        "a/b%%%03d%%c.PNG, 5, a/b%005%c.PNG",
        "/x/y%01d.tif, 5, /x/y5.tif",
        "%019d.webp, 1, 0000000000000000001.webp",
        "latest.png, 17, latest.png",
        "100%%.ppm, 17, 100%.ppm"
    })
    void putsTheSequenceIntoTheName(String pattern, long sequence, String path) {
        assertEquals(Path.of(path), PicturePattern.parse(pattern).pathFor(sequence));
    }

    @Test
    void knowsWhetherEachFrameHasAFile() {
        assertTrue(PicturePattern.parse("a%d.png").isNumbered());
        assertFalse(PicturePattern.parse("a%%d.png").isNumbered());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "%s.png",
                "%.png",
                "%6d.png",
                "%-6d.png",
                "%06x.png",
                "%ld.png",
                "%d-%d.png",
                "%020d.png",
                "%0123d.png",
                "%d/x.png",
                "a%",
                "a.gif",
                "png",
                "a\0.png"
            })
    void refusesOtherConversionsAndExtensions(String pattern) {
        IllegalArgumentException thrown =
                assertThrows(IllegalArgumentException.class, () -> PicturePattern.parse(pattern));

        assertTrue(
                thrown.getMessage().startsWith("'" + pattern + "' is not a name for pictures: "), thrown.getMessage());
        assertEquals(1, thrown.getMessage().lines().count());
    }
}
