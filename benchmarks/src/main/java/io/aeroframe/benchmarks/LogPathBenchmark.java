package io.aeroframe.benchmarks;

import io.aeroframe.driver.FrameDriver;
import io.aeroframe.transport.Aeroframe;
import io.aeroframe.transport.Frame;
import io.aeroframe.transport.FrameClaim;
import io.aeroframe.transport.FrameFormat;
import io.aeroframe.transport.FrameHandler;
import io.aeroframe.transport.FramePublication;
import io.aeroframe.transport.FrameSubscription;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Claim, commit and poll on the log path over IPC, in one thread: what a frame costs both sides together. */
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 3, time = 3)
@Fork(value = 1, jvmArgsAppend = "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED")
public class LogPathBenchmark implements FrameHandler {

    /** Width and height of the BGR24 frames. */
    @Param({"4x4", "160x120", "640x480", "1280x688", "1920x1080"})
    public String size;

    private FrameDriver driver;
    private Aeroframe aeroframe;
    private FramePublication publication;
    private FrameSubscription subscription;
    private long received;

    /** Connects a publication and a subscription. */
    @Setup(Level.Trial)
    public void connect() {
        String[] sides = size.split("x");
        driver = FrameDriver.join(new FrameDriver.Context().isPrivate(true));
        aeroframe = Aeroframe.connect(driver);
        subscription = aeroframe.addSubscription("benchmark");
        publication = aeroframe.addPublication(
                "benchmark", FrameFormat.bgr24(Integer.parseInt(sides[0]), Integer.parseInt(sides[1])));
        while (!publication.isConnected()) {
            Thread.onSpinWait();
        }
    }

    /** Disconnects. */
    @TearDown(Level.Trial)
    public void disconnect() {
        publication.close();
        subscription.close();
        aeroframe.close();
        driver.close();
    }

    /**
     * One frame there and back.
     *
     * @return frames received so far.
     */
    @Benchmark
    public long frame() {
        FrameClaim claim;
        do {
            claim = publication.tryClaim();
        } while (claim == null);
        claim.commit();
        long before = received;
        while (received == before) {
            subscription.poll(this, 1);
        }
        return received;
    }

    @Override
    public void onFrame(Frame frame) {
        received++;
    }
}
