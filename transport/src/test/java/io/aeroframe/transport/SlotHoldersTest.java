package io.aeroframe.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeroframe.driver.internal.SharedDirectory;
import io.aeron.Aeron;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Which process is named as the holder of the slots that a publication lacks. */
@Timeout(180)
class SlotHoldersTest {

    private static final int SLOTS = 4;
    private static final long START_NS = 1_000;
    private static final long SECOND_NS = TimeUnit.SECONDS.toNanos(1);
    private static final long PID = ProcessHandle.current().pid();

    private final UnsafeBuffer control =
            new UnsafeBuffer(BufferUtil.allocateDirectAligned(PoolLayout.slotsOffset(SLOTS), PoolLayout.PAGE_LENGTH));
    private final PoolSlots slots = new PoolSlots(control, PoolLayout.CONTROL_OFFSET);
    private final PoolMembers members = new PoolMembers(control, slots, SLOTS);
    private PoolMembers.Place member;
    private SlotHolders holders;
    private long shortages;

    @BeforeEach
    void publishFour() {
        for (int slot = 0; slot < SLOTS; slot++) {
            assertTrue(slots.tryBeginWrite(slot));
            slots.endWrite(slot, slot);
        }
        member = members.join(1, -1, 1);
        lease(0);
        lease(1);
        holders = new SlotHolders(slots, members, SLOTS, START_NS);
    }

    private void lease(int slot) {
        assertTrue(slots.tryLease(slot, member.bit(), slots.sequence(slot)));
    }

    private List<String> lookAfter(double seconds) {
        return holders.look(START_NS + (long) (seconds * SECOND_NS), shortages);
    }

    @Test
    void aMemberThatHoldsSlotsWhileThereIsNoneIsNamedAgainAndAgain() {
        for (int round = 1; round <= 3; round++) {
            shortages++;
            assertEquals(List.of(), lookAfter(5 * round - 0.1));
            assertEquals(List.of("subscriber PID " + PID + " holds 2 of 4 slots for 5 s"), lookAfter(5 * round));
        }
    }

    @Test
    void holdingSlotsThatNobodyLacksIsNoMatter() {
        assertEquals(List.of(), lookAfter(5));
        assertEquals(List.of(), lookAfter(10));
    }

    @Test
    void aSlotThatWasGivenBackInBetweenDoesNotCount() {
        shortages++;
        slots.release(0, member.bit());
        assertEquals(List.of(), lookAfter(1));
        lease(0);
        assertEquals(List.of("subscriber PID " + PID + " holds 1 of 4 slots for 5 s"), lookAfter(5));
    }

    @Test
    void anotherFrameIsAnotherLease() {
        shortages++;
        slots.release(0, member.bit());
        slots.release(1, member.bit());
        assertTrue(slots.tryBeginWrite(0));
        slots.endWrite(0, 9);
        assertTrue(slots.tryBeginWrite(1));
        slots.endWrite(1, 10);
        lease(0);
        lease(1);
        assertEquals(List.of(), lookAfter(5));
        shortages++;
        assertEquals(List.of("subscriber PID " + PID + " holds 2 of 4 slots for 5 s"), lookAfter(10));
    }

    @Test
    void aPublicationReportsWhoLeavesItNoSlot() throws IOException {
        StreamName stream = new StreamName("camera_A");
        List<String> reported = new ArrayList<>();
        try (LiveHost host = LiveHost.start();
                Aeron aeron = host.connectRaw()) {
            LiveCounters counters = host.aeroframe().session().counters();
            SubscriberPositions positions = new SubscriberPositions(counters, 1, stream.streamId());
            PoolWriter pool = PoolWriter.create(
                    new SharedDirectory(host.driver().sharedDirectory()),
                    new PoolWriter.Owner(
                            stream, 5, false, counters, positions, error -> reported.add(error.getMessage())),
                    4_096,
                    3);
            long startNs = System.nanoTime();
            PoolFollower attachment = new PoolFollower(
                    new SharedDirectory(host.driver().sharedDirectory()),
                    aeron,
                    stream,
                    aeron.addSubscription(FrameChannel.IPC.subscriptionUri(), stream.streamId()));
            PoolReader attached = attachment.pool(pool.poolId(), 5);
            pool.lookAfterMembers(startNs);
            for (int i = 0; i < 3; i++) {
                int slot = pool.tryTake();
                pool.endWrite(slot, i);
                pool.sent(slot, 0);
                assertTrue(attached.tryBorrow(slot, i));
            }
            pool.lookAfterMembers(startNs + 6 * SECOND_NS);
            assertEquals(List.of(), reported, "it lacked none yet");
            assertEquals(-1, pool.tryTake());
            pool.lookAfterMembers(startNs + 12 * SECOND_NS);
            assertEquals(
                    List.of("stream 'camera_A': subscriber PID " + PID
                            + " holds 3 of 3 slots for 6 s, and frames are dropped for lack of a slot"),
                    reported);
            for (int slot = 0; slot < 3; slot++) {
                attached.giveBack(slot);
            }
            attachment.leave();
            pool.close();
        }
    }
}
