package io.aeroframe.benchmarks.harness;

import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** Histograms of latencies: nanoseconds up to one hour, with three significant digits. */
public final class Latencies {

    private static final long MAX_NS = TimeUnit.HOURS.toNanos(1);
    private static final int SIGNIFICANT_DIGITS = 3;

    private Latencies() {}

    /** A percentile from which fewer frames than this are slower is one of the highest values, and says no more. */
    private static final int MIN_FRAMES_BEYOND = 10;

    /** Creates an empty histogram. */
    public static Histogram histogram() {
        return new Histogram(MAX_NS, SIGNIFICANT_DIGITS);
    }

    /**
     * Whether there are frames enough for a percentile: 1,000 for p99, 10,000 for p99.9. The median, p90 and the
     * maximum need one.
     */
    public static boolean isEnough(long frames, double percentile) {
        return percentile <= 90 || percentile == 100
                ? frames > 0
                : frames * (100 - percentile) / 100 > MIN_FRAMES_BEYOND - 0.001;
    }

    /** Returns a percentile in microseconds; NaN if there are too few frames for it. */
    public static double microseconds(Histogram histogram, double percentile) {
        return isEnough(histogram.getTotalCount(), percentile)
                ? histogram.getValueAtPercentile(percentile) / 1e3
                : Double.NaN;
    }

    /** Records a latency. One that is out of range is recorded as the nearest in range. */
    public static void record(Histogram histogram, long ns) {
        histogram.recordValue(Math.max(0, Math.min(ns, MAX_NS)));
    }
}
