package io.aeroframe.transport;

import com.sun.jna.Native;
import com.sun.jna.Platform;

/**
 * Sleeping on words in shared memory until somebody else wakes: Linux futexes, see futex(2) and futex_waitv, called
 * without allocation through JNA's direct mapping.
 *
 * <p>A system call that is there may still be refused, by a filter such as a container's, and not before it is used.
 * What is refused is not asked for again: each call returns whether it was, and {@link #unavailable()} and {@link
 * #canWaitForSeveral()} say so from then on. Thread-safe.
 */
final class Futex {

    private static final int WAIT = 0;
    private static final int WAKE = 1;
    private static final int EVERYBODY = Integer.MAX_VALUE;
    private static final long CLOCK_MONOTONIC = 1;

    private static final int INTERRUPTED = 4; // EINTR
    private static final int OTHER_VALUE = 11; // EAGAIN
    private static final int INVALID = 22; // EINVAL
    private static final int TIMED_OUT = 110; // ETIMEDOUT

    private static final long FUTEX = Platform.isARM() ? 98 : 202;
    private static final long FUTEX_WAITV = 449;

    private static final Futex SYSTEM = new Futex(LibC.UNAVAILABLE, new LibC());

    private final Calls calls;

    /** Null as long as there is sleeping on one word. Written by whichever thread is refused first. */
    private volatile String unavailable;

    private volatile boolean canWaitForSeveral;

    /** The system, as far as it is needed here. */
    interface Calls {

        /**
         * A system call.
         *
         * @return -1 if it failed.
         */
        long call(long number, long a, long b, long c, long d, long e);

        /** Why this thread's last call failed, an {@code errno}. */
        int lastError();
    }

    /**
     * Futexes of a system.
     *
     * @param unavailable why there are none; null if there are.
     */
    Futex(String unavailable, Calls calls) {
        this.unavailable = unavailable;
        this.calls = calls;
        // No words is an invalid argument, where the call is there and allowed.
        canWaitForSeveral = unavailable == null
                && calls.call(FUTEX_WAITV, 0, 0, 0, 0, CLOCK_MONOTONIC) == -1
                && calls.lastError() == INVALID;
    }

    /** Those of this system. */
    static Futex system() {
        return SYSTEM;
    }

    /** Why there is no sleeping here and nobody to wake, for people; null if there is. */
    String unavailable() {
        return unavailable;
    }

    boolean isAvailable() {
        return unavailable == null;
    }

    /** Whether one thread can sleep on several words: Linux 5.16 and later, unless it is refused. */
    boolean canWaitForSeveral() {
        return canWaitForSeveral;
    }

    /**
     * Sleeps while a word has a value: until it is woken, the time is over, or for no reason. Returns at once if it has
     * another. An interrupt of the thread has no effect.
     *
     * @param address  of the int.
     * @param timespec address of the longest time to sleep: seconds, nanoseconds, two longs.
     * @return false if it has not slept because the system refuses to.
     */
    boolean await(long address, int expected, long timespec) {
        if (unavailable != null) {
            return false;
        }
        if (calls.call(FUTEX, address, WAIT, expected & 0xFFFF_FFFFL, timespec, 0) != -1) {
            return true;
        }
        int error = calls.lastError();
        if (isUsual(error)) {
            return true;
        }
        refuse(error);
        return false;
    }

    /**
     * Sleeps while several words have their values, as {@link #await}.
     *
     * @param waiters  address of the array of struct futex_waitv.
     * @param count    of its elements.
     * @param timespec address of the time by the monotonic clock at which to give up.
     * @return false if it has not slept because the system refuses to.
     */
    boolean awaitAny(long waiters, int count, long timespec) {
        if (!canWaitForSeveral) {
            return false;
        }
        if (calls.call(FUTEX_WAITV, waiters, count, 0, timespec, CLOCK_MONOTONIC) != -1 || isUsual(calls.lastError())) {
            return true;
        }
        canWaitForSeveral = false;
        return false;
    }

    /** Wakes all who sleep on a word, of all processes. */
    void wakeAll(long address) {
        if (unavailable == null && calls.call(FUTEX, address, WAKE, EVERYBODY, 0, 0) == -1) {
            refuse(calls.lastError());
        }
    }

    /** What ends a sleep, or lets it not begin, when all is well. */
    private static boolean isUsual(int error) {
        return error == OTHER_VALUE || error == INTERRUPTED || error == TIMED_OUT;
    }

    private void refuse(int error) {
        unavailable = "the system refuses the futex call with error " + error + ": a filter of system calls, perhaps";
        canWaitForSeveral = false;
    }

    /** The C library's. */
    private static final class LibC implements Calls {

        static final String UNAVAILABLE = register();

        private static String register() {
            boolean isKnown = Platform.isLinux() && Platform.is64Bit() && (Platform.isIntel() || Platform.isARM());
            if (!isKnown) {
                return "the system is not 64-bit Linux on x86 or ARM";
            }
            try {
                Native.register(LibC.class, "c");
                return null;
            } catch (UnsatisfiedLinkError ex) {
                return "the C library cannot be called: " + ex.getMessage();
            }
        }

        @Override
        public long call(long number, long a, long b, long c, long d, long e) {
            return syscall(number, a, b, c, d, e, 0);
        }

        @Override
        public int lastError() {
            return Native.getLastError();
        }

        private static native long syscall(long number, long a, long b, long c, long d, long e, long f);
    }
}
