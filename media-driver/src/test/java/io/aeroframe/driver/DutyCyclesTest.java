package io.aeroframe.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeroframe.testing.MemoryDirectory;
import io.aeron.Aeron;
import io.aeron.ExclusivePublication;
import io.aeron.Subscription;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the conductor samples is up to date when two more of its cycles have been counted. */
@Timeout(180)
class DutyCyclesTest {

    private static final int ROUNDS = 200;

    private MemoryDirectory directory;

    @BeforeEach
    void makeDirectory() throws Exception {
        directory = new MemoryDirectory();
    }

    @AfterEach
    void removeDirectory() {
        directory.close();
    }

    /** A conductor that sleeps long, as one that gets no processor does. */
    @ParameterizedTest
    @EnumSource(
            value = ThreadingMode.class,
            names = {"SHARED", "SHARED_NETWORK", "DEDICATED"})
    void positionsAreExactAfterTwoCycles(ThreadingMode threading) {
        DutyCycles cycles = new DutyCycles(new BackoffIdleStrategy(1, 1, 3_000_000, 3_000_000));
        Path aeron = directory.path().resolve("aeron");
        DriverClock clock = DriverClock.startingNow();
        RefusedSetups refused = new RefusedSetups(new ImageLimits(1 << 20, 8, 1 << 30), error -> {});
        ImageBudget budget = new ImageBudget(
                new ImageLimits(1 << 20, 8, 1 << 30), io.aeron.driver.Configuration.congestionControlSupplier());
        try (MediaDriver driver = MediaDriver.launch(
                        MediaDriverSettings.forVideo(aeron, clock, budget, refused, cycles, new DriverContext())
                                .threadingMode(threading)
                                .dirDeleteOnShutdown(true)
                                .errorHandler(error -> {}));
                Aeron client = Aeron.connect(
                        new Aeron.Context().aeronDirectoryName(aeron.toString()).epochClock(clock));
                Subscription subscription = client.addSubscription("aeron:ipc?term-length=64k", 1);
                ExclusivePublication publication = client.addExclusivePublication("aeron:ipc?term-length=64k", 1)) {
            await(publication::isConnected);
            UnsafeBuffer message = new UnsafeBuffer(new byte[64]);
            for (int round = 0; round < ROUNDS; round++) {
                await(() -> {
                    subscription.poll((buffer, offset, length, header) -> {}, 100);
                    return publication.offer(message) > 0;
                });
                long sampled = cycles.count() + 2;
                await(() -> cycles.count() >= sampled);
                long[] position = {-1};
                DriverCounters.publisherPositions(driver.context().countersManager())
                        .forEachLong((stream, value) -> position[0] = value);
                assertEquals(publication.position(), position[0], "round " + round);
            }
        }
    }

    private static void await(BooleanSupplier condition) {
        long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() - deadlineNs < 0, "timed out");
            LockSupport.parkNanos(50_000);
        }
    }
}
