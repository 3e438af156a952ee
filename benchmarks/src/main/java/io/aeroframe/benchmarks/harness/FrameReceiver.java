package io.aeroframe.benchmarks.harness;

import org.agrona.concurrent.IdleStrategy;

/** The reading end of a path, with one subscription or several. For one thread. */
public interface FrameReceiver extends AutoCloseable {

    /**
     * Polls each subscription once.
     *
     * @return the work done; 0 if there was nothing to do
     */
    int poll();

    /** Whether every subscription has seen the end of the stream. */
    boolean hasEnded();

    /** The counts so far, summed over all subscriptions. */
    Report.SubscriptionCounts counts();

    /** How to wait while there is nothing to poll. */
    IdleStrategy idleStrategy();

    /** Disconnects. */
    @Override
    void close();
}
