package io.aeroframe.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeron.Aeron;
import io.aeron.ExclusivePublication;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.agrona.ErrorHandler;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What a handler throws comes out of poll, and changes nothing else: the frame is counted once and given back once. */
@Timeout(180)
class ThrowingHandlerTest {

    private static final FrameFormat FORMAT = FrameFormat.gray8(50, 20);
    private static final StreamName STREAM = new StreamName("throws");
    private static final int SLOTS = 3;
    private static final int ROUNDS = 20;

    private final UnsafeBuffer message = new UnsafeBuffer(new byte[4_096]);
    private final RuntimeException failure = new IllegalStateException("the error handler's");

    private LiveHost host;

    @BeforeEach
    void start() throws IOException {
        host = LiveHost.start();
    }

    @AfterEach
    void stop() {
        host.close();
    }

    private static void raise(Throwable failure) {
        if (failure instanceof Error error) {
            throw error;
        }
        throw (RuntimeException) failure;
    }

    @ParameterizedTest
    @CsvSource({
        "ipc, EVERY, false",
        "ipc, EVERY, true",
        "ipc, LATEST, false",
        "ipc, LATEST, true",
        "aeron:ipc?pool=off, EVERY, false",
        "aeron:ipc?pool=off, EVERY, true",
        "aeron:ipc?pool=off, LATEST, false",
        "aeron:ipc?pool=off, LATEST, true"
    })
    void theNextPollGoesOnAndTheAccountCloses(String way, Delivery delivery, boolean isError) {
        Throwable failure =
                isError ? new StackOverflowError("the handler's") : new IllegalStateException("the handler's");
        FrameChannel channel = FrameChannel.parse(way);
        try (FrameSubscription subscription = host.subscribe(STREAM.value(), channel, delivery);
                FramePublication publication = host.aeroframe()
                        .addPublication(new PublicationContext()
                                .stream(STREAM.value())
                                        .channel(channel)
                                        .format(FORMAT)
                                        .slots(SLOTS))) {
            LiveHost.awaitConnected(publication);
            List<Long> sequences = new ArrayList<>();
            List<FrameLease> kept = new ArrayList<>();
            for (int round = 0; round < ROUNDS; round++) {
                for (int i = 0; i < 2; i++) {
                    LiveHost.await("a free slot and room", () -> Pattern.send(publication, FORMAT));
                }
                long last = publication.ledger().published() - 1;
                boolean isKept = round % 2 == 0;
                LiveHost.await("frame " + last, () -> {
                    int before = sequences.size();
                    FrameHandler handler = frame -> {
                        Pattern.assertIn(frame);
                        sequences.add(frame.sequence());
                        if (isKept) {
                            kept.add(frame.retain());
                        }
                        raise(failure);
                    };
                    try {
                        assertEquals(0, subscription.poll(handler, 10));
                        assertEquals(before, sequences.size());
                    } catch (IllegalStateException | StackOverflowError ex) {
                        assertSame(failure, ex);
                        assertEquals(before + 1, sequences.size(), "a poll ends with the frame whose handler throws");
                    }
                    return sequences.contains(last);
                });
                kept.forEach(lease -> Pattern.assertIn(lease.frame()));
                kept.forEach(FrameLease::close);
                kept.clear();
            }
            SubscriptionLedger ledger = subscription.ledger();
            assertTrue(ledger.isBalanced(), ledger::toString);
            assertEquals(publication.ledger().published(), ledger.published());
            assertEquals(sequences.size(), ledger.received());
            assertEquals(sequences.stream().distinct().count(), sequences.size());
            assertEquals(0, ledger.lost() + ledger.overrun() + ledger.invalid());
            assertEquals(0, leasesIn(subscription));
        }
    }

    private static long leasesIn(FrameSubscription subscription) {
        PoolReader pool = subscription.pool();
        long leases = 0;
        for (int slot = 0; pool != null && slot < SLOTS; slot++) {
            leases |= pool.slots().leases(slot);
        }
        return leases;
    }

    @Test
    void whatWasDroppedBeforeTheEndIsCountedThoughTheHandlerOfTheLastFrameThrows() {
        try (Aeron aeron = host.connectRaw();
                FrameSubscription subscription = host.subscribe(STREAM.value(), FrameChannel.IPC, Delivery.LATEST);
                ExclusivePublication raw = publishRaw(aeron)) {
            StreamMessages messages = new StreamMessages(STREAM, 7);
            offer(raw, validFrame(0));
            int length = messages.encodeEndOfStream(3, 2);
            message.putBytes(0, messages.buffer(), 0, length);
            offer(raw, length);
            assertThrows(
                    IllegalStateException.class, () -> LiveHost.pollUntilEnded(subscription, frame -> raise(failure)));
            LiveHost.pollUntilEnded(subscription, frame -> {});
            SubscriptionLedger ledger = subscription.ledger();
            assertEquals(3, ledger.published());
            assertEquals(1, ledger.received());
            assertEquals(2, ledger.droppedByPublisher());
        }
    }

    /** An error handler may throw, too; then its exception comes out of poll. */
    @ParameterizedTest
    @EnumSource(Delivery.class)
    void anErrorHandlerThatThrowsLeavesTheAccountAndTheFrameBeforeAsTheyAre(Delivery delivery) {
        boolean[] hasThrown = new boolean[1];
        ErrorHandler throwing = error -> {
            hasThrown[0] = true;
            raise(failure);
        };
        try (Aeron aeron = host.connectRaw();
                FrameSubscription subscription = host.aeroframe()
                        .addSubscription(new SubscriptionContext()
                                .stream(STREAM.value()).delivery(delivery).errorHandler(throwing));
                ExclusivePublication raw = publishRaw(aeron)) {
            offer(raw, validFrame(0));
            offer(raw, 3); // too short for a header
            offer(raw, 3);
            offer(raw, validFrame(1));
            List<Long> sequences = new ArrayList<>();
            FrameHandler handler = frame -> {
                Pattern.assertIn(frame);
                sequences.add(frame.sequence());
            };
            LiveHost.pollUntil(subscription, handler, () -> sequences.contains(1L));
            assertTrue(hasThrown[0]);
            SubscriptionLedger ledger = subscription.ledger();
            assertEquals(2, ledger.published());
            assertEquals(sequences.size(), ledger.received());
            assertEquals(2, ledger.invalid());
            assertTrue(ledger.isBalanced());
        }
    }

    @Test
    void aHandlerThatPollsIsRefused() {
        try (FrameSubscription subscription = host.subscribe(STREAM.value(), FrameChannel.IPC, Delivery.EVERY);
                FramePublication publication = host.publish(STREAM.value(), FORMAT)) {
            LiveHost.awaitConnected(publication);
            assertTrue(Pattern.send(publication, FORMAT));
            LiveHost.pollUntil(
                    subscription,
                    frame -> {
                        assertThrows(IllegalStateException.class, () -> subscription.poll(Pattern::assertIn, 1));
                        Pattern.assertIn(frame);
                    },
                    () -> subscription.ledger().received() == 1);
        }
    }

    private static ExclusivePublication publishRaw(Aeron aeron) {
        ExclusivePublication raw = aeron.addExclusivePublication(
                FrameChannel.IPC.publicationUri(FORMAT.maxPayloadLength(), false), STREAM.streamId());
        LiveHost.await("the subscriber", () -> raw.availableWindow() > 0);
        return raw;
    }

    private void offer(ExclusivePublication raw, int length) {
        LiveHost.await("room", () -> raw.offer(message, 0, length) > 0);
    }

    private int validFrame(long sequence) {
        FrameHeader header = FrameHeaderTest.header(FORMAT, FORMAT.maxPayloadLength());
        header.streamHash = STREAM.hash();
        header.sequence = sequence;
        header.dropped = 0;
        header.timeToLiveNs = 0;
        header.encode(message, 0);
        Pattern.write(
                new UnsafeBuffer(message, FrameHeader.LENGTH, FORMAT.maxPayloadLength()),
                FORMAT.maxPayloadLength(),
                sequence);
        return FrameHeader.LENGTH + FORMAT.maxPayloadLength();
    }
}
