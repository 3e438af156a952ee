package io.aeroframe.apps;

import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.BusySpinIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.SleepingMillisIdleStrategy;
import org.agrona.concurrent.YieldingIdleStrategy;

/** What a thread does while there is nothing to do: its latency against its use of a core. */
enum Idle {
    /** Never gives up the core. */
    spin,
    /** Gives it up to other threads that want it. */
    yield,
    /** Spins, then yields, then sleeps for up to 0.1 ms. */
    backoff,
    /** Sleeps for a millisecond. */
    sleep;

    IdleStrategy strategy() {
        return switch (this) {
            case spin -> new BusySpinIdleStrategy();
            case yield -> new YieldingIdleStrategy();
            case backoff -> new BackoffIdleStrategy(100, 20, 1_000, TimeUnit.MICROSECONDS.toNanos(100));
            case sleep -> new SleepingMillisIdleStrategy(1);
        };
    }
}
