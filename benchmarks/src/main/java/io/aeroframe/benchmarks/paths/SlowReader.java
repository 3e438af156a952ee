package io.aeroframe.benchmarks.paths;

import io.aeroframe.benchmarks.harness.Latencies;
import io.aeroframe.benchmarks.harness.Report;
import io.aeroframe.benchmarks.harness.Schedule;
import io.aeroframe.benchmarks.options.Idle;
import io.aeroframe.benchmarks.options.Plan;
import io.aeroframe.driver.FrameDriver;
import io.aeroframe.transport.Aeroframe;
import io.aeroframe.transport.Delivery;
import io.aeroframe.transport.Frame;
import io.aeroframe.transport.FrameSubscription;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;
import org.agrona.CloseHelper;
import org.agrona.concurrent.IdleStrategy;

/** A reading process that takes its time for each frame, beside the one that is measured. One thread. */
public final class SlowReader implements AutoCloseable {

    private final long takesNs;
    private final FrameDriver driver;
    private final Aeroframe aeroframe;
    private final FrameSubscription subscription;
    private final IdleStrategy idle;
    private final Histogram age = Latencies.histogram();
    private Schedule schedule;

    /**
     * Subscribes.
     *
     * @param takesNs for each frame.
     */
    public SlowReader(Plan plan, Path aeronDirectory, int run, Delivery delivery, long takesNs) {
        this.takesNs = takesNs;
        driver = FrameDriver.join(new FrameDriver.Context().aeronDirectory(aeronDirectory));
        aeroframe = AeroframeSender.connect(driver);
        subscription = aeroframe.addSubscription(new FrameSubscription.Context()
                .stream(AeroframeSender.stream(run)).channel(plan.channel()).delivery(delivery));
        idle = Idle.wait.on(plan.path()).strategy(subscription);
    }

    /**
     * Reads until the measured part is over.
     *
     * @param onReady   is run when the subscription is there.
     * @param schedules gives the schedule when it is known, null before.
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
        long untilNs = Math.min(nowNs + takesNs, schedule.endNs());
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
