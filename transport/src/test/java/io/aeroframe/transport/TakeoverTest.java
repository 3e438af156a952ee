package io.aeroframe.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.aeroframe.driver.RunningDriver;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The process that owns the driver leaves, and those that are left go on. */
@Timeout(600)
@SuppressWarnings("try") // tests end streams before they leave the block
class TakeoverTest {

    private static final FrameFormat FORMAT = FrameFormat.gray8(64, 64);
    private static final boolean IS_LONG = Boolean.getBoolean("stress");

    private LiveHost first;
    private LiveHost second;
    private LiveHost third;

    private String stream;

    /** Of the first frame that a subscription has received. */
    private long firstSequence;

    @BeforeEach
    void start(TestInfo test) throws IOException {
        stream = LiveHost.uniqueStream(test.getTestMethod().orElseThrow().getName());
        first = LiveHost.start();
        second = LiveHost.joining(first);
        third = LiveHost.joining(first);
    }

    @AfterEach
    void stop() {
        for (LiveHost host : Arrays.asList(third, second, first)) {
            if (host != null) {
                host.close();
            }
        }
    }

    /** The driver goes; the directory stays. */
    private void leave(LiveHost host) {
        assertTrue(host.driver().isOwner());
        host.aeroframe().close();
        host.driver().close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ipc", "aeron:ipc?pool=off", "udp"})
    void bothSidesGoOnAfterEachTakeover(String text) {
        FrameChannel channel = LiveHost.channel(text);
        try (FrameSubscription subscription = second.subscribe(stream, channel, Delivery.EVERY);
                FramePublication publication = third.aeroframe()
                        .addPublication(new PublicationContext()
                                .stream(stream).channel(channel).format(FORMAT))) {
            stream(publication, subscription, 10);
            RunningDriver before = second.driver().running().orElseThrow();

            leave(first);
            LiveHost.await(
                    "another driver",
                    () -> second.driver().running().isPresent()
                            && !before.isSameAs(second.driver().running().get()));
            LiveHost.await(
                    "both sides in the next session, and frames there",
                    () -> {
                        stream(publication, subscription, 1);
                        return LiveHost.counter(second.aeroframe(), "subscription " + stream + ": received") > 0
                                && LiveHost.counter(third.aeroframe(), "publication " + stream + ": sent") > 0
                                && areInAnother(before);
                    },
                    () -> publication.ledger() + ", " + subscription.ledger());
            stream(publication, subscription, 10);
            assertNotEquals(second.driver().isOwner(), third.driver().isOwner(), "one of them has taken over");

            assertEquals(StreamState.STREAMING, subscription.state());
            SubscriptionLedger ledger = subscription.ledger();
            assertTrue(ledger.isBalanced(), ledger::toString);
            assertEquals(0, ledger.invalid());
            assertEquals(List.of(), second.reported());
            publication.close();
            LiveHost.pollUntilEnded(subscription, Pattern::assertIn);
            assertEquals(
                    publication.ledger().published(),
                    firstSequence + subscription.ledger().published(),
                    "it counts over both sessions");
        }
    }

    /** Whether the clients of both sides are connected to another driver than that. */
    private boolean areInAnother(RunningDriver before) {
        return !second.aeroframe().session().driver().isSameAs(before)
                && !third.aeroframe().session().driver().isSameAs(before);
    }

    /** Sends and polls until so many more frames have come. */
    private void stream(FramePublication publication, FrameSubscription subscription, int frames) {
        long[] left = {frames};
        LiveHost.await(
                "frames",
                () -> {
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
                },
                () -> publication.ledger() + ", " + subscription.state() + ", " + subscription.ledger());
    }

    private static Stream<Arguments> hostEndings() {
        Stream<Arguments> each = Stream.of("KILL", "TERM")
                .flatMap(signal -> Stream.of("ipc", "aeron:ipc?pool=off").map(channel -> arguments(channel, signal)));
        // What goes wrong in one hand-over of ten shows only in many.
        return Stream.concat(
                each, Stream.generate(() -> arguments("ipc", "TERM")).limit(IS_LONG ? 100 : 4));
    }

    @ParameterizedTest
    @MethodSource("hostEndings")
    void aLosslessStreamLosesNothingWhenTheHostEnds(
            String text, String signal, @TempDir(cleanup = CleanupMode.ALWAYS) Path directory) throws Exception {
        int frames = 20_000; // more than the log holds without a driver
        int ending = frames / 2;
        FrameChannel channel = FrameChannel.parse(text);
        CountDownLatch isSignalled = new CountDownLatch(1);
        try (StreamProcess host = StreamProcess.driver(directory.resolve("base"))) {
            host.await("ready");
            try (LiveHost sending = LiveHost.startIn(directory);
                    LiveHost receiving = LiveHost.startIn(directory);
                    FrameSubscription subscription = receiving.subscribe(stream, channel, Delivery.EVERY);
                    FramePublication publication = sending.aeroframe().addPublication(patient(channel));
                    FrameSender sender = FrameSender.start(publication, sent -> {
                        for (int i = 0; i < frames; i++) {
                            if (i == ending) {
                                end(host, signal);
                                isSignalled.countDown();
                            }
                            assertTrue(Pattern.send(sent, FORMAT));
                        }
                    })) {
                long[] next = {0};
                LiveHost.pollUntil(
                        subscription,
                        frame -> {
                            Pattern.assertIn(frame);
                            assertEquals(next[0]++, frame.sequence());
                            if (frame.sequence() == ending - 4) {
                                await(isSignalled); // these few are in flight when the host ends
                            }
                        },
                        () -> subscription.ledger().received() == frames || sender.hasFailed());
                sender.awaitEnd();
                publication.close();
                LiveHost.pollUntilEnded(subscription, frame -> fail("a frame that was not sent"));
                assertEquals(frames, subscription.ledger().received(), subscription.ledger()::toString);
                LiveHost.await(
                        "a takeover",
                        () -> receiving.driver().isOwner() || sending.driver().isOwner());
            }
        }
    }

    /** However long a busy machine takes to start the next driver: nothing is to be lost, sooner or later. */
    private PublicationContext patient(FrameChannel channel) {
        Duration patience = Duration.ofSeconds(LiveHost.DEADLINE_S);
        return new PublicationContext()
                .stream(stream)
                        .channel(channel)
                        .format(FORMAT)
                        .lossless(true)
                        .offerTimeout(patience)
                        .reconnectTimeout(patience)
                        .returnTimeout(patience);
    }

    private static void await(CountDownLatch latch) {
        LiveHost.await("the signal to end the host", () -> latch.getCount() == 0);
    }

    private static void end(StreamProcess host, String signal) {
        try {
            host.signal(signal);
        } catch (IOException ex) {
            throw new IllegalStateException(ex);
        }
    }

    @Test
    void theStateListenerHearsOfATakeover() throws IOException {
        List<ConnectionState> states = new CopyOnWriteArrayList<>();
        try (Aeroframe watched =
                Aeroframe.connect(second.driver(), new ConnectionContext().stateListener(states::add))) {
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
        try (FramePublication publication = second.publish(stream, FORMAT);
                FrameSubscription subscription = third.subscribe(stream, FrameChannel.IPC, Delivery.EVERY)) {
            stream(publication, subscription, 3);
        }
    }

    @Test
    void oneWhoHasLeftTakesNothingOver() {
        FrameSubscription subscription = second.subscribe(stream, FrameChannel.IPC, Delivery.EVERY);
        second.driver().close();
        leave(first);
        LiveHost.await("the third", () -> third.driver().isOwner());
        assertFalse(second.driver().isOwner());
        LiveHost.await("the end", () -> second.aeroframe().state() == ConnectionState.CLOSED);
        assertThrows(IllegalStateException.class, () -> subscription.poll(Pattern::assertIn, 1));
    }
}
