package io.aeroframe.vision.source;

import java.util.ArrayList;
import java.util.List;

/**
 * Ends a source from another thread, also while it is being opened, which {@link FrameSource#interrupt()} cannot: there
 * is no source yet. Set it with {@link SourceOptions#interrupt(SourceInterrupt)}. Thread-safe.
 */
public final class SourceInterrupt {

    private final List<Runnable> actions = new ArrayList<>();
    private boolean isInterrupted;

    /** Creates an interrupt that has not been called. */
    public SourceInterrupt() {}

    /**
     * Makes whatever waits in the sources of this interrupt fail soon with an IOException, now and later. Calling twice
     * does nothing.
     */
    public synchronized void interrupt() {
        if (!isInterrupted) {
            isInterrupted = true;
            actions.forEach(Runnable::run);
        }
    }

    /**
     * Whether {@link #interrupt()} was called.
     *
     * @return true for good from then on.
     */
    public synchronized boolean isInterrupted() {
        return isInterrupted;
    }

    /**
     * Adds what ends a wait. Runs it at once if {@link #interrupt()} was called already.
     *
     * @param action must not block or throw; runs on the thread that interrupts.
     */
    public synchronized void onInterrupt(Runnable action) {
        actions.add(action);
        if (isInterrupted) {
            action.run();
        }
    }

    /**
     * Removes an action: what it would end has ended.
     *
     * @param action the action that was added.
     */
    public synchronized void remove(Runnable action) {
        actions.remove(action);
    }
}
