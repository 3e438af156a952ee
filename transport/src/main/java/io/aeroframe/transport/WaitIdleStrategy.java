package io.aeroframe.transport;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.agrona.BufferUtil;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Sleeps until one of some subscriptions has something to poll: on the futex words of their pools, so that a frame wakes the thread
 * within tens of microseconds and nothing is burnt before. A sleep ends after 4 ms all the same.
 *
 * <p>A core that sleeps takes longer to wake than a frame takes to arrive. Video is regular, so when the last frames have come at
 * even intervals this wakes a hundredth of an interval (0.1 ms at most) before the next one is due, and spins that long before and after.
 *
 * <p>Where there is no pool to sleep on (no publisher yet, the log path, UDP) or no futex (not Linux), it sleeps for a short while that
 * grows to 1 ms. Several pools at a time need Linux 5.16; before, it sleeps on the first of them for 1 ms at most.
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

    /** The part of an interval that is spun away before the next frame is due, and after. */
    private static final int LEAD_PART = 100;

    private static final long MAX_LEAD_NS = TimeUnit.MICROSECONDS.toNanos(100);

    /** Intervals are even if they differ by less than this part of one. */
    private static final int JITTER_PART = 16;

    /** Beyond these a stream has no rhythm to follow. */
    private static final long MAX_INTERVAL_NS = TimeUnit.SECONDS.toNanos(1);

    private final FrameSubscription[] subscriptions;
    private final AttachedPool[] pools;
    private final UnsafeBuffer timespec = direct(TIMESPEC_LENGTH);
    private final UnsafeBuffer waiters;
    private long napNs = MIN_NAP_NS;
    private long arrivedNs = System.nanoTime();
    private long intervalNs;
    private boolean isRegular;

    /**
     * For a thread that polls some subscriptions, and polls each of them before it idles.
     *
     * @param subscriptions one or more, 128 at most.
     */
    public WaitIdleStrategy(FrameSubscription... subscriptions) {
        if (subscriptions.length < 1 || subscriptions.length > MAX_WAITERS) {
            throw new IllegalArgumentException(
                    "subscriptions=" + subscriptions.length + " is not within 1 to " + MAX_WAITERS);
        }
        this.subscriptions = subscriptions.clone();
        pools = new AttachedPool[subscriptions.length];
        waiters = direct(subscriptions.length * WAITER_LENGTH);
        for (FrameSubscription subscription : subscriptions) {
            subscription.noteSignals();
        }
    }

    private static UnsafeBuffer direct(int length) {
        return new UnsafeBuffer(BufferUtil.allocateDirectAligned(length, Long.BYTES));
    }

    /**
     * Why threads cannot sleep on a pool here.
     *
     * @return the reason, for people; null if they can.
     */
    public static String unavailable() {
        return Futex.unavailable();
    }

    @Override
    public void idle(int workCount) {
        if (workCount > 0) {
            reset();
            follow(System.nanoTime());
        } else {
            idle();
        }
    }

    /** Something has come: was it at the same interval as what came before? */
    private void follow(long nowNs) {
        long lastNs = nowNs - arrivedNs;
        arrivedNs = nowNs;
        isRegular = lastNs < MAX_INTERVAL_NS && Math.abs(lastNs - intervalNs) < intervalNs / JITTER_PART;
        intervalNs = isRegular ? intervalNs + (lastNs - intervalNs) / 8 : lastNs;
    }

    private long leadNs() {
        return Math.min(MAX_LEAD_NS, intervalNs / LEAD_PART);
    }

    @Override
    public void idle() {
        long untilDueNs = isRegular ? arrivedNs + intervalNs - System.nanoTime() : Long.MAX_VALUE;
        if (Math.abs(untilDueNs) <= leadNs()) {
            Thread.onSpinWait();
            return;
        }
        int count = Futex.unavailable() == null ? announce() : 0;
        if (count == 0) {
            LockSupport.parkNanos(napNs);
            napNs = Math.min(2 * napNs, MAX_NAP_NS);
            return;
        }
        try {
            sleep(count, untilDueNs > 0 ? Math.min(MAX_SLEEP_NS, untilDueNs - leadNs()) : MAX_SLEEP_NS);
        } finally {
            withdraw();
        }
    }

    /**
     * Sets the waiting bit in each pool before the kernel looks at its word; the publisher changes the word before it looks at the bits.
     *
     * @return pools to sleep on.
     */
    private int announce() {
        int count = 0;
        for (int i = 0; i < subscriptions.length; i++) {
            AttachedPool pool = subscriptions[i].pool();
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

    private void sleep(int count, long longestNs) {
        if (count > 1 && Futex.canWaitForSeveral()) {
            setTimespec(System.nanoTime() + longestNs); // CLOCK_MONOTONIC is what nanoTime() reads on Linux
            Futex.awaitAny(waiters.addressOffset(), count, timespec.addressOffset());
        } else {
            setTimespec(count > 1 ? Math.min(SINGLE_SLEEP_NS, longestNs) : longestNs);
            Futex.await(waiters.getLong(8), (int) waiters.getLong(0), timespec.addressOffset());
        }
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
