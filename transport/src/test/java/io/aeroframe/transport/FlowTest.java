package io.aeroframe.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of frames when a subscriber is slower than the stream. */
@Timeout(60)
class FlowTest {

    private static LiveHost host;

    @BeforeAll
    static void start() throws IOException {
        host = LiveHost.start();
    }

    @AfterAll
    static void stop() {
        host.close();
    }

    @ParameterizedTest
    @CsvSource({
        "aeron:ipc?pool=off, 640, 480",
        "aeron:ipc?pool=off, 64, 64",
        "aeron:ipc?pool=off, 3840, 2160",
        "udp, 640, 480",
        "aeron:ipc?pool=off|term-length=4m, 640, 480"
    })
    void aStalledSubscriberMakesThePublisherDropAndNeverWait(String way, int width, int height) {
        FrameChannel channel = LiveHost.channel(way);
        FrameFormat format = FrameFormat.bgr24(width, height);
        FrameSubscription subscription = host.subscribe("stalled", channel, Delivery.EVERY);
        FramePublication publication = host.aeroframe()
                .addPublication(new FramePublication.Context()
                        .stream("stalled").channel(channel).format(format));
        LiveHost.awaitConnected(publication);
        long longestNs = 0;
        while (publication.ledger().droppedBackPressure() < 50) {
            long startNs = System.nanoTime();
            FrameClaim claim = publication.tryClaim();
            if (claim != null) {
                claim.buffer().putLong(0, publication.ledger().published());
                claim.commit();
            }
            longestNs = Math.max(longestNs, System.nanoTime() - startNs);
        }
        assertTrue(longestNs < TimeUnit.MILLISECONDS.toNanos(200), "waited for " + longestNs + " ns");

        LiveHost.pollUntil(
                subscription,
                frame -> assertEquals(frame.sequence(), frame.payload().getLong(0)),
                () -> subscription.ledger().received() == publication.ledger().sent());
        publication.close();
        LiveHost.pollUntilEnded(subscription, frame -> {});
        subscription.close();

        PublicationLedger sent = publication.ledger();
        SubscriptionLedger received = subscription.ledger();
        assertEquals(sent.published(), sent.sent() + sent.dropped());
        assertEquals(0, sent.droppedNoSubscriber());
        assertTrue(received.isClosed(), received::toString);
        assertEquals(sent.published(), received.published());
        assertEquals(sent.sent(), received.received());
        assertEquals(sent.dropped(), received.droppedByPublisher());
        assertEquals(sent.bytes(), received.bytes());
        assertEquals(0, received.lost() + received.notLatest() + received.expired() + received.invalid());
    }

    @ParameterizedTest
    @ValueSource(strings = {"ipc", "aeron:ipc?pool=off", "udp", "aeron:ipc?pool=off|term-length=256k"})
    void losslessWaitsForASlowSubscriberAndLosesNothing(String way) throws Exception {
        FrameChannel channel = LiveHost.channel(way);
        FrameFormat format = FrameFormat.bgr24(320, 240);
        int frames = 200;
        FrameSubscription subscription = host.subscribe("lossless", channel, Delivery.EVERY);
        FramePublication publication = host.publishLossless("lossless", channel, format);
        LiveHost.awaitConnected(publication);
        CompletableFuture<Integer> writer = CompletableFuture.supplyAsync(() -> {
            int sent = 0;
            for (int i = 0; i < frames; i++) {
                sent += Pattern.send(publication, format) ? 1 : 0;
            }
            return sent;
        });
        LiveHost.pollUntil(
                subscription,
                frame -> {
                    Pattern.assertIn(frame);
                    LiveHost.awaitElapsed(System.nanoTime(), 1_000_000);
                },
                () -> subscription.ledger().received() == frames);
        assertEquals(frames, writer.get(10, TimeUnit.SECONDS));
        assertEquals(frames, publication.ledger().sent());
        publication.close();
        LiveHost.pollUntilEnded(subscription, frame -> {});
        subscription.close();
        assertEquals(frames, subscription.ledger().published());
        assertTrue(subscription.ledger().isClosed());
    }

    /** The announcement, due once a second, takes of the room that was found for the frame. */
    @Test
    void losslessLosesNothingToAnAnnouncementThatTakesTheLastRoom() throws Exception {
        FrameChannel channel = FrameChannel.parse("aeron:ipc?pool=off|term-length=64k|mtu=8k");
        FrameSubscription subscription = host.subscribe("tight", channel, Delivery.EVERY);
        FrameFormat filler = FrameFormat.jpeg(16, 16);
        FramePublication publication = host.publishLossless("tight", channel, filler);
        LiveHost.awaitConnected(publication);
        long startNs = System.nanoTime();
        int announced = 32 + 8 + 32 + 2 + "tight".length();
        int window = 32 << 10;
        int left = window - align32(announced) - 32; // one unit of room is to be left for the frame after the wait
        while (left > 0) {
            int framed = Math.min(left, 4_096);
            FrameClaim claim = publication.tryClaim(filler, framed);
            assertTrue(claim.payloadLength(framed - 32 - FrameHeader.LENGTH).commit(), "left=" + left);
            left -= framed;
        }
        LiveHost.awaitElapsed(startNs, TimeUnit.MILLISECONDS.toNanos(1_100));
        long before = publication.ledger().sent();
        CompletableFuture<Boolean> last = CompletableFuture.supplyAsync(() -> {
            FrameClaim claim = publication.tryClaim(filler, 1_000);
            return claim != null && claim.payloadLength(1_000).commit();
        });
        LiveHost.pollUntil(subscription, frame -> {}, () -> {
            return subscription.ledger().received() == before + 1 || last.isDone();
        });
        assertTrue(last.get(10, TimeUnit.SECONDS), "the frame was dropped");
        assertEquals(0, publication.ledger().dropped());
        publication.close();
        subscription.close();
    }

    private static int align32(int length) {
        return (length + 31) & -32;
    }

    @ParameterizedTest
    @ValueSource(strings = {"ipc", "aeron:ipc?pool=off", "aeron:ipc?pool=off|term-length=64k"})
    void anInterruptEndsALosslessWait(String way) throws Exception {
        FrameFormat format = FrameFormat.bgr24(640, 480);
        FrameChannel channel = FrameChannel.parse(way);
        FrameSubscription subscription = host.subscribe("interrupted", channel, Delivery.EVERY);
        FramePublication publication = host.publishLossless("interrupted", channel, format);
        LiveHost.awaitConnected(publication);
        CompletableFuture<Boolean> isInterrupted = new CompletableFuture<>();
        Thread writer = new Thread(() -> {
            boolean isSent = true;
            while (isSent) {
                isSent = Pattern.send(publication, format);
            }
            isInterrupted.complete(Thread.currentThread().isInterrupted());
        });
        writer.start();
        LiveHost.await("the writer to wait", () -> writer.getState() == Thread.State.TIMED_WAITING);
        assertFalse(isInterrupted.isDone());
        writer.interrupt();
        assertTrue(isInterrupted.get(10, TimeUnit.SECONDS), "the flag is kept for the caller");
        writer.join();
        assertEquals(1, publication.ledger().dropped());
        subscription.close();
        publication.close();
    }

    @ParameterizedTest
    @CsvSource({
        "ipc, 64, 64, 12",
        "ipc, 640, 480, 2",
        "aeron:ipc?pool=off, 64, 64, 12",
        "aeron:ipc?pool=off, 640, 480, 2",
        "aeron:ipc?pool=off|term-length=4m, 500, 400, 2",
        "udp, 64, 64, 12"
    })
    void theLatestFrameIsDeliveredAndTheOthersArePassedOver(String way, int width, int height, int frames) {
        FrameChannel channel = LiveHost.channel(way);
        FrameFormat format = FrameFormat.bgr24(width, height);
        FrameSubscription subscription = host.subscribe("latest", channel, Delivery.LATEST);
        FramePublication publication = host.publishLossless("latest", channel, format);
        LiveHost.awaitConnected(publication);
        List<Long> sequences = new ArrayList<>();
        for (int round = 1; round <= 3; round++) {
            for (int i = 0; i < frames; i++) {
                assertTrue(Pattern.send(publication, format));
            }
            long newest = publication.ledger().published() - 1;
            LiveHost.pollUntil(
                    subscription,
                    frame -> {
                        Pattern.assertIn(frame);
                        Pattern.assertIn(
                                new UnsafeBuffer(frame.payloadByteBuffer()), frame.payloadLength(), frame.sequence());
                        sequences.add(frame.sequence());
                    },
                    () -> sequences.contains(newest));
            if (channel.isIpc()) { // over UDP the frames may come in several polls
                assertEquals(round, sequences.size(), sequences::toString);
            }
        }
        SubscriptionLedger ledger = subscription.ledger();
        assertEquals(3L * frames, ledger.published());
        assertEquals(sequences.size(), ledger.received());
        assertEquals(3L * frames - sequences.size(), ledger.notLatest());
        assertTrue(ledger.isClosed());
        publication.close();
        LiveHost.pollUntilEnded(subscription, frame -> {});
        subscription.close();
        assertEquals(3L * frames, subscription.ledger().published());
    }

    @Test
    void anAnnouncementBetweenTwoFramesDoesNotMakeTheOlderOneTheLatest() {
        FrameFormat format = FrameFormat.gray8(64, 64);
        FrameSubscription subscription = host.subscribe("announced", FrameChannel.IPC, Delivery.LATEST);
        FramePublication publication = host.publish("announced", format);
        LiveHost.awaitConnected(publication);
        long startNs = System.nanoTime();
        assertTrue(Pattern.send(publication, format));
        LiveHost.awaitElapsed(startNs, TimeUnit.MILLISECONDS.toNanos(1_100));
        assertTrue(Pattern.send(publication, format));
        List<Long> sequences = new ArrayList<>();
        LiveHost.await("a frame", () -> subscription.poll(frame -> sequences.add(frame.sequence()), 10) > 0);
        assertEquals(List.of(1L), sequences);
        assertEquals(1, subscription.ledger().notLatest());
        assertTrue(subscription.ledger().isClosed());
        publication.close();
        subscription.close();
    }

    @Test
    void aFrameOlderThanItsTimeToLiveIsDroppedAndCounted() {
        FrameFormat format = FrameFormat.gray8(64, 64);
        for (Delivery delivery : Delivery.values()) {
            FrameSubscription subscription = host.subscribe("ttl", FrameChannel.IPC, delivery);
            FramePublication publication = host.aeroframe()
                    .addPublication(new FramePublication.Context()
                            .stream("ttl").format(format).timeToLive(Duration.ofMillis(1)));
            LiveHost.awaitConnected(publication);
            for (int i = 0; i < 3; i++) {
                assertTrue(Pattern.send(publication, format));
            }
            LiveHost.awaitElapsed(System.nanoTime(), 2_000_000);
            publication.close();
            LiveHost.pollUntilEnded(subscription, frame -> fail("an expired frame was delivered"));
            SubscriptionLedger ledger = subscription.ledger();
            assertEquals(3, ledger.expired() + ledger.notLatest());
            assertEquals(delivery == Delivery.EVERY ? 3 : 1, ledger.expired());
            assertEquals(0, ledger.received());
            assertTrue(ledger.isClosed());
            subscription.close();
        }
    }

    @Test
    void aFrameWithinItsTimeToLiveIsDelivered() {
        FrameFormat format = FrameFormat.gray8(64, 64);
        try (FrameSubscription subscription = host.subscribe("fresh", FrameChannel.IPC, Delivery.EVERY);
                FramePublication publication = host.aeroframe()
                        .addPublication(new FramePublication.Context()
                                .stream("fresh").format(format).timeToLive(Duration.ofHours(1)))) {
            LiveHost.awaitConnected(publication);
            assertTrue(Pattern.send(publication, format));
            LiveHost.pollUntil(
                    subscription, Pattern::assertIn, () -> subscription.ledger().received() == 1);
        }
    }

    @Test
    void aLateJoinersLedgerStartsWhenItJoins() {
        FrameFormat format = FrameFormat.gray8(64, 64);
        FrameSubscription first = host.subscribe("late", FrameChannel.IPC, Delivery.EVERY);
        FramePublication publication = host.publish("late", format);
        LiveHost.awaitConnected(publication);
        for (int i = 0; i < 5; i++) {
            assertTrue(Pattern.send(publication, format));
        }
        // Aeron lets a subscriber in where the foremost of the others was when its driver last looked.
        LiveHost.pollUntil(first, Pattern::assertIn, () -> first.ledger().received() == 5);
        FrameSubscription second = host.subscribe("late", FrameChannel.IPC, Delivery.EVERY);
        for (int i = 0; i < 7; i++) {
            assertTrue(Pattern.send(publication, format));
        }
        publication.close();
        List<Long> sequences = new ArrayList<>();
        LiveHost.pollUntilEnded(second, frame -> sequences.add(frame.sequence()));
        LiveHost.pollUntilEnded(first, Pattern::assertIn);
        assertEquals(12, first.ledger().published());
        assertEquals(12, first.ledger().received());
        assertTrue(sequences.get(0) <= 5);
        assertEquals(12 - sequences.get(0), second.ledger().published());
        assertEquals(second.ledger().published(), second.ledger().received());
        assertEquals(0, second.ledger().lost() + second.ledger().droppedByPublisher());
        first.close();
        second.close();
    }

    @Test
    void whenOneOfSeveralSubscribersLeavesTheOthersLoseNothing() throws Exception {
        FrameFormat format = FrameFormat.bgr24(320, 240);
        List<FrameSubscription> subscriptions = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            subscriptions.add(host.subscribe("several", FrameChannel.IPC, Delivery.EVERY));
        }
        FramePublication publication = host.publishLossless("several", FrameChannel.IPC, format);
        LiveHost.awaitConnected(publication);
        CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> {
            for (int i = 0; i < 100; i++) {
                Pattern.send(publication, format);
            }
            publication.close();
        });
        FrameSubscription leaver = subscriptions.get(1);
        LiveHost.await("the end", () -> {
            boolean haveEnded = true;
            for (FrameSubscription subscription : subscriptions) {
                if (subscription != leaver || leaver.ledger().received() < 10) {
                    subscription.poll(Pattern::assertIn, 1);
                    haveEnded &= subscription.state() == StreamState.ENDED;
                } else {
                    leaver.close();
                }
            }
            return haveEnded;
        });
        writer.get(10, TimeUnit.SECONDS);
        assertEquals(100, publication.ledger().sent());
        assertEquals(100, subscriptions.get(0).ledger().received());
        assertEquals(100, subscriptions.get(2).ledger().received());
        assertEquals(10, leaver.ledger().received());
        subscriptions.forEach(FrameSubscription::close);
    }

    @Test
    void aFrameOverTheSubscribersLimitIsInvalidAndTheNextOneArrives() {
        FrameFormat small = FrameFormat.gray8(100, 100);
        FrameFormat large = FrameFormat.gray8(101, 100);
        try (FrameSubscription subscription = host.aeroframe()
                        .addSubscription(
                                new FrameSubscription.Context().stream("limit").maxFrameLength(10_000));
                FramePublication publication = host.publish("limit", small)) {
            LiveHost.awaitConnected(publication);
            assertTrue(Pattern.send(publication, small));
            assertTrue(Pattern.send(publication, large));
            assertTrue(Pattern.send(publication, small));
            LiveHost.pollUntil(
                    subscription, Pattern::assertIn, () -> subscription.ledger().received() == 2);
            assertEquals(1, subscription.ledger().invalid());
            assertEquals(1, subscription.ledger().lost(), "sent, and not arrived whole and valid");
            assertTrue(subscription.ledger().isClosed());
        }
    }
}
