package io.aeroframe.driver;

import java.util.concurrent.atomic.AtomicLong;
import org.agrona.concurrent.IdleStrategy;

/**
 * Counts the duty cycles of the driver's conductor, by standing in for its idle strategy, which is called after each.
 *
 * <p>Counters that the conductor samples, such as a publication's position, show what happened before a moment once a
 * cycle that began after it has ended: two more cycles have been counted then. {@link #count()} may be called on any
 * thread, the rest is the conductor's.
 */
final class DutyCycles implements IdleStrategy {

    private final IdleStrategy strategy;

    /** Written by the conductor after each cycle, which orders what it sampled before what a reader of this reads. */
    private final AtomicLong count = new AtomicLong();

    DutyCycles(IdleStrategy strategy) {
        this.strategy = strategy;
    }

    /** The cycles that have ended. */
    long count() {
        return count.get();
    }

    @Override
    public void idle(int workCount) {
        count.setRelease(count.getPlain() + 1);
        strategy.idle(workCount);
    }

    @Override
    public void idle() {
        strategy.idle();
    }

    @Override
    public void reset() {
        strategy.reset();
    }
}
