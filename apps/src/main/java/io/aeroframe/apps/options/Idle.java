package io.aeroframe.apps;

import io.aeroframe.transport.FrameSubscription;
import io.aeroframe.transport.WaitIdleStrategy;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.BusySpinIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.SleepingMillisIdleStrategy;
import org.agrona.concurrent.YieldingIdleStrategy;

/** What a thread does while there is nothing to do: its latency against its use of a core. */
enum Idle {
    /**
     * Sleeps until a frame is there, where frames come by shared memory; else as backoff.
     */
    wait,
    /** Never gives up the core. */
    spin,
    /** Gives it up to other threads that want it. */
    yield,
    /** Spins, then yields, then sleeps for up to 0.1 ms. */
    backoff,
    /** Sleeps for a millisecond. */
    sleep;

    /** What to do while a channel has no frame: sleep until it has one, where the channel supports it. */
    static Idle defaultFor(boolean isIpc) {
        return isIpc ? wait : backoff;
    }

    /** For a thread that polls a subscription. */
    IdleStrategy strategy(FrameSubscription subscription) {
        return this == wait ? new WaitIdleStrategy(subscription) : strategy();
    }

    /** For a thread that waits for anything else. */
    IdleStrategy strategy() {
        return switch (this) {
            case spin -> new BusySpinIdleStrategy();
            case yield -> new YieldingIdleStrategy();
            case wait, backoff -> new BackoffIdleStrategy(100, 20, 1_000, TimeUnit.MICROSECONDS.toNanos(100));
            case sleep -> new SleepingMillisIdleStrategy(1);
        };
    }
}
