package io.aeroframe.transport;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.agrona.BufferUtil;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Blocks until any of its subscriptions may have frames, without spinning. It sleeps on the futex words of their pools,
 * so a frame wakes the thread within tens of microseconds. A sleep lasts at most 4 ms.
 *
 * <p>Waking a sleeping core takes longer than a frame takes to arrive. Video is regular, so this strategy predicts the
 * next arrival. While frames arrive at even intervals, it wakes early by the recent wake-up latency and spins around
 * the predicted time. The spin covers the stream's jitter, limited to 1/100 of the interval on either side.
 *
 * <p>Without a pool to sleep on (no publisher yet, the log path, UDP) or without futexes (not Linux), it naps for a
 * short time, which grows to 1 ms. Sleeping on several pools needs Linux 5.16; on older systems it sleeps on one of
 * them, for at most 1 ms. A system call that is refused, for instance by a container's filter, is not tried again: see
 * {@link #unavailable()}.
 *
 * <p>An interrupt does not end a sleep. The thread keeps its interrupted flag, and sleeps normally while the flag is
 * set. A loop that should end on interrupt must check the flag.
 *
 * <p>For the one thread that polls the subscriptions. Allocates nothing. On Linux 6.12 and later it requests short time
 * slices for that thread, so that threads that compute do not delay its wake-up.
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

    /** The spin before and after the predicted arrival: this plus twice the jitter, at most 1/100 of the interval. */
    private static final long MIN_SPIN_NS = TimeUnit.MICROSECONDS.toNanos(20);

    private static final int SPIN_JITTERS = 2;
    private static final int MAX_SPIN_DIVISOR = 100;

    /**
     * If being awake in time would take more than this fraction of the interval, 1/8, it sleeps until woken instead.
     */
    private static final int AWAKE_DIVISOR = 8;

    /**
     * Fractions of an error that correct the wake-up latency: 1/2 up, 1/16 down, as waking early is the lesser evil.
     */
    private static final int LATENCY_RISE_DIVISOR = 2;

    private static final int LATENCY_FALL_DIVISOR = 16;

    /** A longer wake-up is the scheduler's doing and does not predict the next one. */
    private static final long MAX_WAKE_UP_LATENCY_NS = TimeUnit.MICROSECONDS.toNanos(500);

    private final Futex futex;
    private final FrameSubscription[] subscriptions;
    private final PoolReader[] pools;
    private final UnsafeBuffer timespec = direct(TIMESPEC_LENGTH);
    private final UnsafeBuffer waiters;
    private final ArrivalPredictor predictor = new ArrivalPredictor(System.nanoTime());
    private long napNs = MIN_NAP_NS;

    /** Or does without them. */
    private boolean hasShortSlices;

    /** How long the thread takes to run again after its sleep has timed out. */
    private long wakeUpLatencyNs;

    /**
     * An idle strategy for a thread that polls every one of these subscriptions before it idles.
     *
     * @param subscriptions the subscriptions, 1 to 128.
     * @throws IllegalArgumentException if there are none or more than 128.
     */
    public WaitIdleStrategy(FrameSubscription... subscriptions) {
        this(Futex.system(), subscriptions); // loads the native calls before the first frame
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

    /**
     * Sets whether short time slices are requested for the thread. Default: true. A thread that computes for long on
     * each frame should leave them to threads that only receive, so that it does not delay those.
     *
     * @param value true to request them.
     * @return this strategy.
     */
    public WaitIdleStrategy shortSlices(boolean value) {
        hasShortSlices = !value;
        return this;
    }

    private static UnsafeBuffer direct(int length) {
        return new UnsafeBuffer(BufferUtil.allocateDirectAligned(length, Long.BYTES));
    }

    /**
     * Why threads of this process take short naps instead of sleeping on a pool. A system call that is refused is known
     * only once it has been tried. Thread-safe.
     *
     * @return the reason, for people; null if sleeping on a pool works, as far as is known.
     */
    public static String unavailable() {
        return Futex.system().unavailable();
    }

    /**
     * Whether a thread of this process can sleep on several pools at once, which takes Linux 5.16. A system call that
     * is refused is known only once it has been tried. Thread-safe.
     *
     * @return true if it works, as far as is known; otherwise a thread sleeps on one of them and looks at the others
     *     now and then.
     */
    public static boolean canWaitForSeveral() {
        return Futex.system().canWaitForSeveral();
    }

    @Override
    public void idle(int workCount) {
        if (workCount > 0) {
            onArrival(System.nanoTime());
        } else {
            idle();
        }
    }

    /**
     * A frame was received that was sent at this time, which predicts the next one better than when it was received.
     */
    void onArrival(long sentNs) {
        reset();
        predictor.onArrival(sentNs);
    }

    @Override
    public void idle() {
        idleAtMost(MAX_SLEEP_NS);
    }

    /** Idles for a limited time, of at most 4 ms. */
    void idleAtMost(long longestNs) {
        if (!hasShortSlices) {
            hasShortSlices = true;
            requestShortSlices();
        }
        long intervalNs = predictor.intervalNs();
        long spinNs = Math.min(MIN_SPIN_NS + SPIN_JITTERS * predictor.jitterNs(), intervalNs / MAX_SPIN_DIVISOR);
        long leadNs = spinNs + wakeUpLatencyNs;
        boolean isPredicting = predictor.isRegular() && leadNs <= intervalNs / AWAKE_DIVISOR;
        long untilDueNs = isPredicting ? predictor.dueNs() - System.nanoTime() : Long.MAX_VALUE;
        if (untilDueNs >= -spinNs && untilDueNs <= leadNs) {
            Thread.onSpinWait();
            return;
        }
        long sleepNs = Math.min(longestNs, MAX_SLEEP_NS);
        if (sleepNs > 0 && !trySleep(untilDueNs > 0 ? Math.min(sleepNs, untilDueNs - leadNs) : sleepNs)) {
            nap(sleepNs);
        }
    }

    /** When the next frame is due, on the clock of {@link System#nanoTime()}; {@link Long#MAX_VALUE} if not known. */
    long dueNs() {
        return predictor.isRegular() ? predictor.dueNs() : Long.MAX_VALUE;
    }

    /** On the polling thread, so that a thread that computes does not keep it from the core when a frame wakes it. */
    private void requestShortSlices() {
        if (futex.isAvailable()) {
            ShortSlice.request(futex.calls());
        }
    }

    /** Returns false if there is no pool to sleep on, or the system cannot sleep on it. */
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

    /** Clears the interrupted flag during the nap: parking returns at once while the flag is set. */
    private void nap(long longestNs) {
        boolean wasInterrupted = Thread.interrupted();
        if (wasInterrupted) {
            LockSupport.parkNanos(1); // consumes the permit that the interrupt left
        }
        LockSupport.parkNanos(Math.min(napNs, longestNs));
        if (wasInterrupted) {
            Thread.currentThread().interrupt();
        }
        napNs = Math.min(2 * napNs, MAX_NAP_NS);
    }

    /**
     * Sets the waiting bit in each pool. The kernel reads the pool's futex word after that; the publisher changes the
     * word before it reads the bits. So at least one of the two sees the other.
     *
     * @return the number of pools to sleep on.
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
        long deadlineNs = System.nanoTime() + longestNs;
        if (!awaitSignal(count, longestNs)) {
            return false;
        }
        long lateNs = System.nanoTime() - deadlineNs;
        if (lateNs >= 0 && lateNs <= MAX_WAKE_UP_LATENCY_NS) { // it timed out: a signal would have ended it earlier
            long errorNs = lateNs - wakeUpLatencyNs;
            wakeUpLatencyNs += errorNs / (errorNs > 0 ? LATENCY_RISE_DIVISOR : LATENCY_FALL_DIVISOR);
        }
        return true;
    }

    /** Returns false if the system refuses to sleep. */
    private boolean awaitSignal(int count, long longestNs) {
        if (count > 1 && futex.canWaitForSeveral()) {
            setTimespec(System.nanoTime() + longestNs); // nanoTime() reads CLOCK_MONOTONIC on Linux
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
