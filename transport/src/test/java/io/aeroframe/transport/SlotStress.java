package io.aeroframe.transport;

import io.aeron.status.HeartbeatTimestamp;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.status.CountersManager;
import org.agrona.concurrent.status.CountersReader;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * The protocol on a slot's two words under the scheduler of jcstress, run by {@link SlotStressTest}. Member 0 has slot
 * 0, which holds frame 1; the payload is two words that must be read alike.
 */
public class SlotStress {

    static final int SLOT = 0;
    static final long BIT = 1;
    static final long OLD = 1;
    static final long NEW = 2;

    /** What a reader that got no lease says. */
    static final int NOT_LEASED = -1;

    static final int TORN = -2;
    static final int WHOLE = 1;

    private SlotStress() {}

    /** A slot with its payload of two words that lie apart. */
    abstract static class Slot {
        private final UnsafeBuffer payload = new UnsafeBuffer(new byte[2 * PoolLayout.CONTROL_LENGTH]);
        final PoolSlots slots;

        Slot(PoolSlots slots) {
            this.slots = slots;
            boolean isFree = slots.tryBeginWrite(SLOT);
            assert isFree;
            put(OLD);
            slots.endWrite(SLOT, OLD);
        }

        private void put(long value) {
            payload.putLong(0, value);
            payload.putLong(PoolLayout.CONTROL_LENGTH, value);
        }

        final void publish() {
            if (slots.tryBeginWrite(SLOT)) {
                put(NEW);
                slots.endWrite(SLOT, NEW);
            }
        }

        /** What a frame's reader sees while it has the lease. */
        final int leaseAndRead(long sequence) {
            if (!slots.tryLease(SLOT, BIT, sequence)) {
                return NOT_LEASED;
            }
            boolean isFirst = payload.getLong(0) == sequence;
            pause(4); // a frame takes longer to read than its words, and a publisher that does not look comes in
            return isFirst && payload.getLong(PoolLayout.CONTROL_LENGTH) == sequence ? WHOLE : TORN;
        }

        final int read(long sequence) {
            int seen = leaseAndRead(sequence);
            if (seen != NOT_LEASED) {
                slots.release(SLOT, BIT);
            }
            return seen;
        }

        static void pause(int turns) {
            for (int i = 0; i < turns; i++) {
                Thread.onSpinWait();
            }
        }

        static UnsafeBuffer words() {
            return new UnsafeBuffer(new byte[PoolLayout.CONTROL_LENGTH]);
        }
    }

    /** A slot of a pool that has one member, whose client is dead. */
    abstract static class Pool extends Slot {
        private static final long CLIENT = 7;

        /** The client that others have is alive. */
        static final CountersManager COUNTERS = counters();

        final PoolMembers members;
        final PoolMembers.Place first;

        Pool() {
            this(new UnsafeBuffer(new byte[PoolLayout.CONTROL_OFFSET + PoolLayout.CONTROL_LENGTH]));
        }

        private Pool(UnsafeBuffer control) {
            super(new PoolSlots(control, PoolLayout.CONTROL_OFFSET));
            members = members(control, slots);
            first = members.join(1, -1, 1);
        }

        PoolMembers members(UnsafeBuffer control, PoolSlots slots) {
            return new PoolMembers(control, slots, 1);
        }

        private static CountersManager counters() {
            CountersManager counters = new CountersManager(
                    new UnsafeBuffer(BufferUtil.allocateDirectAligned(4096, 64)),
                    new UnsafeBuffer(BufferUtil.allocateDirectAligned(1024, 64)));
            int id = counters.allocate("alive", HeartbeatTimestamp.HEARTBEAT_TYPE_ID);
            counters.setCounterRegistrationId(id, CLIENT);
            counters.metaDataBuffer().putLong(CountersReader.metaDataOffset(id) + CountersReader.KEY_OFFSET, CLIENT);
            return counters;
        }

        final void firstLeaves() {
            members.leave(first);
            slots.release(SLOT, first.bit());
            members.giveBack(first);
        }

        final PoolMembers.Place anotherJoins() {
            return members.join(CLIENT, 0, CLIENT);
        }
    }

    /** A publisher that uses the slot again, and a member that reads the frame that was there before. */
    @JCStressTest
    @Outcome(id = "-1", expect = Expect.ACCEPTABLE, desc = "used again")
    @Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "whole")
    @Outcome(id = "-2", expect = Expect.FORBIDDEN, desc = "torn")
    @State
    public static class OldFrame extends Slot {
        public OldFrame() {
            super(new PoolSlots(words(), 0));
        }

        @Actor
        public void publisher() {
            publish();
        }

        @Actor
        public void member(I_Result r) {
            r.r1 = read(OLD);
        }
    }

    /** A member that waits for the frame that is being written. */
    @JCStressTest
    @Outcome(id = "-1", expect = Expect.ACCEPTABLE, desc = "not there yet")
    @Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "whole")
    @Outcome(id = "-2", expect = Expect.FORBIDDEN, desc = "torn")
    @State
    public static class NewFrame extends Slot {
        public NewFrame() {
            super(new PoolSlots(words(), 0));
        }

        @Actor
        public void publisher() {
            publish();
        }

        @Actor
        public void member(I_Result r) {
            r.r1 = read(NEW);
        }
    }

    /** Of a publisher that begins to write and a member that leases, one at most succeeds. */
    @JCStressTest
    @Outcome(id = "0, 0", expect = Expect.ACCEPTABLE, desc = "each has seen the other")
    @Outcome(id = "0, 1", expect = Expect.ACCEPTABLE, desc = "leased")
    @Outcome(id = "1, 0", expect = Expect.ACCEPTABLE, desc = "being written")
    @Outcome(id = "1, 1", expect = Expect.FORBIDDEN, desc = "both")
    @State
    public static class Exclusion extends Slot {
        public Exclusion() {
            super(new PoolSlots(words(), 0));
        }

        @Actor
        public void publisher(II_Result r) {
            r.r1 = slots.tryBeginWrite(SLOT) ? 1 : 0;
        }

        @Actor
        public void member(II_Result r) {
            r.r2 = slots.tryLease(SLOT, BIT, OLD) ? 1 : 0;
        }
    }

    /** A publisher that lends to a member that leaves: nothing stays lent. */
    @JCStressTest
    @Outcome(id = "0", expect = Expect.ACCEPTABLE, desc = "the slot is free")
    @Outcome(expect = Expect.FORBIDDEN, desc = "lent to nobody, and never free again")
    @State
    public static class LendAndLeave extends Pool {
        @Actor
        public void publisher() {
            members.lend(SLOT);
        }

        @Actor
        public void member() {
            firstLeaves();
        }

        @Arbiter
        public void afterwards(I_Result r) {
            r.r1 = (int) slots.leases(SLOT);
        }
    }

    /**
     * A publisher that evicts a member and uses its slot again, while the member takes a lease and reads: what it reads
     * while it is active is whole.
     */
    @JCStressTest
    @Outcome(id = "-1, 0", expect = Expect.ACCEPTABLE, desc = "used again")
    @Outcome(id = "1, 0", expect = Expect.ACCEPTABLE, desc = "whole")
    @Outcome(id = "0, 0", expect = Expect.ACCEPTABLE, desc = "revoked, and reported so")
    @Outcome(expect = Expect.FORBIDDEN, desc = "torn and not reported, or leased without an end")
    @State
    public static class EvictionAndLease extends Pool {
        private static final CountersReader NOBODY_ALIVE = new CountersManager(
                new UnsafeBuffer(BufferUtil.allocateDirectAligned(4096, 64)),
                new UnsafeBuffer(BufferUtil.allocateDirectAligned(1024, 64)));

        @Actor
        public void publisher() {
            members.check(NOBODY_ALIVE, () -> true);
            publish();
        }

        @Actor
        public void member(II_Result r) {
            int seen = leaseAndRead(OLD);
            r.r1 = members.isActive(first) || seen == NOT_LEASED ? seen : 0;
        }

        @Arbiter
        public void afterwards(II_Result r) {
            members.check(NOBODY_ALIVE, () -> true); // what an evicted member leaves behind goes at the next look
            r.r2 = (int) slots.leases(SLOT);
        }
    }

    /** A publisher that evicts a member which joins again at once: its new leases are not taken with the old. */
    @JCStressTest
    @Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "leased, and it holds")
    @Outcome(id = "0", expect = Expect.ACCEPTABLE, desc = "not evicted yet")
    @Outcome(expect = Expect.FORBIDDEN, desc = "the new lease was taken back")
    @State
    public static class EvictionAndRejoin extends Pool {
        @Actor
        public void publisher() {
            members.check(COUNTERS, () -> true);
            members.check(COUNTERS, () -> true);
        }

        @Actor
        public void member(I_Result r) {
            if (!members.isActive(first)) {
                firstLeaves();
                PoolMembers.Place place = anotherJoins();
                slots.setLease(SLOT, place.bit());
                r.r1 = 1 + place.index();
            }
        }

        @Arbiter
        public void afterwards(I_Result r) {
            if (r.r1 > 0) {
                r.r1 = slots.leases(SLOT) == PoolMembers.bit(r.r1 - 1) ? 1 : -1;
            }
        }
    }

    /** A publisher that does not look at the leases a second time. */
    @JCStressTest
    @Outcome(id = "-1", expect = Expect.ACCEPTABLE, desc = "used again")
    @Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "whole")
    @Outcome(id = "-2", expect = Expect.FORBIDDEN, desc = "torn")
    @State
    public static class BrokenPublisher extends Slot {
        public BrokenPublisher() {
            super(new PoolSlots(words(), 0) {
                @Override
                boolean isLeased(int slot) {
                    return false;
                }
            });
        }

        @Actor
        public void publisher() {
            publish();
        }

        @Actor
        public void member(I_Result r) {
            r.r1 = read(OLD);
        }
    }

    /** A member that does not look at the sequence a second time. */
    @JCStressTest
    @Outcome(id = "-1", expect = Expect.ACCEPTABLE, desc = "used again")
    @Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "whole")
    @Outcome(id = "-2", expect = Expect.FORBIDDEN, desc = "torn")
    @State
    public static class BrokenMember extends Slot {
        public BrokenMember() {
            super(new PoolSlots(words(), 0) {
                @Override
                boolean holds(int slot, long sequence) {
                    return true;
                }
            });
        }

        @Actor
        public void publisher() {
            publish();
        }

        @Actor
        public void member(I_Result r) {
            r.r1 = read(OLD);
        }
    }
}
