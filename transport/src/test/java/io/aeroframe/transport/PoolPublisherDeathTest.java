package io.aeroframe.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeroframe.driver.DriverContext;
import io.aeroframe.driver.FrameDriver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.agrona.IoUtil;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A publisher that is killed again and again while two readers hold frames of it, with the driver in a process of its
 * own: what they hold stays as it is, and they follow the next publisher. {@code -Dstress=true} does it more often.
 */
@Timeout(900)
class PoolPublisherDeathTest {

    private static final int ROUNDS = Boolean.getBoolean("stress") ? 100 : 5;
    private static final FrameFormat FORMAT = FrameFormat.bgr24(320, 240);

    private Path directory;
    private StreamProcess driverProcess;
    private FrameDriver driver;
    private final List<Reader> readers = new ArrayList<>();

    /** One that keeps the first two frames of each publisher. */
    private static final class Reader {
        private final Aeroframe aeroframe;
        private final FrameSubscription subscription;
        private final List<FrameLease> kept = new ArrayList<>();
        private long run = -1;
        private long firstNs;

        Reader(FrameDriver driver) {
            aeroframe = Aeroframe.connect(driver);
            subscription = aeroframe.addSubscription("stress");
        }

        void poll() {
            subscription.poll(
                    frame -> {
                        StreamProcess.assertWhole(frame);
                        if (frame.captureTimeNs() != run) {
                            run = frame.captureTimeNs();
                            firstNs = System.nanoTime();
                        }
                        if (kept.stream().filter(this::isOfThisRun).count() < 2) {
                            kept.add(frame.retain());
                        }
                    },
                    4);
        }

        private boolean isOfThisRun(FrameLease lease) {
            return lease.frame().captureTimeNs() == run;
        }

        void assertKeptAreWhole() {
            for (FrameLease lease : kept) {
                assertTrue(lease.frame().isPooled());
                assertFalse(lease.frame().isRevoked());
                StreamProcess.assertWhole(lease.frame());
            }
        }

        /** Closes what was kept of earlier publishers. */
        void closeOld() {
            kept.removeIf(lease -> {
                boolean isOld = !isOfThisRun(lease);
                if (isOld) {
                    lease.close();
                }
                return isOld;
            });
        }
    }

    @BeforeEach
    void start() throws Exception {
        directory = Files.createTempDirectory(Path.of("/dev/shm"), "aeroframe-test-");
        driverProcess = StreamProcess.driver(directory.resolve("base"));
        driverProcess.await("ready", 30);
        driver = FrameDriver.join(new DriverContext().baseDirectory(directory.resolve("base")));
        readers.add(new Reader(driver));
        readers.add(new Reader(driver));
    }

    @AfterEach
    void stop() {
        readers.forEach(reader -> reader.aeroframe.close());
        driver.close();
        driverProcess.close();
        IoUtil.delete(directory.toFile(), true);
    }

    private void pollAll() {
        readers.forEach(Reader::poll);
        LockSupport.parkNanos(100_000);
    }

    private List<Path> poolFiles() {
        try (Stream<Path> files = Files.list(driver.sharedDirectory())) {
            return files.filter(file -> file.getFileName().toString().startsWith("pool-"))
                    .toList();
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    @Test
    void readersKeepWhatTheyHoldAndFollowTheNextPublisher() throws Exception {
        long worstNs = 0;
        for (int round = 0; round < ROUNDS; round++) {
            int run = round;
            try (StreamProcess publisher =
                    StreamProcess.publisher(directory.resolve("base"), FORMAT, 8, 500, Integer.MAX_VALUE, run)) {
                LiveHost.await("the frames of publisher " + run, () -> {
                    pollAll();
                    return readers.stream()
                            .allMatch(reader -> reader.run == run
                                    && reader.kept.stream()
                                                    .filter(reader::isOfThisRun)
                                                    .count()
                                            == 2);
                });
                long firstNs = Long.parseLong(publisher.await("first", 5));
                for (Reader reader : readers) {
                    worstNs = Math.max(worstNs, reader.firstNs - firstNs);
                    assertEquals(run == 0 ? 2 : 4, reader.kept.size());
                    reader.assertKeptAreWhole(); // of the publisher that is gone, too
                    reader.closeOld();
                }
            } // killed
            readers.forEach(Reader::assertKeptAreWhole);
        }
        LiveHost.await("the last pool to go", () -> {
            pollAll();
            return poolFiles().isEmpty();
        });
        for (Reader reader : readers) {
            reader.assertKeptAreWhole();
            reader.kept.forEach(FrameLease::close);
            reader.kept.clear();
        }
        System.out.printf(
                "%d publishers killed, a reader's first frame came %.1f ms after a publisher's first at worst%n",
                ROUNDS, worstNs / 1e6);
    }
}
