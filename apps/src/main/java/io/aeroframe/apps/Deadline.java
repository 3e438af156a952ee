package io.aeroframe.apps;

import java.util.Timer;
import java.util.TimerTask;
import java.util.concurrent.TimeUnit;

/**
 * A deadline. When it passes, an action on a thread of its own wakes the thread that may be waiting for something else.
 */
final class Deadline implements AutoCloseable {

    /** Nobody waits for later ones. */
    private static final long FARTHEST_NS = TimeUnit.DAYS.toNanos(365);

    private final long deadlineNs;
    private final Timer timer;

    /**
     * Sets the clock.
     *
     * @param deadlineNs the deadline on the clock of {@link System#nanoTime()}.
     * @param onReached  run once, then, unless this is closed before.
     */
    Deadline(long deadlineNs, Runnable onReached) {
        this.deadlineNs = deadlineNs;
        long leftNs = deadlineNs - System.nanoTime();
        if (leftNs > FARTHEST_NS) {
            timer = null;
            return;
        }
        timer = new Timer("aeroframe-deadline", true);
        timer.schedule(
                new TimerTask() {
                    @Override
                    public void run() {
                        onReached.run();
                    }
                },
                Math.max(0, TimeUnit.NANOSECONDS.toMillis(leftNs) + 1));
    }

    /** The time that is left in ns, 0 or less once it is reached. */
    long leftNs() {
        return deadlineNs - System.nanoTime();
    }

    boolean isReached() {
        return leftNs() <= 0;
    }

    @Override
    public void close() {
        if (timer != null) {
            timer.cancel();
        }
    }
}
