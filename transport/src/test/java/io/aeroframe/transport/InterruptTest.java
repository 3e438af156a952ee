package io.aeroframe.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeroframe.driver.DriverContext;
import io.aeroframe.driver.FrameDriver;
import io.aeroframe.driver.internal.SharedDirectory;
import io.aeroframe.testing.ChildJvm;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An interrupt ends the wait of the thread that is interrupted, and nothing else. */
@Timeout(180)
class InterruptTest {

    private static final FrameFormat FORMAT = FrameFormat.gray8(64, 64);

    @TempDir
    private Path directory;

    private LiveHost host;

    /** Another process, which sweeps what it takes for abandoned. */
    static final class Sweeper {
        public static void main(String[] args) {
            FrameDriver driver = FrameDriver.tryAttach(
                            new DriverContext().baseDirectory(Path.of(args[0])).takesOver(false))
                    .orElseThrow();
            new SharedDirectory(driver.sharedDirectory()).sweep();
        }
    }

    @BeforeEach
    void start() throws IOException {
        host = LiveHost.start();
    }

    @AfterEach
    void stop() {
        Thread.interrupted(); // of the test's own thread
        host.close();
    }

    @Test
    void anInterruptedThreadThatAddsIsRefusedAndOtherStreamsGoOn() {
        try (FrameSubscription subscription = host.subscribe("other", FrameChannel.IPC, Delivery.EVERY);
                FramePublication publication = host.publishLossless("other", FrameChannel.IPC, FORMAT)) {
            LiveHost.awaitConnected(publication);
            ClientSession session = host.aeroframe().session();
            for (int i = 0; i < 5; i++) {
                String name = "added" + i;
                Thread.currentThread().interrupt();
                FrameTransportException subscribing = assertThrows(
                        FrameTransportException.class, () -> host.aeroframe().addSubscription(name));
                assertTrue(subscribing.getMessage().contains("interrupted"), subscribing.getMessage());
                FrameTransportException publishing = assertThrows(
                        FrameTransportException.class, () -> host.aeroframe().addPublication(name, FORMAT));
                assertTrue(publishing.getMessage().contains("interrupted"), publishing.getMessage());
                FrameTransportException connecting =
                        assertThrows(FrameTransportException.class, () -> Aeroframe.connect(host.driver()));
                assertTrue(connecting.getMessage().contains("interrupted"), connecting.getMessage());
                assertTrue(Thread.interrupted(), "the flag is the caller's");
                int frames = i + 1;
                assertTrue(Pattern.send(publication, FORMAT));
                LiveHost.pollUntil(
                        subscription,
                        Pattern::assertIn,
                        () -> subscription.ledger().received() == frames);
            }
            assertSame(session, host.aeroframe().session(), "the client of all streams has not ended");
            assertEquals(5, subscription.ledger().published());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"aeron:ipc", "aeron:ipc?pool=off", "udp"})
    void anInterruptedThreadPublishesAndPolls(String kind) {
        FrameChannel channel = LiveHost.channel(kind);
        try (FrameSubscription subscription = host.subscribe("flagged", channel, Delivery.EVERY);
                FramePublication publication = host.aeroframe()
                        .addPublication(new PublicationContext()
                                .stream("flagged").channel(channel).format(FORMAT))) {
            LiveHost.awaitConnected(publication);
            Thread.currentThread().interrupt();
            for (int i = 1; i <= 20; i++) {
                int frames = i;
                LiveHost.await("room", () -> Pattern.send(publication, FORMAT));
                LiveHost.pollUntil(
                        subscription,
                        Pattern::assertIn,
                        () -> subscription.ledger().received() == frames);
            }
            FrameFormat larger = FrameFormat.gray8(640, 480);
            LiveHost.await("a frame in a larger pool", () -> Pattern.send(publication, larger));
            LiveHost.pollUntil(
                    subscription, Pattern::assertIn, () -> subscription.ledger().received() == 21);
            assertTrue(Thread.interrupted());
            assertEquals(0, subscription.ledger().invalid());
            assertEquals(0, subscription.ledger().lost());
        }
    }

    @Test
    void anInterruptedSubscriberLeavesThePublishersPoolAlone() {
        try (FramePublication publication = host.publish("kept", FORMAT);
                FrameSubscription subscription = host.subscribe("kept", FrameChannel.IPC, Delivery.EVERY)) {
            LiveHost.awaitConnected(publication);
            Thread.currentThread().interrupt();
            assertTrue(Pattern.send(publication, FORMAT));
            LiveHost.pollUntil(
                    subscription, Pattern::assertIn, () -> subscription.ledger().received() == 1);
            assertTrue(Thread.interrupted());
            ChildJvm.run(directory, Sweeper.class, List.of(), host.base());
            for (int i = 2; i <= 10; i++) {
                int frames = i;
                assertTrue(Pattern.send(publication, FORMAT));
                LiveHost.pollUntil(
                        subscription,
                        Pattern::assertIn,
                        () -> subscription.ledger().received() == frames);
            }
            try (FrameSubscription late = host.subscribe("kept", FrameChannel.IPC, Delivery.EVERY)) {
                LiveHost.await("a frame for a subscriber that attaches now", () -> {
                    Pattern.send(publication, FORMAT);
                    subscription.poll(Pattern::assertIn, 8);
                    return late.poll(Pattern::assertIn, 8) > 0;
                });
                assertEquals(0, late.ledger().invalid(), "the pool has not been swept");
            }
            assertEquals(0, subscription.ledger().invalid());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anInterruptEndsTheWaitOfALosslessPublication(boolean isPooled) throws Exception {
        try (FrameSubscription subscription = host.subscribe("full", FrameChannel.IPC, Delivery.EVERY);
                FramePublication publication = host.aeroframe()
                        .addPublication(new PublicationContext()
                                .stream("full")
                                        .format(FORMAT)
                                        .lossless(true)
                                        .pooled(isPooled)
                                        .slots(3))) {
            LiveHost.awaitConnected(publication);
            CompletableFuture<Boolean> flag = new CompletableFuture<>();
            Thread writer = new Thread(() -> {
                boolean hasRoom = true;
                while (hasRoom) {
                    hasRoom = Pattern.send(publication, FORMAT); // until nobody makes room
                }
                flag.complete(Thread.currentThread().isInterrupted());
            });
            writer.start();
            LiveHost.await("a writer that waits", () -> publication.ledger().sent() >= 3);
            writer.interrupt();
            assertTrue(flag.get(60, TimeUnit.SECONDS), "the flag stays set");
            writer.join();
            assertNull(publication.isConnected() ? null : "disconnected");
            long sent = publication.ledger().sent();
            LiveHost.pollUntil(
                    subscription, Pattern::assertIn, () -> subscription.ledger().received() == sent);
        }
    }
}
