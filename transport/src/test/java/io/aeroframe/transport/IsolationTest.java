package io.aeroframe.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A subscriber that is stuck beside one that is not; what the driver's counters show of both. */
@Timeout(600)
@SuppressWarnings("try") // tests end streams before they leave the block
class IsolationTest {

    private static final FrameFormat FORMAT = FrameFormat.gray8(640, 480);

    private LiveHost host;
    private String stream;

    @BeforeEach
    void start(TestInfo test) throws IOException {
        host = LiveHost.start();
        stream = LiveHost.uniqueStream(test.getTestMethod().orElseThrow().getName());
    }

    @AfterEach
    void stop() {
        host.close();
    }

    /**
     * A subscription on a thread of its own whose handler does not return from its first frame until it is released.
     */
    private static final class StuckReader implements AutoCloseable {
        private final FrameSubscription subscription;
        private final Thread thread;
        private final CountDownLatch release = new CountDownLatch(1);
        private final AtomicReference<Throwable> failure = new AtomicReference<>();
        private volatile boolean isStuck;
        private volatile boolean isDone;
        private volatile SubscriptionLedger ledger;
        private volatile long lastSequence = -1;

        StuckReader(FrameSubscription subscription) {
            this.subscription = subscription;
            thread = new Thread(this::read, "stuck-reader");
            thread.start();
        }

        private void read() {
            try {
                while (!isDone) {
                    int polled = subscription.poll(this::take, 1);
                    ledger = subscription.ledger();
                    if (polled == 0) {
                        LockSupport.parkNanos(100_000);
                    }
                }
            } catch (RuntimeException | Error ex) {
                failure.set(ex);
            }
        }

        private void take(Frame frame) {
            if (release.getCount() > 0) {
                isStuck = true;
                awaitRelease();
                isStuck = false;
            }
            Pattern.assertIn(frame);
            lastSequence = frame.sequence();
        }

        private void awaitRelease() {
            try {
                release.await();
            } catch (InterruptedException ex) {
                throw new IllegalStateException(ex);
            }
        }

        /** Whether it is inside its handler now. */
        boolean isStuck() {
            return isStuck;
        }

        void release() {
            release.countDown();
        }

        /** The account after its last poll. */
        SubscriptionLedger ledger() {
            return ledger;
        }

        long lastSequence() {
            return lastSequence;
        }

        /** Whether there is a failure that closing this will throw. */
        boolean hasFailed() {
            return failure.get() != null;
        }

        /** Ends its thread; the subscription stays open. */
        @Override
        public void close() {
            isDone = true;
            release();
            boolean isInterrupted = false;
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException ex) {
                    isInterrupted = true;
                }
            }
            if (isInterrupted) {
                Thread.currentThread().interrupt();
            }
            if (failure.get() != null) {
                throw new AssertionError("the stuck reader failed", failure.get());
            }
        }
    }

    /** In the pool nothing is waited for: neither is the publisher short of a slot, nor does the other miss a frame. */
    @ParameterizedTest
    @EnumSource
    void onThePoolPathAStuckSubscriberCostsTheOtherNothing(Delivery delivery) {
        int frames = 60; // several times round the pool; fewer than are skipped in one search for the latest
        try (Aeroframe other = host.connect();
                FrameSubscription slow = other.addSubscription(
                        new SubscriptionContext().stream(stream).delivery(delivery));
                StuckReader stuck = new StuckReader(slow);
                FrameSubscription fast = host.subscribe(stream, FrameChannel.IPC, Delivery.EVERY);
                FramePublication publication = host.publish(stream, FORMAT)) {
            LiveHost.awaitConnected(publication);
            sendUntilStuck(publication, fast, stuck);
            long before = fast.ledger().received();
            for (int i = 1; i <= frames; i++) {
                long expected = before + i;
                assertTrue(Pattern.send(publication, FORMAT), () -> "dropped: " + publication.ledger());
                LiveHost.pollUntil(fast, Pattern::assertIn, () -> fast.ledger().received() == expected);
            }
            assertTrue(stuck.isStuck(), "it was in its handler all the time");
            assertEquals(0, fast.ledger().overrun());

            stuck.release();
            long last = publication.ledger().published() - 1;
            LiveHost.await(
                    "the last frame",
                    () -> stuck.lastSequence() == last || stuck.hasFailed(),
                    () -> "" + stuck.ledger());
            stuck.close();
            SubscriptionLedger late = slow.ledger();
            assertTrue(late.isBalanced(), late::toString);
            assertTrue(late.overrun() > 0, late::toString);
            assertEquals(0, late.lost() + late.invalid() + late.droppedByPublisher(), late::toString);
            if (delivery == Delivery.LATEST) {
                assertEquals(2, late.received(), "the one that it was stuck in, and the latest: " + late);
            }
            assertTrue(fast.ledger().isBalanced());
            assertEquals(fast.ledger().published(), fast.ledger().received(), "every frame since it joined");
            assertEquals(List.of(), host.reported());
        }
    }

    /** Until the other is in its handler, and the one beside it has what was sent. */
    private void sendUntilStuck(FramePublication publication, FrameSubscription fast, StuckReader stuck) {
        LiveHost.await("both to have a frame", () -> {
            Pattern.send(publication, FORMAT);
            pollAll(fast);
            return fast.ledger().received() > 0 && stuck.isStuck() || stuck.hasFailed();
        });
    }

    /** One that is left behind, or holds the end of the stream up until it is, does not hear of the end. */
    private static boolean isOver(FrameSubscription subscription) {
        return subscription.state() == StreamState.ENDED || subscription.state() == StreamState.LOST;
    }

    private static void pollAll(FrameSubscription subscription) {
        while (subscription.poll(Pattern::assertIn, 8) > 0) {
            continue;
        }
    }

    /** On the log path a full window holds the publisher up, but not for as long as the subscriber is stuck. */
    @ParameterizedTest
    @ValueSource(strings = {"aeron:ipc?pool=off", "udp"})
    void onTheLogPathAStuckSubscriberIsLeftBehindAndTheOtherGoesOn(String text) {
        FrameChannel channel = LiveHost.channel(text);
        int frames = 100; // twenty times what the window holds
        try (Aeroframe other = host.connect();
                FrameSubscription slow = other.addSubscription(
                        new SubscriptionContext().stream(stream).channel(channel));
                StuckReader stuck = new StuckReader(slow);
                FrameSubscription fast = host.subscribe(stream, channel, Delivery.EVERY);
                FramePublication publication = host.aeroframe()
                        .addPublication(new PublicationContext()
                                .stream(stream).channel(channel).format(FORMAT))) {
            LiveHost.awaitConnected(publication);
            sendUntilStuck(publication, fast, stuck);
            long before = fast.ledger().received();
            LiveHost.await(
                    "the other to go on",
                    () -> {
                        Pattern.send(publication, FORMAT);
                        pollAll(fast);
                        return fast.ledger().received() >= before + frames;
                    },
                    () -> fast.ledger() + ", " + publication.ledger());
            assertTrue(stuck.isStuck(), "it was in its handler all the time");

            stuck.release();
            long released = publication.ledger().published();
            LiveHost.await(
                    "the one left behind to come back",
                    () -> {
                        Pattern.send(publication, FORMAT);
                        pollAll(fast);
                        return stuck.lastSequence() >= released + 10 || stuck.hasFailed();
                    },
                    () -> stuck.ledger() + ", " + publication.ledger());
            stuck.close();
            publication.close();
            LiveHost.await(
                    "the end",
                    () -> {
                        pollAll(fast);
                        pollAll(slow); // over UDP both read one image, which goes when both have read it
                        return isOver(fast) && isOver(slow);
                    },
                    () -> fast.state() + " " + fast.ledger() + ", " + slow.state() + " " + slow.ledger());
            assertTrue(fast.ledger().isBalanced(), fast.ledger()::toString);
            assertTrue(slow.ledger().isBalanced(), slow.ledger()::toString);
            assertEquals(0, fast.ledger().lost() + fast.ledger().invalid(), fast.ledger()::toString);
            assertEquals(
                    fast.ledger().published(),
                    fast.ledger().received() + fast.ledger().droppedByPublisher(),
                    "every frame that went out since it joined");
            assertEquals(List.of(), host.reported(), "one that comes back is not taken for another");
        }
    }

    /**
     * The driver gives it another image of the same publication while it is still busy with a frame of the one before.
     */
    @Test
    void oneThatWasLeftBehindComesBackToTheSamePublication() {
        FrameFormat format = FrameFormat.gray8(8, 8);
        try (FrameSubscription slow = host.subscribe(stream, FrameChannel.IPC, Delivery.EVERY);
                FrameSubscription fast = host.subscribe(stream, FrameChannel.IPC, Delivery.EVERY);
                FramePublication publication = host.publish(stream, format)) {
            LiveHost.awaitConnected(publication);
            LiveHost.await("a frame", () -> {
                Pattern.send(publication, format);
                pollAll(fast);
                return slow.poll(frame -> sendUntilItIsBack(publication, format, fast), 1) > 0;
            });
            long before = slow.ledger().received();
            LiveHost.await("frames again", () -> {
                Pattern.send(publication, format);
                pollAll(fast);
                slow.poll(Pattern::assertIn, 8);
                return slow.ledger().received() > before + 10;
            });
            assertEquals(List.of(), host.reported());
            assertTrue(slow.ledger().isBalanced(), slow.ledger()::toString);
        }
    }

    /** The slower one's position stays where it is until the driver lets it in again, ahead of what it has missed. */
    private void sendUntilItIsBack(FramePublication publication, FrameFormat format, FrameSubscription fast) {
        long held = slowestPosition();
        LiveHost.await(
                "the driver to leave it behind, and to let it in again",
                () -> {
                    for (int i = 0; i < 50; i++) {
                        Pattern.send(publication, format);
                        pollAll(fast);
                    }
                    return slowestPosition() > held;
                },
                () -> LiveHost.subscriberPositions(host.aeroframe(), stream) + ", held at " + held);
    }

    private long slowestPosition() {
        return Collections.min(LiveHost.subscriberPositions(host.aeroframe(), stream));
    }

    @Test
    void theCountersOfTheDriverShowBothLedgers() {
        try (FramePublication publication = host.publish(stream, FORMAT)) {
            try (FrameSubscription subscription = host.subscribe(stream, FrameChannel.IPC, Delivery.EVERY)) {
                Pattern.send(publication, FORMAT); // most likely without a subscriber
                LiveHost.awaitConnected(publication);
                LiveHost.await("ten frames, and their counters", () -> {
                    Pattern.send(publication, FORMAT);
                    subscription.poll(Pattern::assertIn, 8);
                    SubscriptionLedger received = subscription.ledger();
                    PublicationLedger sent = publication.ledger();
                    return received.received() >= 10
                            && counter("publication", "published") == sent.published()
                            && counter("publication", "sent") == sent.sent()
                            && counter("publication", "dropped no subscriber") == sent.droppedNoSubscriber()
                            && counter("subscription", "published") == received.published()
                            && counter("subscription", "received") == received.received();
                });
            }
            LiveHost.await("the subscription's counters to go", () -> counter("subscription", "received") < 0);
        }
        LiveHost.await("the publication's counters to go", () -> counter("publication", "sent") < 0);
    }

    private long counter(String side, String name) {
        return LiveHost.counter(host.aeroframe(), side + " " + stream + ": " + name);
    }
}
