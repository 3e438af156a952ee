package io.aeroframe.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Leases that are closed too often, too late or at the same time, and the memory of copies. */
@Timeout(180)
class FrameLeaseTest {

    private static final FrameFormat FORMAT = FrameFormat.gray8(100, 50);
    private static final BufferPoolMXBean DIRECT = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
            .filter(pool -> pool.getName().equals("direct"))
            .findFirst()
            .orElseThrow();

    private LiveHost host;
    private FrameSubscription subscription;
    private FramePublication publication;

    @BeforeEach
    void start() throws IOException {
        host = LiveHost.start();
    }

    @AfterEach
    void stop() {
        if (publication != null) {
            publication.close();
            subscription.close();
        }
        host.close();
    }

    private void connect(String pool, FrameFormat format) {
        FrameChannel channel = FrameChannel.parse("aeron:ipc?pool=" + pool);
        subscription = host.subscribe("leases", channel, Delivery.EVERY);
        publication = host.aeroframe()
                .addPublication(new PublicationContext()
                        .stream("leases").channel(channel).format(format).slots(pool.equals("on") ? 6 : 0));
        LiveHost.awaitConnected(publication);
    }

    private FrameLease sendAndRetain(FrameFormat format) {
        FrameLease[] kept = new FrameLease[1];
        assertTrue(Pattern.send(publication, format));
        LiveHost.pollUntil(subscription, frame -> kept[0] = frame.retain(), () -> kept[0] != null);
        return kept[0];
    }

    /** More frames than there are slots, or blocks. */
    private void sendMany() {
        for (int i = 0; i < 20; i++) {
            sendAndRetain(FORMAT).close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"on", "off"})
    void closingAgainTakesNothingFromTheLeaseThatHasTheMemoryNow(String pool) {
        connect(pool, FORMAT);
        FrameLease first = sendAndRetain(FORMAT);
        Frame old = first.frame();
        long address = old.payload().addressOffset();
        first.close();
        List<FrameLease> others = new ArrayList<>();
        do {
            others.add(sendAndRetain(FORMAT));
            others.forEach(lease -> first.close());
        } while (others.get(others.size() - 1).frame().payload().addressOffset() != address && others.size() < 3);
        if (pool.equals("off")) {
            assertEquals(address, others.get(0).frame().payload().addressOffset(), "the memory is used again");
        }
        first.close();
        sendMany();
        for (FrameLease lease : others) {
            assertEquals(pool.equals("on"), lease.frame().isPooled());
            Pattern.assertIn(lease.frame());
            Pattern.assertIn(
                    new UnsafeBuffer(lease.frame().payloadByteBuffer()),
                    FORMAT.maxPayloadLength(),
                    lease.frame().sequence());
            lease.close();
        }
        assertThrows(IllegalStateException.class, first::frame);
        assertThrows(IllegalStateException.class, old::payloadByteBuffer);
        assertThrows(IllegalStateException.class, old::retain);
        assertEquals(0, old.payloadLength());
        assertThrows(IndexOutOfBoundsException.class, () -> old.payload().getByte(0));
        assertEquals(0, old.sequence(), "its number can still be read");
    }

    @ParameterizedTest
    @ValueSource(strings = {"on", "off"})
    void aLeaseThatTwoThreadsCloseIsClosedOnce(String pool) throws Exception {
        connect(pool, FORMAT);
        for (int round = 0; round < 200; round++) {
            FrameLease twice = sendAndRetain(FORMAT);
            FrameLease stays = twice.frame().retain();
            CyclicBarrier barrier = new CyclicBarrier(2);
            CompletableFuture<Void> other = CompletableFuture.runAsync(() -> close(twice, barrier));
            close(twice, barrier);
            other.join();
            FrameLease next = sendAndRetain(FORMAT);
            FrameLease afterNext = sendAndRetain(FORMAT);
            List<FrameLease> open = List.of(stays, next, afterNext);
            for (FrameLease lease : open) {
                Pattern.assertIn(lease.frame());
            }
            assertNotEquals(
                    next.frame().payload().addressOffset(),
                    afterNext.frame().payload().addressOffset());
            open.forEach(FrameLease::close);
        }
    }

    private static void close(FrameLease lease, CyclicBarrier barrier) {
        try {
            barrier.await();
        } catch (Exception ex) {
            throw new AssertionError(ex);
        }
        lease.close();
    }

    @Test
    void aCopyThatOutlivesItsSubscriptionIsFreedWhenItsLastLeaseIsClosed() {
        FrameFormat large = FrameFormat.gray8(4_096, 2_048);
        connect("off", large);
        FrameLease lease = sendAndRetain(large);
        FrameLease again = lease.frame().retain();
        assertEquals(
                lease.frame().payload().addressOffset(), again.frame().payload().addressOffset(), "one memory");
        subscription.close();
        lease.close();
        Pattern.assertIn(again.frame());
        long before = DIRECT.getMemoryUsed();
        again.close();
        assertTrue(DIRECT.getMemoryUsed() <= before - large.maxPayloadLength());
    }

    private static BorrowedFrame frame(FrameMemory memory, int length) {
        FrameFormat format = FrameFormat.gray8(length, 1);
        FrameHeader header = FrameHeaderTest.header(format, length);
        memory.clear();
        assertTrue(memory.tryAppend(new UnsafeBuffer(new byte[length]), 0, length, length));
        BorrowedFrame frame = new BorrowedFrame(HostIdentity.current(), new FrameCopies());
        frame.show(header, memory, 0, memory.buffer(), 0, 0);
        return frame;
    }

    /** Collecting garbage is left out of it: nothing here fills the heap. */
    @Test
    void tenThousandSubscriptionsLeaveNoDirectMemoryBehind() {
        int length = 60_000;
        try (FrameMemory memory = new FrameMemory()) {
            BorrowedFrame frame = frame(memory, length);
            long before = DIRECT.getMemoryUsed();
            for (int i = 0; i < 10_000; i++) {
                FrameCopies leases = new FrameCopies();
                FrameLease closedBefore = leases.copyOf(frame);
                FrameLease closedAfter = leases.copyOf(frame);
                closedBefore.close();
                leases.close();
                closedAfter.close();
            }
            assertTrue(
                    DIRECT.getMemoryUsed() <= before + 100 * length,
                    "before " + before + ", now " + DIRECT.getMemoryUsed());
        }
    }

    @Test
    void whatWaitsForAnotherCopyIsLimited() {
        int length = 60_000;
        try (FrameMemory memory = new FrameMemory();
                FrameCopies leases = new FrameCopies()) {
            BorrowedFrame frame = frame(memory, length);
            long before = DIRECT.getMemoryUsed();
            List<FrameLease> open = new ArrayList<>();
            for (int i = 0; i < 1_000; i++) {
                open.add(leases.copyOf(frame));
            }
            assertTrue(DIRECT.getMemoryUsed() >= before + 1_000L * length);
            open.forEach(FrameLease::close);
            assertTrue(DIRECT.getMemoryUsed() <= before + 100L * length);
            try (FrameMemory large = new FrameMemory()) {
                BorrowedFrame larger = frame(large, length + 5_000);
                for (int i = 0; i < 100; i++) {
                    leases.copyOf(larger).close();
                    leases.copyOf(frame).close();
                }
            }
            assertTrue(DIRECT.getMemoryUsed() <= before + 100L * length);
        }
    }
}
