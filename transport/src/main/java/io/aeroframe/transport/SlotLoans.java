package io.aeroframe.transport;

import java.util.function.LongPredicate;

/**
 * What a lossless publication has lent to whom, so that no slot is used again before each subscriber has had its frame:
 * one that has joined the pool has a lease on it, another one has its position in the stream. The publishing thread.
 */
final class SlotLoans {

    private final PoolMembers members;
    private final SubscriberPositions subscribers;
    private final int slotCount;

    /** Of the stream: behind the message that points to the slot; 0 if none does. */
    private final long[] positions;

    /** Whose leases were set when the frame in a slot was published. */
    private final long[] lent;

    /** Which member had each bit when leases were last set on behalf of the members. */
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

    /** A bit that another member has now says nothing of the frames that were published before. */
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

    /** The message that points to a slot ends at a position of the stream. */
    void sent(int slot, long position) {
        positions[slot] = position;
    }

    /** No message points to a slot. */
    void cancelled(int slot) {
        positions[slot] = 0;
    }

    /** Whether the frame in a slot is kept for a subscriber that has not come to it yet. */
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
