package io.aeroframe.benchmarks.cold;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ColdRunTest {

    private static final long SECOND_NS = 1_000_000_000L;

    /** Frame n of a second has a latency of n microseconds. */
    private static List<long[]> frames(int perSecond, int seconds) {
        List<long[]> frames = new ArrayList<>();
        for (int second = 0; second < seconds; second++) {
            for (int n = 1; n <= perSecond; n++) {
                frames.add(new long[] {second * SECOND_NS + (n - 1) * SECOND_NS / perSecond, n * 1_000L, 0});
            }
        }
        return frames;
    }

    @Test
    void picksSomeFramesAndSeconds() {
        ColdRun run = ColdRun.of(frames(60, 11));
        assertEquals(Set.of(1, 10, 60, 600), run.frames().keySet());
        assertEquals(10, run.frames().get(10));
        assertEquals(60, run.frames().get(600));
        assertEquals(Set.of(1, 2, 5, 10), run.seconds().keySet());
        ColdRun.Second second = run.seconds().get(5);
        assertEquals(30, second.p50Us());
        assertEquals(60, second.maxUs());
        assertTrue(Double.isNaN(second.p99Us()), "p99 of 60 frames is their maximum");
    }

    @Test
    void hasThe99thPercentileOfEnoughFrames() {
        ColdRun run = ColdRun.of(frames(1_000, 2));
        assertEquals(990, run.seconds().get(2).p99Us());
        assertEquals(500, run.seconds().get(2).p50Us());
    }

    @Test
    void leavesOutWhatHasNoFrames() {
        ColdRun run = ColdRun.of(frames(9, 1));
        assertEquals(Set.of(1), run.frames().keySet());
        assertEquals(Set.of(1), run.seconds().keySet());
    }
}
