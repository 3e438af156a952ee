package io.aeroframe.benchmarks.options;

import io.aeroframe.transport.FrameSubscription;
import io.aeroframe.transport.WaitIdleStrategy;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.BusySpinIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.YieldingIdleStrategy;

/** What a reader's thread does while there is no frame: its latency against its use of a core. */
public enum Idle {
    /** Sleeps until the pool path's writer wakes it. */
    wait,
    /** Never gives up the core. */
    spin,
    /** Gives it up to other threads that want it. */
    yield,
    /** Spins, then yields, then sleeps for up to 0.1 ms. */
    backoff;

    /** What a reader of that path does if told this: only the pool path has something to wait for. */
    public Idle on(FramePath path) {
        return this == wait && path != FramePath.pool ? backoff : this;
    }

    /** Whether a thread takes a core for itself. */
    public boolean takesACore() {
        return this == spin || this == yield;
    }

    /**
     * A strategy for the thread that polls.
     *
     * @param subscriptions that it polls; none for plain Aeron.
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
