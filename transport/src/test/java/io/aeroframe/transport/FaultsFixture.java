package io.aeroframe.transport;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.aeroframe.driver.DriverContext;
import io.aeroframe.driver.FrameDriver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.agrona.IoUtil;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * Processes of one stream on a host of their own, subscriptions of this process that the test polls, and what is
 * awaited of them.
 */
abstract class FaultsFixture {

    static final boolean IS_LONG = Boolean.getBoolean("faults");
    static final FrameFormat FORMAT = FrameFormat.bgr24(64, 64);
    static final int FPS = 60;
    static final double S = 1e9;

    FrameChannel channel = FrameChannel.IPC;
    Path directory;
    Path base;
    FrameDriver driver;
    Aeroframe aeroframe;
    final List<StreamProcess> processes = new ArrayList<>();
    final List<Watcher> watchers = new ArrayList<>();

    /** A subscription in this process, polled by the test. */
    static final class Watcher {
        final FrameSubscription subscription;
        long run = -1;
        long lastSequence = -1;
        long lastNs = System.nanoTime();
        long worstGapNs;

        Watcher(FrameSubscription subscription) {
            this.subscription = subscription;
        }

        void poll() {
            subscription.poll(
                    frame -> {
                        StreamProcess.assertWhole(frame);
                        run = frame.captureTimeNs();
                        lastSequence = frame.sequence();
                        long nowNs = System.nanoTime();
                        worstGapNs = Math.max(worstGapNs, nowNs - lastNs);
                        lastNs = nowNs;
                    },
                    8);
        }
    }

    @BeforeEach
    void start() throws IOException {
        Path memory = Path.of("/dev/shm");
        assumeTrue(Files.isWritable(memory), "needs /dev/shm, and signals as Linux has them");
        directory = Files.createTempDirectory(memory, "aeroframe-test-");
        base = directory.resolve("base");
    }

    @AfterEach
    void stop() {
        processes.forEach(StreamProcess::close);
        if (aeroframe != null) {
            aeroframe.close();
        }
        if (driver != null) {
            driver.close();
        }
        if (directory != null) {
            IoUtil.delete(directory.toFile(), true);
        }
    }

    StreamProcess keep(StreamProcess process) {
        processes.add(process);
        return process;
    }

    /** A process that hosts the driver, so that the others come and go without it. */
    StreamProcess host() throws Exception {
        StreamProcess host = keep(StreamProcess.driver(base));
        host.await("hosting");
        return host;
    }

    StreamProcess publisher(int run) throws IOException {
        return keep(StreamProcess.publisher(base, FORMAT, 0, FPS, Integer.MAX_VALUE, run));
    }

    /** Joins once there is a driver; never hosts one. */
    void watch(int count) {
        LiveHost.await("a driver", () -> {
            driver = FrameDriver.tryAttach(
                            new DriverContext().baseDirectory(base).takesOver(false))
                    .orElse(null);
            return driver != null;
        });
        aeroframe = Aeroframe.connect(driver);
        for (int i = 0; i < count; i++) {
            watchers.add(new Watcher(aeroframe.addSubscription(
                    new SubscriptionContext().stream("stress").channel(channel))));
        }
    }

    void pollAll() {
        watchers.forEach(Watcher::poll);
        LockSupport.parkNanos(200_000);
    }

    void pollFor(double seconds) {
        long endNs = System.nanoTime() + (long) (seconds * S);
        while (System.nanoTime() - endNs < 0) {
            pollAll();
        }
    }

    void await(String what, BooleanSupplier condition) {
        LiveHost.await(
                what,
                () -> {
                    pollAll();
                    return condition.getAsBoolean();
                },
                () -> watchers.stream()
                        .map(watcher -> watcher.subscription.state() + ", " + watcher.subscription.ledger())
                        .toList()
                        .toString());
    }

    void awaitSeen(StreamProcess reader) {
        await("the reader to see frames", () -> reader.unreadLines().contains("seen"));
    }

    /** How long something took is printed, and held to its limit in the long form, which is for an idle machine. */
    static void assertWithin(double limit, double took) {
        assertTrue(!IS_LONG || took <= limit, "took " + took + " s, and may take " + limit + " s");
    }

    /**
     * Sends a frame that each watcher has read before the next: it may not be dropped, nor overrun. So slowly that one
     * that is dead, or stopped, has its window full only after it has been noticed.
     */
    void sendToAll(FramePublication publication) {
        LockSupport.parkNanos(5_000_000);
        long sequence = publication.ledger().published();
        FrameClaim claim = publication.tryClaim();
        assertTrue(claim != null, () -> "dropped: " + publication.ledger());
        Pattern.write(claim.buffer(), FORMAT.maxPayloadLength(), StreamProcess.seed(1, sequence));
        assertTrue(claim.commit(1), () -> "dropped: " + publication.ledger());
        await("all to have frame " + sequence, () -> watchers.stream()
                .allMatch(watcher -> watcher.lastSequence == sequence));
    }

    /** A publication in this process, with all watchers there. */
    FramePublication publishHere() {
        FramePublication publication = aeroframe.addPublication("stress", FORMAT);
        await("all watchers to have a frame", () -> {
            if (publication.isConnected()) {
                FrameClaim claim = publication.tryClaim();
                if (claim != null) {
                    Pattern.write(
                            claim.buffer(),
                            FORMAT.maxPayloadLength(),
                            StreamProcess.seed(1, publication.ledger().published()));
                    claim.commit(1);
                }
            }
            return watchers.stream().allMatch(watcher -> watcher.run == 1);
        });
        return publication;
    }

    void awaitFramesOf(int run) {
        await("frames of publisher " + run, () -> watchers.stream().allMatch(watcher -> watcher.run == run));
    }

    List<Path> poolFiles() throws IOException {
        try (Stream<Path> files = Files.list(base)) {
            return files.filter(file -> file.getFileName().toString().startsWith("pool-"))
                    .toList();
        }
    }
}
