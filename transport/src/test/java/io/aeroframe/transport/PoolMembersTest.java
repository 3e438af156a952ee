package io.aeroframe.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeron.status.HeartbeatTimestamp;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.status.CountersManager;
import org.junit.jupiter.api.Test;

/** Who has which bit of a pool, and until when. */
class PoolMembersTest {

    private static final int SLOTS = 4;
    private static final long ALIVE = 7;
    private static final long DEAD = 8;

    private final UnsafeBuffer control =
            new UnsafeBuffer(BufferUtil.allocateDirectAligned(PoolLayout.slotsOffset(SLOTS), PoolLayout.PAGE_LENGTH));
    private final PoolSlots slots = new PoolSlots(control, PoolLayout.CONTROL_OFFSET);
    private final PoolMembers members = new PoolMembers(control, slots, SLOTS);
    private final CountersManager counters = new CountersManager(
            new UnsafeBuffer(BufferUtil.allocateDirectAligned(64 * 1024, 64)),
            new UnsafeBuffer(BufferUtil.allocateDirectAligned(16 * 1024, 64)));
    private final int heartbeat = counters.allocate("alive", HeartbeatTimestamp.HEARTBEAT_TYPE_ID);

    PoolMembersTest() {
        counters.setCounterRegistrationId(heartbeat, ALIVE);
        counters.metaDataBuffer()
                .putLong(CountersManager.metaDataOffset(heartbeat) + CountersManager.KEY_OFFSET, ALIVE);
        for (int slot = 0; slot < SLOTS; slot++) {
            slots.init(slot);
        }
    }

    private int join(long client) {
        return members.join(client, heartbeat, client);
    }

    @Test
    void aMemberWithAHeartbeatStaysAndOneWithoutLosesItsLeases() {
        int alive = join(ALIVE);
        int dead = join(DEAD);
        slots.setLease(0, PoolMembers.bit(alive));
        slots.setLease(0, PoolMembers.bit(dead));
        members.check(counters, () -> true);
        assertTrue(members.isActive(alive));
        assertFalse(members.isActive(dead));
        assertEquals(PoolMembers.bit(alive), slots.leases(0));
        assertEquals(PoolMembers.bit(alive), members.members());
    }

    @Test
    void theBitOfAnEvictedMemberThatLivesIsGivenToNobody() {
        int dead = join(DEAD);
        members.check(counters, () -> true);
        slots.setLease(1, PoolMembers.bit(dead)); // it wakes in the middle of taking a lease
        members.check(counters, () -> true);
        assertEquals(0, slots.leases(1));
        for (int i = 1; i < PoolLayout.MAX_MEMBERS; i++) {
            assertTrue(join(ALIVE) != dead);
        }
        assertEquals(-1, join(ALIVE));
    }

    @Test
    void anEvictedMemberThatComesBackIsNotMistakenForWhatItWas() {
        int before = join(DEAD);
        members.check(counters, () -> true);
        members.leave(before);
        members.giveBack(before);
        int after = join(ALIVE);
        assertTrue(after != before, "the publisher may be in the middle of taking the leases of " + before);
        slots.setLease(2, PoolMembers.bit(after));
        members.check(counters, () -> true);
        assertTrue(members.isActive(after));
        assertEquals(PoolMembers.bit(after), slots.leases(2));
        assertEquals(PoolMembers.bit(after), members.members());
        assertEquals(before, join(ALIVE), "its place is free by then");
    }

    @Test
    void aPlaceThatWasGivenBackIsFreeAtOnce() {
        for (int i = 0; i < 3 * PoolLayout.MAX_MEMBERS; i++) {
            int index = join(ALIVE);
            assertEquals(0, index);
            members.leave(index);
            members.giveBack(index);
        }
        assertEquals(0, members.members());
    }
}
