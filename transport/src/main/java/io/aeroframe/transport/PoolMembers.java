package io.aeroframe.transport;

import io.aeron.status.HeartbeatTimestamp;
import java.lang.invoke.VarHandle;
import java.util.function.BooleanSupplier;
import org.agrona.concurrent.AtomicBuffer;
import org.agrona.concurrent.status.CountersReader;

/**
 * The readers of a pool: 64 entries, and two words with a bit each: <em>members</em>, the readers that take part, and
 * <em>waiting</em>, those that sleep until the publisher signals.
 *
 * <p>An entry is taken by writing the process into its <em>owner</em> word, and everything else that becomes of it is a
 * transition of its <em>state</em> word:
 *
 * <pre>
 * FREE      the member takes it, with the next generation     -> JOINING
 * JOINING   the member has described itself                   -> ACTIVE
 * ACTIVE    the member gives its bit back                     -> FREE
 *           the publisher evicts it                           -> EVICTED
 * EVICTED   the member has seen it, and touches its bit no more -> RETURNED
 *           its process is gone                               -> FREE, by the publisher
 * RETURNED  the publisher has taken everything back           -> FREE
 * FREE or JOINING, of a process that is gone                  -> EVICTED, by the publisher
 * </pre>
 *
 * <p>The word carries the generation, which grows with each taking, and each transition is a compare-and-set of both:
 * what was decided of one member is never done to another one that has come to the same entry meanwhile. The owner word
 * is cleared last, so that an entry has one owner until all of the last one is gone.
 *
 * <p>The publisher evicts a member of which the Aeron client has shown no sign of life for the driver's client liveness
 * timeout, and takes its leases back. The process may only be stopped, and clear its bit when it wakes: so the bit is
 * given to nobody else before the member itself has seen the eviction, or its process is gone.
 *
 * <p>Each method says whose it is. One thread at a time may be in {@link #check}, and one in {@link #lend}; they need
 * not be the same.
 */
class PoolMembers {

    private static final int OWNER = 0;
    private static final int STATE = 8;
    private static final int PROCESS_START = 16;
    private static final int CLIENT = 24;
    private static final int SUBSCRIPTION = 32;
    private static final int HEARTBEAT_COUNTER = 40;

    private static final int FREE = 0;
    private static final int JOINING = 1;
    private static final int ACTIVE = 2;
    private static final int EVICTED = 3;
    private static final int RETURNED = 4;

    private static final int GENERATION_SHIFT = 8;
    private static final long STATE_MASK = 0xFF;

    private static final long NOBODY = 0;

    private final AtomicBuffer control;
    private final PoolSlots slots;
    private final int slotCount;

    /** The state words of those to whom the last slot was lent. The publishing thread's. */
    private final long[] lentTo = new long[PoolLayout.MAX_MEMBERS];

    /**
     * A member's entry, for as long as it has it.
     *
     * @param index      0 to 63, the number of its bit.
     * @param generation the generation of the entry.
     */
    record Place(int index, long generation) {
        long bit() {
            return PoolMembers.bit(index);
        }

        private long word(int state) {
            return generation << GENERATION_SHIFT | state;
        }
    }

    PoolMembers(AtomicBuffer control, PoolSlots slots, int slotCount) {
        this.control = control;
        this.slots = slots;
        this.slotCount = slotCount;
    }

    private static int entry(int index, int field) {
        return PoolLayout.ENTRIES_OFFSET + index * PoolLayout.ENTRY_LENGTH + field;
    }

    static long bit(int index) {
        return 1L << index;
    }

    /** The state word of an entry: generation and state. */
    final long word(int index) {
        return control.getLongVolatile(entry(index, STATE));
    }

    private long owner(int index) {
        return control.getLongVolatile(entry(index, OWNER));
    }

    private boolean tryMove(int index, long from, long to) {
        return control.compareAndSetLong(entry(index, STATE), from, to);
    }

    private static int stateOf(long word) {
        return (int) (word & STATE_MASK);
    }

    private static long withState(long word, int state) {
        return word & ~STATE_MASK | state;
    }

    // ---- the member's side

    /**
     * Member: takes part.
     *
     * @param clientId           the id of the Aeron client.
     * @param heartbeatCounterId the id of the counter that shows that it is alive.
     * @param subscriptionId     registration id of the Aeron subscription.
     * @return its place; null if there are {@link PoolLayout#MAX_MEMBERS} already.
     */
    Place join(long clientId, int heartbeatCounterId, long subscriptionId) {
        ProcessIdentity process = ProcessIdentity.current();
        for (int i = 0; i < PoolLayout.MAX_MEMBERS; i++) {
            if (control.compareAndSetLong(entry(i, OWNER), NOBODY, process.pid())) {
                control.putLong(
                        entry(i, PROCESS_START),
                        process.startTime()); // before JOINING, so that it is known from then on
                long free = word(i);
                Place place = new Place(i, (free >>> GENERATION_SHIFT) + 1);
                if (stateOf(free) != FREE || !tryMove(i, free, place.word(JOINING))) {
                    // The publisher is at the entry of a process that had left it and ended just then.
                    control.compareAndSetLong(entry(i, OWNER), process.pid(), NOBODY);
                    continue;
                }
                control.putLong(entry(i, CLIENT), clientId);
                control.putLong(entry(i, SUBSCRIPTION), subscriptionId);
                control.putInt(entry(i, HEARTBEAT_COUNTER), heartbeatCounterId);
                boolean isActive = tryMove(i, place.word(JOINING), place.word(ACTIVE)); // publishes the fields
                assert isActive : "a joining process is not gone";
                set(PoolLayout.MEMBERS_OFFSET, bit(i));
                return place;
            }
        }
        return null;
    }

    /** Member: whether its leases hold, and did while it read what it has read. */
    boolean isActive(Place place) {
        VarHandle.loadLoadFence(); // else a read of a frame might be done after the look that is to vouch for it
        return word(place.index()) == place.word(ACTIVE);
    }

    /**
     * Member: takes no more part, so that no more leases are set on its behalf. It still has its bit, and may hold
     * leases.
     */
    void leave(Place place) {
        withdraw(place.index());
    }

    private void withdraw(int index) {
        clear(PoolLayout.WAITING_OFFSET, bit(index));
        clear(PoolLayout.MEMBERS_OFFSET, bit(index));
    }

    /** Member: gives its bit back, having left and holding no lease, or having lost them all. */
    void giveBack(Place place) {
        int index = place.index();
        long owner = owner(index);
        if (tryMove(index, place.word(ACTIVE), place.word(FREE))) {
            control.compareAndSetLong(entry(index, OWNER), owner, NOBODY); // from here on the entry can be taken
        } else {
            tryMove(index, place.word(EVICTED), place.word(RETURNED)); // the publisher has the rest to do
        }
    }

    /**
     * Member: shows the publisher that it is about to sleep, or has woken. The order is for {@link WaitIdleStrategy} to
     * keep.
     */
    void setWaiting(Place place, boolean isWaiting) {
        if (isWaiting) {
            set(PoolLayout.WAITING_OFFSET, place.bit());
        } else {
            clear(PoolLayout.WAITING_OFFSET, place.bit());
        }
    }

    // ---- the publisher's side

    /** Members, a bit each. */
    long members() {
        return control.getLongVolatile(PoolLayout.MEMBERS_OFFSET);
    }

    /**
     * Publisher: leases a slot that is being written on behalf of all members. A member that leaves meanwhile gives
     * back what it sees after it has left, and one that is evicted loses what the publisher sees after that; a member
     * that has come to the place of another meanwhile is lent nothing.
     *
     * @return bits of those to whom it is lent now.
     */
    long lend(int slot) {
        long bits = members();
        for (long rest = bits; rest != 0; rest &= rest - 1) {
            int index = Long.numberOfTrailingZeros(rest);
            lentTo[index] = word(index);
        }
        slots.setLease(slot, bits);
        // The bits first, then the words: a bit that is set belongs to the member that has the place afterwards, as the
        // word says.
        long lent = bits & members();
        for (long rest = lent; rest != 0; rest &= rest - 1) {
            int index = Long.numberOfTrailingZeros(rest);
            if (!isStill(index, lentTo[index])) {
                lent &= ~bit(index);
            }
        }
        if (lent != bits) {
            slots.release(slot, bits & ~lent); // nobody reads the slot: these bits are the ones that were set here
        }
        return lent;
    }

    /** The second look of {@link #lend}: whether a member that was active is so, and is the same. */
    boolean isStill(int index, long word) {
        return stateOf(word) == ACTIVE && word(index) == word;
    }

    /** The generation of a member to whom the last slot was lent. The publishing thread. */
    long lentGeneration(int index) {
        return lentTo[index] >>> GENERATION_SHIFT;
    }

    /** The generation of an entry now. Any thread. */
    long generation(int index) {
        return word(index) >>> GENERATION_SHIFT;
    }

    /** The bit of the member that an Aeron subscription is; 0 if it is none. Any thread. */
    long bitOf(long subscriptionId) {
        for (long rest = members(); rest != 0; rest &= rest - 1) {
            int index = Long.numberOfTrailingZeros(rest);
            long word = word(index);
            if (stateOf(word) == ACTIVE
                    && control.getLongVolatile(entry(index, SUBSCRIPTION)) == subscriptionId
                    && word(index) == word) {
                return bit(index);
            }
        }
        return 0;
    }

    /** Whether an Aeron subscription is a member. Any thread. */
    boolean contains(long subscriptionId) {
        return bitOf(subscriptionId) != 0;
    }

    /** The process id, in its own pid namespace, of the process that has an entry; 0 if none has. Any thread. */
    long processOf(int index) {
        return ProcessIdentity.number(owner(index));
    }

    /**
     * Publisher: evicts members that show no sign of life, and frees the entries of processes that are gone. Reads
     * {@code /proc}.
     *
     * @param isDriverUp asked before a member is evicted: a driver that ends takes all signs of life with it.
     */
    void check(CountersReader counters, BooleanSupplier isDriverUp) {
        for (int i = 0; i < PoolLayout.MAX_MEMBERS; i++) {
            long word = word(i); // first: what is read after it belongs to this generation, or the transition fails
            long owner = owner(i);
            if (owner == NOBODY) {
                continue;
            }
            switch (stateOf(word)) {
                case ACTIVE -> {
                    if (!isAlive(counters, i) && isDriverUp.getAsBoolean() && tryEvict(i, word)) {
                        takeBack(i);
                    }
                }
                case EVICTED -> {
                    takeBack(i); // one that has just woken may have set another lease before it saw its eviction
                    if (isGone(i, owner)) {
                        free(i, word, owner);
                    }
                }
                case RETURNED -> {
                    takeBack(i);
                    free(i, word, owner);
                }
                default -> { // FREE or JOINING
                    if (isGone(i, owner) && tryEvict(i, word)) {
                        takeBack(i);
                        free(i, withState(word, EVICTED), owner);
                    }
                }
            }
        }
    }

    /** Fails if the entry is not as it was any more. */
    boolean tryEvict(int index, long word) {
        return tryMove(index, word, withState(word, EVICTED));
    }

    /** Whether the process that an entry belongs to has ended. */
    private boolean isGone(int index, long owner) {
        long startTime = control.getLongVolatile(entry(index, PROCESS_START));
        return owner(index) == owner && new ProcessIdentity(owner, startTime).isGone();
    }

    private boolean isAlive(CountersReader counters, int index) {
        int counterId = control.getInt(entry(index, HEARTBEAT_COUNTER));
        return counterId >= 0
                && counterId <= counters.maxCounterId()
                && HeartbeatTimestamp.isActive(
                        counters,
                        counterId,
                        HeartbeatTimestamp.HEARTBEAT_TYPE_ID,
                        control.getLong(entry(index, CLIENT)));
    }

    private void takeBack(int index) {
        withdraw(index);
        for (int slot = 0; slot < slotCount; slot++) {
            slots.endRetain(slot, bit(index));
            slots.release(slot, bit(index));
        }
    }

    private void free(int index, long word, long owner) {
        if (tryMove(index, word, withState(word, FREE))) {
            control.compareAndSetLong(entry(index, OWNER), owner, NOBODY);
        }
    }

    private void set(int word, long bits) {
        long before;
        do {
            before = control.getLongVolatile(word);
        } while ((before & bits) != bits && !control.compareAndSetLong(word, before, before | bits));
    }

    private void clear(int word, long bits) {
        long before;
        do {
            before = control.getLongVolatile(word);
        } while ((before & bits) != 0 && !control.compareAndSetLong(word, before, before & ~bits));
    }
}
