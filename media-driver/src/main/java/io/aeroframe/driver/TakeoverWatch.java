package io.aeroframe.driver;

import io.aeroframe.driver.internal.FileThread;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.agrona.ErrorHandler;

/**
 * Looks after the driver twenty times a second, on a thread of its own: that some process hosts it, and that what this
 * process hosts is still where it belongs. The lock of a host that has ended is free at once, whatever its files say.
 *
 * <p>The thread outlives whatever a look throws, an {@link Error} too: a file that was cut short, memory that ran out,
 * a handler that throws. It reports each failure once, and looks again. {@link #stop()} and {@link #join()} may be
 * called on any thread.
 */
final class TakeoverWatch {

    private static final long INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(50);

    /** After a takeover that failed, for lack of room perhaps, others may have better luck. */
    private static final long RETRY_NS = TimeUnit.SECONDS.toNanos(1);

    private final Runnable look;
    private final ErrorHandler errorHandler;
    private final Thread thread = new FileThread(this::run, "aeroframe-takeover");
    private volatile boolean isStopped;
    private String reported = "";

    /** Why the last failure could not even be reported: out of memory, most likely. For a debugger. */
    private volatile Throwable unreported;

    TakeoverWatch(Runnable look, ErrorHandler errorHandler) {
        this.look = look;
        this.errorHandler = errorHandler;
    }

    void start() {
        thread.start();
    }

    private void run() {
        while (!isStopped) {
            try {
                LockSupport.parkNanos(lookOnce() ? INTERVAL_NS : RETRY_NS);
            } catch (Throwable ex) {
                unreported = ex;
                LockSupport.parkNanos(RETRY_NS);
            }
        }
    }

    private boolean lookOnce() {
        try {
            look.run();
            reported = "";
            return true;
        } catch (Throwable ex) {
            report(ex);
            return false;
        }
    }

    private void report(Throwable error) {
        String what = error.toString();
        if (!isStopped && !reported.equals(what)) {
            reported = what;
            errorHandler.onError(error);
        }
    }

    /** Does not wait: the thread may be taking over, for which it needs the caller's lock. */
    void stop() {
        isStopped = true;
        LockSupport.unpark(thread);
    }

    /** Waits until the thread has ended. */
    void join() {
        boolean isInterrupted = false;
        while (thread.isAlive() && Thread.currentThread() != thread) {
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
}
