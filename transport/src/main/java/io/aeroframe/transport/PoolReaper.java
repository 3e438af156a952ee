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
 * The pools of one connection, until their files can go. One that gets no more frames stays as long as a linked
 * subscriber that has not joined it has messages to read that point there. Thread-safe.
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
     * @param pool        that gets no more frames.
     * @param subscribers the subscribers of its publication.
     * @param position    the position of the publication behind the last message that points to the pool.
     */
    private record Retired(PoolWriter pool, SubscriberPositions subscribers, long position) {
        boolean isDone() {
            return subscribers.areAll(pool::isJoinedBy, position);
        }
    }

    /** What the thread that looks at the driver's counters here is inside of; to be registered with each session. */
    Gate gate() {
        return gate;
    }

    synchronized void opened(PoolWriter pool) {
        written.add(pool);
    }

    /** From now on the owner of the pool that a subscription reads is looked after. */
    void attached(PoolFollower attachment) {
        attachments.add(attachment);
    }

    void detached(PoolFollower attachment) {
        attachments.remove(attachment);
    }

    /**
     * Looks after the members of the pools that are written here, and after the owners of those that are read here.
     * Reads counters and files: for a thread that carries no frames.
     *
     * @param errorHandler takes what was found, when no lock is held any more: it may close anything.
     * @throws RuntimeException the first of those that were thrown; the others have been looked after all the same.
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

    /** Takes what is found while pools are looked after, for {@link #lookAfter(ErrorHandler)} to pass on. */
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

    /** A pool gets no more frames. Its publisher does not use it any more. */
    synchronized void retire(PoolWriter pool, SubscriberPositions subscribers, long position) {
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
     * Waits for those who still have to join, and removes all files. An interrupt ends the wait.
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
