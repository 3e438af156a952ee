package io.aeroframe.benchmarks;

import io.aeroframe.driver.FrameDriver;
import io.aeroframe.transport.Aeroframe;
import io.aeroframe.transport.FrameFormat;
import io.aeroframe.transport.FramePublication;
import io.aeroframe.transport.FrameSubscription;
import io.aeroframe.transport.StreamState;
import io.aeron.Aeron;
import io.aeron.FragmentAssembler;
import io.aeron.Publication;
import io.aeron.Subscription;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.agrona.BufferUtil;
import org.agrona.concurrent.BusySpinIdleStrategy;
import org.agrona.concurrent.UnsafeBuffer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * One process of the latency measurement: writer or reader, over Aeroframe or over plain Aeron as its users would write it. Started
 * by {@link LatencyCommand}; the reader prints one line of figures.
 *
 * <p>Writers follow an open-loop schedule and stamp a frame right before it is handed over; readers spin and take the stamp's age when
 * the whole frame is in their hands.
 */
@Command(name = "latency-role", hidden = true)
final class LatencyRole implements Callable<Integer> {

    private static final int STREAM_ID = 1001;
    private static final String STREAM = "bench";
    private static final long END = -1;
    private static final long SPIN_NS = 200_000;
    private static final long SILENCE_LIMIT_NS = TimeUnit.SECONDS.toNanos(15);
    private static final int STAMP_LENGTH = 8;

    enum Part {
        writer,
        reader
    }

    enum Peer {
        aeroframe,
        aeron
    }

    @Parameters(index = "0")
    private Part part;

    @Parameters(index = "1")
    private Peer peer;

    @Option(names = "--aeron-dir", required = true)
    private Path aeronDirectory;

    @Option(names = "--width", required = true)
    private int width;

    @Option(names = "--height", required = true)
    private int height;

    /** Frames a second, 0 for as many as go. */
    @Option(names = "--fps", required = true)
    private double fps;

    @Option(names = "--seconds", required = true)
    private double seconds;

    @Option(names = "--warmup", required = true)
    private double warmupSeconds;

    private final Histogram latencies = new Histogram(TimeUnit.HOURS.toNanos(1), 3);
    private long warmEndNs;
    private long firstNs;
    private long lastNs;
    private long received;
    private boolean hasEnded;

    @Override
    public Integer call() {
        if (part == Part.writer) {
            if (peer == Peer.aeroframe) {
                writeAeroframe();
            } else {
                writeAeron();
            }
            return 0;
        }
        if (peer == Peer.aeroframe) {
            readAeroframe();
        } else {
            readAeron();
        }
        System.out.println(
                "figures " + latencies.getValueAtPercentile(50) + " " + latencies.getValueAtPercentile(99) + " "
                        + latencies.getValueAtPercentile(99.9) + " " + latencies.getMaxValue() + " " + received + " "
                        + (received > 1 ? (received - 1) * 1e9 / (lastNs - firstNs) : 0));
        return 0;
    }

    private void writeAeroframe() {
        FrameFormat format = FrameFormat.bgr24(width, height);
        UnsafeBuffer picture = picture(format.maxPayloadLength());
        try (FrameDriver driver = FrameDriver.join(new FrameDriver.Context().aeronDirectory(aeronDirectory));
                Aeroframe aeroframe = Aeroframe.connect(driver);
                FramePublication publication = aeroframe.addPublication(new FramePublication.Context()
                        .stream(STREAM).format(format).isLossless(fps == 0).idleStrategy(new BusySpinIdleStrategy()))) {
            while (!publication.isConnected()) {
                Thread.onSpinWait();
            }
            long startNs = System.nanoTime();
            for (long n = 0; System.nanoTime() - startNs < totalNs(); n++) {
                awaitTurn(startNs, n);
                publication.offer(format, picture, 0, format.maxPayloadLength(), 0);
            }
        }
    }

    private void readAeroframe() {
        try (FrameDriver driver = FrameDriver.join(new FrameDriver.Context().aeronDirectory(aeronDirectory));
                Aeroframe aeroframe = Aeroframe.connect(driver);
                FrameSubscription subscription = aeroframe.addSubscription(STREAM)) {
            while (subscription.state() != StreamState.ENDED) {
                if (subscription.poll(frame -> onFrame(frame.publishTimeNs()), 1) == 0) {
                    checkSilence();
                    Thread.onSpinWait();
                }
            }
        }
    }

    private void writeAeron() {
        int length = width * height * 3;
        UnsafeBuffer picture = picture(length);
        UnsafeBuffer stamp = new UnsafeBuffer(BufferUtil.allocateDirectAligned(STAMP_LENGTH, 64));
        try (Aeron aeron = Aeron.connect(new Aeron.Context().aeronDirectoryName(aeronDirectory.toString()));
                Publication publication = aeron.addPublication("aeron:ipc", STREAM_ID)) {
            while (!publication.isConnected()) {
                Thread.onSpinWait();
            }
            long startNs = System.nanoTime();
            for (long n = 0; System.nanoTime() - startNs < totalNs(); n++) {
                awaitTurn(startNs, n);
                stamp.putLong(0, System.nanoTime(), ByteOrder.LITTLE_ENDIAN);
                while (publication.offer(stamp, 0, STAMP_LENGTH, picture, 0, length) < 0) {
                    Thread.onSpinWait();
                }
            }
            stamp.putLong(0, END, ByteOrder.LITTLE_ENDIAN);
            while (publication.offer(stamp, 0, STAMP_LENGTH) < 0) {
                Thread.onSpinWait();
            }
        }
    }

    private void readAeron() {
        try (Aeron aeron = Aeron.connect(new Aeron.Context().aeronDirectoryName(aeronDirectory.toString()));
                Subscription subscription = aeron.addSubscription("aeron:ipc", STREAM_ID)) {
            FragmentAssembler assembler = new FragmentAssembler((buffer, offset, length, header) -> {
                long stampNs = buffer.getLong(offset, ByteOrder.LITTLE_ENDIAN);
                if (stampNs == END) {
                    hasEnded = true;
                } else {
                    onFrame(stampNs);
                }
            });
            while (!hasEnded) {
                if (subscription.poll(assembler, 10) == 0) {
                    checkSilence();
                    Thread.onSpinWait();
                }
            }
        }
    }

    private static UnsafeBuffer picture(int length) {
        UnsafeBuffer picture = new UnsafeBuffer(BufferUtil.allocateDirectAligned(length, 64));
        picture.setMemory(0, length, (byte) 0x5a);
        return picture;
    }

    private long totalNs() {
        return (long) ((seconds + warmupSeconds) * 1e9);
    }

    private void awaitTurn(long startNs, long n) {
        if (fps == 0) {
            return;
        }
        long dueNs = startNs + (long) (n * 1e9 / fps);
        long leftNs;
        while ((leftNs = dueNs - System.nanoTime()) > 0) {
            if (leftNs > SPIN_NS) {
                LockSupport.parkNanos(leftNs - SPIN_NS);
            } else {
                Thread.onSpinWait();
            }
        }
    }

    private void onFrame(long stampNs) {
        long nowNs = System.nanoTime();
        if (warmEndNs == 0) {
            warmEndNs = nowNs + (long) (warmupSeconds * 1e9);
        }
        lastNs = nowNs;
        if (nowNs - warmEndNs >= 0) {
            if (received++ == 0) {
                firstNs = nowNs;
            }
            latencies.recordValue(nowNs - stampNs);
        }
    }

    private void checkSilence() {
        if (lastNs != 0 && System.nanoTime() - lastNs > SILENCE_LIMIT_NS) {
            throw new IllegalStateException("the writer has been silent for 15 s");
        }
    }
}
