package io.aeroframe.benchmarks.harness;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.agrona.concurrent.IdleStrategy;

/** A reading process's thread: polls until the stream has ended. */
public final class Reader {

    private static final long POLL_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(1);

    private final FrameReceiver receiver;
    private final Arrivals arrivals;
    private final Meter meter = new Meter();

    public Reader(FrameReceiver receiver, Arrivals arrivals) {
        this.receiver = receiver;
        this.arrivals = arrivals;
    }

    /**
     * Reads the frames of one run.
     *
     * @param onReady   is run when the subscriptions are there.
     * @param schedules gives the schedule when it is known, null before.
     */
    public Report.Read run(Runnable onReady, Supplier<Schedule> schedules) {
        onReady.run();
        while (schedules.get() == null) {
            receiver.poll();
            LockSupport.parkNanos(POLL_INTERVAL_NS);
        }
        Begin begin = new Begin();
        arrivals.expect(schedules.get(), begin);
        IdleStrategy idle = receiver.idleStrategy();
        while (!receiver.hasEnded()) {
            idle.idle(receiver.poll());
        }
        Meter.Usage usage = meter.end();
        return arrivals.report(receiver.counts().minus(begin.account), usage);
    }

    /** The first frame of the measured part has arrived, and its latency is taken. */
    private final class Begin implements Runnable {
        private Report.SubscriptionCounts account = Report.SubscriptionCounts.NONE;

        @Override
        public void run() {
            account = receiver.counts();
            meter.begin();
        }
    }
}
