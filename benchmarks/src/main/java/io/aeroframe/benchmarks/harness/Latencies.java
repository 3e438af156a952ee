package io.aeroframe.benchmarks.harness;

import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** Histograms of latencies: nanoseconds up to one hour, with three significant digits. */
public final class Latencies {

    private static final long MAX_NS = TimeUnit.HOURS.toNanos(1);
    private static final int SIGNIFICANT_DIGITS = 3;

    private Latencies() {}

    /** Creates an empty histogram. */
    public static Histogram histogram() {
        return new Histogram(MAX_NS, SIGNIFICANT_DIGITS);
    }

    /** Records a latency. One that is out of range is recorded as the nearest in range. */
    public static void record(Histogram histogram, long ns) {
        histogram.recordValue(Math.max(0, Math.min(ns, MAX_NS)));
    }
}
