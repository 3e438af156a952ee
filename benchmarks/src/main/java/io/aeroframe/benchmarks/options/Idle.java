package io.aeroframe.benchmarks.options;

import io.aeroframe.transport.FrameSubscription;
import io.aeroframe.transport.WaitIdleStrategy;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.BusySpinIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.YieldingIdleStrategy;

/** How a reader's thread waits for frames: a trade-off of latency and use of a core. */
public enum Idle {
    /** Sleeps until the pool path's writer wakes it. */
    wait,
    /** Spins. */
    spin,
    /** Spins, and yields the core to other threads. */
    yield,
    /** Spins, then yields, then sleeps for up to 0.1 ms. */
    backoff;

    /** Returns how a reader of a path waits: {@link #wait} is for the pool path only, so other paths back off. */
    public Idle on(FramePath path) {
        return this == wait && path != FramePath.pool ? backoff : this;
    }

    /** Whether a thread keeps a core busy. */
    public boolean isBusy() {
        return this == spin || this == yield;
    }

    /**
     * Creates a strategy for the thread that polls.
     *
     * @param subscriptions the subscriptions that it polls; none for plain Aeron
     */
    public IdleStrategy strategy(FrameSubscription... subscriptions) {
        return switch (this) {
            case wait -> new WaitIdleStrategy(subscriptions);
            case spin -> new BusySpinIdleStrategy();
            case yield -> new YieldingIdleStrategy();
            case backoff -> new BackoffIdleStrategy(100, 20, 1_000, TimeUnit.MICROSECONDS.toNanos(100));
        };
    }
}
