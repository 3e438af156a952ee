package io.aeroframe.transport;

import java.util.concurrent.TimeUnit;

/**
 * Predicts when the next frame of a regular stream arrives. An alpha-beta filter tracks the stream's interval and
 * phase: each prediction error corrects both by a fraction. The mean error is the jitter. All times are {@link
 * System#nanoTime()}. One thread.
 */
final class ArrivalPredictor {

    /** A stream with a longer interval is not predicted. */
    private static final long MAX_INTERVAL_NS = TimeUnit.SECONDS.toNanos(1);

    /** An arrival is on time if its error is below this fraction of an interval: 1/16. */
    private static final int TOLERANCE_DIVISOR = 16;

    /** The fractions of an error that correct the phase, the interval and the jitter: 1/4, 1/32 and 1/8. */
    private static final int PHASE_DIVISOR = 4;

    private static final int INTERVAL_DIVISOR = 32;
    private static final int JITTER_DIVISOR = 8;

    private long arrivedNs;
    private long dueNs;
    private long intervalNs;
    private long jitterNs;
    private boolean isRegular;

    ArrivalPredictor(long nowNs) {
        arrivedNs = nowNs;
    }

    /** Records the arrival of a frame. */
    void onArrival(long nowNs) {
        long lastNs = nowNs - arrivedNs;
        long toleranceNs = intervalNs / TOLERANCE_DIVISOR;
        arrivedNs = nowNs;
        long errorNs = nowNs - dueNs;
        if (isRegular && Math.abs(errorNs) < toleranceNs) {
            jitterNs += (Math.abs(errorNs) - jitterNs) / JITTER_DIVISOR;
            intervalNs += errorNs / INTERVAL_DIVISOR;
            dueNs += intervalNs + errorNs / PHASE_DIVISOR;
            return;
        }
        isRegular = lastNs < MAX_INTERVAL_NS && Math.abs(lastNs - intervalNs) < toleranceNs;
        intervalNs = lastNs;
        dueNs = nowNs + lastNs;
        jitterNs = 0;
    }

    /** Whether recent frames arrived at even intervals, so that {@link #dueNs()} is a prediction. */
    boolean isRegular() {
        return isRegular;
    }

    /** The predicted arrival time of the next frame, if the stream is regular. */
    long dueNs() {
        return dueNs;
    }

    long intervalNs() {
        return intervalNs;
    }

    /** The mean difference between predicted and actual arrivals. */
    long jitterNs() {
        return jitterNs;
    }
}
