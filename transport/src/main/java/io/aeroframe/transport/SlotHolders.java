package io.aeroframe.transport;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Finds members that have held slots for a long time while their publication was short of them: a handler that does not
 * return, or a stopped process. One thread, which checks several times a second.
 */
final class SlotHolders {

    /** How long a slot must be held before that is reported, and the shortest interval between two reports. */
    static final long INTERVAL_NS = TimeUnit.SECONDS.toNanos(5);

    private final PoolSlots slots;
    private final PoolMembers members;

    /** The members that have held each slot at every check since {@link #sinceNs}. */
    private final long[] held;

    /** The frame that each slot held then: another frame means another lease. */
    private final long[] sequences;

    private long sinceNs;
    private long shortages;

    SlotHolders(PoolSlots slots, PoolMembers members, int slotCount, long nowNs) {
        this.slots = slots;
        this.members = members;
        held = new long[slotCount];
        sequences = new long[slotCount];
        begin(nowNs, 0);
    }

    private void begin(long nowNs, long shortagesNow) {
        sinceNs = nowNs;
        shortages = shortagesNow;
        for (int slot = 0; slot < held.length; slot++) {
            sequences[slot] = slots.sequence(slot);
            held[slot] = slots.leases(slot);
        }
    }

    /**
     * Checks which members hold which slots.
     *
     * @param shortagesNow how often the publication has found no free slot so far.
     * @return sentences that begin with {@code subscriber PID} if a report is due and there was a shortage; otherwise
     *     none.
     */
    List<String> look(long nowNs, long shortagesNow) {
        for (int slot = 0; slot < held.length; slot++) {
            held[slot] = slots.sequence(slot) == sequences[slot] ? held[slot] & slots.leases(slot) : 0;
        }
        if (nowNs - sinceNs < INTERVAL_NS) {
            return List.of();
        }
        List<String> found = new ArrayList<>();
        if (shortagesNow != shortages) {
            for (int index = 0; index < PoolLayout.MAX_MEMBERS; index++) {
                describe(index, TimeUnit.NANOSECONDS.toSeconds(nowNs - sinceNs), found);
            }
        }
        begin(nowNs, shortagesNow);
        return found;
    }

    private void describe(int index, long seconds, List<String> found) {
        int count = 0;
        for (long holders : held) {
            count += (holders & PoolMembers.bit(index)) != 0 ? 1 : 0;
        }
        if (count > 0) {
            found.add("subscriber PID " + members.processOf(index) + " holds " + count + " of " + held.length
                    + " slots for " + seconds + " s");
        }
    }
}
