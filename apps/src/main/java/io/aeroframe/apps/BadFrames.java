package io.aeroframe.apps;

import io.aeroframe.vision.source.BadFrameException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Counts the damaged frames of a source, and reports each; those of a live one at most once a second. One thread. */
final class BadFrames {

    private static final long REPORT_INTERVAL_NS = TimeUnit.SECONDS.toNanos(1);

    private final boolean isLive;
    private final Consumer<String> report;
    private long count;
    private long lastReportNs = System.nanoTime() - REPORT_INTERVAL_NS;

    /**
     * Creates a counter.
     *
     * @param isLive whether the source is live.
     * @param report takes a line at a time.
     */
    BadFrames(boolean isLive, Consumer<String> report) {
        this.isLive = isLive;
        this.report = report;
    }

    /** Counts a frame that is left out. */
    void skipped(BadFrameException why) {
        count++;
        long nowNs = System.nanoTime();
        if (!isLive || nowNs - lastReportNs >= REPORT_INTERVAL_NS) {
            lastReportNs = nowNs;
            report.accept(why.getMessage() + "; the frame is skipped, " + count + " so far");
        }
    }

    /** The number of frames left out so far. */
    long count() {
        return count;
    }
}
