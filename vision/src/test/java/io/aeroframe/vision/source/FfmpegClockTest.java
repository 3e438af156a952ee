package io.aeroframe.vision.source;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.aeroframe.vision.internal.Ffmpeg;
import org.bytedeco.ffmpeg.global.avutil;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Timestamps in ms, 25 frames a second, and steps of 10 s at most. */
class FfmpegClockTest {

    private static final long MS = 1_000_000L;
    private static final long LONGEST_NS = 10_000 * MS;
    private static final int FRAME = 40;

    private final FfmpegClock clock = new FfmpegClock();

    @BeforeAll
    static void load() {
        Ffmpeg.load();
    }

    @BeforeEach
    void configure() {
        clock.configure(1, 1_000, 25, LONGEST_NS);
    }

    private long nextMs(long timestamp, long duration) {
        return clock.next(timestamp, duration) / MS;
    }

    @Test
    void startsAtZeroAndKeepsTheSteps() {
        assertEquals(0, nextMs(7_000, 0));
        assertEquals(30, nextMs(7_030, 0));
        assertEquals(10_030, nextMs(17_030, 0));
    }

    @ParameterizedTest
    @ValueSource(longs = {3_600_000, 36_000_000, 95_443_717, -3_600_000, -95_443_717, -40, 10_001})
    void aJumpCostsAFramesTime(long jump) {
        assertEquals(0, nextMs(100_000_000, 0));
        assertEquals(40, nextMs(100_000_040, 0));
        assertEquals(80, nextMs(100_000_040 + jump, 0));
        assertEquals(120, nextMs(100_000_080 + jump, 0));
    }

    @Test
    void aFrameWithoutATimestampComesWhenTheOneBeforeHasBeenShown() {
        assertEquals(0, nextMs(0, 0));
        assertEquals(FRAME, nextMs(avutil.AV_NOPTS_VALUE, 500));
        assertEquals(FRAME + 500, nextMs(avutil.AV_NOPTS_VALUE, 0));
        assertEquals(FRAME, clock.durationNs() / MS);
    }

    @Test
    void theLastFrameIsShownForItsOwnTimeBeforeTheNextPass() {
        assertEquals(0, nextMs(0, 100));
        assertEquals(100, nextMs(100, 3_000));
        assertEquals(3_000, clock.durationNs() / MS);
        clock.restart();
        configure();
        assertEquals(3_100, nextMs(0, 100));
        assertEquals(3_200, nextMs(100, 3_000));
    }

    @Test
    void aDurationBeyondTheLongestStepIsNotBelieved() {
        assertEquals(0, nextMs(0, 3_600_000));
        assertEquals(FRAME, clock.durationNs() / MS);
        assertEquals(FRAME, nextMs(3_600_000, 0));
    }
}
