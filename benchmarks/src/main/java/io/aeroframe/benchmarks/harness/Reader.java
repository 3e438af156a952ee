package io.aeroframe.benchmarks.harness;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.agrona.concurrent.IdleStrategy;

/** The loop of a reading process: polls until the stream ends. For one thread. */
public final class Reader {

    private static final long POLL_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(1);

    private final FrameReceiver receiver;
    private final Arrivals arrivals;
    private final Meter meter = new Meter();
    private Report.SubscriptionCounts countsAtStart = Report.SubscriptionCounts.NONE;

    /**
     * Creates a reader.
     *
     * @param arrivals the recorder that the receiver delivers to
     */
    public Reader(FrameReceiver receiver, Arrivals arrivals) {
        this.receiver = receiver;
        this.arrivals = arrivals;
    }

    /**
     * Reads the frames of one run.
     *
     * @param onReady   an action that runs once the subscriptions exist
     * @param schedules a supplier of the schedule, null until it is known
     */
    public Report.Read run(Runnable onReady, Supplier<Schedule> schedules) {
        onReady.run();
        while (schedules.get() == null) {
            receiver.poll();
            LockSupport.parkNanos(POLL_INTERVAL_NS);
        }
        arrivals.expect(schedules.get(), this::startMeasuring);
        IdleStrategy idle = receiver.idleStrategy();
        while (!receiver.hasEnded()) {
            idle.idle(receiver.poll());
        }
        Meter.Usage usage = meter.stop();
        return arrivals.report(receiver.counts().minus(countsAtStart), usage);
    }

    private void startMeasuring() {
        countsAtStart = receiver.counts();
        meter.start();
    }
}
