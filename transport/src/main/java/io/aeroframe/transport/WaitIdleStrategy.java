package io.aeroframe.transport;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.agrona.BufferUtil;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Blocks until any of the subscriptions may have frames, without spinning: it sleeps on the futex words of their pools,
 * so that a frame wakes the thread within tens of microseconds. A sleep ends after 4 ms at the latest.
 *
 * <p>A core that sleeps takes longer to wake than a frame takes to arrive. Video is regular, so when the last frames
 * have come at even intervals this wakes before the next one is due, by as much as waking has taken lately, and spins
 * for as long before and after as frames are usually off, a hundredth of an interval at most.
 *
 * <p>Where there is no pool to sleep on (no publisher yet, the log path, UDP) or no futex (not Linux), it sleeps for a
 * short while that grows to 1 ms. Several pools at a time need Linux 5.16; before, it sleeps on the first of them for 1
 * ms at most. What the system refuses when it is used, as a container's filter of system calls may, is treated as if it
 * were not there, and not tried again: see {@link #unavailable()}.
 *
 * <p>An interrupt does not end a sleep, and the thread keeps its interrupted flag; a thread that has it set sleeps as
 * any other does. So a loop that is to end when it is interrupted has to look at the flag.
 *
 * <p>For the one thread that polls these subscriptions. Allocates nothing.
 *
 * <pre>{@code
 * IdleStrategy idle = new WaitIdleStrategy(subscription);
 * while (running) {
 *     idle.idle(subscription.poll(handler, 8));
 * }
 * }</pre>
 */
public final class WaitIdleStrategy implements IdleStrategy {

    private static final long MAX_SLEEP_NS = TimeUnit.MILLISECONDS.toNanos(4);
    private static final long SINGLE_SLEEP_NS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long MIN_NAP_NS = TimeUnit.MICROSECONDS.toNanos(50);
    private static final long MAX_NAP_NS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long NS_PER_S = TimeUnit.SECONDS.toNanos(1);

    /** struct futex_waitv: value (u64), address (u64), flags (u32), reserved (u32). */
    private static final int WAITER_LENGTH = 24;

    private static final int FUTEX_32 = 2;
    private static final int MAX_WAITERS = 128;
    private static final int TIMESPEC_LENGTH = 16;

    /**
     * What is spun away before the next frame is due, and after: this and some times what frames are usually off, up to
     * a part of an interval.
     */
    private static final long MIN_LEAD_NS = TimeUnit.MICROSECONDS.toNanos(20);

    private static final int LEAD_STRAYS = 2;
    private static final int LEAD_PART = 100;

    /** Who would have to be awake for more than this part of an interval sleeps until woken. */
    private static final int AWAKE_PART = 8;

    /**
     * Of a waking that took longer than expected, and of one that took less, the part that counts: rather too early
     * than too late.
     */
    private static final int LATER_PART = 2;

    private static final int EARLIER_PART = 16;

    /** A waking that takes longer is the scheduler's doing, and tells nothing of the next. */
    private static final long MAX_WAKING_NS = TimeUnit.MICROSECONDS.toNanos(500);

    private final Futex futex;
    private final FrameSubscription[] subscriptions;
    private final PoolReader[] pools;
    private final UnsafeBuffer timespec = direct(TIMESPEC_LENGTH);
    private final UnsafeBuffer waiters;
    private final ArrivalPredictor rhythm = new ArrivalPredictor(System.nanoTime());
    private long napNs = MIN_NAP_NS;

    /** From the end of a sleep to being awake. */
    private long wakeUpLatencyNs;

    /**
     * For a thread that polls some subscriptions, and polls each of them before it idles.
     *
     * @param subscriptions one or more, 128 at most.
     */
    public WaitIdleStrategy(FrameSubscription... subscriptions) {
        this(Futex.system(), subscriptions); // loads what sleeping needs before the first frame
    }

    WaitIdleStrategy(Futex futex, FrameSubscription... subscriptions) {
        if (subscriptions.length < 1 || subscriptions.length > MAX_WAITERS) {
            throw new IllegalArgumentException(
                    "subscriptions=" + subscriptions.length + " is not within 1 to " + MAX_WAITERS);
        }
        this.futex = futex;
        this.subscriptions = subscriptions.clone();
        pools = new PoolReader[subscriptions.length];
        waiters = direct(subscriptions.length * WAITER_LENGTH);
        for (FrameSubscription subscription : subscriptions) {
            subscription.noteSignals();
        }
    }

    private static UnsafeBuffer direct(int length) {
        return new UnsafeBuffer(BufferUtil.allocateDirectAligned(length, Long.BYTES));
    }

    /**
     * Why threads cannot sleep on a pool here, and take short naps instead. What the system refuses is known only when
     * it has been tried. Any thread.
     *
     * @return the reason, for people; null if they can, as far as is known.
     */
    public static String unavailable() {
        return Futex.system().unavailable();
    }

    @Override
    public void idle(int workCount) {
        if (workCount > 0) {
            reset();
            rhythm.note(System.nanoTime());
        } else {
            idle();
        }
    }

    @Override
    public void idle() {
        long leadNs = Math.min(MIN_LEAD_NS + LEAD_STRAYS * rhythm.jitterNs(), rhythm.intervalNs() / LEAD_PART);
        long aheadNs = leadNs + wakeUpLatencyNs;
        boolean isExpecting = rhythm.isRegular() && aheadNs <= rhythm.intervalNs() / AWAKE_PART;
        long untilDueNs = isExpecting ? rhythm.dueNs() - System.nanoTime() : Long.MAX_VALUE;
        if (untilDueNs >= -leadNs && untilDueNs <= aheadNs) {
            Thread.onSpinWait();
            return;
        }
        if (!trySleep(untilDueNs > 0 ? Math.min(MAX_SLEEP_NS, untilDueNs - aheadNs) : MAX_SLEEP_NS)) {
            nap();
        }
    }

    /** False if there is no pool to sleep on, or no sleeping on it. */
    private boolean trySleep(long longestNs) {
        int count = futex.isAvailable() ? announce() : 0;
        if (count == 0) {
            return false;
        }
        try {
            return sleep(count, longestNs);
        } finally {
            withdraw();
        }
    }

    /** A thread whose interrupted flag is set would not be parked, and spin: the flag is put aside for the while. */
    private void nap() {
        boolean wasInterrupted = Thread.interrupted();
        if (wasInterrupted) {
            LockSupport.parkNanos(1); // takes the permit that an interrupt leaves, too
        }
        LockSupport.parkNanos(napNs);
        if (wasInterrupted) {
            Thread.currentThread().interrupt();
        }
        napNs = Math.min(2 * napNs, MAX_NAP_NS);
    }

    /**
     * Sets the waiting bit in each pool before the kernel looks at its word; the publisher changes the word before it
     * looks at the bits.
     *
     * @return pools to sleep on.
     */
    private int announce() {
        int count = 0;
        for (int i = 0; i < subscriptions.length; i++) {
            PoolReader pool = subscriptions[i].beginSleep();
            pools[i] = pool;
            if (pool != null) {
                pool.setWaiting(true);
                int offset = count * WAITER_LENGTH;
                waiters.putLong(offset, subscriptions[i].notedSignal() & 0xFFFF_FFFFL);
                waiters.putLong(offset + 8, pool.signalAddress());
                waiters.putInt(offset + 16, FUTEX_32);
                waiters.putInt(offset + 20, 0);
                count++;
            }
        }
        return count;
    }

    private boolean sleep(int count, long longestNs) {
        long untilNs = System.nanoTime() + longestNs;
        if (!awaitSignal(count, longestNs)) {
            return false;
        }
        long lateNs = System.nanoTime() - untilNs;
        if (lateNs >= 0 && lateNs <= MAX_WAKING_NS) { // nobody woke it: the time did
            wakeUpLatencyNs += (lateNs - wakeUpLatencyNs) / (lateNs > wakeUpLatencyNs ? LATER_PART : EARLIER_PART);
        }
        return true;
    }

    /** False if the system refuses. */
    private boolean awaitSignal(int count, long longestNs) {
        if (count > 1 && futex.canWaitForSeveral()) {
            setTimespec(System.nanoTime() + longestNs); // CLOCK_MONOTONIC is what nanoTime() reads on Linux
            if (futex.awaitAny(waiters.addressOffset(), count, timespec.addressOffset())) {
                return true;
            }
        }
        setTimespec(count > 1 ? Math.min(SINGLE_SLEEP_NS, longestNs) : longestNs);
        return futex.await(waiters.getLong(8), (int) waiters.getLong(0), timespec.addressOffset());
    }

    private void setTimespec(long ns) {
        timespec.putLong(0, ns / NS_PER_S);
        timespec.putLong(8, ns % NS_PER_S);
    }

    private void withdraw() {
        for (int i = 0; i < pools.length; i++) {
            if (pools[i] != null) {
                pools[i].setWaiting(false);
                pools[i] = null;
                subscriptions[i].endSleep();
            }
        }
    }

    @Override
    public void reset() {
        napNs = MIN_NAP_NS;
    }

    @Override
    public String alias() {
        return "wait";
    }
}
