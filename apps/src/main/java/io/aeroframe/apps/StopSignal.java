package io.aeroframe.apps;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ctrl-C, a polite kill, a closed terminal: asks the command's thread to stop and lets it clean up before the JVM goes.
 *
 * <p>The JVM itself turns the signal into its exit status (130 for Ctrl-C). Thread-safe.
 */
final class StopSignal {

    /** Longer than any cleanup takes; after it the JVM goes anyway. */
    private static final long CLEANUP_TIMEOUT_S = 10;

    private final CountDownLatch finished = new CountDownLatch(1);
    private final Thread commandThread = Thread.currentThread();
    private final List<Runnable> actions = new ArrayList<>();
    private volatile boolean isRequested;
    private boolean isCleaningUp;

    private StopSignal() {}

    /** Installs the signal for the command that runs on the calling thread. */
    static StopSignal install() {
        StopSignal stop = new StopSignal();
        try {
            Runtime.getRuntime().addShutdownHook(new Thread(stop::onShutdown, "aeroframe-stop"));
        } catch (IllegalStateException ex) {
            stop.isRequested = true; // the signal came while the JVM was starting: it is going down already
        }
        return stop;
    }

    private void onShutdown() {
        if (finished.getCount() == 0) {
            return;
        }
        request();
        try {
            finished.await(CLEANUP_TIMEOUT_S, TimeUnit.SECONDS);
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void request() {
        isRequested = true;
        if (!isCleaningUp) {
            actions.forEach(Runnable::run);
            commandThread.interrupt();
        }
    }

    /** Whether to stop. */
    boolean isRequested() {
        return isRequested;
    }

    /** Adds what unblocks the command's thread; runs at once if the signal has come already. */
    synchronized void onRequest(Runnable action) {
        actions.add(action);
        if (isRequested && !isCleaningUp) {
            action.run();
        }
    }

    /** From here on the command's thread closes things, and is not to be interrupted any more. */
    synchronized void beginCleanup() {
        isCleaningUp = true;
        boolean wasInterrupted = Thread.interrupted();
        isRequested |= wasInterrupted;
    }

    /** The command is done. */
    void finished() {
        finished.countDown();
    }
}
