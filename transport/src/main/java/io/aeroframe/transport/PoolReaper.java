package io.aeroframe.transport;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.agrona.ErrorHandler;

/**
 * The pools of one connection, until their files can be removed. A pool that gets no more frames stays while a linked
 * subscriber that has not joined it still has messages to read that point there. Thread-safe.
 */
final class PoolReaper {

    private static final long POLL_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(1);

    private final Gate gate = new Gate("pools of the connection");
    private final List<PoolWriter> written = new ArrayList<>();
    private final List<Retired> retired = new ArrayList<>();
    private final List<PoolFollower> attachments = new CopyOnWriteArrayList<>();
    private final Queue<Throwable> reports = new ConcurrentLinkedQueue<>();

    /**
     * A pool and the subscribers that may need it.
     *
     * @param pool        the pool, which gets no more frames.
     * @param subscribers the subscribers of its publication.
     * @param position    the position of the publication after the last message that points to the pool.
     */
    private record Retired(PoolWriter pool, SubscriberPositions subscribers, long position) {
        boolean isDone() {
            return subscribers.areAll(pool::isJoinedBy, position);
        }
    }

    /** The gate of the thread that reads the driver's counters here; registered with each session. */
    Gate gate() {
        return gate;
    }

    synchronized void opened(PoolWriter pool) {
        written.add(pool);
    }

    /** Begins to watch the owner of the pool that a subscription reads. */
    void attached(PoolFollower attachment) {
        attachments.add(attachment);
    }

    void detached(PoolFollower attachment) {
        attachments.remove(attachment);
    }

    /**
     * Checks the members of the pools that this process writes, and the owners of those that it reads. Reads counters
     * and files: for a thread that carries no frames.
     *
     * @param errorHandler receives the findings, after all locks are released: it may close anything.
     * @throws RuntimeException the first exception of a check; all other checks have been made nevertheless.
     */
    void lookAfter(ErrorHandler errorHandler) {
        List<Runnable> looks = new ArrayList<>();
        writtenNow().forEach(pool -> looks.add(() -> lookAfter(pool)));
        attachments.forEach(attachment -> looks.add(attachment::checkOwner));
        RuntimeException first = null;
        for (Runnable look : looks) {
            try {
                look.run();
            } catch (RuntimeException ex) {
                first = first == null ? ex : first;
            }
        }
        for (Throwable report = reports.poll(); report != null; report = reports.poll()) {
            errorHandler.onError(report);
        }
        if (first != null) {
            throw first;
        }
    }

    /** Collects findings for {@link #lookAfter(ErrorHandler)} to pass on. */
    ErrorHandler reports() {
        return reports::add;
    }

    private synchronized List<PoolWriter> writtenNow() {
        return List.copyOf(written);
    }

    private synchronized void lookAfter(PoolWriter pool) {
        gate.enter(); // as in release()
        try {
            pool.lookAfterMembers(System.nanoTime());
        } finally {
            gate.leave();
        }
    }

    /** Hands over a pool that gets no more frames, and that its publisher no longer uses. */
    synchronized void retire(PoolWriter pool, SubscriberPositions subscribers, long position) {
        if (written.remove(pool)) {
            retired.add(new Retired(pool, subscribers, position));
        }
        release();
    }

    /**
     * Removes the files that no subscriber needs any more.
     *
     * @return whether none is left to remove.
     */
    synchronized boolean release() {
        if (retired.isEmpty()) {
            return true;
        }
        gate.enter(); // cannot be refused: it is closed by nobody, and this object's lock keeps others out
        try {
            retired.removeIf(candidate -> {
                boolean isDone = candidate.isDone();
                if (isDone) {
                    candidate.pool().close();
                }
                return isDone;
            });
        } finally {
            gate.leave();
        }
        return retired.isEmpty();
    }

    /**
     * Waits for subscribers that have yet to join, then removes all files. An interrupt ends the wait.
     *
     * @param timeoutNs the longest wait.
     */
    void close(long timeoutNs) {
        long startNs = System.nanoTime();
        while (!release()
                && System.nanoTime() - startNs < timeoutNs
                && !Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(POLL_INTERVAL_NS);
        }
        synchronized (this) {
            retired.forEach(left -> left.pool().close());
            retired.clear();
            written.forEach(PoolWriter::abandon);
            written.clear();
        }
    }
}
