package io.aeroframe.transport;

import java.util.concurrent.TimeUnit;

/**
 * When the next frame is due, by how the last ones came: the interval and the phase of a stream, each followed by a part of the last error (an
 * alpha-beta filter), and how far arrivals stray from it. Times are {@link System#nanoTime()}. One thread.
 */
final class ArrivalPredictor {

    /** Beyond this a stream has none. */
    private static final long MAX_INTERVAL_NS = TimeUnit.SECONDS.toNanos(1);

    /** A frame is in time if it is not off by more than this part of an interval. */
    private static final int TOLERANCE_PART = 16;

    /** The parts of an error that move the phase and the interval, and that of a straying that counts. */
    private static final int PHASE_PART = 4;

    private static final int INTERVAL_PART = 32;
    private static final int STRAY_PART = 8;

    private long arrivedNs;
    private long dueNs;
    private long intervalNs;
    private long jitterNs;
    private boolean isRegular;

    ArrivalPredictor(long nowNs) {
        arrivedNs = nowNs;
    }

    /** A frame has arrived. */
    void note(long nowNs) {
        long lastNs = nowNs - arrivedNs;
        long toleranceNs = intervalNs / TOLERANCE_PART;
        arrivedNs = nowNs;
        long errorNs = nowNs - dueNs;
        if (isRegular && Math.abs(errorNs) < toleranceNs) {
            jitterNs += (Math.abs(errorNs) - jitterNs) / STRAY_PART;
            intervalNs += errorNs / INTERVAL_PART;
            dueNs += intervalNs + errorNs / PHASE_PART;
            return;
        }
        isRegular = lastNs < MAX_INTERVAL_NS && Math.abs(lastNs - intervalNs) < toleranceNs;
        intervalNs = lastNs;
        dueNs = nowNs + lastNs;
        jitterNs = 0;
    }

    /** Whether the last frames have come at even intervals. */
    boolean isRegular() {
        return isRegular;
    }

    /** When the next frame is due, if they are regular. */
    long dueNs() {
        return dueNs;
    }

    long intervalNs() {
        return intervalNs;
    }

    /** How far arrivals are from when they were due, on average. */
    long jitterNs() {
        return jitterNs;
    }
}
