package io.aeroframe.benchmarks.paths;

import io.aeroframe.apps.options.Idle;
import io.aeroframe.benchmarks.harness.Latencies;
import io.aeroframe.benchmarks.harness.Report;
import io.aeroframe.benchmarks.harness.Schedule;
import io.aeroframe.benchmarks.options.Plan;
import io.aeroframe.driver.DriverContext;
import io.aeroframe.driver.FrameDriver;
import io.aeroframe.transport.Aeroframe;
import io.aeroframe.transport.Delivery;
import io.aeroframe.transport.Frame;
import io.aeroframe.transport.FrameSubscription;
import io.aeroframe.transport.SubscriptionContext;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;
import org.agrona.CloseHelper;
import org.agrona.concurrent.IdleStrategy;

/** A reader that holds each frame for some time, beside the reader that is measured. For one thread. */
public final class SlowReader implements AutoCloseable {

    private final long holdNs;
    private final FrameDriver driver;
    private final Aeroframe aeroframe;
    private final FrameSubscription subscription;
    private final IdleStrategy idle;
    private final Histogram age = Latencies.histogram();
    private Schedule schedule;

    /**
     * Subscribes.
     *
     * @param holdNs how long to hold each frame
     */
    public SlowReader(Plan plan, Path aeronDirectory, int run, Delivery delivery, long holdNs) {
        this.holdNs = holdNs;
        driver = FrameDriver.join(new DriverContext().aeronDirectory(aeronDirectory));
        aeroframe = AeroframeSender.connect(driver);
        subscription = aeroframe.addSubscription(new SubscriptionContext()
                .stream(AeroframeSender.stream(run)).channel(plan.channel()).delivery(delivery));
        idle = plan.path().idle(Idle.wait).strategy(subscription);
    }

    /**
     * Reads until the measured part ends.
     *
     * @param onReady   an action that runs once the subscription exists
     * @param schedules a supplier of the schedule, null until it is known
     */
    public Report.SlowRead run(Runnable onReady, Supplier<Schedule> schedules) {
        onReady.run();
        while (schedule == null || System.nanoTime() - schedule.endNs() < 0) {
            schedule = schedules.get();
            idle.idle(subscription.poll(this::onFrame, 1));
        }
        return new Report.SlowRead(age);
    }

    private void onFrame(Frame frame) {
        if (schedule == null) {
            return;
        }
        long nowNs = System.nanoTime();
        if (schedule.isMeasured(frame.captureTimeNs())) {
            Latencies.record(age, nowNs - frame.publishTimeNs());
        }
        long untilNs = Math.min(nowNs + holdNs, schedule.endNs());
        long leftNs;
        while ((leftNs = untilNs - System.nanoTime()) > 0) {
            LockSupport.parkNanos(leftNs);
        }
    }

    @Override
    public void close() {
        CloseHelper.closeAll(subscription, aeroframe, driver);
    }
}
