package io.aeroframe.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeroframe.driver.DriverContext;
import io.aeroframe.driver.FrameDriver;
import io.aeroframe.testing.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A subscription follows its publication from pool to pool. */
@Timeout(180)
class PoolHandOverTest {

    private static final FrameFormat SMALL = FrameFormat.bgr24(64, 48);
    private static final FrameFormat LARGE = FrameFormat.bgr24(641, 479);

    /** Longer than it takes a subscription that finds nothing to look whether its publisher's process is alive. */
    private static final long OWNER_CHECK_NS = TimeUnit.MILLISECONDS.toNanos(150);

    private LiveHost host;

    @BeforeEach
    void start() throws IOException {
        host = LiveHost.start();
    }

    @AfterEach
    void stop() {
        host.close();
    }

    /** It removes the old pool as soon as it has announced the next, which may be just as the log was found empty. */
    @Test
    void aPublisherWhosePoolIsGoneIsStillThereWhenItGoesOnInTheNext() throws Exception {
        try (FrameSubscription subscription = host.subscribe("grows", FrameChannel.IPC, Delivery.EVERY);
                ChildJvm publisher = ChildJvm.start(GrowingPublisher.class, List.of(), host.base())) {
            publisher.send("small");
            publisher.await("sent", 30);
            receive(subscription, 1);
            Files.delete(onlyPoolFile());
            assertEquals(0, subscription.poll(Pattern::assertIn, 1));
            long emptyNs = System.nanoTime();
            LiveHost.awaitElapsed(emptyNs, OWNER_CHECK_NS);
            assertEquals(0, subscription.poll(Pattern::assertIn, 1)); // finds that the pool is gone, and nothing more
            publisher.send("large");
            publisher.await("sent", 30);
            receive(subscription, 2);
            assertEquals(0, subscription.poll(Pattern::assertIn, 1));
            publisher.send("large");
            receive(subscription, 3);
            assertEquals(StreamState.STREAMING, subscription.state());
            assertEquals(3, subscription.ledger().published());
        }
    }

    /** Publishes a frame an order. */
    static final class GrowingPublisher {
        public static void main(String[] args) {
            try (FrameDriver driver = FrameDriver.join(
                            new DriverContext().baseDirectory(Path.of(args[0])).takesOver(false));
                    Aeroframe aeroframe = Aeroframe.connect(driver);
                    FramePublication publication = aeroframe.addPublication("grows", SMALL)) {
                while (true) {
                    FrameFormat format = ChildJvm.nextCommand().equals("large") ? LARGE : SMALL;
                    LiveHost.awaitConnected(publication);
                    if (Pattern.send(publication, format)) {
                        System.out.println("sent");
                    }
                }
            }
        }
    }

    /** The memory of the frame that may still be superseded goes with the pool. */
    @Test
    void theLatestFrameIsDeliveredBeforeItsPoolIsLeft() {
        try (FrameSubscription subscription = host.subscribe("held", FrameChannel.IPC, Delivery.LATEST);
                FramePublication publication = host.publish("held", SMALL)) {
            LiveHost.awaitConnected(publication);
            assertTrue(Pattern.send(publication, SMALL));
            receive(subscription, 1);
            long firstPool = subscription.pool().poolId();
            assertTrue(Pattern.send(publication, SMALL));
            assertTrue(Pattern.send(publication, LARGE));
            List<Long> sequences = new ArrayList<>();
            LiveHost.pollUntil(
                    subscription,
                    frame -> {
                        // First of all: the memory of a pool that has been left cannot be read.
                        assertEquals(frame.sequence() < 2, subscription.pool().poolId() == firstPool);
                        Pattern.assertIn(frame);
                        sequences.add(frame.sequence());
                    },
                    () -> sequences.contains(2L));
            assertEquals(List.of(1L, 2L), sequences);
            assertNotEquals(firstPool, subscription.pool().poolId());
            assertTrue(subscription.ledger().isBalanced());
        }
    }

    private static void receive(FrameSubscription subscription, long frames) {
        LiveHost.pollUntil(
                subscription, Pattern::assertIn, () -> subscription.ledger().received() == frames);
    }

    private Path onlyPoolFile() throws IOException {
        try (Stream<Path> files = Files.list(host.driver().sharedDirectory())) {
            List<Path> pools = files.filter(
                            file -> file.getFileName().toString().startsWith("pool-"))
                    .toList();
            assertEquals(1, pools.size());
            return pools.get(0);
        }
    }
}
