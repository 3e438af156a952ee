package io.aeroframe.benchmarks;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;

/** The writing process's thread: sends frames as the schedule says, however long the last one took. */
final class Writer {

    /** Who is later than this never catches up. */
    private static final long LATEST_NS = TimeUnit.SECONDS.toNanos(5);

    private static final long POLL_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(1);

    private final FrameSender sender;
    private final Meter meter = new Meter();
    private final Histogram cost = Latencies.histogram();

    Writer(FrameSender sender) {
        this.sender = sender;
    }

    /**
     * Writes the frames of one run.
     *
     * @param onReady   is run when there is a reader.
     * @param schedules gives the schedule when it is known, null before.
     */
    Report.Written run(Runnable onReady, Supplier<Schedule> schedules) {
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
        Report.Sent before = null;
        Schedule.await(schedule.startNs());
        for (long number = 0; ; number++) {
            long dueNs = schedule.isTimed() ? schedule.dueNs(number) : System.nanoTime();
            if (dueNs - schedule.endNs() >= 0) {
                break;
            }
            if (before == null && schedule.isMeasured(dueNs)) {
                before = sender.account();
                meter.begin(); // in the pause before the frame is due
            }
            Schedule.await(dueNs);
            long startNs = System.nanoTime();
            boolean isSent = sender.send(number, dueNs);
            if (before != null && isSent) {
                Latencies.record(cost, System.nanoTime() - startNs);
            }
            if (startNs - schedule.endNs() > LATEST_NS) {
                throw new BenchException("the writer is more than 5 s behind its schedule: this machine cannot send"
                        + " so many frames a second; use a lower --fps, or max");
            }
        }
        Schedule.await(schedule.endNs());
        Meter.Usage usage = meter.end();
        if (before == null) {
            throw new BenchException("no frame was due in the measured part; use more --seconds");
        }
        return new Report.Written(sender.payloadLength(), sender.account().minus(before), usage, cost);
    }
}
