package io.aeroframe.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrameAgeTest {

    private static final long MS = 1_000_000;
    private static final long SECOND = 1_000 * MS;

    private final FrameAge age = new FrameAge();

    @Test
    void onOneHostItIsReadOffTheClock() {
        assertEquals(7 * MS, age.of(1, 3 * MS, true, 10 * MS));
        assertEquals(2 * MS, age.of(1, 9 * MS, true, 11 * MS));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1L << 50, -(1L << 50), Long.MAX_VALUE, Long.MIN_VALUE + 5})
    void anotherHostsFramesAreAsOldAsTheyTookLongerThanTheFastest(long clockNs) {
        assertEquals(0, age.of(1, clockNs, false, 5 * MS));
        assertEquals(30 * MS, age.of(1, clockNs + 10 * MS, false, 45 * MS), MS / 10);
        assertEquals(0, age.of(1, clockNs + 50 * MS, false, 52 * MS), MS / 10);
        assertEquals(33 * MS, age.of(1, clockNs + 60 * MS, false, 95 * MS), MS / 10);
    }

    @Test
    void forgetsWhatItHasLearnedOfAnotherPublication() {
        age.of(1, 0, false, 0);
        assertEquals(0, age.of(2, 0, false, 3 * SECOND));
        assertEquals(SECOND, age.of(2, 0, false, 4 * SECOND), MS);
    }

    /** A publisher with a clock that is 0.1 ms a second slower than this one's, for ten hours. */
    @Test
    void clocksThatDriftApartMakeNoFrameOld() {
        for (long second = 0; second < 36_000; second++) {
            long there = second * SECOND - second * MS / 10;
            assertTrue(age.of(1, there, false, second * SECOND) < MS);
        }
        long laterNs = 36_000 * SECOND;
        assertEquals(200 * MS, age.of(1, laterNs - 36_000 * MS / 10, false, laterNs + 200 * MS), MS);
    }

    /** What is late stays late: a second's delay is not taken for normal within minutes. */
    @Test
    void aDelayThatLastsIsNotTakenForNormalSoon() {
        age.of(1, 0, false, 0);
        for (long second = 1; second <= 300; second++) {
            assertTrue(age.of(1, second * SECOND, false, (second + 1) * SECOND) > 900 * MS);
        }
    }
}
