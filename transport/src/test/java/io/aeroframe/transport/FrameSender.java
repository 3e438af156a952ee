package io.aeroframe.transport;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.agrona.concurrent.IdleStrategy;

/**
 * Sends frames of {@link Pattern} on a thread of its own, which is the only one that may use the publication until
 * {@link #awaitEnd()} has returned.
 *
 * <p>Closing it interrupts the thread, if it still runs, and waits for its end: declare it after its publication.
 */
final class FrameSender implements AutoCloseable {

    private final FramePublication publication;
    private final CompletableFuture<Boolean> end = new CompletableFuture<>();
    private final Thread thread;

    /** What the thread does with the publication. */
    interface Task {
        void run(FramePublication publication);
    }

    private FrameSender(FramePublication publication, Task task) {
        this.publication = publication;
        thread = new Thread(() -> run(task), "sender-" + publication.stream());
        thread.start();
    }

    /** Awaits a subscriber, and sends. */
    static FrameSender start(FramePublication publication, FrameFormat format, int frames) {
        return start(publication, sender -> {
            for (int i = 0; i < frames; i++) {
                assertTrue(Pattern.send(sender, format), "a frame was dropped");
            }
        });
    }

    /** Awaits a subscriber, and runs the task. */
    static FrameSender start(FramePublication publication, Task task) {
        return new FrameSender(publication, task);
    }

    private void run(Task task) {
        try {
            LiveHost.awaitConnected(publication);
            task.run(publication);
            end.complete(Thread.currentThread().isInterrupted());
        } catch (RuntimeException | Error failure) {
            end.completeExceptionally(failure);
        }
    }

    void interrupt() {
        thread.interrupt();
    }

    boolean hasEnded() {
        return end.isDone();
    }

    /** Whether there is a failure that {@link #awaitEnd()} will throw: nothing more will come. */
    boolean hasFailed() {
        return end.isCompletedExceptionally();
    }

    /**
     * Waits for the end of the thread; fails as the thread has failed. Returns whether its interrupt flag was set at
     * the end.
     */
    boolean awaitEnd() throws InterruptedException {
        try {
            return end.get(LiveHost.DEADLINE_S, TimeUnit.SECONDS);
        } catch (TimeoutException ex) {
            throw new AssertionError("timed out waiting for the sender of stream '" + publication.stream() + "'", ex);
        } catch (ExecutionException ex) {
            throw new AssertionError("the sender of stream '" + publication.stream() + "' failed", ex.getCause());
        }
    }

    @Override
    public void close() {
        boolean isInterrupted = false;
        while (thread.isAlive()) {
            thread.interrupt(); // a wait of a lossless publication ends, and so do those after it
            try {
                thread.join();
            } catch (InterruptedException ex) {
                isInterrupted = true;
            }
        }
        if (isInterrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** For a publication whose waits are to be seen: counts each step that the publication waits. */
    static final class CountingIdleStrategy implements IdleStrategy {

        private final AtomicLong steps = new AtomicLong();

        long steps() {
            return steps.get();
        }

        @Override
        public void idle(int workCount) {
            if (workCount <= 0) {
                idle();
            }
        }

        @Override
        public void idle() {
            steps.incrementAndGet();
            LockSupport.parkNanos(100_000);
        }

        @Override
        public void reset() {
            // Each step takes the same time.
        }
    }
}
