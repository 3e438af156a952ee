package io.aeroframe.vision.sink;

import io.aeroframe.transport.Frame;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Counts the frames that a sink skips because they cannot be decoded, and reports them at most once a second. One
 * thread.
 */
public final class UndecodableFrames {

    private static final long REPORT_INTERVAL_NS = TimeUnit.SECONDS.toNanos(1);

    private final String place;
    private final Consumer<String> report;
    private long count;
    private long lastReportNs;

    /**
     * Starts at none.
     *
     * @param place  that skips them, for the message.
     * @param report takes a line a second at most.
     */
    public UndecodableFrames(String place, Consumer<String> report) {
        this.place = place;
        this.report = report;
        this.lastReportNs = System.nanoTime() - REPORT_INTERVAL_NS;
    }

    /**
     * Counts a frame.
     *
     * @param frame that is skipped.
     * @param why   it cannot be used.
     */
    public void skipped(Frame frame, Exception why) {
        count++;
        long nowNs = System.nanoTime();
        if (nowNs - lastReportNs >= REPORT_INTERVAL_NS) {
            lastReportNs = nowNs;
            report.accept(place + ": frame " + frame.sequence() + " is skipped (" + why.getMessage() + "); " + count
                    + " skipped so far");
        }
    }

    /**
     * How many so far.
     *
     * @return frames.
     */
    public long count() {
        return count;
    }
}
