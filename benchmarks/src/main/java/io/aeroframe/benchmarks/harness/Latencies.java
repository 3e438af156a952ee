package io.aeroframe.benchmarks.harness;

import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** How latencies are kept: in nanoseconds up to an hour, three digits. */
public final class Latencies {

    private static final long HIGHEST_NS = TimeUnit.HOURS.toNanos(1);
    private static final int SIGNIFICANT_DIGITS = 3;

    private Latencies() {}

    public static Histogram histogram() {
        return new Histogram(HIGHEST_NS, SIGNIFICANT_DIGITS);
    }

    public static void record(Histogram histogram, long ns) {
        histogram.recordValue(Math.max(0, Math.min(ns, HIGHEST_NS)));
    }
}
