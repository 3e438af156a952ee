package io.aeroframe.driver;

import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.EpochClock;

/**
 * The clock of the signs of life that a driver and its clients exchange: milliseconds since the epoch as they were when
 * the driver started, and the host's monotonic clock from then on. Changing the system clock does not affect timeouts.
 *
 * @param offsetMs epoch time minus {@link System#nanoTime()}, which is one clock for all processes of a host; in
 *                 milliseconds.
 */
record DriverClock(long offsetMs) implements EpochClock {

    static DriverClock startingNow() {
        return new DriverClock(System.currentTimeMillis() - monotonicMs());
    }

    private static long monotonicMs() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    }

    @Override
    public long time() {
        return offsetMs + monotonicMs();
    }
}
