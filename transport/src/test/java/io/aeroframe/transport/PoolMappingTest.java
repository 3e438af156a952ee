package io.aeroframe.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeroframe.driver.internal.SharedDirectory;
import io.aeroframe.testing.ChildJvm;
import io.aeroframe.testing.MemoryDirectory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A pool stays mapped as long as a frame, a lease or a claim of it is out, and no longer. What would crash runs in a
 * process of its own.
 */
@Timeout(180)
class PoolMappingTest {

    private static final StreamName STREAM = new StreamName("mapped");
    private static final FrameFormat SMALL = FrameFormat.bgr24(320, 240);
    private static final FrameFormat LARGE = FrameFormat.bgr24(1_281, 957);
    private static final long PUBLICATION = 5;
    private static final PoolReader.Membership MEMBER = new PoolReader.Membership(1, -1, 1);

    /** The directory of the child process, which may crash. */
    private final MemoryDirectory childDirectory = new MemoryDirectory();

    private LiveHost host;

    @BeforeEach
    void start() throws IOException {
        host = LiveHost.start();
    }

    @AfterEach
    void stop() {
        host.close();
        childDirectory.close();
    }

    private PoolWriter create(boolean isLossless) {
        return create(host, isLossless);
    }

    private static PoolWriter create(LiveHost host, boolean isLossless) {
        LiveCounters counters = host.aeroframe().session().counters();
        SubscriberPositions positions = new SubscriberPositions(counters, 1, STREAM.streamId());
        return PoolWriter.create(
                new SharedDirectory(host.driver().sharedDirectory()),
                new PoolWriter.Owner(STREAM, PUBLICATION, isLossless, counters, positions, error -> {}),
                SMALL.maxPayloadLength(),
                4);
    }

    private PoolReader attach(PoolWriter pool) {
        return PoolReader.attach(
                new SharedDirectory(host.driver().sharedDirectory()), STREAM, pool.poolId(), PUBLICATION, MEMBER);
    }

    /** How many mappings this process has of a pool's file, removed or not. */
    private static long mappings(long poolId) {
        try (var lines = Files.lines(Path.of("/proc/self/maps"))) {
            return lines.filter(line -> line.contains(PoolLayout.fileName(poolId)))
                    .count();
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    // ---- the publisher's side

    @Test
    void aClaimThatIsOutKeepsAClosedPoolMapped() {
        for (boolean isSent : new boolean[] {false, true}) {
            PoolWriter pool = create(false);
            int slot = pool.tryTake();
            MutableDirectBuffer buffer = pool.buffer(slot);
            ByteBuffer bytes = pool.byteBuffer(slot);
            pool.close();
            pool.close();
            assertFalse(Files.exists(
                    host.driver().sharedDirectory().resolve(PoolLayout.fileName(pool.poolId()) + ".shared")));
            assertTrue(mappings(pool.poolId()) > 0);
            assertEquals(-1, pool.tryTake(), "no new claim");
            Pattern.write(buffer, SMALL.maxPayloadLength(), 1);
            bytes.put(0, (byte) 1);
            assertEquals(bytes, pool.byteBuffer(slot));
            pool.endWrite(slot, 1);
            pool.signal();
            if (isSent) {
                pool.sent(slot, 64);
            } else {
                pool.cancel(slot);
            }
            assertEquals(0, mappings(pool.poolId()));
            assertIsUseless(pool, slot, buffer);
        }
    }

    @Test
    void aClosedPoolWithoutAClaimIsUnmappedAtOnce() {
        PoolWriter pool = create(true);
        int slot = pool.tryTake();
        MutableDirectBuffer buffer = pool.buffer(slot);
        pool.cancel(slot);
        pool.close();
        assertEquals(0, mappings(pool.poolId()));
        assertIsUseless(pool, slot, buffer);
    }

    private static void assertIsUseless(PoolWriter pool, int slot, MutableDirectBuffer buffer) {
        assertEquals(-1, pool.tryTake());
        assertThrows(IllegalStateException.class, () -> pool.buffer(slot));
        assertThrows(IllegalStateException.class, () -> pool.byteBuffer(slot));
        assertThrows(IllegalStateException.class, () -> pool.endWrite(slot, 2));
        assertThrows(IllegalStateException.class, () -> pool.sent(slot, 64));
        assertThrows(IndexOutOfBoundsException.class, () -> buffer.putLong(0, 1));
        pool.cancel(slot);
        pool.signal();
        pool.lookAfterMembers(System.nanoTime());
        assertFalse(pool.isJoinedBy(1));
        pool.close();
    }

    @Test
    void aClaimThatOutlivesItsPublicationIsWritableAndCountsNothing() throws Exception {
        try (ChildJvm child = ChildJvm.start(OutlivingClaim.class, List.of(), childDirectory.path())) {
            assertEquals("true 1", child.await("pooled", 60));
            assertEquals("false 1", child.await("copied", 60));
        }
    }

    /** Says for either path whether it was pooled, and how many frames the publication counted. */
    static final class OutlivingClaim {
        public static void main(String[] args) throws IOException {
            try (LiveHost host = LiveHost.startIn(Path.of(args[0]))) {
                for (String word : List.of("pooled", "copied")) {
                    long published = 0;
                    for (boolean commits : new boolean[] {true, false}) {
                        published = outlive(host, word, commits);
                    }
                    System.out.println(word + " " + word.equals("pooled") + " " + published);
                }
            }
        }

        private static long outlive(LiveHost host, String name, boolean commits) {
            try (FrameSubscription subscription = host.subscribe(name, FrameChannel.IPC, Delivery.EVERY)) {
                FramePublication publication = host.aeroframe()
                        .addPublication(new PublicationContext()
                                .stream(name).format(SMALL).pooled(name.equals("pooled")));
                LiveHost.awaitConnected(publication);
                Pattern.send(publication, SMALL);
                LiveHost.pollUntil(
                        subscription,
                        Pattern::assertIn,
                        () -> subscription.ledger().received() == 1);
                FrameClaim claim = publication.tryClaim();
                publication.close();
                Pattern.write(claim.buffer(), SMALL.maxPayloadLength(), 1);
                claim.byteBuffer().put(0, (byte) 1);
                if (commits && claim.commit()) {
                    throw new AssertionError("committed to a publication that is closed");
                } else if (!commits) {
                    claim.abort();
                }
                return publication.ledger().published();
            }
        }
    }

    /** Two threads that use pools while a third closes them. */
    @Test
    void aPoolMayBeClosedWhileItIsWrittenAndLookedAfter() throws Exception {
        try (ChildJvm child = ChildJvm.start(ClosingRace.class, List.of(), childDirectory.path())) {
            child.await("done", 90);
        }
    }

    static final class ClosingRace {
        private static final int ROUNDS = 300;

        public static void main(String[] args) throws Exception {
            try (LiveHost host = LiveHost.startIn(Path.of(args[0]))) {
                for (int round = 0; round < ROUNDS; round++) {
                    race(create(host, round % 2 == 0));
                }
                System.out.println("done");
            }
        }

        private static void race(PoolWriter pool) {
            AtomicBoolean isClosed = new AtomicBoolean();
            CompletableFuture<Void> carer = CompletableFuture.runAsync(() -> {
                while (!isClosed.get()) {
                    pool.lookAfterMembers(System.nanoTime());
                    pool.isJoinedBy(1);
                }
            });
            CompletableFuture<Long> writer = CompletableFuture.supplyAsync(() -> {
                long sequence = 0;
                int slot;
                while ((slot = pool.tryTake()) >= 0) {
                    pool.buffer(slot).putLong(0, sequence);
                    pool.byteBuffer(slot).put(8, (byte) 1);
                    pool.endWrite(slot, sequence++);
                    if (sequence % 3 == 0) {
                        pool.cancel(slot);
                    } else {
                        pool.signal();
                        pool.sent(slot, 0);
                    }
                    pool.signal();
                }
                return sequence;
            });
            LiveHost.awaitElapsed(System.nanoTime(), 200_000);
            pool.close();
            isClosed.set(true);
            writer.join();
            carer.join();
            if (mappings(pool.poolId()) != 0) {
                throw new AssertionError("still mapped");
            }
        }
    }

    // ---- the subscriber's side

    @Test
    void aPoolThatWasLeftStaysMappedUntilItsLastFrameAndLeaseAreGivenBack() {
        PoolWriter published = create(false);
        int[] taken = new int[3];
        for (int i = 0; i < taken.length; i++) {
            taken[i] = published.tryTake();
            Pattern.write(published.buffer(taken[i]), SMALL.maxPayloadLength(), i);
            published.endWrite(taken[i], i);
            published.sent(taken[i], 0);
        }
        PoolReader pool = attach(published);
        long both = mappings(published.poolId());
        BorrowedFrame retained = borrow(pool, taken[0], 0);
        FrameLease lease = retained.retain();
        assertTrue(lease.frame().isPooled());
        retained.giveBack();
        BorrowedFrame borrowed = borrow(pool, taken[1], 1);
        pool.leave();
        pool.leave();
        assertEquals(both, mappings(published.poolId()));
        assertEquals(1, pool.slots().leases(taken[0]));
        assertEquals(1, pool.slots().leases(taken[1]), "the bit of a borrowed slot stays");
        assertFalse(pool.tryBorrow(taken[2], 2), "no new frame");
        assertEquals(0, pool.slots().leases(taken[2]));
        Pattern.assertIn(borrowed.payload(), SMALL.maxPayloadLength(), 1);
        lease.close();
        assertEquals(both, mappings(published.poolId()), "the frame is still out");
        Pattern.assertIn(borrowed.payload(), SMALL.maxPayloadLength(), 1);
        PoolSlots slots = new PoolSlots(controlOf(pool), PoolLayout.CONTROL_OFFSET);
        assertEquals(0, slots.leases(taken[0]));
        borrowed.giveBack();
        assertTrue(mappings(published.poolId()) < both);
        assertEquals(0, borrowed.payload().capacity());
        borrowed.giveBack();
        published.close();
        assertEquals(0, mappings(published.poolId()));
    }

    private static UnsafeBuffer controlOf(PoolReader pool) {
        return new UnsafeBuffer(pool.signalAddress() - PoolLayout.SIGNAL_OFFSET, PoolLayout.slotsOffset(4));
    }

    private BorrowedFrame borrow(PoolReader pool, int slot, long sequence) {
        assertTrue(pool.tryBorrow(slot, sequence));
        FrameHeader header = FrameHeaderTest.header(SMALL, SMALL.maxPayloadLength());
        header.sequence = sequence;
        BorrowedFrame frame = new BorrowedFrame(HostIdentity.current(), new FrameCopies());
        header.poolSlot = slot;
        frame.show(header, pool, pool.buffer(slot), 0);
        return frame;
    }

    /**
     * The newest frame is held back while a message moves the subscription to a larger pool; {@code claimed}: before
     * there is a frame in that.
     */
    @ParameterizedTest
    @ValueSource(strings = {"sent", "claimed"})
    void theLatestFrameSurvivesTheGrowthOfItsPool(String how) throws Exception {
        try (ChildJvm child = ChildJvm.start(GrowthUnderLatest.class, List.of(), childDirectory.path(), how)) {
            assertEquals("true", child.await("balanced", 60));
        }
    }

    static final class GrowthUnderLatest {
        private static final int ROUNDS = 20;

        public static void main(String[] args) throws IOException {
            boolean isBalanced = true;
            try (LiveHost host = LiveHost.startIn(Path.of(args[0]))) {
                for (int round = 0; round < ROUNDS; round++) {
                    isBalanced &= grow(host, "grows" + round, args[1].equals("claimed"));
                }
            }
            System.out.println("balanced " + isBalanced);
        }

        private static boolean grow(LiveHost host, String name, boolean isClaimed) {
            long[] read = new long[1];
            FrameHandler handler = frame -> {
                Pattern.assertIn(frame);
                read[0]++;
            };
            try (FrameSubscription subscription = host.subscribe(name, FrameChannel.IPC, Delivery.LATEST)) {
                FramePublication publication = host.aeroframe()
                        .addPublication(new PublicationContext()
                                .stream(name).format(SMALL).slots(4));
                LiveHost.awaitConnected(publication);
                Pattern.send(publication, SMALL);
                LiveHost.pollUntil(subscription, handler, () -> read[0] == 1);
                long oldPool = subscription.pool().poolId();
                Pattern.send(publication, SMALL);
                FrameClaim claim = null;
                if (isClaimed) {
                    claim = publication.tryClaim(LARGE);
                } else {
                    Pattern.send(publication, LARGE);
                }
                subscription.poll(handler, 1);
                if (claim != null) {
                    Pattern.write(claim.buffer(), LARGE.maxPayloadLength(), 2);
                    claim.commit();
                }
                publication.close();
                LiveHost.pollUntilEnded(subscription, handler);
                SubscriptionLedger ledger = subscription.ledger();
                System.out.println(read[0] + " read, " + ledger);
                return ledger.isBalanced()
                        && ledger.published() == 3
                        && ledger.received() == read[0]
                        && ledger.received() + ledger.superseded() == 3
                        && mappings(oldPool) == 0;
            }
        }
    }
}
