package io.aeroframe.vision.sink;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VideoRateTest {

    private static final int TICKS = 60_000;

    @ParameterizedTest
    @ValueSource(doubles = {1, 5, 10, 12, 15, 20, 24, 25, 30, 48, 50, 60, 90, 100, 120})
    void findsTheRateOfACameraThatWavers(double rate) {
        Random random = new Random(1);
        long[] moments = new long[13];
        Arrays.setAll(moments, i -> Math.round((i + 0.1 * random.nextDouble()) * TICKS / rate));
        assertEquals(new VideoRate((int) rate, 1), VideoRate.of(steps(moments), TICKS));
    }

    @ParameterizedTest
    @ValueSource(ints = {24, 30, 60, 120})
    void tellsTheRatesOfTelevisionApart(int rate) {
        long[] moments = new long[13];
        Arrays.setAll(moments, i -> Math.round(i * TICKS * 1.001 / rate));
        assertEquals(new VideoRate(rate * 1_000, 1_001), VideoRate.of(steps(moments), TICKS));
    }

    @Test
    void ignoresGaps() {
        assertEquals(new VideoRate(30, 1), VideoRate.of(new long[] {2_000, 2_000, 14_000, 2_000, 4_000}, TICKS));
    }

    @Test
    void keepsAnUnusualRate() {
        assertEquals(new VideoRate(500, 1_000), VideoRate.of(new long[] {120_000, 120_000}, TICKS));
        assertEquals(new VideoRate(12_500, 1_000), VideoRate.of(new long[] {4_800, 4_800}, TICKS));
    }

    @Test
    void givesFramesThatComeAtAnyMomentAFineGrid() {
        VideoRate rate = VideoRate.of(new long[] {100, 30, 400, 90, 60, 250, 20}, TICKS);
        assertEquals(new VideoRate(600, 1), rate);
        assertEquals(false, rate.isSteady());
    }

    @Test
    void takesTheUsualRateWhereThereIsOneFrame() {
        assertEquals(new VideoRate(25, 1), VideoRate.of(new long[0], TICKS));
    }

    private static long[] steps(long[] moments) {
        long[] steps = new long[moments.length - 1];
        Arrays.setAll(steps, i -> moments[i + 1] - moments[i]);
        return steps;
    }
}
