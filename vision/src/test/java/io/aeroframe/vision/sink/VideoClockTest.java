package io.aeroframe.vision.sink;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.aeroframe.vision.internal.Ffmpeg;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VideoClockTest {

    private static final long MS = 1_000_000L;
    private static final long HOUR = 3_600_000 * MS;
    private static final long EPOCH = 1_700_000_000_000L * MS;

    private final VideoClock clock = new VideoClock(1_000);

    @BeforeAll
    static void load() {
        Ffmpeg.load();
    }

    @Test
    void startsAtZeroAndKeepsGaps() {
        assertEquals(0, clock.next(EPOCH, 5 * MS));
        assertEquals(40, clock.duration());
        assertEquals(33, clock.next(EPOCH + 33 * MS, 38 * MS));
        assertEquals(133, clock.next(EPOCH + 133 * MS, 138 * MS));
        assertEquals(100, clock.duration());
    }

    @Test
    void risesWhereFramesAreCloserThanATick() {
        assertEquals(0, clock.next(EPOCH, 0));
        assertEquals(1, clock.next(EPOCH + 1_000, 1_000));
        assertEquals(2, clock.next(EPOCH + 2_000, 2_000));
        assertEquals(20, clock.next(EPOCH + 20 * MS, 20 * MS));
    }

    @Test
    void followsTheMonotonicClockWhereTheWallClockWasSet() {
        assertEquals(0, clock.next(EPOCH, 0));
        assertEquals(40, clock.next(EPOCH + HOUR, 40 * MS));
        assertEquals(80, clock.next(EPOCH + HOUR + 40 * MS, 80 * MS));
        assertEquals(120, clock.next(EPOCH, 120 * MS));
    }

    @Test
    void followsTheWallClockWhereThePublisherIsAnother() {
        assertEquals(0, clock.next(EPOCH, 9 * HOUR));
        assertEquals(2_000, clock.next(EPOCH + 2_000 * MS, 3 * MS));
        assertEquals(2_040, clock.next(EPOCH + 2_040 * MS, 43 * MS));
    }

    @Test
    void aGapBeforeTheLastFrameDoesNotMakeItLong() {
        clock.next(EPOCH, 0);
        clock.next(EPOCH + 40 * MS, 40 * MS);
        clock.next(EPOCH + HOUR, HOUR);
        assertEquals(40, clock.duration());
    }

    /** Publishers on hosts of which neither clock has to do with those of the other, or with ours. */
    @ParameterizedTest
    @CsvSource({"3, 70", "-3, 70", "3, -70", "-3, -70", "70, 3", "3, 3", "-3, -3"})
    void believesItsOwnClockWhereThePublisherIsAnother(long wallHours, long monotonicHours) {
        long[] localNs = {17 * HOUR};
        VideoClock withLocal = new VideoClock(1_000, () -> localNs[0]);
        assertEquals(0, withLocal.next(EPOCH, 5 * HOUR));
        localNs[0] += 40 * MS;
        assertEquals(40, withLocal.next(EPOCH + 40 * MS, 5 * HOUR + 40 * MS));
        localNs[0] += 2_500 * MS;
        withLocal.changePublisher();
        assertEquals(2_540, withLocal.next(EPOCH + wallHours * HOUR, (5 + monotonicHours) * HOUR));
        localNs[0] += 40 * MS;
        assertEquals(2_580, withLocal.next(EPOCH + wallHours * HOUR + 40 * MS, (5 + monotonicHours) * HOUR + 40 * MS));
    }

    @Test
    void countsForDaysWithoutOverflow() {
        VideoClock fine = new VideoClock(60_000);
        assertEquals(0, fine.next(EPOCH, 0));
        assertEquals(30L * 24 * 3_600 * 60_000, fine.next(EPOCH + 30 * 24 * HOUR, 30 * 24 * HOUR));
    }
}
