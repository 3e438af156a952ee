package io.aeroframe.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeron.status.HeartbeatTimestamp;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.status.CountersManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which member has which bit of a pool, and until when. */
class PoolMembersTest {

    private static final int SLOTS = 4;
    private static final long ALIVE = 7;
    private static final long DEAD = 8;

    private static final int OWNER = 0;
    private static final int STATE = 8;

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

    private PoolMembers.Place join(long client) {
        return members.join(client, heartbeat, client);
    }

    private void leave(PoolMembers.Place place) {
        members.leave(place);
        members.giveBack(place);
    }

    private void check() {
        members.check(counters, () -> true);
    }

    @Test
    void aMemberWithAHeartbeatStaysAndOneWithoutLosesItsLeases() {
        PoolMembers.Place alive = join(ALIVE);
        PoolMembers.Place dead = join(DEAD);
        slots.setLease(0, alive.bit());
        slots.setLease(0, dead.bit());
        assertTrue(slots.tryRetain(0, alive.bit(), SLOTS, 1));
        assertTrue(slots.tryRetain(0, dead.bit(), SLOTS, 1));
        check();
        assertTrue(members.isActive(alive));
        assertFalse(members.isActive(dead));
        assertEquals(alive.bit(), slots.leases(0));
        assertEquals(alive.bit(), slots.retained(0));
        assertEquals(alive.bit(), members.members());
    }

    @Test
    void theBitOfAnEvictedMemberThatLivesIsGivenToNobody() {
        PoolMembers.Place dead = join(DEAD);
        check();
        slots.setLease(1, dead.bit()); // it wakes in the middle of taking a lease
        check();
        assertEquals(0, slots.leases(1));
        for (int i = 1; i < PoolLayout.MAX_MEMBERS; i++) {
            assertNotEquals(dead.index(), join(ALIVE).index());
        }
        assertNull(join(ALIVE));
    }

    @Test
    void anEvictedMemberThatComesBackIsNotMistakenForWhatItWas() {
        PoolMembers.Place before = join(DEAD);
        check();
        leave(before);
        PoolMembers.Place after = join(ALIVE);
        assertNotEquals(before.index(), after.index(), "the publisher may be in the middle of taking its leases");
        slots.setLease(2, after.bit());
        check();
        assertTrue(members.isActive(after));
        assertEquals(after.bit(), slots.leases(2));
        assertEquals(after.bit(), members.members());
        assertEquals(before.index(), join(ALIVE).index(), "its place is free by then");
    }

    @Test
    void aPlaceThatWasGivenBackIsFreeAtOnceForAnotherGeneration() {
        for (int i = 0; i < 3 * PoolLayout.MAX_MEMBERS; i++) {
            PoolMembers.Place place = join(ALIVE);
            assertEquals(0, place.index());
            assertEquals(i + 1, place.generation());
            leave(place);
            assertFalse(members.isActive(place));
        }
        assertEquals(0, members.members());
    }

    /** The dead member was seen, then it left after all, and a live one came to its place. */
    @Test
    void anEvictionDoesNotHitTheNextOwnerOfThePlace() {
        PoolMembers.Place dead = join(DEAD);
        PoolMembers.Place[] next = new PoolMembers.Place[1];
        members.check(counters, () -> {
            leave(dead);
            next[0] = join(ALIVE);
            slots.setLease(0, next[0].bit());
            return true;
        });
        assertEquals(dead.index(), next[0].index());
        assertTrue(members.isActive(next[0]));
        assertEquals(next[0].bit(), slots.leases(0));
        assertEquals(next[0].bit(), members.members());
        members.giveBack(dead); // says it once more, and changes nothing
        assertTrue(members.isActive(next[0]));
    }

    @Test
    void nothingIsLentToAMemberThatCameWhileItWasLentToTheOneBefore() {
        PoolMembers.Place first = join(ALIVE);
        PoolMembers.Place stays = join(ALIVE);
        PoolMembers overtaken = new PoolMembers(control, slots, SLOTS) {
            private int looks;

            @Override
            long members() {
                if (++looks == 2) { // the leases have been set: for the first
                    leave(first);
                    giveBack(first);
                    assertEquals(first.index(), join(ALIVE, heartbeat, ALIVE).index());
                }
                return super.members();
            }
        };
        assertEquals(stays.bit(), overtaken.lend(0));
        assertEquals(stays.bit(), slots.leases(0));
        assertEquals(first.bit() | stays.bit(), members.members());
    }

    /** One that had written its process into the entry, and one that was about to describe itself. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void thePlaceOfAProcessThatDiedWhileItJoinedIsReclaimed(int state) throws Exception {
        Process process = new ProcessBuilder("true").start();
        process.waitFor();
        long dead = ProcessIdentity.current().pid() & ~0xFFFF_FFFFL | process.pid();
        control.putLong(PoolLayout.ENTRIES_OFFSET + OWNER, dead);
        control.putLong(PoolLayout.ENTRIES_OFFSET + STATE, 5 << 8 | state);
        assertEquals(1, join(ALIVE).index());
        check();
        assertEquals(0, control.getLong(PoolLayout.ENTRIES_OFFSET + OWNER));
        PoolMembers.Place next = join(ALIVE);
        assertEquals(0, next.index());
        assertEquals(6, next.generation());
    }

    @Test
    void thePlaceOfAProcessThatIsJoiningIsLeftAlone() {
        long own = ProcessIdentity.current().pid();
        control.putLong(PoolLayout.ENTRIES_OFFSET + OWNER, own);
        control.putLong(PoolLayout.ENTRIES_OFFSET + STATE, 5 << 8 | 1);
        check();
        assertEquals(own, control.getLong(PoolLayout.ENTRIES_OFFSET + OWNER));
        assertEquals(5 << 8 | 1, control.getLong(PoolLayout.ENTRIES_OFFSET + STATE));
    }
}
