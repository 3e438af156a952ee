package io.aeroframe.transport;

import io.aeron.status.HeartbeatTimestamp;
import java.lang.invoke.VarHandle;
import java.util.function.BooleanSupplier;
import org.agrona.concurrent.AtomicBuffer;
import org.agrona.concurrent.status.CountersReader;

/**
 * The readers of a pool: 64 entries, and two bit sets: <em>members</em>, the readers that take part, and
 * <em>waiting</em>, those that sleep until the publisher signals.
 *
 * <p>A reader takes an entry by writing its process into the <em>owner</em> word. Every later change is a transition of
 * the <em>state</em> word:
 *
 * <pre>
 * FREE      the member takes it, with the next generation       -> JOINING
 * JOINING   the member has filled in its fields                 -> ACTIVE
 * ACTIVE    the member returns its bit                          -> FREE
 *           the publisher evicts it                             -> EVICTED
 * EVICTED   the member has seen it, and stops using its bit     -> RETURNED
 *           its process has ended                               -> FREE, by the publisher
 * RETURNED  the publisher has reclaimed everything              -> FREE
 * FREE or JOINING, of a process that has ended                  -> EVICTED, by the publisher
 * </pre>
 *
 * <p>The state word carries the generation, which is incremented each time the entry is taken. Each transition is a
 * compare-and-set of both, so a decision about one member never applies to a later member in the same entry. The owner
 * word is cleared last, so an entry has one owner until everything of the previous one is reclaimed.
 *
 * <p>The publisher evicts a member if its Aeron client has sent no keepalive for the driver's client liveness timeout,
 * and reclaims its leases. The process may only be stopped, and clear its bit when it resumes. So the bit is not reused
 * until the member itself has seen the eviction, or its process has ended.
 *
 * <p>Each method says which side it is for. One thread at a time may be in {@link #check}, and one in {@link #lend};
 * they need not be the same thread.
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

    /** The state words of the members to which the last slot was lent. For the publishing thread. */
    private final long[] lentTo = new long[PoolLayout.MAX_MEMBERS];

    /**
     * A member's entry, for as long as it is a member.
     *
     * @param index      the number of its bit, 0 to 63.
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
        assert isTransition(from, to) : stateOf(from) + " to " + stateOf(to);
        return control.compareAndSetLong(entry(index, STATE), from, to);
    }

    /** Whether the class comment lists a transition. */
    private static boolean isTransition(long from, long to) {
        long generations = (to >> GENERATION_SHIFT) - (from >> GENERATION_SHIFT);
        int target = stateOf(to);
        return switch (stateOf(from)) {
            case FREE -> target == JOINING && generations == 1 || target == EVICTED && generations == 0;
            case JOINING -> (target == ACTIVE || target == EVICTED) && generations == 0;
            case ACTIVE -> (target == FREE || target == EVICTED) && generations == 0;
            case EVICTED -> (target == RETURNED || target == FREE) && generations == 0;
            case RETURNED -> target == FREE && generations == 0;
            default -> false;
        };
    }

    private static int stateOf(long word) {
        return (int) (word & STATE_MASK);
    }

    private static long withState(long word, int state) {
        return word & ~STATE_MASK | state;
    }

    // ---- the member's side

    /**
     * Member: joins.
     *
     * @param clientId           the id of the Aeron client.
     * @param heartbeatCounterId the id of the client's heartbeat counter.
     * @param subscriptionId     the registration id of the Aeron subscription.
     * @return the member's place; null if there are {@link PoolLayout#MAX_MEMBERS} members already.
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

    /** Member: whether its leases are valid, and were valid for everything it has read so far. */
    boolean isActive(Place place) {
        VarHandle.loadLoadFence(); // else a read of a frame might be done after the look that is to vouch for it
        return word(place.index()) == place.word(ACTIVE);
    }

    /** Member: leaves, so that no more leases are set on its behalf. It keeps its bit, and may hold leases. */
    void leave(Place place) {
        withdraw(place.index());
    }

    private void withdraw(int index) {
        clear(PoolLayout.WAITING_OFFSET, bit(index));
        clear(PoolLayout.MEMBERS_OFFSET, bit(index));
    }

    /** Member: returns its bit, after leaving, when it holds no lease or has lost all of them. */
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
     * Member: shows the publisher that it is about to sleep, or is awake. {@link WaitIdleStrategy} is responsible for
     * the order.
     */
    void setWaiting(Place place, boolean isWaiting) {
        if (isWaiting) {
            set(PoolLayout.WAITING_OFFSET, place.bit());
        } else {
            clear(PoolLayout.WAITING_OFFSET, place.bit());
        }
    }

    // ---- the publisher's side

    /** The members, one bit each. */
    long members() {
        return control.getLongVolatile(PoolLayout.MEMBERS_OFFSET);
    }

    /**
     * Publisher: leases a slot that is being written on behalf of all members. A member that leaves meanwhile releases
     * the leases it sees after leaving, an evicted one loses those that the publisher sees after evicting it, and one
     * that has replaced another meanwhile is lent nothing.
     *
     * @return the bits of the members to which the slot is lent.
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

    /** The second check of {@link #lend}: whether an active member is still active, and still the same. */
    boolean isStill(int index, long word) {
        return stateOf(word) == ACTIVE && word(index) == word;
    }

    /** The generation of a member to which the last slot was lent. For the publishing thread. */
    long lentGeneration(int index) {
        return lentTo[index] >>> GENERATION_SHIFT;
    }

    /** The present generation of an entry. Any thread. */
    long generation(int index) {
        return word(index) >>> GENERATION_SHIFT;
    }

    /** The bit of the member with an Aeron subscription; 0 if there is none. Any thread. */
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

    /** The process id of the owner of an entry, in the owner's pid namespace; 0 if there is none. Any thread. */
    long processOf(int index) {
        return ProcessIdentity.number(owner(index));
    }

    /**
     * Publisher: evicts members without keepalives, and frees the entries of processes that have ended. Reads {@code
     * /proc}.
     *
     * @param isDriverUp checked before a member is evicted: no keepalives arrive once the driver is gone.
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

    /** Fails if the entry has changed. */
    boolean tryEvict(int index, long word) {
        return tryMove(index, word, withState(word, EVICTED));
    }

    /** Whether the process that owns an entry has ended. */
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
