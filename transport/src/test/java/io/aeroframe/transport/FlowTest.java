package io.aeroframe.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.aeroframe.transport.FrameSender.CountingIdleStrategy;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of frames when a subscriber is slower than the stream. */
@Timeout(600)
@SuppressWarnings("try") // tests end streams before they leave the block
class FlowTest {

    private static LiveHost host;

    private String stream;

    @BeforeAll
    static void start() throws IOException {
        host = LiveHost.start();
    }

    @AfterAll
    static void stop() {
        host.close();
    }

    @BeforeEach
    void nameStream(TestInfo test) {
        stream = LiveHost.uniqueStream(test.getTestMethod().orElseThrow().getName());
    }

    private PublicationContext publication(FrameChannel channel, FrameFormat format) {
        return new PublicationContext().stream(stream).channel(channel).format(format);
    }

    @ParameterizedTest
    @CsvSource({
        "aeron:ipc?pool=off, 640, 480",
        "aeron:ipc?pool=off, 64, 64",
        "aeron:ipc?pool=off, 3840, 2160",
        "udp, 640, 480",
        "aeron:ipc?pool=off|term-length=4m, 640, 480"
    })
    void aStalledSubscriberMakesThePublisherDropAndNeverWait(String text, int width, int height) {
        FrameChannel channel = LiveHost.channel(text);
        FrameChannel tethered = FrameChannel.parse(channel.uri() + "|tether=true"); // never left behind
        FrameFormat format = FrameFormat.bgr24(width, height);
        CountingIdleStrategy idle = new CountingIdleStrategy();
        try (FrameSubscription subscription = host.subscribe(stream, tethered, Delivery.EVERY);
                FramePublication publication = host.aeroframe()
                        .addPublication(publication(channel, format).idleStrategy(idle))) {
            LiveHost.awaitConnected(publication);
            // Nobody polls before this loop is over: a publisher that waited for its subscriber would never get there.
            long waits = waits();
            while (publication.ledger().droppedBackPressure() < 50) {
                FrameClaim claim = publication.tryClaim();
                if (claim != null) {
                    claim.buffer().putLong(0, publication.ledger().published());
                    claim.commit();
                }
            }
            assertEquals(waits, waits(), "the writing thread has waited");
            assertEquals(0, idle.steps(), "the publication has idled");

            LiveHost.pollUntil(
                    subscription,
                    frame -> assertEquals(frame.sequence(), frame.payload().getLong(0)),
                    () -> subscription.ledger().received()
                            == publication.ledger().sent());
            publication.close();
            LiveHost.pollUntilEnded(subscription, frame -> fail("a frame that was not sent"));

            PublicationLedger sent = publication.ledger();
            SubscriptionLedger received = subscription.ledger();
            assertEquals(sent.published(), sent.sent() + sent.dropped());
            assertEquals(0, sent.droppedNoSubscriber());
            assertTrue(received.isBalanced(), received::toString);
            assertEquals(sent.published(), received.published());
            assertEquals(sent.sent(), received.received());
            assertEquals(sent.dropped(), received.droppedByPublisher());
            assertEquals(sent.bytes(), received.bytes());
            assertEquals(0, received.lost() + received.superseded() + received.expired() + received.invalid());
        }
    }

    /** How often this thread has slept, parked or waited for another. */
    private static long waits() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        return threads.getThreadInfo(Thread.currentThread().getId()).getWaitedCount();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ipc", "aeron:ipc?pool=off", "udp", "aeron:ipc?pool=off|term-length=256k"})
    void losslessWaitsForASlowSubscriberAndLosesNothing(String text) throws Exception {
        FrameChannel channel = LiveHost.channel(text);
        FrameFormat format = FrameFormat.bgr24(320, 240);
        int frames = 200;
        int lastWait = frames / 2;
        CountingIdleStrategy idle = new CountingIdleStrategy();
        try (FrameSubscription subscription = host.subscribe(stream, channel, Delivery.EVERY);
                FramePublication publication = host.aeroframe()
                        .addPublication(
                                publication(channel, format).lossless(true).idleStrategy(idle));
                FrameSender sender = FrameSender.start(publication, format, frames)) {
            LiveHost.pollUntil(
                    subscription,
                    frame -> {
                        Pattern.assertIn(frame);
                        if (frame.sequence() % 10 == 0 && frame.sequence() <= lastWait) {
                            long before = idle.steps();
                            LiveHost.await("the publication to wait for this handler", () -> idle.steps() > before + 2);
                        }
                    },
                    () -> subscription.ledger().received() == frames || sender.hasFailed());
            sender.awaitEnd();
            assertEquals(frames, publication.ledger().sent());
            publication.close();
            LiveHost.pollUntilEnded(subscription, frame -> fail("a frame that was not sent"));
            assertEquals(frames, subscription.ledger().published());
            assertTrue(subscription.ledger().isBalanced());
        }
    }

    /** The announcement, due once a second, takes of the room that was found for the frame. */
    @Test
    void losslessLosesNothingToAnAnnouncementThatTakesTheLastRoom() throws Exception {
        boolean hasFilled = false;
        while (!hasFilled) {
            hasFilled = sendsTheLastFrameBehindAnAnnouncement();
        }
    }

    /** Returns false if this machine took so long to fill the window that the next announcement was due before. */
    private boolean sendsTheLastFrameBehindAnAnnouncement() throws Exception {
        String tight = LiveHost.uniqueStream("tight");
        FrameChannel channel = FrameChannel.parse("aeron:ipc?pool=off|term-length=64k|mtu=8k");
        FrameFormat filler = FrameFormat.jpeg(16, 16);
        long intervalNs = TimeUnit.SECONDS.toNanos(1);
        try (FramePublication publication = host.publishLossless(tight, channel, filler);
                FrameSubscription subscription = host.subscribe(tight, channel, Delivery.EVERY)) {
            LiveHost.awaitConnected(publication);
            long startNs = System.nanoTime();
            try (FrameSender sender = FrameSender.start(publication, sending -> fill(sending, filler, tight))) {
                LiveHost.await(
                        "a full window", () -> sender.hasEnded() || System.nanoTime() - startNs > intervalNs * 9 / 10);
                if (!sender.hasEnded()) {
                    return false;
                }
                sender.awaitEnd();
            }
            LiveHost.awaitElapsed(startNs, intervalNs * 11 / 10);
            long before = publication.ledger().sent();
            try (FrameSender last = FrameSender.start(publication, sending -> {
                FrameClaim claim = sending.tryClaim(filler, 1_000);
                assertTrue(claim != null && claim.payloadLength(1_000).commit(), "the frame was dropped");
            })) {
                LiveHost.pollUntil(
                        subscription,
                        frame -> {},
                        () -> subscription.ledger().received() == before + 1 || last.hasFailed());
                last.awaitEnd();
            }
            assertEquals(0, publication.ledger().dropped());
            return true;
        }
    }

    /** Leaves one unit of room in the window for the frame after these. */
    private static void fill(FramePublication publication, FrameFormat filler, String name) {
        int announced = 32 + 8 + 32 + 2 + name.length();
        int window = 32 << 10;
        int left = window - align32(announced) - 32;
        while (left > 0) {
            int framed = Math.min(left, 4_096);
            FrameClaim claim = publication.tryClaim(filler, framed);
            assertTrue(claim.payloadLength(framed - 32 - FrameHeader.LENGTH).commit(), "left=" + left);
            left -= framed;
        }
    }

    private static int align32(int length) {
        return (length + 31) & -32;
    }

    @ParameterizedTest
    @ValueSource(strings = {"ipc", "aeron:ipc?pool=off", "aeron:ipc?pool=off|term-length=64k"})
    void anInterruptEndsALosslessWait(String text) throws Exception {
        FrameFormat format = FrameFormat.bgr24(640, 480);
        FrameChannel channel = FrameChannel.parse(text);
        CountingIdleStrategy idle = new CountingIdleStrategy();
        try (FrameSubscription subscription = host.subscribe(stream, channel, Delivery.EVERY);
                FramePublication publication = host.aeroframe()
                        .addPublication(
                                publication(channel, format).lossless(true).idleStrategy(idle));
                FrameSender sender = FrameSender.start(publication, sending -> {
                    boolean isSent = true;
                    while (isSent) {
                        isSent = Pattern.send(sending, format);
                    }
                })) {
            LiveHost.await("the publication to wait", () -> idle.steps() > 10);
            assertFalse(sender.hasEnded(), "a lossless publication waits for as long as it takes");
            sender.interrupt();
            assertTrue(sender.awaitEnd(), "the interrupt flag is kept for the caller");
            assertEquals(1, publication.ledger().dropped());
            subscription.close(); // else the end of the stream waits for room
        }
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
    void theLatestFrameIsDeliveredAndTheOthersAreSuperseded(String text, int width, int height, int frames) {
        FrameChannel channel = LiveHost.channel(text);
        FrameFormat format = FrameFormat.bgr24(width, height);
        try (FrameSubscription subscription = host.subscribe(stream, channel, Delivery.LATEST);
                FramePublication publication = host.publishLossless(stream, channel, format)) {
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
                                    new UnsafeBuffer(frame.payloadByteBuffer()),
                                    frame.payloadLength(),
                                    frame.sequence());
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
            assertEquals(3L * frames - sequences.size(), ledger.superseded());
            assertTrue(ledger.isBalanced());
            publication.close();
            LiveHost.pollUntilEnded(subscription, frame -> {});
            assertEquals(3L * frames, subscription.ledger().published());
        }
    }

    @Test
    void anAnnouncementBetweenTwoFramesDoesNotMakeTheOlderOneTheLatest() {
        FrameFormat format = FrameFormat.gray8(64, 64);
        try (FrameSubscription subscription = host.subscribe(stream, FrameChannel.IPC, Delivery.LATEST);
                FramePublication publication = host.publish(stream, format)) {
            LiveHost.awaitConnected(publication);
            assertTrue(Pattern.send(publication, format));
            LiveHost.awaitElapsed(System.nanoTime(), TimeUnit.MILLISECONDS.toNanos(1_100)); // it is due once a second
            assertTrue(Pattern.send(publication, format));
            List<Long> sequences = new ArrayList<>();
            LiveHost.await("a frame", () -> subscription.poll(frame -> sequences.add(frame.sequence()), 10) > 0);
            assertEquals(List.of(1L), sequences);
            assertEquals(1, subscription.ledger().superseded());
            assertTrue(subscription.ledger().isBalanced());
        }
    }

    @ParameterizedTest
    @EnumSource
    void aFrameOlderThanItsTimeToLiveIsDroppedAndCounted(Delivery delivery) {
        FrameFormat format = FrameFormat.gray8(64, 64);
        try (FrameSubscription subscription = host.subscribe(stream, FrameChannel.IPC, delivery);
                FramePublication publication = host.aeroframe()
                        .addPublication(publication(FrameChannel.IPC, format).timeToLive(Duration.ofMillis(1)))) {
            LiveHost.awaitConnected(publication);
            for (int i = 0; i < 3; i++) {
                assertTrue(Pattern.send(publication, format));
            }
            LiveHost.awaitElapsed(System.nanoTime(), 2_000_000);
            publication.close();
            LiveHost.pollUntilEnded(subscription, frame -> fail("an expired frame was delivered"));
            SubscriptionLedger ledger = subscription.ledger();
            assertEquals(3, ledger.expired() + ledger.superseded());
            assertEquals(delivery == Delivery.EVERY ? 3 : 1, ledger.expired());
            assertEquals(0, ledger.received());
            assertTrue(ledger.isBalanced());
        }
    }

    @Test
    void aFrameWithinItsTimeToLiveIsDelivered() {
        FrameFormat format = FrameFormat.gray8(64, 64);
        try (FrameSubscription subscription = host.subscribe(stream, FrameChannel.IPC, Delivery.EVERY);
                FramePublication publication = host.aeroframe()
                        .addPublication(publication(FrameChannel.IPC, format).timeToLive(Duration.ofHours(1)))) {
            LiveHost.awaitConnected(publication);
            assertTrue(Pattern.send(publication, format));
            LiveHost.pollUntil(
                    subscription, Pattern::assertIn, () -> subscription.ledger().received() == 1);
        }
    }

    @Test
    void aLateJoinersLedgerStartsWhenItJoins() {
        FrameFormat format = FrameFormat.gray8(64, 64);
        try (FrameSubscription first = host.subscribe(stream, FrameChannel.IPC, Delivery.EVERY);
                FramePublication publication = host.publish(stream, format)) {
            LiveHost.awaitConnected(publication);
            for (int i = 0; i < 5; i++) {
                assertTrue(Pattern.send(publication, format));
            }
            // Aeron lets a subscriber in where the foremost of the others was when its driver last looked.
            LiveHost.pollUntil(first, Pattern::assertIn, () -> first.ledger().received() == 5);
            try (FrameSubscription second = host.subscribe(stream, FrameChannel.IPC, Delivery.EVERY)) {
                for (int i = 0; i < 7; i++) {
                    assertTrue(Pattern.send(publication, format));
                }
                publication.close();
                List<Long> sequences = new ArrayList<>();
                LiveHost.pollUntilEnded(second, frame -> sequences.add(frame.sequence()));
                LiveHost.pollUntilEnded(first, Pattern::assertIn);
                assertEquals(12, first.ledger().published());
                assertEquals(12, first.ledger().received());
                assertTrue(sequences.get(0) <= 5, sequences::toString);
                assertEquals(12 - sequences.get(0), second.ledger().published());
                assertEquals(second.ledger().published(), second.ledger().received());
                assertEquals(0, second.ledger().lost() + second.ledger().droppedByPublisher());
            }
        }
    }

    @Test
    void whenOneOfSeveralSubscribersLeavesTheOthersLoseNothing() throws Exception {
        FrameFormat format = FrameFormat.bgr24(320, 240);
        int frames = 100;
        try (FrameSubscription first = host.subscribe(stream, FrameChannel.IPC, Delivery.EVERY);
                FrameSubscription leaver = host.subscribe(stream, FrameChannel.IPC, Delivery.EVERY);
                FrameSubscription third = host.subscribe(stream, FrameChannel.IPC, Delivery.EVERY);
                FramePublication publication = host.publishLossless(stream, FrameChannel.IPC, format);
                FrameSender sender = FrameSender.start(publication, format, frames)) {
            LiveHost.await(
                    "all frames",
                    () -> {
                        first.poll(Pattern::assertIn, 1);
                        third.poll(Pattern::assertIn, 1);
                        if (leaver.ledger().received() < 10) {
                            leaver.poll(Pattern::assertIn, 1);
                        } else {
                            leaver.close();
                        }
                        return first.ledger().received() == frames
                                        && third.ledger().received() == frames
                                || sender.hasFailed();
                    },
                    () -> first.ledger() + ", " + third.ledger());
            sender.awaitEnd();
            assertEquals(frames, publication.ledger().sent());
            assertEquals(10, leaver.ledger().received());
            publication.close();
            for (FrameSubscription staying : List.of(first, third)) {
                LiveHost.pollUntilEnded(staying, frame -> fail("a frame that was not sent"));
                assertEquals(frames, staying.ledger().published());
                assertTrue(staying.ledger().isBalanced());
            }
        }
    }

    @Test
    void aFrameOverTheSubscribersLimitIsInvalidAndTheNextOneArrives() {
        FrameFormat small = FrameFormat.gray8(100, 100);
        FrameFormat large = FrameFormat.gray8(101, 100);
        try (FrameSubscription subscription = host.aeroframe()
                        .addSubscription(
                                new SubscriptionContext().stream(stream).maxFrameLength(10_000));
                FramePublication publication = host.publish(stream, small)) {
            LiveHost.awaitConnected(publication);
            assertTrue(Pattern.send(publication, small));
            assertTrue(Pattern.send(publication, large));
            assertTrue(Pattern.send(publication, small));
            LiveHost.pollUntil(
                    subscription, Pattern::assertIn, () -> subscription.ledger().received() == 2);
            assertEquals(1, subscription.ledger().invalid());
            assertEquals(1, subscription.ledger().lost(), "sent, and not arrived whole and valid");
            assertTrue(subscription.ledger().isBalanced());
        }
    }
}
