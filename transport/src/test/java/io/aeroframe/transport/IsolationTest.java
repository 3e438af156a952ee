package io.aeroframe.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.agrona.concurrent.status.CountersReader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A subscriber that is slow beside one that is not; what the driver's counters show of both. */
@Timeout(60)
class IsolationTest {

    private static final FrameFormat FORMAT = FrameFormat.gray8(640, 480);
    private static final long INTERVAL_NS = TimeUnit.SECONDS.toNanos(1) / 60;

    private LiveHost host;

    @BeforeEach
    void start() throws IOException {
        host = LiveHost.start();
    }

    @AfterEach
    void stop() {
        host.close();
    }

    /** A subscription on a thread of its own, which takes some time for each frame. */
    private final class Reader {
        private final Aeroframe aeroframe = host.connect();
        private final FrameSubscription subscription;
        private final Thread thread;
        private final AtomicReference<Throwable> failure = new AtomicReference<>();
        private volatile boolean isDone;
        private volatile long received;
        private long worstAgeNs;
        private SubscriptionLedger ledger;

        Reader(FrameChannel channel, Delivery delivery, long takesNs) {
            subscription = aeroframe.addSubscription(new FrameSubscription.Context()
                    .stream("shared").channel(channel).delivery(delivery));
            thread = new Thread(() -> read(takesNs), "reader-" + takesNs);
            thread.setUncaughtExceptionHandler((failed, ex) -> failure.set(ex));
            thread.start();
        }

        private void read(long takesNs) {
            FrameHandler handler = frame -> {
                worstAgeNs = Math.max(worstAgeNs, System.nanoTime() - frame.publishTimeNs());
                received++;
                Pattern.assertIn(frame);
                long sinceNs = System.nanoTime();
                while (System.nanoTime() - sinceNs < takesNs && !isDone) {
                    LockSupport.parkNanos(1_000_000);
                }
            };
            while (!isDone) {
                if (subscription.poll(handler, 1) == 0) {
                    LockSupport.parkNanos(100_000);
                }
            }
            ledger = subscription.ledger();
        }

        void end() throws InterruptedException {
            isDone = true;
            thread.join();
            aeroframe.close();
            assertEquals(null, failure.get());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "ipc, EVERY, 100, 1.0",
        "ipc, LATEST, 100, 1.0",
        "ipc, EVERY, 2500, 1.0",
        "aeron:ipc?pool=off, EVERY, 100, 0.5",
        "aeron:ipc?pool=off, EVERY, 2500, 0.5",
        "udp, EVERY, 2500, 0.5"
    })
    void aSlowSubscriberLeavesTheOtherItsFrames(String way, Delivery delivery, int takesMs, double share)
            throws Exception {
        FrameChannel channel = LiveHost.channel(way);
        Reader fast = new Reader(channel, Delivery.EVERY, 0);
        Reader slow = new Reader(channel, delivery, TimeUnit.MILLISECONDS.toNanos(takesMs));
        PublicationLedger sent;
        try (FramePublication publication = host.aeroframe()
                .addPublication(new FramePublication.Context()
                        .stream("shared").channel(channel).format(FORMAT))) {
            LiveHost.awaitConnected(publication);
            LiveHost.await("both", () -> {
                Pattern.send(publication, FORMAT);
                return fast.received > 0 && slow.received > 0;
            });
            long dueNs = System.nanoTime();
            for (int i = 0; i < 180; i++) {
                dueNs += INTERVAL_NS;
                while (System.nanoTime() - dueNs < 0) {
                    LockSupport.parkNanos(100_000);
                }
                Pattern.send(publication, FORMAT);
            }
            sent = publication.ledger();
        } finally {
            slow.end();
            fast.end();
        }
        assertTrue(fast.ledger.isClosed(), fast.ledger::toString);
        assertTrue(slow.ledger.isClosed(), slow.ledger::toString);
        assertEquals(List.of(), host.reported(), "whoever is left behind comes back without being taken for another");
        System.out.printf("%s beside one of %d ms: %s%n", way, takesMs, fast.ledger);
        assertTrue(fast.ledger.received() >= share * fast.ledger.published() - 2, fast.ledger + ", " + sent);
        if (share == 1) {
            assertEquals(0, sent.droppedBackPressure() + sent.droppedNoSlot(), sent::toString);
        }
        if (delivery == Delivery.LATEST) {
            long limitNs = INTERVAL_NS + TimeUnit.MILLISECONDS.toNanos(takesMs);
            assertTrue(slow.worstAgeNs <= limitNs + TimeUnit.MILLISECONDS.toNanos(100), slow.worstAgeNs + " ns old");
        }
    }

    /** The driver gives it another image of the same publication while it is still busy with a frame of the one before. */
    @Test
    void oneThatWasLeftBehindComesBackToTheSamePublication() {
        FrameFormat format = FrameFormat.gray8(8, 8);
        FrameSubscription subscription = host.subscribe("shared", FrameChannel.IPC, Delivery.EVERY);
        try (FrameSubscription fast = host.subscribe("shared", FrameChannel.IPC, Delivery.EVERY);
                FramePublication publication = host.publish("shared", format)) {
            LiveHost.awaitConnected(publication);
            BooleanSupplier isSent = () -> {
                boolean sent = Pattern.send(publication, format);
                while (fast.poll(Pattern::assertIn, 8) > 0) {
                    continue;
                }
                return sent;
            };
            LiveHost.await("a frame", () -> {
                isSent.getAsBoolean();
                return subscription.poll(frame -> sendUntilItIsBack(isSent), 1) > 0;
            });
            long before = subscription.ledger().received();
            LiveHost.await("frames again", () -> {
                isSent.getAsBoolean();
                subscription.poll(Pattern::assertIn, 8);
                return subscription.ledger().received() > before + 10;
            });
        }
        assertEquals(List.of(), host.reported());
        subscription.close();
    }

    private static void sendUntilItIsBack(BooleanSupplier isSent) {
        LiveHost.await("the log to be full", () -> !isSent.getAsBoolean());
        LiveHost.await("it to be left behind", isSent);
        long backNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(1_500); // the driver lets it rest for a second
        LiveHost.await("it to be back", () -> isSent.getAsBoolean() && System.nanoTime() - backNs > 0);
    }

    @Test
    void theCountersOfTheDriverShowBothLedgers() {
        FrameSubscription subscription = host.subscribe("counted", FrameChannel.IPC, Delivery.EVERY);
        try (FramePublication publication = host.publish("counted", FORMAT)) {
            Pattern.send(publication, FORMAT); // for nobody, most likely
            LiveHost.awaitConnected(publication);
            LiveHost.await("ten frames, and their counters", () -> {
                Pattern.send(publication, FORMAT);
                subscription.poll(Pattern::assertIn, 8);
                SubscriptionLedger received = subscription.ledger();
                PublicationLedger sent = publication.ledger();
                return received.received() >= 10
                        && counter("publication counted: published") == sent.published()
                        && counter("publication counted: sent") == sent.sent()
                        && counter("publication counted: dropped no subscriber") == sent.droppedNoSubscriber()
                        && counter("subscription counted: published") == received.published()
                        && counter("subscription counted: received") == received.received();
            });
        }
        subscription.close();
        LiveHost.await("the counters to go", () -> counter("subscription counted: received") < 0);
    }

    private long counter(String label) {
        CountersReader counters = host.aeroframe().session().aeron().countersReader();
        long[] value = {-1};
        counters.forEach((id, text) -> {
            if (text.equals("aeroframe " + label)) {
                value[0] = counters.getCounterValue(id);
            }
        });
        return value[0];
    }
}
