package io.aeroframe.benchmarks.harness;

import org.agrona.concurrent.IdleStrategy;

/** A reader's end of a path, with one subscription or several. One thread. */
public interface FrameReceiver extends AutoCloseable {

    /**
     * Polls each subscription once.
     *
     * @return what was done; 0 if there was nothing to do.
     */
    int poll();

    /** Whether every subscription has seen the end of the stream. */
    boolean hasEnded();

    /** The accounts so far, of all subscriptions together. */
    Report.SubscriptionCounts counts();

    /** What to do while there is nothing to do. */
    IdleStrategy idleStrategy();

    /** Disconnects. */
    @Override
    void close();
}
