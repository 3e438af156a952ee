package io.aeroframe.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeroframe.driver.RunningDriver;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The host of the driver leaves, and those who are left go on. */
@Timeout(60)
class TakeoverTest {

    private static final FrameFormat FORMAT = FrameFormat.gray8(64, 64);

    private LiveHost first;
    private LiveHost second;
    private LiveHost third;

    /** That a subscription has received. */
    private long firstSequence;

    @BeforeEach
    void start() throws IOException {
        first = LiveHost.start();
        second = LiveHost.joining(first);
        third = LiveHost.joining(first);
    }

    @AfterEach
    void stop() {
        third.close();
        second.close();
        first.close();
    }

    /** The driver goes; the directory stays. */
    private void leave(LiveHost host) {
        assertTrue(host.driver().isHost());
        host.aeroframe().close();
        host.driver().close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ipc", "aeron:ipc?pool=off", "udp"})
    void bothSidesGoOnAfterEachTakeover(String way) {
        FrameChannel channel = LiveHost.channel(way);
        FrameSubscription subscription = second.subscribe("camera", channel, Delivery.EVERY);
        FramePublication publication = third.aeroframe()
                .addPublication(new FramePublication.Context()
                        .stream("camera").channel(channel).format(FORMAT));
        stream(publication, subscription, 10);
        RunningDriver before = second.driver().running().orElseThrow();

        leave(first);
        long leftNs = System.nanoTime();
        LiveHost.await(
                "another driver",
                () -> second.driver().running().isPresent()
                        && !before.isSameAs(second.driver().running().get()));
        streamUntil(publication, subscription, System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(300));
        assertTrue(System.nanoTime() - leftNs < TimeUnit.SECONDS.toNanos(5), "it took too long");
        assertNotEquals(second.driver().isHost(), third.driver().isHost(), "one of them has taken over");

        assertEquals(StreamState.STREAMING, subscription.state());
        SubscriptionLedger ledger = subscription.ledger();
        assertTrue(ledger.isClosed(), ledger::toString);
        assertEquals(0, ledger.invalid());
        assertEquals(List.of(), second.reported());
        publication.close();
        LiveHost.pollUntilEnded(subscription, Pattern::assertIn);
        assertEquals(
                publication.ledger().published(),
                firstSequence + subscription.ledger().published(),
                "it counts over both sessions");
        subscription.close();
    }

    /** Sends and polls until so many more frames have come. */
    private void stream(FramePublication publication, FrameSubscription subscription, int frames) {
        long[] left = {frames};
        LiveHost.await("frames", () -> {
            Pattern.send(publication, FORMAT);
            subscription.poll(
                    frame -> {
                        Pattern.assertIn(frame);
                        if (subscription.ledger().published() == 1) {
                            firstSequence = frame.sequence();
                        }
                        left[0]--;
                    },
                    8);
            return left[0] <= 0;
        });
    }

    /** Until a frame has come that was sent after a time. */
    private void streamUntil(FramePublication publication, FrameSubscription subscription, long timeNs) {
        boolean[] isThere = new boolean[1];
        LiveHost.await("a frame", () -> {
            Pattern.send(publication, FORMAT);
            subscription.poll(frame -> isThere[0] |= frame.publishTimeNs() - timeNs > 0, 8);
            return isThere[0];
        });
    }

    @ParameterizedTest
    @CsvSource({"ipc, KILL", "aeron:ipc?pool=off, KILL", "ipc, TERM", "aeron:ipc?pool=off, TERM"})
    void aLosslessStreamLosesNothingWhenTheHostEnds(
            String way, String signal, @TempDir(cleanup = CleanupMode.ALWAYS) Path directory) throws Exception {
        int frames = 20_000; // more than the log holds without a driver
        FrameChannel channel = FrameChannel.parse(way);
        StreamProcess host = StreamProcess.driver(directory.resolve("base"));
        host.await("ready", 30);
        try (LiveHost sending = LiveHost.startIn(directory);
                LiveHost receiving = LiveHost.startIn(directory)) {
            FrameSubscription subscription = receiving.subscribe("exact", channel, Delivery.EVERY);
            FramePublication publication = sending.publishLossless("exact", channel, FORMAT);
            LiveHost.awaitConnected(publication);
            Thread writer = new Thread(() -> {
                for (int i = 0; i < frames; i++) {
                    if (i == frames / 2) {
                        end(host, signal);
                    }
                    assertTrue(Pattern.send(publication, FORMAT));
                }
                publication.close();
            });
            writer.start();
            long[] next = {0};
            LiveHost.pollUntilEnded(subscription, frame -> {
                Pattern.assertIn(frame);
                assertEquals(next[0]++, frame.sequence());
                if (Math.abs(frame.sequence() - frames / 2) < 25) {
                    LockSupport.parkNanos(5_000_000); // so that frames are in flight when the host ends
                }
            });
            writer.join();
            assertEquals(frames, subscription.ledger().received(), subscription.ledger()::toString);
            assertTrue(receiving.driver().isHost() || sending.driver().isHost());
            subscription.close();
        } finally {
            host.close();
        }
    }

    private static void end(StreamProcess host, String signal) {
        try {
            host.signal(signal);
        } catch (IOException | InterruptedException ex) {
            throw new IllegalStateException(ex);
        }
    }

    @Test
    void theStateIsTold() throws IOException {
        List<ConnectionState> states = new CopyOnWriteArrayList<>();
        try (Aeroframe watched =
                Aeroframe.connect(second.driver(), new Aeroframe.Context().stateListener(states::add))) {
            assertEquals(ConnectionState.CONNECTED, watched.state());
            leave(first);
            LiveHost.await("the next driver", () -> states.contains(ConnectionState.CONNECTED));
            assertEquals(List.of(ConnectionState.RECONNECTING, ConnectionState.CONNECTED), states);
        }
        assertEquals(ConnectionState.CLOSED, states.get(2));
    }

    @Test
    void whatIsMadeWhileThereIsNoDriverWaitsForOne() {
        leave(first);
        try (FramePublication publication = second.publish("late", FORMAT);
                FrameSubscription subscription = third.subscribe("late", FrameChannel.IPC, Delivery.EVERY)) {
            stream(publication, subscription, 3);
        }
    }

    @Test
    void oneWhoHasLeftTakesNothingOver() {
        FrameSubscription subscription = second.subscribe("over", FrameChannel.IPC, Delivery.EVERY);
        second.driver().close();
        leave(first);
        LiveHost.await("the third", () -> third.driver().isHost());
        assertFalse(second.driver().isHost());
        LiveHost.await("the end", () -> second.aeroframe().state() == ConnectionState.CLOSED);
        assertThrows(IllegalStateException.class, () -> subscription.poll(Pattern::assertIn, 1));
    }
}
