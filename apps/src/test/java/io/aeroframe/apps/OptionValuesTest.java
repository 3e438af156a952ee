package io.aeroframe.apps;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeroframe.apps.options.DurationConverter;
import io.aeroframe.apps.options.FrameRate;
import io.aeroframe.apps.options.Size;
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
    @CsvSource({"640x480,640,480", "1X1,1,1", "65535x65535,65535,65535", "0640x0480,640,480"})
    void readsASize(String text, int width, int height) {
        assertEquals(new Size(width, height), new Size.Converter().convert(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "640", "640x", "x480", "0x0", "0x480", "65536x1", "640x480x3", "-1x5", "6 x 4", "640*480"})
    void refusesWhatIsNoSize(String text) {
        expectRefusal(text, () -> new Size.Converter().convert(text));
    }

    @ParameterizedTest
    @CsvSource({"30,30", "29.97,29.97", "0.5,0.5", "1e3,1000", "1000000,1000000"})
    void readsARate(String text, double perSecond) {
        FrameRate rate = new FrameRate.SourceConverter().convert(text);
        assertEquals(perSecond, rate.perSecond());
        assertFalse(rate.isMax());
        assertFalse(rate.isSource());
    }

    @Test
    void readsTheNamedRates() {
        assertTrue(new FrameRate.SourceConverter().convert("max").isMax());
        assertTrue(new FrameRate.SourceConverter().convert("source").isSource());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "-1", "-0", "NaN", "Infinity", "1000001", "fast", "30fps", "30/1"})
    void refusesWhatIsNoRate(String text) {
        expectRefusal(text, () -> new FrameRate.SourceConverter().convert(text));
    }

    @ParameterizedTest
    @CsvSource({"5,5000000", "5s,5000000", "500ms,500000", "2m,120000000", "1h,3600000000", "1.5s,1500000", "3us,3"})
    void readsADuration(String text, long micros) {
        assertEquals(Duration.ofNanos(micros * 1_000), new DurationConverter().convert(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "0s", "0.0ms", "-1", "1d", "5 s", "s", "1.s", "1,5s", "1234567890", "5sec"})
    void refusesWhatIsNoDuration(String text) {
        expectRefusal(text, () -> new DurationConverter().convert(text));
    }

    /** The message is for the user who typed it. */
    private static void expectRefusal(String text, Executable conversion) {
        TypeConversionException refusal = assertThrows(TypeConversionException.class, conversion);
        assertTrue(refusal.getMessage().startsWith("'" + text + "' "), refusal::getMessage);
    }
}
