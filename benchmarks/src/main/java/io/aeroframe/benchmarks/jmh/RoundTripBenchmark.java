package io.aeroframe.benchmarks.jmh;

import io.aeroframe.driver.DriverContext;
import io.aeroframe.driver.FrameDriver;
import io.aeroframe.transport.Aeroframe;
import io.aeroframe.transport.ConnectionContext;
import io.aeroframe.transport.Frame;
import io.aeroframe.transport.FrameChannel;
import io.aeroframe.transport.FrameClaim;
import io.aeroframe.transport.FrameFormat;
import io.aeroframe.transport.FrameHandler;
import io.aeroframe.transport.FramePublication;
import io.aeroframe.transport.FrameSubscription;
import io.aeroframe.transport.PublicationContext;
import io.aeroframe.transport.SubscriptionContext;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
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

/**
 * Claim, commit and poll: the work of both sides together, without the way between processes, which {@code bench
 * latency} measures.
 *
 * <p>One thread does both sides and spins; the other cores are left to the driver's threads, which sleep when idle.
 * Only a frame larger than the window of the log path cannot be committed before it is read: then a second thread
 * polls, and both spin. The benchmark prints a warning if there are too few cores.
 */
@State(Scope.Thread)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED")
public class RoundTripBenchmark implements FrameHandler {

    /** The largest window of the log path. */
    private static final int LARGEST_WINDOW = 32 << 20;

    private static final long JOIN_TIMEOUT_MS = 10_000;

    /** The path that frames take. */
    public enum Path {
        /** Shared memory, over IPC. */
        pool,
        /** Aeron's log buffers, over IPC. */
        log,
        /** UDP on the loopback interface. */
        udp
    }

    /** Raw frames, by the length of their payload. */
    public enum Payload {
        /** 64 bytes. */
        B64(FrameFormat.gray8(8, 8)),
        /** 85 kB: about a JPEG of 640x480. */
        KB85(FrameFormat.gray8(340, 250)),
        /** 0.9 MB: 640x480 BGR. */
        KB900(FrameFormat.bgr24(640, 480)),
        /** 2.6 MB: 1280x688 BGR. */
        MB2_6(FrameFormat.bgr24(1280, 688)),
        /** 6.2 MB: 1920x1080 BGR. */
        MB6_2(FrameFormat.bgr24(1920, 1080)),
        /** 24.9 MB: 3840x2160 BGR. */
        MB24_9(FrameFormat.bgr24(3840, 2160)),
        /** 99.5 MB: 7680x4320 BGR. */
        MB99_5(FrameFormat.bgr24(7680, 4320));

        private final FrameFormat format;

        Payload(FrameFormat format) {
            this.format = format;
        }
    }

    /** The path that frames take. */
    @Param
    public Path path;

    /** The frames' length. */
    @Param
    public Payload payload;

    private FrameDriver driver;
    private Aeroframe aeroframe;
    private FramePublication publication;
    private FrameSubscription subscription;

    /** The thread that polls; null if the benchmark's thread does. */
    private Thread poller;

    private volatile boolean isDone;

    /** Written by the thread that polls, read by the thread that waits for the frame. */
    private volatile long received;

    /**
     * Connects a publication and a subscription.
     *
     * @throws IOException if there is no free port
     */
    @Setup(Level.Trial)
    public void connect() throws IOException {
        boolean isPolledElsewhere = path != Path.pool && payload.format.maxPayloadLength() > LARGEST_WINDOW;
        warn(isPolledElsewhere ? 2 : 1);
        FrameChannel channel = path == Path.udp ? FrameChannel.parse("udp:127.0.0.1:" + freePort()) : FrameChannel.IPC;
        driver = FrameDriver.join(new DriverContext().privateDriver(true));
        aeroframe = Aeroframe.connect(
                driver, new ConnectionContext().errorHandler(error -> System.out.println("# " + error.getMessage())));
        subscription = aeroframe.addSubscription(
                new SubscriptionContext().stream("benchmark").channel(channel));
        publication = aeroframe.addPublication(new PublicationContext()
                .stream("benchmark").channel(channel).format(payload.format).pooled(path == Path.pool));
        while (!publication.isConnected()) {
            Thread.onSpinWait();
        }
        if (isPolledElsewhere) {
            poller = new Thread(this::pollUntilDone, "benchmark-poller");
            poller.start();
        }
    }

    private static void warn(int spinning) {
        int cores = Runtime.getRuntime().availableProcessors();
        if (spinning > 1) {
            System.out.println("# the frame is larger than the log's window: a second thread polls, " + spinning
                    + " threads spin");
        }
        if (spinning + 1 > cores) { // while frames travel, the driver's threads need a core
            System.out.println("# warning: " + spinning + " spinning threads and the driver's share " + cores
                    + " cores, so that the scheduler is measured too");
        }
    }

    private static int freePort() throws IOException {
        try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            return socket.getLocalPort();
        }
    }

    /**
     * Disconnects.
     *
     * @throws InterruptedException if the thread is interrupted while it waits for the polling thread
     */
    @TearDown(Level.Trial)
    public void disconnect() throws InterruptedException {
        isDone = true;
        if (poller != null) {
            poller.join(JOIN_TIMEOUT_MS);
        }
        publication.close();
        subscription.close();
        aeroframe.close();
        driver.close();
    }

    /**
     * Measures the time from the claim of a frame to its delivery.
     *
     * @return the number of frames received so far
     */
    @Benchmark
    @BenchmarkMode(Mode.SampleTime)
    @OutputTimeUnit(TimeUnit.MICROSECONDS)
    public long time() {
        return carry();
    }

    /**
     * Measures how many frames per second are delivered, one after the other.
     *
     * @return the number of frames received so far
     */
    @Benchmark
    @BenchmarkMode(Mode.Throughput)
    @OutputTimeUnit(TimeUnit.SECONDS)
    public long frames() {
        return carry();
    }

    private long carry() {
        long next = received + 1;
        while (!send()) {
            poll(); // reading makes room for the frame
        }
        while (received < next) {
            poll();
        }
        return received;
    }

    private boolean send() {
        FrameClaim claim = publication.tryClaim();
        return claim != null && claim.commit();
    }

    private void poll() {
        if (poller == null) {
            subscription.poll(this, 1);
        } else {
            Thread.onSpinWait();
        }
    }

    private void pollUntilDone() {
        while (!isDone) {
            if (subscription.poll(this, 1) == 0) {
                Thread.onSpinWait();
            }
        }
    }

    @Override
    @SuppressWarnings("NonAtomicOperationOnVolatileField") // one thread writes
    public void onFrame(Frame frame) {
        received++;
    }
}
