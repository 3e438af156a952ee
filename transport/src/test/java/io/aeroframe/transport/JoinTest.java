package io.aeroframe.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeron.Aeron;
import io.aeron.ExclusivePublication;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A subscription gets, and accounts for, what is published from when it is made on. */
@Timeout(180)
class JoinTest {

    private static final int JOINS = 20;
    private static final int FRAMES = 5;
    private static final FrameFormat FORMAT = FrameFormat.gray8(320, 200);
    private static final StreamName STREAM = new StreamName("joined");

    private final ExecutorService writer = Executors.newSingleThreadExecutor();
    private final UnsafeBuffer message = new UnsafeBuffer(new byte[FrameHeader.LENGTH + FORMAT.maxPayloadLength()]);

    private LiveHost host;

    @BeforeEach
    void start() throws IOException {
        host = LiveHost.start();
    }

    @AfterEach
    void stop() throws InterruptedException {
        writer.shutdownNow();
        assertTrue(writer.awaitTermination(10, TimeUnit.SECONDS));
        host.close();
    }

    private <T> T onWriter(Callable<T> task) throws Exception {
        return writer.submit(task).get(LiveHost.DEADLINE_S, TimeUnit.SECONDS);
    }

    private static long published(FramePublication publication) {
        return publication.ledger().published();
    }

    /** Over IPC Aeron lets a subscriber start where the last one left, and so with what that one had not read. */
    @ParameterizedTest
    @CsvSource({
        "ipc, EVERY, false",
        "ipc, LATEST, false",
        "ipc, EVERY, true",
        "aeron:ipc?pool=off, EVERY, false",
        "aeron:ipc?pool=off, LATEST, false",
        "aeron:ipc?pool=off, EVERY, true",
        "aeron:ipc?pool=off|term-length=64k, EVERY, false" // several messages a frame
    })
    void theFirstFrameWasPublishedAfterTheJoinAndBothAccountsAgree(String way, Delivery delivery, boolean isLossless)
            throws Exception {
        FrameChannel channel = FrameChannel.parse(way);
        FramePublication publication = host.aeroframe()
                .addPublication(new PublicationContext()
                        .stream(STREAM.value()).channel(channel).format(FORMAT).lossless(isLossless));
        for (int join = 0; join < JOINS; join++) {
            leaveFramesBehind(publication, channel, join % 2 == 0);
            long joinNs = System.nanoTime();
            try (FrameSubscription subscription = host.subscribe(STREAM.value(), channel, delivery)) {
                List<Long> sequences = new ArrayList<>();
                FrameHandler handler = frame -> {
                    long lateNs = joinNs - frame.publishTimeNs();
                    assertTrue(lateNs < 0, () -> "frame " + frame.sequence() + " is " + lateNs + " ns too old");
                    Pattern.assertIn(frame);
                    sequences.add(frame.sequence());
                };
                Future<Long> connected = writer.submit(() -> {
                    LiveHost.awaitConnected(publication);
                    return published(publication);
                });
                LiveHost.pollUntil(subscription, handler, connected::isDone); // what was left may fill the window
                long since = connected.get();
                List<Long> sent = new CopyOnWriteArrayList<>();
                Future<Long> end = writer.submit(() -> {
                    while (sent.size() < FRAMES) {
                        long sequence = published(publication);
                        if (Pattern.send(publication, FORMAT)) {
                            sent.add(sequence);
                        }
                    }
                    return published(publication);
                });
                LiveHost.pollUntil(
                        subscription, handler, () -> end.isDone() && sequences.contains(sent.get(FRAMES - 1)));
                SubscriptionLedger ledger = subscription.ledger();
                assertTrue(ledger.isBalanced(), ledger::toString);
                assertEquals(0, ledger.lost() + ledger.invalid(), ledger::toString);
                assertEquals(FRAMES, ledger.received() + ledger.superseded() + ledger.overrun(), ledger::toString);
                // A subscriber cannot know of frames dropped before the first message that there was room for.
                assertTrue(ledger.published() >= end.get() - sent.get(0), ledger::toString);
                assertTrue(ledger.published() <= end.get() - since, ledger::toString);
                if (delivery == Delivery.EVERY && ledger.overrun() == 0) {
                    assertEquals(sent, sequences);
                }
                if (isLossless) {
                    assertEquals(LongStream.range(since, since + FRAMES).boxed().toList(), sequences);
                    assertEquals(FRAMES, ledger.published());
                }
            }
        }
        publication.close();
        assertEquals(List.of(), host.reported());
    }

    /** A subscriber that reads a frame or none, and leaves the rest, and what is sent until the publisher notices. */
    private void leaveFramesBehind(FramePublication publication, FrameChannel channel, boolean hasRead)
            throws Exception {
        try (FrameSubscription leaver = host.subscribe(STREAM.value(), channel, Delivery.EVERY)) {
            Future<Boolean> sending = writer.submit(() -> {
                LiveHost.awaitConnected(publication);
                boolean isSent = Pattern.send(publication, FORMAT);
                while (hasRead && !isSent) { // what was left before may fill the window, until it is read
                    isSent = Pattern.send(publication, FORMAT);
                }
                return isSent;
            });
            if (hasRead) {
                LiveHost.pollUntil(leaver, frame -> {}, () -> leaver.ledger().received() == 1);
            }
            sending.get(LiveHost.DEADLINE_S, TimeUnit.SECONDS);
            onWriter(() -> Pattern.send(publication, FORMAT));
        }
        onWriter(() -> {
            LiveHost.await("the publication to be alone", () -> {
                Pattern.send(publication, FORMAT);
                return !publication.isConnected();
            });
            return null;
        });
    }

    /** What an old announcement says of the position would make a gap of all that was published since. */
    @ParameterizedTest
    @EnumSource(Delivery.class)
    void theAccountBeginsAfterWhatWasSaidBeforeTheJoin(Delivery delivery) {
        try (Aeron aeron = host.connectRaw();
                ExclusivePublication raw = aeron.addExclusivePublication(
                        FrameChannel.IPC.publicationUri(FORMAT.maxPayloadLength(), false), STREAM.streamId())) {
            StreamMessages messages = new StreamMessages(STREAM, 7);
            try (FrameSubscription leaver = host.subscribe(STREAM.value(), FrameChannel.IPC, delivery)) {
                LiveHost.await("the first subscriber", () -> raw.availableWindow() > 0);
                offer(raw, messages, messages.encodeAnnouncement(700, 3, 0));
                offerFrame(raw, 700, 3);
                offer(raw, messages, messages.encodeEndOfStream(701, 3));
                assertEquals(0, leaver.ledger().published());
            }
            LiveHost.await("the publication to be alone", () -> !raw.isConnected());
            try (FrameSubscription subscription = host.subscribe(STREAM.value(), FrameChannel.IPC, delivery)) {
                LiveHost.await("the second subscriber", () -> raw.availableWindow() > 0);
                offer(raw, messages, messages.encodeAnnouncement(927, 230, 0));
                offerFrame(raw, 930, 231);
                offer(raw, messages, messages.encodeEndOfStream(932, 232));
                LiveHost.pollUntilEnded(subscription, frame -> assertEquals(930, frame.sequence()));
                SubscriptionLedger ledger = subscription.ledger();
                assertEquals(5, ledger.published());
                assertEquals(1, ledger.received());
                assertEquals(2, ledger.droppedByPublisher());
                assertEquals(2, ledger.lost());
                assertTrue(ledger.isBalanced());
            }
        }
    }

    private void offerFrame(ExclusivePublication raw, long sequence, long dropped) {
        FrameHeader header = FrameHeaderTest.header(FORMAT, FORMAT.maxPayloadLength());
        header.streamHash = STREAM.hash();
        header.sequence = sequence;
        header.dropped = dropped;
        header.timeToLiveNs = 0;
        header.publishTimeNs = System.nanoTime();
        HostIdentity here = HostIdentity.current();
        header.bootIdHigh = here.high();
        header.bootIdLow = here.low();
        header.encode(message, 0);
        LiveHost.await("room", () -> raw.offer(message) > 0);
    }

    private static void offer(ExclusivePublication raw, StreamMessages messages, int length) {
        LiveHost.await("room", () -> raw.offer(messages.buffer(), 0, length) > 0);
    }
}
