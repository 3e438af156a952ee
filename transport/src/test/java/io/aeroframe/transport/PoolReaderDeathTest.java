package io.aeroframe.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeroframe.driver.DriverContext;
import io.aeroframe.driver.FrameDriver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.agrona.IoUtil;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Readers that are killed or stopped while they hold frames, with the driver and the publisher in processes of their
 * own: the publisher drops no frame, and has its slots back. {@code -Dstress=true} does it more often and for longer.
 */
@Timeout(600)
class PoolReaderDeathTest {

    private static final boolean IS_LONG = Boolean.getBoolean("stress");
    private static final FrameFormat FORMAT = FrameFormat.bgr24(64, 64);
    private static final int FPS = 500;

    /** Watched for so long at least: the driver's client liveness timeout, and one second. */
    private static final double WATCHED_S = 4;

    private static final double DEADLINE_S = 30;

    private Path directory;
    private StreamProcess driverProcess;
    private StreamProcess publisher;
    private FrameDriver driver;
    private Aeroframe aeroframe;
    private FrameSubscription watcher;
    private int slotCount;

    @BeforeEach
    void start() throws Exception {
        directory = Files.createTempDirectory(Path.of("/dev/shm"), "aeroframe-test-");
        Path base = directory.resolve("base");
        driverProcess = StreamProcess.driver(base);
        driverProcess.await("ready", 30);
        driver = FrameDriver.join(new DriverContext().baseDirectory(base));
        aeroframe = Aeroframe.connect(driver);
        watcher = aeroframe.addSubscription("stress");
    }

    @AfterEach
    void stop() {
        aeroframe.close();
        driver.close();
        if (publisher != null) {
            publisher.close();
        }
        driverProcess.close();
        IoUtil.delete(directory.toFile(), true);
    }

    private void publish(int slots) throws IOException {
        publisher = StreamProcess.publisher(directory.resolve("base"), FORMAT, slots, FPS, Integer.MAX_VALUE, 1);
        LiveHost.await("a frame", () -> watch() > 0);
    }

    private int watch() {
        return watcher.poll(StreamProcess::assertWhole, 8);
    }

    private static double secondsSince(long startNs) {
        return (System.nanoTime() - startNs) / 1e9;
    }

    /** Leases that anybody has, while the watcher has none. */
    private long leases() {
        PoolSlots slots = watcher.pool().slots();
        long leases = 0;
        for (int slot = 0; slot < slotCount; slot++) {
            leases |= slots.leases(slot);
        }
        return leases;
    }

    /**
     * Watches until no slot is leased any more, and that the stream goes on meanwhile; says how many seconds that took.
     */
    private double awaitSlotsBack(long sinceNs) {
        double backAfter = 0;
        long frames = watcher.ledger().received();
        long startNs = System.nanoTime();
        long lastNs = startNs;
        double worstGap = 0;
        while (backAfter == 0 || secondsSince(sinceNs) < WATCHED_S) {
            if (watch() > 0) {
                worstGap = Math.max(worstGap, secondsSince(lastNs));
                lastNs = System.nanoTime();
            }
            if (backAfter == 0 && leases() == 0) {
                backAfter = secondsSince(sinceNs);
            }
            assertTrue(secondsSince(sinceNs) < DEADLINE_S, "slots are held indefinitely");
            LockSupport.parkNanos(200_000);
        }
        double rate = (watcher.ledger().received() - frames) / secondsSince(startNs);
        System.out.printf(
                "slots back after %.2f s, %.0f frames/s meanwhile, longest gap %.0f ms, %s%n",
                backAfter, rate, worstGap * 1e3, watcher.ledger());
        assertTrue(rate > 0, "no frames meanwhile");
        assertEquals(0, watcher.ledger().droppedByPublisher());
        assertTrue(watcher.ledger().isBalanced());
        return backAfter;
    }

    @Test
    void killedReadersHoldNothingForLong() throws Exception {
        slotCount = 64;
        publish(slotCount);
        int rounds = IS_LONG ? 10 : 1;
        int readers = IS_LONG ? 10 : 5;
        double worst = 0;
        for (int round = 0; round < rounds; round++) {
            List<StreamProcess> holders = new ArrayList<>();
            try {
                for (int i = 0; i < readers; i++) {
                    holders.add(StreamProcess.holder(directory.resolve("base"), 3));
                }
                for (StreamProcess holder : holders) {
                    while (holder.peek("holding") == null) {
                        watch();
                        LockSupport.parkNanos(200_000);
                    }
                    assertEquals("3", holder.await("holding", 1));
                }
                assertEquals(readers, Long.bitCount(leases()));
                long killedNs = System.nanoTime();
                holders.forEach(StreamProcess::kill);
                worst = Math.max(worst, awaitSlotsBack(killedNs));
            } finally {
                holders.forEach(StreamProcess::close);
            }
        }
        System.out.printf("%d readers killed, slots back after %.2f s at worst%n", rounds * readers, worst);
        joinAsManyAsThereCanBe();
    }

    /** The places of the dead have been given away, so there is room for all. */
    private void joinAsManyAsThereCanBe() {
        List<FrameSubscription> others = new ArrayList<>();
        try {
            for (int i = 1; i < PoolLayout.MAX_MEMBERS; i++) {
                others.add(aeroframe.addSubscription("stress"));
            }
            others.forEach(one -> LiveHost.await("a frame", () -> {
                watch();
                return one.poll(StreamProcess::assertWhole, 1) > 0;
            }));
        } finally {
            others.forEach(FrameSubscription::close);
        }
    }

    @Test
    void aStoppedReaderHoldsNothingForLongAndIsToldWhenItGoesOn() throws Exception {
        slotCount = 8;
        publish(slotCount);
        try (StreamProcess holder = StreamProcess.holder(directory.resolve("base"), slotCount / 2)) {
            while (holder.peek("holding") == null) {
                watch();
                LockSupport.parkNanos(200_000);
            }
            assertEquals("4", holder.await("holding", 1), "all it may");
            long stoppedNs = System.nanoTime();
            holder.signal("STOP");
            awaitSlotsBack(stoppedNs);
            while (secondsSince(stoppedNs) < (IS_LONG ? 10 : 4.5)) {
                watch();
                LockSupport.parkNanos(200_000);
            }
            holder.signal("CONT");
            long wokenNs = System.nanoTime();
            while (holder.peek("again") == null) {
                watch();
                assertTrue(secondsSince(wokenNs) < 30, "it does not receive again");
                LockSupport.parkNanos(200_000);
            }
            List<String> said = holder.unreadLines();
            System.out.printf("received again after %.2f s: %s%n", secondsSince(wokenNs), said);
            long revoked =
                    said.stream().filter("thrown LeaseRevokedException"::equals).count();
            assertTrue(revoked == 4 || revoked == 5, said::toString); // each lease, and perhaps the poll before
            assertTrue(said.stream().noneMatch(line -> line.startsWith("kept")), said::toString);
            assertEquals(0, watcher.ledger().droppedByPublisher());
        }
    }
}
