package io.aeroframe.apps;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeroframe.apps.options.ByteCount;
import io.aeroframe.apps.options.DurationConverter;
import io.aeroframe.apps.options.FrameRate;
import io.aeroframe.apps.options.SizeConverter;
import io.aeroframe.vision.source.PictureSize;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

/** Values as people type them. */
class OptionValuesTest {

    @ParameterizedTest
    @CsvSource({
        "640x480,640,480",
        "1X1,1,1",
        "65535x65535,65535,65535",
        "0640x0480,640,480",
        "6 x 4,6,4",
        "640*480,640,480",
        "640\u00d7480,640,480",
        "640:480,640,480",
        "' 640x480 ',640,480",
        "720p,1280,720",
        "VGA,640,480",
        "4K,3840,2160"
    })
    void readsASize(String text, int width, int height) {
        assertEquals(new PictureSize(width, height), new SizeConverter().convert(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "640", "640x", "x480", "0x0", "0x480", "65536x1", "640x480x3", "-1x5", "480q"})
    void refusesWhatIsNoSize(String text) {
        expectRefusal(text, () -> new SizeConverter().convert(text));
    }

    @ParameterizedTest
    @CsvSource({
        "30,30",
        "29.97,29.97",
        "0.5,0.5",
        "1e3,1000",
        "1000000,1000000",
        "30fps,30",
        "30 FPS,30",
        "60Hz,60",
        "30/1,30",
        "25/2 fps,12.5",
        "60p,60"
    })
    void readsARate(String text, double perSecond) {
        FrameRate rate = new FrameRate.SourceConverter().convert(text);
        assertEquals(perSecond, rate.perSecond());
        assertFalse(rate.isMax());
        assertFalse(rate.isSource());
    }

    @Test
    void readsTheNamedRates() {
        assertTrue(new FrameRate.SourceConverter().convert("max").isMax());
        assertTrue(new FrameRate.SourceConverter().convert("MAX").isMax());
        assertTrue(new FrameRate.SourceConverter().convert("source").isSource());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "-1", "-0", "NaN", "Infinity", "1000001", "fast", "30/0", "0/1", "30fpm", "3 0"})
    void refusesWhatIsNoRate(String text) {
        expectRefusal(text, () -> new FrameRate.SourceConverter().convert(text));
    }

    @ParameterizedTest
    @CsvSource({
        "5,5000000",
        "5s,5000000",
        "500ms,500000",
        "2m,120000000",
        "1h,3600000000",
        "1.5s,1500000",
        "3us,3",
        "5 s,5000000",
        "5sec,5000000",
        "5S,5000000",
        "100 MS,100000",
        "2min,120000000",
        "1m30s,90000000",
        "1h 5m,3900000000",
        "1d,86400000000",
        "1.s,1000000",
        ".5,500000",
        "1:30,90000000",
        "00:01:30.5,90500000",
        "2 hours,7200000000",
        "3\u00b5s,3",
        "1234567,1234567000000"
    })
    void readsADuration(String text, long micros) {
        assertEquals(Duration.ofNanos(micros * 1_000), new DurationConverter().convert(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "0",
                "0s",
                "0.0ms",
                "-1",
                "s",
                "1,5s",
                "1234567890",
                "5 parsecs",
                "5 5",
                "5s5",
                "1:2:3:4",
                "1d-1h"
            })
    void refusesWhatIsNoDuration(String text) {
        expectRefusal(text, () -> new DurationConverter().convert(text));
    }

    @ParameterizedTest
    @CsvSource({"1000000,1000000", "64MiB,67108864", "64M,67108864", "64 MB,64000000", "1.5k,1536", "8b,8"})
    void readsANumberOfBytes(String text, int bytes) {
        assertEquals(bytes, new ByteCount().convert(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "many", "5GiB", "1T", "MiB"})
    void refusesWhatIsNoNumberOfBytes(String text) {
        expectRefusal(text, () -> new ByteCount().convert(text));
    }

    /** The message is for the user who typed it. */
    private static void expectRefusal(String text, Executable conversion) {
        TypeConversionException refusal = assertThrows(TypeConversionException.class, conversion);
        assertTrue(refusal.getMessage().startsWith("'" + text + "' "), refusal::getMessage);
    }
}
