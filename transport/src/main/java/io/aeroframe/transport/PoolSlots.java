package io.aeroframe.transport;

import org.agrona.concurrent.AtomicBuffer;

/**
 * The words of each slot, and the protocol on them that keeps a frame from being torn.
 *
 * <p><em>sequence</em>: of the frame that the slot holds, or {@link #WRITING}, or {@link #EMPTY}; only the publisher
 * writes it. <em>leases</em>: one bit a member that reads the slot. <em>retained</em>: one bit a member that keeps it
 * past its handler; these only limit how many slots are kept so, and keep nobody from a slot.
 *
 * <p>Publisher and member each announce themselves first and look at the other second: the publisher marks the sequence
 * and then reads the leases again, a member sets its lease and then reads the sequence. Both announcements are
 * sequentially consistent, so at least one of the two sees the other, and withdraws (Dekker's argument). A sequence is
 * never used twice, so a member cannot mistake a newer frame for the one that was announced to it.
 *
 * <p>Any thread may call; a slot has one writer, the publisher, and each lease bit belongs to one member, or to the
 * publisher on its behalf.
 */
class PoolSlots {

    static final long EMPTY = -1;
    static final long WRITING = -2;

    private static final int SEQUENCE = 0;
    static final int LEASES = 8;
    static final int RETAINED = 16;

    private final AtomicBuffer buffer;
    private final int offset;

    /**
     * Words that lie in a buffer.
     *
     * @param buffer the control part of a pool.
     * @param offset the offset of slot 0's words.
     */
    PoolSlots(AtomicBuffer buffer, int offset) {
        this.buffer = buffer;
        this.offset = offset;
    }

    private int word(int slot, int word) {
        return offset + slot * PoolLayout.CONTROL_LENGTH + word;
    }

    /** Publisher: makes a slot that was never used known as empty. */
    final void init(int slot) {
        buffer.putLongRelease(word(slot, SEQUENCE), EMPTY);
    }

    /**
     * Publisher: takes a slot for writing, if nobody reads it.
     *
     * @return false if somebody does, or has just begun to.
     */
    final boolean tryBeginWrite(int slot) {
        if (buffer.getLongVolatile(word(slot, LEASES)) != 0) {
            return false;
        }
        int sequenceWord = word(slot, SEQUENCE);
        long before = buffer.getLong(sequenceWord); // own word
        assert before != WRITING : "slot " + slot + " is being written";
        buffer.putLongVolatile(sequenceWord, WRITING); // pairs with the read of it in holds()
        if (isLeased(slot)) {
            buffer.putLongRelease(sequenceWord, before);
            return false;
        }
        return true;
    }

    /** The publisher's second look: pairs with the write in {@link #setLease}. */
    boolean isLeased(int slot) {
        return buffer.getLongVolatile(word(slot, LEASES)) != 0;
    }

    /**
     * Publisher: the frame is complete. Pairs with the read in {@link #holds}: a reader that sees the sequence sees the
     * frame.
     */
    final void endWrite(int slot, long sequence) {
        assert sequence >= 0 && sequence(slot) == WRITING : "slot " + slot + " is not being written";
        buffer.putLongRelease(word(slot, SEQUENCE), sequence);
    }

    /** Publisher: what was written is not to be read. */
    final void abortWrite(int slot) {
        buffer.putLongRelease(word(slot, SEQUENCE), EMPTY);
    }

    /**
     * Member: leases a slot, if it still holds the frame. The publisher may have set the lease on its behalf.
     *
     * @return false if the slot is, or is about to be, used again.
     */
    final boolean tryLease(int slot, long bit, long sequence) {
        assert Long.bitCount(bit) == 1 : "a member has one bit";
        boolean wasSet = setLease(slot, bit);
        if (holds(slot, sequence)) {
            return true;
        }
        if (!wasSet) { // else it is the publisher's, for a newer frame
            release(slot, bit);
        }
        return false;
    }

    /** The member's second look: pairs with the writes in {@link #tryBeginWrite} and {@link #endWrite}. */
    boolean holds(int slot, long sequence) {
        return buffer.getLongVolatile(word(slot, SEQUENCE)) == sequence;
    }

    /**
     * Sets the leases of one or more members. Pairs with the read in {@link #isLeased}.
     *
     * @return whether they were set before.
     */
    final boolean setLease(int slot, long bits) {
        return set(word(slot, LEASES), bits);
    }

    /** Clears the leases of one or more members: what they have read of the slot, they have read before. */
    final void release(int slot, long bits) {
        clear(word(slot, LEASES), bits);
    }

    /**
     * Member: marks a slot that it leases as retained, if the members together retain no more slots than they may then.
     *
     * <p>Each member sets its bit first and counts second, with sequentially consistent accesses: of those that keep
     * their bits, the one that counted last has counted the slots of all others. Two that come at the same time may
     * both be refused; never do both get past the limit.
     *
     * @param slotCount the number of its slots.
     * @param most      slots that may be retained by all members together.
     * @return false if it is to copy the frame instead.
     */
    final boolean tryRetain(int slot, long bit, int slotCount, int most) {
        set(word(slot, RETAINED), bit);
        if (countRetained(slotCount) <= most) {
            return true;
        }
        endRetain(slot, bit);
        return false;
    }

    /** How many slots are retained by anybody. Pairs with the writes in {@link #tryRetain}. */
    int countRetained(int slotCount) {
        int count = 0;
        for (int slot = 0; slot < slotCount; slot++) {
            count += retained(slot) != 0 ? 1 : 0;
        }
        return count;
    }

    /** Clears the retained bits of one or more members: before their leases, which keep the slot. */
    final void endRetain(int slot, long bits) {
        clear(word(slot, RETAINED), bits);
    }

    /** The members that retain a slot, one bit each. */
    final long retained(int slot) {
        return buffer.getLongVolatile(word(slot, RETAINED));
    }

    private boolean set(int word, long bits) {
        long before;
        do {
            before = buffer.getLongVolatile(word);
            if ((before & bits) == bits) {
                return true;
            }
        } while (!buffer.compareAndSetLong(word, before, before | bits));
        return false;
    }

    private void clear(int word, long bits) {
        long before;
        do {
            before = buffer.getLongVolatile(word);
        } while ((before & bits) != 0 && !buffer.compareAndSetLong(word, before, before & ~bits));
    }

    /** Leases on a slot, one bit a member. */
    final long leases(int slot) {
        return buffer.getLongVolatile(word(slot, LEASES));
    }

    /** What the slot holds: a frame's sequence, {@link #WRITING} or {@link #EMPTY}. */
    final long sequence(int slot) {
        return buffer.getLongVolatile(word(slot, SEQUENCE));
    }
}
