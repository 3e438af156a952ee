package io.aeroframe.benchmarks.harness;

import org.HdrHistogram.Histogram;
import org.agrona.DirectBuffer;

/** What arrives at a reading process. Allocates nothing per frame. One thread. */
public final class Arrivals {

    private final boolean isTouched;
    private final Histogram rehearsal = Latencies.histogram();
    private final Histogram stamped = Latencies.histogram();
    private final Histogram scheduled = Latencies.histogram();
    private final Histogram touched = Latencies.histogram();
    private Schedule schedule;
    private Runnable onBegin;
    private long received;
    private long mismatched;
    private long sum;
    private StampLog stamps;
    private long toDrop;

    /**
     * Nothing arrived yet.
     *
     * @param isTouched whether to read every byte of each frame.
     */
    public Arrivals(boolean isTouched) {
        this.isTouched = isTouched;
    }

    /**
     * Keeps the latencies of each measured frame as they are, too.
     *
     * @param log gets them.
     */
    public void keep(StampLog log) {
        stamps = log;
    }

    /**
     * Loses frames on purpose, as if they had not come, from the last quarter of the measured part.
     *
     * @param count how many.
     */
    public void drop(long count) {
        toDrop = count;
    }

    /**
     * From here on frames may be of the measured part.
     *
     * @param onBegin is run once, after the latency of the first of them was taken.
     */
    void expect(Schedule schedule, Runnable onBegin) {
        this.schedule = schedule;
        this.onBegin = onBegin;
    }

    /**
     * A frame is in the reader's hands.
     *
     * @param nowNs     when it was handed over, {@link System#nanoTime()}.
     * @param stampNs   right before its commit.
     * @param dueNs     when it was due.
     * @param isMatched whether it is the frame that its header says.
     */
    public void onFrame(
            long nowNs, long stampNs, long dueNs, boolean isMatched, DirectBuffer buffer, int offset, int length) {
        boolean isMeasured = schedule != null && schedule.isMeasured(dueNs);
        if (toDrop > 0 && isMeasured && dueNs - schedule.measuredNs(0.75) >= 0) {
            toDrop--;
            return;
        }
        Latencies.record(isMeasured ? stamped : rehearsal, nowNs - stampNs);
        Latencies.record(isMeasured && schedule.isTimed() ? scheduled : rehearsal, nowNs - dueNs);
        if (isTouched) {
            sum += sum(buffer, offset, length);
            Latencies.record(isMeasured ? touched : rehearsal, System.nanoTime() - stampNs);
        }
        if (isMeasured) {
            received++;
            if (stamps != null) {
                stamps.add(dueNs - schedule.beginNs(), nowNs - stampNs, nowNs - dueNs);
            }
        }
        if (!isMatched) {
            mismatched++;
        }
        if (isMeasured && onBegin != null) {
            onBegin.run();
            onBegin = null;
        }
    }

    /** Eight bytes at a time: what is to be measured is that the bytes are there, not how fast this adds. */
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
