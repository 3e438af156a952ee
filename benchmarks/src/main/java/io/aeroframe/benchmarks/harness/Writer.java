package io.aeroframe.benchmarks.harness;

import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;

/**
 * The loop of the writing process: sends frames on an open-loop schedule, in which a late frame does not delay the
 * scheduled times of the next ones. For one thread.
 */
public final class Writer {

    private static final long MAX_LATENESS_NS = TimeUnit.SECONDS.toNanos(5);

    private static final long POLL_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(1);

    private final FrameSender sender;
    private final Meter meter = new Meter();
    private final Histogram warmup = Latencies.histogram();
    private final Histogram cost = Latencies.histogram();
    private final long stallNs;
    private final long jitterNs;

    /** Seeded, so that all runs have the same jitter. */
    private final SplittableRandom random = new SplittableRandom(42);

    /**
     * Creates a writer.
     *
     * @param stallNs the length of a deliberate stall in the middle of the measured part, after a frame is due and
     *                before it is claimed; 0 for none
     * @param jitterNs the longest random delay of a frame's scheduled time
     */
    public Writer(FrameSender sender, long stallNs, long jitterNs) {
        this.sender = sender;
        this.stallNs = stallNs;
        this.jitterNs = jitterNs;
    }

    /**
     * Writes the frames of one run.
     *
     * @param onReady   an action that runs once a reader is connected
     * @param schedules a supplier of the schedule, null until it is known
     * @throws BenchException if the writer cannot keep the schedule
     */
    public Report.Written run(Runnable onReady, Supplier<Schedule> schedules) {
        while (!sender.isConnected()) {
            LockSupport.parkNanos(POLL_INTERVAL_NS);
        }
        onReady.run();
        while (schedules.get() == null) {
            LockSupport.parkNanos(POLL_INTERVAL_NS);
        }
        return write(schedules.get());
    }

    private Report.Written write(Schedule schedule) {
        long warmupFrames = warmUp(schedule);
        Report.PublicationCounts countsAtStart = null;
        Histogram target = warmup;
        long pendingStallNs = stallNs;
        for (long number = 0; ; number++) {
            long scheduledNs = schedule.isTimed() ? schedule.scheduledNs(number) + jitter() : System.nanoTime();
            if (scheduledNs - schedule.endNs() >= 0) {
                break;
            }
            if (countsAtStart == null && schedule.isMeasured(scheduledNs)) {
                countsAtStart = sender.counts();
                target = cost;
                meter.start(); // while there is time before the frame is due
            }
            Schedule.await(scheduledNs);
            if (pendingStallNs > 0 && scheduledNs - schedule.measuredNs(0.5) >= 0) {
                Schedule.await(scheduledNs + pendingStallNs);
                pendingStallNs = 0;
            }
            send(warmupFrames + number, scheduledNs, target);
            if (System.nanoTime() - schedule.endNs() > MAX_LATENESS_NS) {
                throw new BenchException("more than 5 s behind the schedule: this machine cannot send"
                        + " so many frames per second; use a lower --fps, or max");
            }
        }
        Schedule.await(schedule.endNs());
        Meter.Usage usage = meter.stop();
        if (countsAtStart == null) {
            throw new BenchException("no frame was due in the measured part; use more --seconds");
        }
        return new Report.Written(sender.payloadLength(), sender.counts().minus(countsAtStart), usage, cost);
    }

    private long jitter() {
        return jitterNs == 0 ? 0 : random.nextLong(jitterNs);
    }

    /** Sends frames until the first one at the measured rate is due, and returns how many. */
    private long warmUp(Schedule schedule) {
        long number = 0;
        Schedule.await(schedule.warmupStartNs());
        long scheduledNs = System.nanoTime();
        while (scheduledNs - schedule.pacedStartNs() < 0) {
            Schedule.await(scheduledNs);
            send(number++, scheduledNs, warmup);
            scheduledNs = System.nanoTime() + sender.warmupPeriodNs();
        }
        return number;
    }

    private void send(long number, long scheduledNs, Histogram target) {
        long startNs = System.nanoTime();
        if (sender.send(number, scheduledNs)) {
            Latencies.record(target, System.nanoTime() - startNs);
        }
    }
}
