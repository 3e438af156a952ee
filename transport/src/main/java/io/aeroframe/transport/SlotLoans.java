package io.aeroframe.transport;

import java.util.function.LongPredicate;

/**
 * The slots that a lossless publication has lent, so that none is reused before every subscriber has had its frame. A
 * subscriber that has joined the pool holds a lease on the slot; for others, their position in the stream counts. The
 * publishing thread.
 */
final class SlotLoans {

    private final PoolMembers members;
    private final SubscriberPositions subscribers;
    private final int slotCount;

    /** The stream position after the message that points to each slot; 0 if there is none. */
    private final long[] positions;

    /** The bits whose leases were set when the frame in each slot was published. */
    private final long[] lent;

    /** The member that had each bit when leases were last set on behalf of the members. */
    private final long[] generations = new long[PoolLayout.MAX_MEMBERS];

    private final LongPredicate wasLentTo = this::wasLentTo;
    private int asked;

    SlotLoans(PoolMembers members, SubscriberPositions subscribers, int slotCount) {
        this.members = members;
        this.subscribers = subscribers;
        this.slotCount = slotCount;
        positions = new long[slotCount];
        lent = new long[slotCount];
    }

    /** Leases a slot that is being written on behalf of all members. */
    void lend(int slot) {
        long bits = members.lend(slot);
        forgetFormerMembers(bits);
        lent[slot] = bits;
    }

    /** A bit that has a new member now says nothing about frames that were published before. */
    private void forgetFormerMembers(long bits) {
        for (long rest = bits; rest != 0; rest &= rest - 1) {
            int index = Long.numberOfTrailingZeros(rest);
            long generation = members.lentGeneration(index);
            if (generations[index] != generation) {
                generations[index] = generation;
                for (int slot = 0; slot < slotCount; slot++) {
                    lent[slot] &= ~PoolMembers.bit(index);
                }
            }
        }
    }

    /** Records the stream position after the message that points to a slot. */
    void sent(int slot, long position) {
        positions[slot] = position;
    }

    /** Records that no message points to a slot. */
    void cancelled(int slot) {
        positions[slot] = 0;
    }

    /** Whether the frame in a slot is kept for a subscriber that has not reached it yet. */
    boolean isExpected(int slot) {
        if (positions[slot] == 0) {
            return false;
        }
        asked = slot;
        return !subscribers.areAll(wasLentTo, positions[slot]);
    }

    private boolean wasLentTo(long subscriptionId) {
        long bit = members.bitOf(subscriptionId) & lent[asked];
        if (bit == 0) {
            return false;
        }
        int index = Long.numberOfTrailingZeros(bit);
        return generations[index] == members.generation(index);
    }
}
