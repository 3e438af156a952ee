package io.aeroframe.apps.options;

import io.aeroframe.transport.FrameSubscription;
import io.aeroframe.transport.WaitIdleStrategy;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.BusySpinIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.SleepingMillisIdleStrategy;
import org.agrona.concurrent.YieldingIdleStrategy;

/** What a thread does while it has nothing to do: a trade-off between latency and use of a core. */
public enum Idle {
    /** Sleeps until a frame arrives in shared memory; without shared memory, as {@link #backoff}. */
    wait,
    /** Spins. */
    spin,
    /** Spins, and yields the core to other threads. */
    yield,
    /** Spins, then yields, then sleeps for up to 0.1 ms. */
    backoff,
    /** Sleeps for a millisecond. */
    sleep;

    /**
     * How a thread waits by default: it sleeps until woken, if the channel supports that.
     *
     * @param isIpc whether the channel stays on this host.
     * @return {@link #wait} or {@link #backoff}.
     */
    public static Idle defaultFor(boolean isIpc) {
        return isIpc ? wait : backoff;
    }

    /**
     * Whether a thread that waits this way keeps a core busy.
     *
     * @return true for {@link #spin} and {@link #yield}.
     */
    public boolean isBusy() {
        return this == spin || this == yield;
    }

    /**
     * Creates a strategy for a thread.
     *
     * @param subscriptions the subscriptions that the thread polls; none if it waits for anything else.
     * @return a new strategy.
     */
    public IdleStrategy strategy(FrameSubscription... subscriptions) {
        if (this == wait && subscriptions.length > 0) {
            return new WaitIdleStrategy(subscriptions);
        }
        return switch (this) {
            case spin -> new BusySpinIdleStrategy();
            case yield -> new YieldingIdleStrategy();
            case wait, backoff -> new BackoffIdleStrategy(100, 20, 1_000, TimeUnit.MICROSECONDS.toNanos(100));
            case sleep -> new SleepingMillisIdleStrategy(1);
        };
    }
}
