package io.aeroframe.apps;

import io.aeroframe.apps.options.FrameRate;
import io.aeroframe.vision.source.FrameSource;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Says when each frame is due: by the source's timestamps, at a rate, or at once. A live source is never waited for
 * twice: it comes when it comes, and a frame that comes faster than the requested rate is skipped. One thread.
 */
final class Pacer {

    /** Pictures have no rate of their own; this is what FFmpeg takes for a row of them. */
    private static final double PICTURES_PER_SECOND = 25;

    /** When this far behind, time is not caught up in a burst. */
    private static final long MAX_LAG_NS = TimeUnit.MILLISECONDS.toNanos(500);

    /** The kernel wakes a sleeper late by about this much: the rest is spun. */
    private static final long SPIN_NS = 150_000;

    private static final long SLEEP_STEP_NS = TimeUnit.MILLISECONDS.toNanos(20);

    private final FrameRate rate;
    private final FrameSource source;
    private final BooleanSupplier isOver;
    private boolean hasStarted;
    private long startNs;
    private long startTimeNs;
    private long endNs;
    private long index;

    /**
     * A pacer of one run.
     *
     * @param isOver whether to wait no longer.
     */
    Pacer(FrameRate rate, FrameSource source, BooleanSupplier isOver) {
        this.rate = rate;
        this.source = source;
        this.isOver = isOver;
    }

    /**
     * Waits until the source's current frame is due.
     *
     * @return false if the frame is to be skipped.
     */
    boolean await() {
        if (rate.isMax() || (rate.isSource() && source.isLive())) {
            return true;
        }
        long timeNs = frameTimeNs();
        long nowNs = System.nanoTime();
        if (!hasStarted) {
            hasStarted = true;
            startNs = nowNs;
            startTimeNs = timeNs;
        }
        long dueNs = startNs + timeNs - startTimeNs;
        if (source.isLive()) {
            if (nowNs - dueNs < 0) {
                return false;
            }
            index++;
        } else {
            index++;
            sleepUntil(dueNs);
        }
        if (nowNs - dueNs > MAX_LAG_NS) {
            startNs += nowNs - dueNs;
        }
        endNs = startNs + timeNs - startTimeNs + (rate.isSource() ? source.durationNs() : 0);
        return true;
    }

    /** Waits until the last frame has been shown for its time: an animation may end on a picture that stays. */
    void awaitEnd() {
        if (hasStarted && !source.isLive()) {
            sleepUntil(endNs);
        }
    }

    private long frameTimeNs() {
        if (rate.isSource()) {
            long timeNs = source.presentationTimeNs();
            return timeNs == FrameSource.NO_TIME ? (long) (index * 1e9 / PICTURES_PER_SECOND) : timeNs;
        }
        return (long) (index * 1e9 / rate.perSecond());
    }

    private void sleepUntil(long dueNs) {
        while (!isOver.getAsBoolean()) {
            long leftNs = dueNs - System.nanoTime();
            if (leftNs <= 0) {
                return;
            }
            if (leftNs > SPIN_NS) {
                LockSupport.parkNanos(Math.min(leftNs - SPIN_NS, SLEEP_STEP_NS));
            } else {
                Thread.onSpinWait();
            }
        }
    }
}
