package io.aeroframe.transport;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The pools of one connection, until their files can go. One that gets no more frames stays as long as a linked subscriber that has not
 * joined it has messages to read that point there. Thread-safe.
 */
final class OpenPools {

    /** A little longer than the driver takes to notice that a subscriber is dead. */
    private static final long CLOSE_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(4);

    private static final long POLL_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(1);

    private final List<PublishedPool> written = new ArrayList<>();
    private final List<Retired> retired = new ArrayList<>();

    /**
     * A pool and who may want it.
     *
     * @param pool        that gets no more frames.
     * @param subscribers of its publication.
     * @param position    of the publication behind the last message that points to the pool.
     */
    private record Retired(PublishedPool pool, SubscriberPositions subscribers, long position) {
        boolean isDone() {
            return subscribers.areAll(pool.members()::contains, position);
        }
    }

    synchronized void opened(PublishedPool pool) {
        written.add(pool);
    }

    /** A pool gets no more frames. Its publisher does not use it any more. */
    synchronized void retire(PublishedPool pool, SubscriberPositions subscribers, long position) {
        if (written.remove(pool)) {
            retired.add(new Retired(pool, subscribers, position));
        }
        release();
    }

    /**
     * Removes what nobody will look for any more.
     *
     * @return whether nothing is left that gets no more frames.
     */
    synchronized boolean release() {
        retired.removeIf(candidate -> {
            boolean isDone = candidate.isDone();
            if (isDone) {
                candidate.pool().close();
            }
            return isDone;
        });
        return retired.isEmpty();
    }

    /** Waits up to four seconds for those who still have to join, and removes all files. */
    void close() {
        long deadlineNs = System.nanoTime() + CLOSE_TIMEOUT_NS;
        while (!release()
                && System.nanoTime() - deadlineNs < 0
                && !Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(POLL_INTERVAL_NS);
        }
        synchronized (this) {
            retired.forEach(left -> left.pool().close());
            retired.clear();
            written.forEach(PublishedPool::abandon);
            written.clear();
        }
    }
}
