package io.aeroframe.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeroframe.driver.DriverContext;
import io.aeroframe.driver.FrameDriver;
import io.aeroframe.testing.MemoryDirectory;
import io.aeron.driver.MediaDriver;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each wait has the bound that its setting gives it, and ends when what waits is closed. */
@Timeout(180)
class WaitBoundsTest {

    private static final FrameFormat FORMAT = FrameFormat.gray8(64, 64);

    /** So long that the test fails of its own time limit if it is waited for. */
    private static final Duration TOO_LONG = Duration.ofHours(1);

    private static final Duration SHORT = Duration.ofMillis(50);

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aLosslessPublicationGivesUpWhenNobodyMakesRoom(boolean isPooled) throws Exception {
        try (LiveHost host = LiveHost.start();
                FrameSubscription subscription = host.subscribe("full", FrameChannel.IPC, Delivery.EVERY);
                FramePublication publication = host.aeroframe()
                        .addPublication(lossless(isPooled).offerTimeout(SHORT).reconnectTimeout(TOO_LONG))) {
            LiveHost.awaitConnected(publication);
            long offered = 0;
            boolean hasRoom = true;
            while (hasRoom) {
                hasRoom = Pattern.send(publication, FORMAT);
                offered++;
            }
            assertEquals(offered, publication.ledger().published());
            assertEquals(offered - 1, publication.ledger().sent());
            long sent = offered - 1;
            LiveHost.pollUntil(
                    subscription, Pattern::assertIn, () -> subscription.ledger().received() == sent);
            LiveHost.await("room again", () -> Pattern.send(publication, FORMAT));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aLosslessPublicationGivesUpWhenTheDriverIsGoneForGood(boolean isPooled) {
        MemoryDirectory memory = new MemoryDirectory();
        Path aeron = memory.path().resolve("aeron");
        MediaDriver external = MediaDriver.launch(new MediaDriver.Context()
                .aeronDirectoryName(aeron.toString())
                .termBufferSparseFile(true)
                .dirDeleteOnShutdown(true));
        try (FrameDriver driver = FrameDriver.join(new DriverContext().aeronDirectory(aeron));
                Aeroframe aeroframe = Aeroframe.connect(driver, new ConnectionContext().errorHandler(error -> {}));
                FrameSubscription subscription = aeroframe.addSubscription(new SubscriptionContext().stream("full"));
                FramePublication publication = aeroframe.addPublication(
                        lossless(isPooled).offerTimeout(TOO_LONG).reconnectTimeout(SHORT))) {
            LiveHost.awaitConnected(publication);
            assertTrue(Pattern.send(publication, FORMAT));
            LiveHost.pollUntil(
                    subscription, Pattern::assertIn, () -> subscription.ledger().received() == 1);
            external.close();
            LiveHost.await("a claim that is refused", () -> {
                FrameClaim claim = publication.tryClaim();
                if (claim != null) {
                    claim.abort();
                }
                subscription.poll(frame -> {}, 8);
                return claim == null;
            });
            assertNull(publication.tryClaim());
            assertEquals(DropReason.NO_SUBSCRIBER, publication.lastDrop());
            assertEquals(2, publication.ledger().droppedNoSubscriber());
        } finally {
            external.close();
            memory.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"publication", "connection"})
    void closingEndsTheWaitOfALosslessPublication(String closed) throws Exception {
        try (LiveHost host = LiveHost.start();
                FrameSubscription subscription = host.subscribe("full", FrameChannel.IPC, Delivery.EVERY)) {
            Aeroframe sending = host.connect();
            FramePublication publication =
                    sending.addPublication(lossless(true).offerTimeout(TOO_LONG).reconnectTimeout(TOO_LONG));
            LiveHost.awaitConnected(publication);
            assertTrue(Pattern.send(publication, FORMAT));
            LiveHost.pollUntil(
                    subscription, Pattern::assertIn, () -> subscription.ledger().received() == 1);
            AtomicReference<Throwable> end = new AtomicReference<>();
            Thread writer = new Thread(() -> {
                try {
                    while (true) {
                        Pattern.send(publication, FORMAT);
                    }
                } catch (IllegalStateException ex) {
                    end.set(ex);
                }
            });
            writer.start();
            LiveHost.await("a writer that waits", () -> publication.ledger().sent() >= 4);
            if (closed.equals("publication")) {
                publication.close();
            } else {
                sending.close();
            }
            writer.join();
            assertTrue(end.get().getMessage().endsWith("is closed"), () -> String.valueOf(end.get()));
            LiveHost.pollUntil(
                    subscription, Pattern::assertIn, () -> subscription.ledger().received() == 4);
            sending.close();
        }
    }

    @Test
    void aConnectionThatIsClosedInItsOwnHandlerDoesNotWaitForIt() throws Exception {
        try (LiveHost host = LiveHost.start();
                FramePublication publication = host.publish("own", FORMAT)) {
            Aeroframe receiving = host.connect();
            FrameSubscription subscription = receiving.addSubscription("own");
            LiveHost.awaitConnected(publication);
            assertTrue(Pattern.send(publication, FORMAT));
            boolean[] isClosed = new boolean[1];
            LiveHost.await(
                    "the frame",
                    () -> subscription.poll(
                                    frame -> {
                                        receiving.close();
                                        isClosed[0] = true;
                                        Pattern.assertIn(frame); // readable until the handler returns
                                    },
                                    1)
                            > 0);
            assertTrue(isClosed[0]);
            assertThrows(IllegalStateException.class, () -> subscription.poll(frame -> {}, 1));
        }
    }

    @Test
    void aConnectionThatIsClosedWhileAHandlerRunsLeavesItItsMemory() throws Exception {
        try (LiveHost host = LiveHost.start();
                FramePublication publication = host.publish("long", FORMAT)) {
            Aeroframe receiving = Aeroframe.connect(
                    host.driver(),
                    new ConnectionContext().errorHandler(error -> {}).closeTimeout(SHORT));
            FrameSubscription subscription = receiving.addSubscription("long");
            LiveHost.awaitConnected(publication);
            assertTrue(Pattern.send(publication, FORMAT));
            CountDownLatch isInside = new CountDownLatch(1);
            CountDownLatch mayGoOn = new CountDownLatch(1);
            AtomicReference<Throwable> failure = new AtomicReference<>();
            ClientSession session = receiving.session();
            Thread reader = new Thread(() -> {
                try {
                    LiveHost.await(
                            "the frame",
                            () -> subscription.poll(
                                            frame -> {
                                                isInside.countDown();
                                                awaitUninterrupted(mayGoOn);
                                                Pattern.assertIn(frame);
                                            },
                                            1)
                                    > 0);
                } catch (Throwable ex) { // looked at below
                    failure.set(ex);
                }
            });
            reader.start();
            isInside.await();
            receiving.close(); // returns, though the handler does not
            assertTrue(reader.isAlive());
            assertTrue(session.isOver());
            assertTrue(!session.awaitEnd(0), "what the handler uses is mapped");
            mayGoOn.countDown();
            reader.join();
            assertNull(failure.get());
            assertTrue(session.awaitEnd(Long.MAX_VALUE), "and goes when it has left");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aDriverThatDoesNotAnswerInTimeIsGivenUp(boolean isPublication) throws Exception {
        try (LiveHost host = LiveHost.start();
                Aeroframe impatient = Aeroframe.connect(
                        host.driver(),
                        new ConnectionContext().errorHandler(error -> {}).answerTimeout(Duration.ZERO))) {
            LiveHost.await("an answer that is late", () -> {
                try (AutoCloseable inTime =
                        isPublication ? impatient.addPublication(lossless(true)) : impatient.addSubscription("full")) {
                    return inTime == null;
                } catch (FrameTransportException ex) {
                    assertTrue(ex.getMessage().contains("within 0 ms (answerTimeout)"), ex.getMessage());
                    return true;
                } catch (Exception ex) {
                    throw new AssertionError(ex);
                }
            });
            try (FramePublication patient = host.publish("full", FORMAT)) {
                assertNotNull(patient, "the driver has been asked to forget what was late");
            }
        }
    }

    /** The default would have given up while the subscriber is away. */
    @Test
    void aLosslessPublicationWaitsForItsSubscribersAfterATakeoverAsLongAsItIsTold() throws Exception {
        try (LiveHost first = LiveHost.start();
                LiveHost second = LiveHost.joining(first);
                FramePublication publication = second.aeroframe()
                        .addPublication(lossless(true)
                                .offerTimeout(TOO_LONG)
                                .reconnectTimeout(TOO_LONG)
                                .returnTimeout(TOO_LONG))) {
            FrameSubscription before = first.subscribe("full", FrameChannel.IPC, Delivery.EVERY);
            LiveHost.awaitConnected(publication);
            assertTrue(Pattern.send(publication, FORMAT));
            LiveHost.pollUntil(before, Pattern::assertIn, () -> before.ledger().received() == 1);
            first.aeroframe().close();
            first.driver().close();
            LiveHost.await("the takeover", () -> second.driver().isOwner());
            CountDownLatch isSent = new CountDownLatch(1);
            Thread writer = new Thread(() -> {
                if (Pattern.send(publication, FORMAT)) {
                    isSent.countDown();
                }
            });
            writer.start();
            writer.join(new PublicationContext().returnTimeout().toMillis() + 500);
            assertTrue(writer.isAlive(), "it waits for a subscriber");
            try (FrameSubscription after = second.subscribe("full", FrameChannel.IPC, Delivery.EVERY)) {
                LiveHost.pollUntil(
                        after, Pattern::assertIn, () -> after.ledger().received() == 1);
                writer.join();
            }
            assertEquals(0, isSent.getCount());
            assertEquals(0, publication.ledger().dropped());
        }
    }

    @Test
    void aSettingThatIsNoTimeIsRefused() throws Exception {
        try (LiveHost host = LiveHost.start()) {
            IllegalArgumentException negative = assertThrows(IllegalArgumentException.class, () -> host.aeroframe()
                    .addPublication(lossless(true).offerTimeout(Duration.ofSeconds(-1))));
            assertEquals("offerTimeout=PT-1S is not a time to wait: give zero or more", negative.getMessage());
            assertThrows(IllegalArgumentException.class, () -> host.aeroframe()
                    .addPublication(lossless(true).closeTimeout(null)));
            try (FramePublication publication =
                    host.aeroframe().addPublication(lossless(true).offerTimeout(Duration.ofSeconds(Long.MAX_VALUE)))) {
                assertNotNull(publication);
            }
        }
    }

    private static PublicationContext lossless(boolean isPooled) {
        return new PublicationContext()
                .stream("full").format(FORMAT).lossless(true).pooled(isPooled).slots(3);
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException ex) {
            throw new AssertionError(ex);
        }
    }
}
