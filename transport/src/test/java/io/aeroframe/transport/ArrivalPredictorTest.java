package io.aeroframe.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** When the next frame is expected. */
class ArrivalPredictorTest {

    private static final long INTERVAL_NS = 16_666_667;

    private long nowNs = Long.MAX_VALUE - 5 * INTERVAL_NS; // nanoTime() may be anything, and run over
    private final ArrivalPredictor predictor = new ArrivalPredictor(nowNs);

    private void noteAfter(long intervalNs) {
        nowNs += intervalNs;
        predictor.onArrival(nowNs);
    }

    @Test
    void theThirdFrameAtAnEvenIntervalMakesItRegular() {
        noteAfter(123_456);
        assertFalse(predictor.isRegular());
        noteAfter(INTERVAL_NS);
        assertFalse(predictor.isRegular());
        noteAfter(INTERVAL_NS + 1_000);
        assertTrue(predictor.isRegular());
        assertEquals(INTERVAL_NS, predictor.dueNs() - nowNs, 2_000);
    }

    @Test
    void aFrameThatIsOffMovesTheNextOneOnlyInPart() {
        for (int i = 0; i < 100; i++) {
            noteAfter(INTERVAL_NS);
        }
        noteAfter(INTERVAL_NS + 400_000);
        assertTrue(predictor.isRegular());
        assertEquals(INTERVAL_NS - 300_000, predictor.dueNs() - nowNs, 20_000);
        assertTrue(predictor.jitterNs() > 40_000 && predictor.jitterNs() < 60_000, "" + predictor.jitterNs());
    }

    @Test
    void frameRateThatDriftsIsFollowed() {
        Random random = new Random(3);
        long beginNs = nowNs;
        for (int i = 1; i <= 2_000; i++) {
            long dueNs =
                    beginNs + i * INTERVAL_NS + i * i * 5L; // a hundredth of a millisecond longer after 1,000 frames
            nowNs = dueNs + random.nextInt(100_000);
            predictor.onArrival(nowNs);
            assertTrue(i < 3 || predictor.isRegular(), "frame " + i);
        }
        assertEquals(INTERVAL_NS + 2_000 * 10, predictor.intervalNs(), 10_000);
        assertTrue(predictor.jitterNs() < 50_000, "" + predictor.jitterNs());
    }

    @Test
    void aFrameThatIsMissingEndsItAndTwoMoreBringItBack() {
        for (int i = 0; i < 10; i++) {
            noteAfter(INTERVAL_NS);
        }
        noteAfter(2 * INTERVAL_NS);
        assertFalse(predictor.isRegular());
        noteAfter(INTERVAL_NS);
        assertFalse(predictor.isRegular());
        noteAfter(INTERVAL_NS);
        assertTrue(predictor.isRegular());
        assertEquals(INTERVAL_NS, predictor.dueNs() - nowNs);
    }

    @Test
    void anIntervalOfMoreThanASecondIsNone() {
        for (int i = 0; i < 5; i++) {
            noteAfter(1_000_000_001);
            assertFalse(predictor.isRegular());
        }
    }
}
