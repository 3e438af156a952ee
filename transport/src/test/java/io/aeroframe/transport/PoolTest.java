package io.aeroframe.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeroframe.testing.SmallFileSystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Frames that stay in shared memory: which process may use which slot for how long, and what becomes of the files. */
@Timeout(180)
class PoolTest {

    private static final FrameFormat FORMAT = FrameFormat.bgr24(320, 240);

    private LiveHost host;

    @BeforeEach
    void start() throws IOException {
        host = LiveHost.start();
    }

    @AfterEach
    void stop() {
        host.close();
    }

    private FramePublication publish(String stream, int slots) {
        return host.aeroframe()
                .addPublication(
                        new PublicationContext().stream(stream).format(FORMAT).slots(slots));
    }

    private FrameSubscription subscribe(String stream) {
        return host.subscribe(stream, FrameChannel.IPC, Delivery.EVERY);
    }

    private List<Path> poolFiles() throws IOException {
        try (Stream<Path> files = Files.list(host.driver().sharedDirectory())) {
            return files.filter(file -> file.getFileName().toString().startsWith("pool-"))
                    .toList();
        }
    }

    @Test
    void aFrameIsReadWhereItWasWritten() {
        try (FrameSubscription subscription = subscribe("place");
                FramePublication publication = publish("place", 3)) {
            LiveHost.awaitConnected(publication);
            assertTrue(publication.isPooled());
            for (int i = 0; i < 5; i++) {
                FrameClaim claim = publication.tryClaim();
                assertEquals(
                        claim.buffer().addressOffset(),
                        BufferUtil.address(claim.byteBuffer()),
                        "one memory, two views");
                Pattern.write(claim.buffer(), FORMAT.maxPayloadLength(), i);
                assertTrue(claim.commit());
                long[] address = new long[1];
                LiveHost.pollUntil(
                        subscription,
                        frame -> {
                            assertTrue(frame.isPooled());
                            assertFalse(frame.isRevoked());
                            Pattern.assertIn(frame);
                            address[0] = frame.payload().addressOffset();
                            assertEquals(address[0], BufferUtil.address(frame.payloadByteBuffer()));
                        },
                        () -> address[0] != 0);
                PoolReader pool = subscription.pool();
                assertEquals(pool.buffer(i % 3).addressOffset(), address[0], "the slot itself");
            }
        }
    }

    @Test
    void onlyItsUserCanReadAPool() throws IOException {
        try (FramePublication publication = publish("private", 3)) {
            Path file = poolFiles().get(0);
            assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
            assertTrue(Files.size(file) > 3L * FORMAT.maxPayloadLength());
            assertTrue(publication.isPooled());
        }
        assertEquals(List.of(), poolFiles());
    }

    @Test
    void aStalledSubscriberMissesOldFramesAndThePublisherDropsNone() {
        try (FrameSubscription subscription = subscribe("stalled")) {
            FramePublication publication = publish("stalled", 4);
            LiveHost.awaitConnected(publication);
            for (int i = 0; i < 100; i++) {
                assertTrue(Pattern.send(publication, FORMAT));
            }
            publication.close();
            List<Long> sequences = new ArrayList<>();
            LiveHost.pollUntilEnded(subscription, frame -> {
                Pattern.assertIn(frame);
                sequences.add(frame.sequence());
            });
            assertEquals(List.of(96L, 97L, 98L, 99L), sequences);
            assertEquals(96, subscription.ledger().overrun());
            assertEquals(100, subscription.ledger().published());
            assertTrue(subscription.ledger().isBalanced());
        }
    }

    @Test
    void aRetainedFrameStaysUntilItsLeaseIsClosedAndTheOthersGoOn() {
        try (FrameSubscription subscription = subscribe("retained");
                FramePublication publication = publish("retained", 4)) {
            LiveHost.awaitConnected(publication);
            List<FrameLease> leases = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                assertTrue(Pattern.send(publication, FORMAT));
                int wanted = i + 1;
                LiveHost.pollUntil(subscription, frame -> leases.add(frame.retain()), () -> leases.size() == wanted);
            }
            for (int i = 0; i < 20; i++) {
                assertTrue(Pattern.send(publication, FORMAT));
                LiveHost.pollUntil(
                        subscription,
                        Pattern::assertIn,
                        () -> subscription.ledger().received()
                                == publication.ledger().sent());
            }
            for (FrameLease lease : leases) {
                assertTrue(lease.frame().isPooled());
                Pattern.assertIn(lease.frame());
                FrameLease again = lease.frame().retain();
                lease.close();
                assertThrows(IllegalStateException.class, lease::frame);
                Pattern.assertIn(again.frame());
                Pattern.assertIn(
                        new UnsafeBuffer(again.frame().payloadByteBuffer()),
                        FORMAT.maxPayloadLength(),
                        again.frame().sequence());
                again.close();
            }
            for (int slot = 0; slot < 4; slot++) {
                assertEquals(0, slots(subscription).leases(slot), "all slots have been given back");
            }
        }
    }

    private static PoolSlots slots(FrameSubscription subscription) {
        return subscription.pool().slots();
    }

    @Test
    void framesRetainedBeyondHalfOfTheSlotsAreCopied() {
        try (FrameSubscription subscription = subscribe("greedy");
                FramePublication publication = publish("greedy", 4)) {
            LiveHost.awaitConnected(publication);
            List<FrameLease> leases = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                assertTrue(Pattern.send(publication, FORMAT));
                int wanted = i + 1;
                LiveHost.pollUntil(subscription, frame -> leases.add(frame.retain()), () -> leases.size() == wanted);
            }
            for (int i = 0; i < 6; i++) {
                assertEquals(i < 2, leases.get(i).frame().isPooled());
                Pattern.assertIn(leases.get(i).frame());
                leases.get(i).close();
            }
            assertEquals(0, publication.ledger().dropped());
        }
    }

    /** Two slots are retained, two are in the hands of handlers. */
    @Test
    void whenAllSlotsAreHeldTheFrameIsDroppedAndCounted() {
        FrameSubscription first = subscribe("held");
        FrameSubscription second = subscribe("held");
        FrameSubscription third = subscribe("held");
        try (first;
                second;
                third;
                FramePublication publication = publish("held", 4)) {
            LiveHost.awaitConnected(publication);
            List<FrameLease> leases = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                assertTrue(Pattern.send(publication, FORMAT));
                for (FrameSubscription one : List.of(first, second, third)) {
                    LiveHost.pollUntil(
                            one,
                            frame -> {
                                if (one == first) {
                                    leases.add(frame.retain());
                                }
                            },
                            () -> one.ledger().received()
                                    == publication.ledger().sent());
                }
            }
            boolean[] isDone = new boolean[1];
            assertTrue(Pattern.send(publication, FORMAT));
            FrameHandler holdsAll = frame -> {
                if (frame.sequence() == 3) {
                    assertNull(publication.tryClaim());
                    assertEquals(DropReason.NO_SLOT, publication.lastDrop());
                    assertEquals(1, publication.ledger().droppedNoSlot());
                    isDone[0] = true;
                }
            };
            LiveHost.pollUntil(
                    second,
                    frame -> {
                        assertTrue(Pattern.send(publication, FORMAT));
                        LiveHost.pollUntil(third, holdsAll, () -> isDone[0]);
                    },
                    () -> isDone[0]);
            assertTrue(leases.get(0).frame().isPooled() && leases.get(1).frame().isPooled());
            assertTrue(Pattern.send(publication, FORMAT));
            leases.forEach(FrameLease::close);
            LiveHost.pollUntil(third, Pattern::assertIn, () -> third.ledger().published() == 6);
            assertEquals(1, third.ledger().droppedByPublisher());
            assertTrue(third.ledger().isBalanced());
        }
    }

    @ParameterizedTest
    @CsvSource({"3, false", "4, false", "6, false", "9, false", "3, true", "4, true", "6, true", "9, true"})
    void subscribersThatRetainAllTheyMayDoNotStarveTheStream(int slots, boolean isLossless) {
        FrameSubscription[] keepers = {subscribe("kept"), subscribe("kept"), subscribe("kept")};
        FrameSubscription reader = subscribe("kept");
        List<FrameLease> leases = new ArrayList<>();
        int[] turn = new int[1];
        FrameHandler keep = frame -> {
            if (frame.sequence() % keepers.length != turn[0]) {
                return; // each keeps others
            }
            FrameLease lease = frame.retain();
            Pattern.assertIn(lease.frame());
            if (lease.frame().isPooled()) {
                leases.add(lease);
            } else {
                lease.close();
            }
        };
        try (reader;
                FramePublication publication = host.aeroframe()
                        .addPublication(new PublicationContext()
                                .stream("kept").format(FORMAT).slots(slots).lossless(isLossless))) {
            LiveHost.awaitConnected(publication);
            for (int i = 0; i < 50; i++) {
                int frames = i + 1;
                assertTrue(Pattern.send(publication, FORMAT), "frame " + i);
                for (turn[0] = 0; turn[0] < keepers.length; turn[0]++) {
                    FrameSubscription keeper = keepers[turn[0]];
                    LiveHost.pollUntil(keeper, keep, () -> keeper.ledger().received() == frames);
                }
                LiveHost.pollUntil(
                        reader, Pattern::assertIn, () -> reader.ledger().received() == frames);
            }
            assertEquals(0, publication.ledger().dropped());
            long retained = leases.stream()
                    .mapToLong(lease -> lease.frame().sequence())
                    .distinct()
                    .count();
            assertEquals(PoolLayout.maxRetainedByAll(slots), retained);
            leases.forEach(lease -> Pattern.assertIn(lease.frame()));
            leases.forEach(FrameLease::close);
            leases.clear();
            for (int slot = 0; slot < slots; slot++) {
                assertEquals(0, slots(reader).retained(slot));
                assertEquals(0, slots(reader).leases(slot));
            }
        } finally {
            for (FrameSubscription keeper : keepers) {
                keeper.close();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Delivery.class)
    void losslessUsesNoSlotAgainBeforeEachSubscriberHasHadIt(Delivery delivery) throws Exception {
        FrameSubscription fast = host.subscribe("lossless", FrameChannel.IPC, delivery);
        FrameSubscription slow = subscribe("lossless");
        FramePublication publication = host.aeroframe()
                .addPublication(new PublicationContext()
                        .stream("lossless").format(FORMAT).slots(3).lossless(true));
        LiveHost.awaitConnected(publication);
        CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> {
            for (int i = 0; i < 300; i++) {
                assertTrue(Pattern.send(publication, FORMAT));
            }
            publication.close();
        });
        long[] fastSequence = {-1};
        int[] turns = new int[1];
        LiveHost.await("the end of both", () -> {
            fast.poll(
                    frame -> {
                        Pattern.assertIn(frame);
                        fastSequence[0] = frame.sequence();
                    },
                    1);
            if (turns[0]++ % 3 == 0) {
                slow.poll(Pattern::assertIn, 1);
            }
            return fast.state() == StreamState.ENDED && slow.state() == StreamState.ENDED;
        });
        writer.get(LiveHost.DEADLINE_S, TimeUnit.SECONDS);
        assertEquals(300, slow.ledger().received());
        assertEquals(0, slow.ledger().overrun() + fast.ledger().overrun());
        assertEquals(299, fastSequence[0]);
        assertEquals(300, fast.ledger().received() + fast.ledger().superseded());
        fast.close();
        slow.close();
    }

    @Test
    void aSubscriberThatLeavesALosslessStreamHoldsNothingBack() throws Exception {
        FrameSubscription stays = subscribe("leave");
        FramePublication publication = host.aeroframe()
                .addPublication(new PublicationContext()
                        .stream("leave").format(FORMAT).slots(3).lossless(true));
        LiveHost.awaitConnected(publication);
        CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> {
            for (int i = 0; i < 2_000; i++) {
                assertTrue(Pattern.send(publication, FORMAT));
            }
            publication.close();
        });
        FrameSubscription[] guest = new FrameSubscription[1];
        int[] rounds = new int[1];
        LiveHost.await("the end", () -> {
            stays.poll(Pattern::assertIn, 1);
            if (guest[0] == null) {
                guest[0] = subscribe("leave");
            } else if (guest[0].poll(Pattern::assertIn, 1) > 0
                    && guest[0].ledger().received() >= 3) {
                guest[0].close();
                guest[0] = null;
                rounds[0]++;
            }
            return stays.state() == StreamState.ENDED;
        });
        writer.get(LiveHost.DEADLINE_S, TimeUnit.SECONDS);
        if (guest[0] != null) {
            guest[0].close();
        }
        assertEquals(2_000, stays.ledger().received());
        assertTrue(rounds[0] > 3, "guests that came and went: " + rounds[0]);
        stays.close();
    }

    /** A waiting publisher that is interrupted drops its frame: so it can be seen to wait. */
    @Test
    void losslessKeepsFramesForOneWhoHasYetToJoinWhoeverHadItsPlaceBefore() {
        FrameSubscription first = subscribe("place");
        FrameSubscription second = subscribe("place");
        try (second;
                FramePublication publication = host.aeroframe()
                        .addPublication(new PublicationContext()
                                .stream("place").format(FORMAT).slots(3).lossless(true))) {
            LiveHost.awaitConnected(publication);
            assertTrue(Pattern.send(publication, FORMAT));
            LiveHost.pollUntil(first, Pattern::assertIn, () -> first.ledger().received() == 1);
            assertTrue(Pattern.send(publication, FORMAT));
            assertTrue(Pattern.send(publication, FORMAT));
            LiveHost.pollUntil(first, Pattern::assertIn, () -> first.ledger().received() == 3);
            first.close();
            LiveHost.pollUntil(second, Pattern::assertIn, () -> second.ledger().received() == 1);
            assertTrue(Pattern.send(publication, FORMAT), "the second has had the first frame");
            Thread.currentThread().interrupt();
            assertNull(publication.tryClaim(), "the second has not had the others");
            assertTrue(Thread.interrupted());
            LiveHost.pollUntil(second, Pattern::assertIn, () -> second.ledger().received() == 4);
            assertEquals(0, second.ledger().overrun());
        }
    }

    @Test
    void aHandlerThatClosesItsSubscriptionReadsItsFrameToTheEnd() {
        try (FramePublication publication = publish("closing", 4)) {
            for (int round = 0; round < 70; round++) {
                FrameSubscription subscription = subscribe("closing");
                LiveHost.awaitConnected(publication);
                int[] frames = new int[1];
                LiveHost.await("a frame", () -> {
                    Pattern.send(publication, FORMAT);
                    Pattern.send(publication, FORMAT);
                    subscription.poll(
                            frame -> {
                                frames[0]++;
                                subscription.close();
                                Pattern.assertIn(frame);
                            },
                            8);
                    return frames[0] > 0;
                });
                assertEquals(1, frames[0]);
                assertThrows(IllegalStateException.class, () -> subscription.poll(Pattern::assertIn, 1));
            }
        }
    }

    @Test
    void aLargerFrameMovesTheStreamToALargerPoolAndSubscribersFollow() throws IOException {
        FrameFormat large = FrameFormat.bgr24(641, 479);
        try (FrameSubscription subscription = subscribe("grows");
                FramePublication publication = publish("grows", 4)) {
            LiveHost.awaitConnected(publication);
            assertTrue(Pattern.send(publication, FORMAT));
            FrameLease[] old = new FrameLease[1];
            LiveHost.pollUntil(subscription, frame -> old[0] = frame.retain(), () -> old[0] != null);
            assertTrue(Pattern.send(publication, FORMAT));
            assertTrue(Pattern.send(publication, large));
            assertTrue(Pattern.send(publication, FORMAT));
            LiveHost.pollUntil(
                    subscription,
                    frame -> {
                        assertTrue(frame.isPooled());
                        Pattern.assertIn(frame);
                    },
                    () -> subscription.ledger().received() == 4);
            assertEquals(1, poolFiles().size(), "the first pool's file is gone");
            Pattern.assertIn(old[0].frame());
            old[0].close();
            assertEquals(StreamState.STREAMING, subscription.state());
            assertEquals(List.of(), host.reported());
        }
    }

    @Test
    void framesThatNobodyHasReadYetStayWhenThePublicationCloses() throws IOException {
        try (FrameSubscription subscription = subscribe("brief")) {
            FramePublication publication = publish("brief", 3);
            LiveHost.awaitConnected(publication);
            assertTrue(Pattern.send(publication, FORMAT));
            assertTrue(Pattern.send(publication, FORMAT));
            publication.close();
            LiveHost.pollUntilEnded(subscription, Pattern::assertIn);
            assertEquals(2, subscription.ledger().received());
        }
        host.publish("other", FORMAT).close();
        assertEquals(List.of(), poolFiles(), "what was kept for the subscriber is removed at the next opportunity");
    }

    @Test
    void theSixtyFifthSubscriberIsTold() {
        List<FrameSubscription> subscriptions = new ArrayList<>();
        try (FramePublication publication = publish("crowd", 3)) {
            for (int i = 0; i < 64; i++) {
                subscriptions.add(subscribe("crowd"));
            }
            LiveHost.awaitConnected(publication);
            subscriptions.forEach(one -> LiveHost.await("a frame", () -> {
                Pattern.send(publication, FORMAT);
                return one.poll(Pattern::assertIn, 1) > 0;
            }));
            FrameSubscription last = subscribe("crowd");
            FrameTransportException ex = assertThrows(
                    FrameTransportException.class,
                    () -> LiveHost.await("the refusal", () -> {
                        Pattern.send(publication, FORMAT);
                        return last.poll(Pattern::assertIn, 1) > 0;
                    }));
            assertTrue(ex.getMessage().contains("64 subscribers"), ex.getMessage());
            assertTrue(ex.getMessage().contains("not pooled"), ex.getMessage());
            subscriptions.remove(0).close();
            LiveHost.await("the place that became free", () -> {
                Pattern.send(publication, FORMAT);
                return last.poll(Pattern::assertIn, 1) > 0;
            });
            last.close();
        } finally {
            subscriptions.forEach(FrameSubscription::close);
        }
    }

    @Test
    void aPoolThatCannotGrowSendsTheLargeFramesThroughTheLogAndSaysSo(@TempDir Path directory) throws Exception {
        try (SmallFileSystem small = SmallFileSystem.mount(directory.resolve("small"), 32);
                LiveHost narrow = LiveHost.startIn(small.path())) {
            FrameFormat large = FrameFormat.bgr24(1_280, 960);
            FrameSubscription subscription = narrow.subscribe("mixed", FrameChannel.IPC, Delivery.EVERY);
            FramePublication publication = narrow.publishLossless("mixed", FrameChannel.IPC, FrameFormat.gray8(64, 64));
            LiveHost.awaitConnected(publication);
            CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> {
                for (int i = 0; i < 10; i++) {
                    assertTrue(Pattern.send(publication, i % 2 == 0 ? FrameFormat.gray8(64, 64) : large));
                }
                publication.close();
            });
            List<Boolean> pooled = new ArrayList<>();
            LiveHost.pollUntilEnded(subscription, frame -> {
                Pattern.assertIn(frame);
                pooled.add(frame.isPooled());
            });
            writer.get(LiveHost.DEADLINE_S, TimeUnit.SECONDS);
            assertEquals(List.of(true, false, true, false, true, false, true, false, true, false), pooled);
            assertEquals(
                    1,
                    narrow.reported().stream()
                            .filter(error -> error.getMessage().contains("are copied through the log"))
                            .count(),
                    narrow.reported()::toString);
            subscription.close();
        }
    }

    @Test
    void aSleepingSubscriberIsWokenByEachOfItsPublications() throws Exception {
        FrameSubscription one = subscribe("bell1");
        FrameSubscription two = subscribe("bell2");
        FramePublication first = host.publishLossless("bell1", FrameChannel.IPC, FORMAT);
        FramePublication second = host.publishLossless("bell2", FrameChannel.IPC, FORMAT);
        LiveHost.awaitConnected(first);
        LiveHost.awaitConnected(second);
        WaitIdleStrategy idle = new WaitIdleStrategy(one, two);
        CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> {
            for (int i = 0; i < 50; i++) {
                assertTrue(Pattern.send(i % 2 == 0 ? first : second, FORMAT));
                LiveHost.awaitElapsed(System.nanoTime(), 1_000_000);
            }
        });
        LiveHost.await("all frames", () -> {
            idle.idle(one.poll(Pattern::assertIn, 1) + two.poll(Pattern::assertIn, 1));
            return one.ledger().received() + two.ledger().received() == 50;
        });
        writer.get(LiveHost.DEADLINE_S, TimeUnit.SECONDS);
        first.close();
        second.close();
        one.close();
        two.close();
    }
}
