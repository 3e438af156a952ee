package io.aeroframe.benchmarks.harness;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;

/** The writing process's thread: sends frames as the schedule says, however long the last one took. */
public final class Writer {

    /** Who is later than this never catches up. */
    private static final long LATEST_NS = TimeUnit.SECONDS.toNanos(5);

    private static final long POLL_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(1);

    private final FrameSender sender;
    private final Meter meter = new Meter();
    private final Histogram rehearsal = Latencies.histogram();
    private final Histogram cost = Latencies.histogram();
    private final long stallNs;

    /**
     * A writer that has not begun.
     *
     * @param stallNs for which it stalls once on purpose, in the middle of the measured part, when a frame is due and before it is claimed; 0 for not at all.
     */
    public Writer(FrameSender sender, long stallNs) {
        this.sender = sender;
        this.stallNs = stallNs;
    }

    /**
     * Writes the frames of one run.
     *
     * @param onReady   is run when there is a reader.
     * @param schedules gives the schedule when it is known, null before.
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
        long rehearsed = rehearse(schedule);
        Report.PublicationCounts before = null;
        Histogram target = rehearsal;
        long stallsNs = stallNs;
        for (long number = 0; ; number++) {
            long dueNs = schedule.isTimed() ? schedule.dueNs(number) : System.nanoTime();
            if (dueNs - schedule.endNs() >= 0) {
                break;
            }
            if (before == null && schedule.isMeasured(dueNs)) {
                before = sender.counts();
                target = cost;
                meter.begin(); // in the pause before the frame is due
            }
            Schedule.await(dueNs);
            if (stallsNs > 0 && dueNs - schedule.measuredNs(0.5) >= 0) {
                Schedule.await(dueNs + stallsNs);
                stallsNs = 0;
            }
            send(rehearsed + number, dueNs, target);
            if (System.nanoTime() - schedule.endNs() > LATEST_NS) {
                throw new BenchException("more than 5 s behind the schedule: this machine cannot send"
                        + " so many frames a second; use a lower --fps, or max");
            }
        }
        Schedule.await(schedule.endNs());
        Meter.Usage usage = meter.end();
        if (before == null) {
            throw new BenchException("no frame was due in the measured part; use more --seconds");
        }
        return new Report.Written(sender.payloadLength(), sender.counts().minus(before), usage, cost);
    }

    /** Sends until the frames at the pace that is measured begin. */
    private long rehearse(Schedule schedule) {
        long number = 0;
        Schedule.await(schedule.rehearsalNs());
        long dueNs = System.nanoTime();
        while (dueNs - schedule.startNs() < 0) {
            Schedule.await(dueNs);
            send(number++, dueNs, rehearsal);
            dueNs = System.nanoTime() + sender.rehearsalPeriodNs();
        }
        return number;
    }

    private void send(long number, long dueNs, Histogram target) {
        long startNs = System.nanoTime();
        if (sender.send(number, dueNs)) {
            Latencies.record(target, System.nanoTime() - startNs);
        }
    }
}
