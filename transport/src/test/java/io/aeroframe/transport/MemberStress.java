package io.aeroframe.transport;

import org.agrona.concurrent.UnsafeBuffer;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * Members that come to the place of others, and that retain slots, under the scheduler of jcstress, run by {@link
 * SlotStressTest}. Each test has a broken version that lacks one look.
 */
public class MemberStress {

    private MemberStress() {}

    /** A member leaves while the publisher is about to evict it, and another one comes, perhaps to its place. */
    abstract static class Succession extends SlotStress.Pool {
        private volatile PoolMembers.Place second;

        final void evict() {
            members.check(COUNTERS, Succession::look);
        }

        /** Looking at files takes its time. */
        private static boolean look() {
            pause(20);
            return true;
        }

        final void succeed() {
            firstLeaves();
            PoolMembers.Place place = anotherJoins();
            slots.setLease(SlotStress.SLOT, place.bit());
            second = place;
        }

        final void look(II_Result r) {
            r.r1 = members.isActive(second) ? 1 : 0;
            r.r2 = slots.leases(SlotStress.SLOT) == second.bit() ? 1 : 0;
        }
    }

    /** The publisher lends to a member, which leaves while another one comes to its place. */
    abstract static class Loan extends SlotStress.Pool {

        @Override
        PoolMembers members(UnsafeBuffer control, PoolSlots slots) {
            return new UnhurriedMembers(control, slots);
        }

        /** Leaves the others time between its looks. */
        static class UnhurriedMembers extends PoolMembers {
            UnhurriedMembers(UnsafeBuffer control, PoolSlots slots) {
                super(control, slots, 1);
            }

            @Override
            long members() {
                pause(10);
                return super.members();
            }
        }

        final void lend(II_Result r) {
            if (members.lend(SlotStress.SLOT) != 0) {
                r.r2 = members.lentGeneration(first.index()) == first.generation() ? 1 : 2;
            }
        }

        final void succeed() {
            firstLeaves();
            anotherJoins();
        }

        final void look(II_Result r) {
            r.r1 = (int) slots.leases(SlotStress.SLOT);
        }
    }

    /** Two members that retain a slot each, where one may be retained. */
    abstract static class Retention {
        private static final int SLOT_COUNT = 2;
        private final PoolSlots slots = slots(new UnsafeBuffer(new byte[SLOT_COUNT * PoolLayout.CONTROL_LENGTH]));

        PoolSlots slots(UnsafeBuffer words) {
            return new PoolSlots(words, 0);
        }

        final int retain(int slot) {
            return slots.tryRetain(slot, PoolMembers.bit(slot), SLOT_COUNT, 1) ? 1 : 0;
        }
    }

    /** The one that comes keeps its place and its leases. */
    @JCStressTest
    @Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "it is a member and has its lease")
    @Outcome(expect = Expect.FORBIDDEN, desc = "it was evicted for another one")
    @State
    public static class EvictionAndSuccessor extends Succession {
        @Actor
        public void publisher() {
            evict();
        }

        @Actor
        public void member() {
            succeed();
        }

        @Arbiter
        public void afterwards(II_Result r) {
            look(r);
        }
    }

    /** A publisher that evicts the member that has the place by then. */
    @JCStressTest
    @Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "it is a member and has its lease")
    @Outcome(expect = Expect.FORBIDDEN, desc = "it was evicted for another one")
    @State
    public static class BrokenEviction extends Succession {
        @Override
        PoolMembers members(UnsafeBuffer control, PoolSlots slots) {
            return new PoolMembers(control, slots, 1) {
                @Override
                boolean tryEvict(int index, long word) {
                    return super.tryEvict(index, word(index));
                }
            };
        }

        @Actor
        public void publisher() {
            evict();
        }

        @Actor
        public void member() {
            succeed();
        }

        @Arbiter
        public void afterwards(II_Result r) {
            look(r);
        }
    }

    /** What is lent after all is lent to the one that is there. */
    @JCStressTest
    @Outcome(id = "0, 0", expect = Expect.ACCEPTABLE, desc = "lent to nobody")
    @Outcome(id = "0, 1", expect = Expect.ACCEPTABLE, desc = "lent to the first, which gave it back")
    @Outcome(id = "1, 2", expect = Expect.ACCEPTABLE, desc = "lent to the second")
    @Outcome(expect = Expect.FORBIDDEN, desc = "lent to one that is gone, or thought to be lent and is not")
    @State
    public static class LendAndSuccessor extends Loan {
        @Actor
        public void publisher(II_Result r) {
            lend(r);
        }

        @Actor
        public void member() {
            succeed();
        }

        @Arbiter
        public void afterwards(II_Result r) {
            look(r);
        }
    }

    /** A publisher that takes the member that has the bit by then for the member that it lent to. */
    @JCStressTest
    @Outcome(id = "0, 0", expect = Expect.ACCEPTABLE, desc = "lent to nobody")
    @Outcome(id = "0, 1", expect = Expect.ACCEPTABLE, desc = "lent to the first, which gave it back")
    @Outcome(id = "1, 2", expect = Expect.ACCEPTABLE, desc = "lent to the second")
    @Outcome(expect = Expect.FORBIDDEN, desc = "lent to one that is gone, or thought to be lent and is not")
    @State
    public static class BrokenLoan extends Loan {
        @Override
        PoolMembers members(UnsafeBuffer control, PoolSlots slots) {
            return new UnhurriedMembers(control, slots) {
                @Override
                boolean isStill(int index, long word) {
                    return true;
                }
            };
        }

        @Actor
        public void publisher(II_Result r) {
            lend(r);
        }

        @Actor
        public void member() {
            succeed();
        }

        @Arbiter
        public void afterwards(II_Result r) {
            look(r);
        }
    }

    /** Never both. */
    @JCStressTest
    @Outcome(id = "1, 1", expect = Expect.FORBIDDEN, desc = "both: no slot is left")
    @Outcome(expect = Expect.ACCEPTABLE, desc = "one at most")
    @State
    public static class RetainLimit extends Retention {
        @Actor
        public void one(II_Result r) {
            r.r1 = retain(0);
        }

        @Actor
        public void other(II_Result r) {
            r.r2 = retain(1);
        }
    }

    /** Members that do not see each other. */
    @JCStressTest
    @Outcome(id = "1, 1", expect = Expect.FORBIDDEN, desc = "both: no slot is left")
    @Outcome(expect = Expect.ACCEPTABLE, desc = "one at most")
    @State
    public static class BrokenRetainer extends Retention {
        @Override
        PoolSlots slots(UnsafeBuffer words) {
            return new PoolSlots(words, 0) {
                @Override
                int countRetained(int slotCount) {
                    return 1;
                }
            };
        }

        @Actor
        public void one(II_Result r) {
            r.r1 = retain(0);
        }

        @Actor
        public void other(II_Result r) {
            r.r2 = retain(1);
        }
    }
}
