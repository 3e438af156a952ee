package io.aeroframe.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeroframe.testing.Await;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Frames that are taken one by one. */
@Timeout(120)
class TakeTest {

    private static final FrameFormat FORMAT = FrameFormat.gray8(64, 48);
    private static final Duration LONG = Duration.ofSeconds(60);

    private LiveHost host;
    private FrameSubscription subscription;
    private FramePublication publication;

    @BeforeEach
    void start() throws IOException {
        host = LiveHost.start();
    }

    @AfterEach
    void stop() {
        host.close();
    }

    private void connect(String channel) {
        FrameChannel parsed = FrameChannel.parse(channel);
        subscription = host.subscribe("taken", parsed, Delivery.EVERY);
        publication = host.aeroframe()
                .addPublication(
                        new PublicationContext().stream("taken").channel(parsed).format(FORMAT));
        LiveHost.awaitConnected(publication);
    }

    @ParameterizedTest
    @ValueSource(strings = {"aeron:ipc", "aeron:ipc?pool=off"})
    void framesAreTakenInOrderAndStayAsTheyAre(String channel) throws Exception {
        connect(channel);
        FrameLease previous = null;
        for (int i = 0; i < 50; i++) {
            assertTrue(Pattern.send(publication, FORMAT));
            FrameLease lease = subscription.take(LONG);
            assertEquals(i, lease.frame().sequence());
            Pattern.assertIn(lease.frame());
            if (previous != null) {
                Pattern.assertIn(previous.frame());
                previous.close();
                previous.close(); // twice does nothing
            }
            previous = lease;
        }
        previous.close();
        assertTrue(subscription.ledger().isBalanced());
        assertEquals(50, subscription.ledger().received());
    }

    @Test
    void aTakeWaitsForAFrame() throws Exception {
        connect("aeron:ipc");
        CompletableFuture<Long> sequence = CompletableFuture.supplyAsync(() -> {
            try (FrameLease lease = subscription.take(LONG)) {
                return lease.frame().sequence();
            } catch (InterruptedException ex) {
                throw new IllegalStateException(ex);
            }
        });
        assertFalse(sequence.isDone());
        assertTrue(Pattern.send(publication, FORMAT));
        assertEquals(0, sequence.get());
    }

    @Test
    void aTakeEndsWithItsTimeout() throws Exception {
        connect("aeron:ipc");
        assertNull(subscription.take(Duration.ZERO));
        assertNull(subscription.take(Duration.ofSeconds(-1)));
        long startNs = System.nanoTime();
        assertNull(subscription.take(Duration.ofMillis(30)));
        assertTrue(System.nanoTime() - startNs >= 30_000_000);
    }

    @Test
    void theEndOfTheStreamEndsTheWait() throws Exception {
        connect("aeron:ipc");
        assertTrue(Pattern.send(publication, FORMAT));
        publication.close();
        try (FrameLease lease = subscription.take(LONG)) {
            assertNotNull(lease, "what was sent before the end comes first");
        }
        assertNull(subscription.take(LONG));
        assertEquals(StreamState.ENDED, subscription.state());
        assertNull(subscription.take(Duration.ofMillis(5)), "from now on it waits for another publication");
    }

    @Test
    void anInterruptEndsTheWaitWithTheFlagCleared() throws Exception {
        connect("aeron:ipc");
        FutureTask<Boolean> task = new FutureTask<>(() -> {
            assertThrows(InterruptedException.class, () -> subscription.take(LONG));
            return Thread.currentThread().isInterrupted();
        });
        Thread taker = new Thread(task);
        taker.start();
        taker.interrupt();
        assertFalse(task.get());
        assertTrue(Pattern.send(publication, FORMAT));
        try (FrameLease lease = subscription.take(LONG)) {
            assertNotNull(lease);
        }
    }

    @Test
    void oneThreadAtATimeTakes() throws Exception {
        connect("aeron:ipc");
        List<FutureTask<FrameLease>> takers = List.of(
                new FutureTask<>(() -> subscription.take(LONG)), new FutureTask<>(() -> subscription.take(LONG)));
        takers.forEach(taker -> new Thread(taker).start());
        Await.until("one of them is refused", () -> takers.stream().anyMatch(FutureTask::isDone));
        FutureTask<FrameLease> refused =
                takers.stream().filter(FutureTask::isDone).findFirst().orElseThrow();
        ExecutionException failure = assertThrows(ExecutionException.class, refused::get);
        assertTrue(failure.getMessage().contains("one thread at a time"), failure::getMessage);
        assertTrue(Pattern.send(publication, FORMAT));
        for (FutureTask<FrameLease> taker : takers) {
            if (taker != refused) {
                taker.get().close();
            }
        }
    }

    @Test
    void closingOnAnotherThreadEndsTheWait() throws Exception {
        connect("aeron:ipc");
        FutureTask<FrameLease> task = new FutureTask<>(() -> subscription.take(LONG));
        Thread taker = new Thread(task);
        taker.start();
        subscription.close();
        ExecutionException failure = assertThrows(ExecutionException.class, task::get);
        assertEquals(IllegalStateException.class, failure.getCause().getClass());
        taker.join();
    }
}
