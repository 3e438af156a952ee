package io.aeroframe.transport;

import io.aeron.status.HeartbeatTimestamp;
import java.lang.invoke.VarHandle;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.agrona.concurrent.AtomicBuffer;
import org.agrona.concurrent.status.CountersReader;

/**
 * Who reads a pool: 64 entries, and two words with a bit each: <em>members</em>, who takes part, and <em>waiting</em>, who sleeps until the
 * publisher signals.
 *
 * <p>A subscription takes a free entry by writing its process there, and gives it back when it leaves. The publisher evicts a member whose
 * Aeron client has shown no sign of life for the driver's client liveness timeout, and takes its leases back. An evicted process may
 * only be stopped, and may clear its bit when it wakes: so nobody else is given that bit until the member itself has seen the
 * eviction, or its process is gone.
 *
 * <p>Either the member gives back its entry or the publisher evicts it: both compare and set the state. From the eviction on only
 * the publisher frees the entry, so that it never takes leases back from one who has come to the same entry meanwhile.
 */
final class PoolMembers {

    /** How often the publisher looks after its members. */
    static final long CHECK_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(100);

    private static final int OWNER = 0;
    private static final int STATE = 8;
    private static final int HEARTBEAT_COUNTER = 12;
    private static final int PROCESS_START = 16;
    private static final int CLIENT = 24;
    private static final int SUBSCRIPTION = 32;

    private static final int JOINING = 0;
    private static final int ACTIVE = 1;
    private static final int EVICTED = 2;

    /** The member has seen its eviction, and does not touch its bit any more. */
    private static final int RETURNED = 3;

    private final AtomicBuffer control;
    private final PoolSlots slots;
    private final int slotCount;

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

    /**
     * Member: takes part.
     *
     * @param clientId           of the Aeron client.
     * @param heartbeatCounterId of the counter that says it is alive.
     * @param subscriptionId     registration id of the Aeron subscription.
     * @return the index of the member; -1 if there are {@link PoolLayout#MAX_MEMBERS} already.
     */
    int join(long clientId, int heartbeatCounterId, long subscriptionId) {
        ProcessIdentity process = ProcessIdentity.current();
        for (int i = 0; i < PoolLayout.MAX_MEMBERS; i++) {
            if (control.compareAndSetLong(entry(i, OWNER), 0, process.pid())) {
                control.putLong(entry(i, PROCESS_START), process.startTime());
                control.putLong(entry(i, CLIENT), clientId);
                control.putLong(entry(i, SUBSCRIPTION), subscriptionId);
                control.putInt(entry(i, HEARTBEAT_COUNTER), heartbeatCounterId);
                control.putIntVolatile(entry(i, STATE), ACTIVE);
                set(PoolLayout.MEMBERS_OFFSET, bit(i));
                return i;
            }
        }
        return -1;
    }

    /** Member: whether its leases hold, and did while it read what it has read. */
    boolean isActive(int index) {
        VarHandle.loadLoadFence(); // else a read of a frame might be done after the look that is to vouch for it
        return control.getIntVolatile(entry(index, STATE)) == ACTIVE;
    }

    /** Member: takes no more part, so that no more leases are set on its behalf. It still has its bit, and may hold leases. */
    void leave(int index) {
        clear(PoolLayout.WAITING_OFFSET, bit(index));
        clear(PoolLayout.MEMBERS_OFFSET, bit(index));
    }

    /** Member: gives its bit back, having left and holding no lease, or having lost them all. */
    void giveBack(int index) {
        if (control.compareAndSetInt(entry(index, STATE), ACTIVE, JOINING)) {
            free(index);
        } else {
            control.putIntVolatile(entry(index, STATE), RETURNED); // evicted: the publisher has the rest to do
        }
    }

    /** Member: tells the publisher that it is about to sleep, or has woken. The order is for {@link WaitIdleStrategy} to keep. */
    void setWaiting(int index, boolean isWaiting) {
        if (isWaiting) {
            set(PoolLayout.WAITING_OFFSET, bit(index));
        } else {
            clear(PoolLayout.WAITING_OFFSET, bit(index));
        }
    }

    /** Members, a bit each. */
    long members() {
        return control.getLongVolatile(PoolLayout.MEMBERS_OFFSET);
    }

    /**
     * Publisher: leases a slot on behalf of all members, but for those who left meanwhile: who leaves gives back what it sees after it
     * has left.
     *
     * @return bits of the members at first.
     */
    long lend(int slot) {
        long bits = members();
        slots.setLease(slot, bits);
        long left = bits & ~members();
        if (left != 0) {
            slots.release(slot, left);
        }
        return bits;
    }

    /** Registration id of the Aeron subscription that a member is, or was. */
    long subscriptionOf(int index) {
        return control.getLongVolatile(entry(index, SUBSCRIPTION));
    }

    /** The bit of the member that an Aeron subscription is; 0 if it is none. */
    long bitOf(long subscriptionId) {
        long members = members();
        for (int i = 0; i < PoolLayout.MAX_MEMBERS; i++) {
            if ((members & bit(i)) != 0 && control.getLong(entry(i, SUBSCRIPTION)) == subscriptionId) {
                return bit(i);
            }
        }
        return 0;
    }

    /** Whether an Aeron subscription is a member. */
    boolean contains(long subscriptionId) {
        return bitOf(subscriptionId) != 0;
    }

    /**
     * Publisher: evicts members that show no sign of life, and frees the entries of processes that are gone.
     *
     * @param isDriverUp asked before a member is evicted: a driver that ends takes all signs of life with it.
     */
    void check(CountersReader counters, BooleanSupplier isDriverUp) {
        for (int i = 0; i < PoolLayout.MAX_MEMBERS; i++) {
            long owner = control.getLongVolatile(entry(i, OWNER));
            if (owner == 0) {
                continue;
            }
            int state = control.getIntVolatile(entry(i, STATE));
            if (state == ACTIVE) {
                if (!isAlive(counters, i)
                        && isDriverUp.getAsBoolean()
                        && control.compareAndSetInt(entry(i, STATE), ACTIVE, EVICTED)) {
                    leave(i);
                    releaseAll(i);
                }
            } else if (state == RETURNED || isGone(i, owner)) {
                leave(i);
                releaseAll(i);
                free(i);
            } else if (state == EVICTED) {
                releaseAll(i); // one that has just woken may have set another before it saw its eviction
            }
        }
    }

    /** Whether the process that an entry belongs to has ended, and not merely given the entry to another just now. */
    private boolean isGone(int index, long owner) {
        long startTime = control.getLongVolatile(entry(index, PROCESS_START));
        return control.getLongVolatile(entry(index, OWNER)) == owner && new ProcessIdentity(owner, startTime).isGone();
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

    private void releaseAll(int index) {
        for (int slot = 0; slot < slotCount; slot++) {
            slots.release(slot, bit(index));
        }
    }

    private void free(int index) {
        control.putLong(entry(index, PROCESS_START), 0);
        control.putIntVolatile(entry(index, STATE), JOINING);
        control.putLongVolatile(entry(index, OWNER), 0);
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
