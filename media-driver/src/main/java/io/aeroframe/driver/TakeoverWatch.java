package io.aeroframe.driver;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.agrona.ErrorHandler;

/**
 * Looks whether somebody hosts the driver, twenty times a second, on a thread of its own: the lock of a host that has ended is free at once,
 * whatever its files say. One who hosts has nothing to watch.
 */
final class TakeoverWatch {

    private static final long INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(50);

    /** After a takeover that failed, for want of room perhaps, others may have better luck. */
    private static final long RETRY_NS = TimeUnit.SECONDS.toNanos(1);

    private final FrameDriver driver;
    private final BaseDirectory base;
    private final ErrorHandler errorHandler;
    private final Thread thread = new Thread(this::run, "aeroframe-takeover");
    private volatile boolean isStopped;
    private String told = "";

    TakeoverWatch(FrameDriver driver, BaseDirectory base, ErrorHandler errorHandler) {
        this.driver = driver;
        this.base = base;
        this.errorHandler = errorHandler;
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    private void run() {
        while (!isStopped) {
            long waitNs = INTERVAL_NS;
            try {
                BaseDirectory.Lock lock = driver.isHost() ? null : base.tryLock();
                if (lock != null) {
                    driver.takeOver(lock);
                    told = "";
                }
            } catch (FrameDriverException ex) {
                tell(ex);
                waitNs = RETRY_NS;
            }
            LockSupport.parkNanos(waitNs);
        }
    }

    private void tell(FrameDriverException error) {
        if (!isStopped && !told.equals(error.getMessage())) {
            told = error.getMessage();
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
