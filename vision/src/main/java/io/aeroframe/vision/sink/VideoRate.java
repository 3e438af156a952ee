package io.aeroframe.vision.sink;

import java.util.Arrays;
import java.util.Set;

/**
 * The frame rate of a video, measured from its first frames.
 *
 * @param numerator   frames.
 * @param denominator the seconds in which they come; at least 1.
 */
record VideoRate(int numerator, int denominator) {

    private static final VideoRate UNKNOWN = new VideoRate(25, 1);

    /** What is irregular has frames at any of these moments: the usual rates divide it. */
    private static final VideoRate IRREGULAR = new VideoRate(600, 1);

    /** Up to here frames are those of a camera or a film, at a rate; more are as many as could be made. */
    private static final double MAX_STEADY_RATE = 130;

    /** Clocks and the moments of capture waver by less, over a dozen frames. */
    private static final double TOLERANCE = 0.02;

    /** Rates of which there is a second one, slower by a thousandth. */
    private static final Set<Integer> NTSC = Set.of(24, 30, 60, 120);

    private static final double NTSC_TOLERANCE = 0.0002;
    private static final double MAX_JITTER = 0.2;
    private static final double GAP_FACTOR = 1.5;
    private static final int MAX_MILLIHERTZ = 1_000_000;

    /**
     * Measures.
     *
     * @param steps          the times from frame to frame, in ticks, all positive; may be empty.
     * @param ticksPerSecond the length of a tick.
     * @return the rate, snapped to a usual one; 25 if there are no steps.
     */
    static VideoRate of(long[] steps, int ticksPerSecond) {
        if (steps.length == 0) {
            return UNKNOWN;
        }
        long[] sorted = steps.clone();
        Arrays.sort(sorted);
        double median = sorted[sorted.length / 2];
        double mean = Arrays.stream(steps)
                .filter(step -> step < median * GAP_FACTOR && step > median / GAP_FACTOR)
                .average()
                .orElse(median);
        double rate = ticksPerSecond / mean;
        if (rate > MAX_STEADY_RATE && !isRegular(steps, median)) {
            return IRREGULAR;
        }
        long whole = Math.max(1, Math.round(rate));
        double ntsc = Math.ceil(rate) * 1_000 / 1_001;
        if (NTSC.contains((int) Math.ceil(rate)) && Math.abs(rate / ntsc - 1) < NTSC_TOLERANCE) {
            return new VideoRate((int) Math.ceil(rate) * 1_000, 1_001);
        }
        if (Math.abs(rate / whole - 1) < TOLERANCE) {
            return new VideoRate((int) whole, 1);
        }
        int thousandths = (int) Math.max(1, Math.min(MAX_MILLIHERTZ, Math.round(rate * 1_000)));
        return new VideoRate(thousandths, 1_000);
    }

    private static boolean isRegular(long[] steps, double median) {
        long close = Arrays.stream(steps)
                .filter(step -> Math.abs(step - median) <= Math.max(1, MAX_JITTER * median))
                .count();
        return close * 4 >= steps.length * 3L;
    }

    /** Whether frames come at this rate, rather than at any moment. */
    boolean isSteady() {
        return !equals(IRREGULAR);
    }
}
