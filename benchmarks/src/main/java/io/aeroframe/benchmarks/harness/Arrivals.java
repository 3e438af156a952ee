package io.aeroframe.benchmarks.harness;

import org.HdrHistogram.Histogram;
import org.agrona.DirectBuffer;

/** Records the frames that arrive at a reading process. Allocates nothing per frame. For one thread. */
public final class Arrivals {

    private final boolean isTouched;
    private final Histogram warmup = Latencies.histogram();
    private final Histogram stamped = Latencies.histogram();
    private final Histogram scheduled = Latencies.histogram();
    private final Histogram touched = Latencies.histogram();
    private Schedule schedule;
    private Runnable onFirstMeasured;
    private long received;
    private long mismatched;
    private long sum;
    private StampLog stamps;
    private LateCauses causes;
    private long framesToDrop;
    private long framesToDelay;
    private long delayNs;

    /**
     * Creates a recorder without frames.
     *
     * @param isTouched whether to read every byte of each frame
     */
    public Arrivals(boolean isTouched) {
        this.isTouched = isTouched;
    }

    /**
     * Also logs the latencies of each measured frame.
     *
     * @param log the log to add to; null for none
     */
    public void keep(StampLog log) {
        stamps = log;
    }

    /**
     * Also records why measured frames were late.
     *
     * @param newCauses the histogram to record in; null for none
     */
    public void explain(LateCauses newCauses) {
        causes = newCauses;
    }

    /**
     * Drops frames on purpose, as if they had not arrived, in the last quarter of the measured part.
     *
     * @param count the number of frames to drop
     */
    public void drop(long count) {
        framesToDrop = count;
    }

    /**
     * Takes the time of some frames late on purpose, from a quarter of the measured part on.
     *
     * @param count the number of frames to delay
     * @param ns    how late, in nanoseconds
     */
    public void delay(long count, long ns) {
        framesToDelay = count;
        delayNs = ns;
    }

    /**
     * Returns the time of arrival of a frame, {@link System#nanoTime()}. For receivers, as their first statement.
     *
     * @param scheduledNs the time when the frame was due
     */
    public long arrivalNs(long scheduledNs) {
        if (framesToDelay > 0
                && schedule != null
                && schedule.isMeasured(scheduledNs)
                && scheduledNs - schedule.measuredNs(0.25) >= 0) {
            framesToDelay--;
            Schedule.await(System.nanoTime() + delayNs);
        }
        return System.nanoTime();
    }

    /**
     * Starts to count the frames that the schedule measures.
     *
     * @param onFirstMeasured an action that runs once, after the latency of the first measured frame was taken
     */
    void expect(Schedule newSchedule, Runnable onFirstMeasured) {
        this.schedule = newSchedule;
        this.onFirstMeasured = onFirstMeasured;
    }

    /**
     * Records a frame.
     *
     * @param nowNs       the time when the frame was delivered, {@link System#nanoTime()}
     * @param stampNs     the time right before the frame's commit
     * @param scheduledNs the time when the frame was due
     * @param isMatched   whether the pixels are those of the frame that the header names
     * @param buffer      the frame's payload, from {@code offset}
     */
    public void onFrame(
            long nowNs,
            long stampNs,
            long scheduledNs,
            boolean isMatched,
            DirectBuffer buffer,
            int offset,
            int length) {
        boolean isMeasured = schedule != null && schedule.isMeasured(scheduledNs);
        if (framesToDrop > 0 && isMeasured && scheduledNs - schedule.measuredNs(0.75) >= 0) {
            framesToDrop--;
            return;
        }
        Latencies.record(isMeasured ? stamped : warmup, nowNs - stampNs);
        Latencies.record(isMeasured && schedule.isTimed() ? scheduled : warmup, nowNs - scheduledNs);
        if (isTouched) {
            sum += sum(buffer, offset, length);
            Latencies.record(isMeasured ? touched : warmup, System.nanoTime() - stampNs);
        }
        if (isMeasured) {
            received++;
            if (stamps != null) {
                stamps.add(scheduledNs - schedule.measuredStartNs(), nowNs - stampNs, nowNs - scheduledNs);
            }
            if (causes != null) {
                causes.onFrame(nowNs - stampNs);
            }
        }
        if (!isMatched) {
            mismatched++;
        }
        if (isMeasured && onFirstMeasured != null) {
            onFirstMeasured.run();
            onFirstMeasured = null;
        }
    }

    /** Adds eight bytes at a time: the point is to load all bytes, not to measure the additions. */
    private static long sum(DirectBuffer buffer, int offset, int length) {
        long sum = 0;
        int end = offset + length;
        int i = offset;
        for (; i <= end - Long.BYTES; i += Long.BYTES) {
            sum += buffer.getLong(i);
        }
        for (; i < end; i++) {
            sum += buffer.getByte(i);
        }
        return sum;
    }

    Report.Read report(Report.SubscriptionCounts counts, Meter.Usage usage) {
        return new Report.Read(received, mismatched, counts, usage, stamped, scheduled, touched, sum);
    }
}
