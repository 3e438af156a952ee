package io.aeroframe.transport;

import com.sun.jna.Native;
import com.sun.jna.Platform;

/**
 * Sleeps on words in shared memory until another thread or process wakes it. Uses Linux futexes (futex(2) and
 * futex_waitv), called through JNA's direct mapping, which does not allocate.
 *
 * <p>A filter, such as a container's, may refuse a system call that exists, and this shows only when the call is made.
 * A refused call is not tried again: it returns false, and {@link #unavailable()} and {@link #canWaitForSeveral()}
 * reflect it from then on. Thread-safe.
 */
final class Futex {

    private static final int WAIT = 0;
    private static final int WAKE = 1;
    private static final int ALL_SLEEPERS = Integer.MAX_VALUE;
    private static final long CLOCK_MONOTONIC = 1;

    private static final int INTERRUPTED = 4; // EINTR
    private static final int OTHER_VALUE = 11; // EAGAIN
    private static final int INVALID = 22; // EINVAL
    private static final int TIMED_OUT = 110; // ETIMEDOUT

    private static final long FUTEX = Platform.isARM() ? 98 : 202;
    private static final long FUTEX_WAITV = 449;

    private static final Futex SYSTEM = new Futex(LibC.UNAVAILABLE, new LibC());

    private final Calls calls;

    /** Null while sleeping on one word works. Written by the first thread that is refused. */
    private volatile String unavailable;

    private volatile boolean canWaitForSeveral;

    /** The system calls used here. */
    interface Calls {

        /**
         * Makes a system call.
         *
         * @return the result, -1 if the call failed.
         */
        long call(long number, long a, long b, long c, long d, long e);

        /** The {@code errno} of this thread's last failed call. */
        int lastError();
    }

    /**
     * The futexes of a system.
     *
     * @param unavailable the reason why there are none; null if there are.
     * @param calls       the system calls.
     */
    Futex(String unavailable, Calls calls) {
        this.unavailable = unavailable;
        this.calls = calls;
        // Where the call exists and is allowed, it rejects an empty list of words as an invalid argument.
        canWaitForSeveral = unavailable == null
                && calls.call(FUTEX_WAITV, 0, 0, 0, 0, CLOCK_MONOTONIC) == -1
                && calls.lastError() == INVALID;
    }

    /** The futexes of this system. */
    static Futex system() {
        return SYSTEM;
    }

    /** The reason why threads cannot sleep on a word here, for people; null if they can. */
    String unavailable() {
        return unavailable;
    }

    /** The system calls. */
    Calls calls() {
        return calls;
    }

    boolean isAvailable() {
        return unavailable == null;
    }

    /** Whether one thread can sleep on several words: on Linux 5.16 and later, unless the system refuses. */
    boolean canWaitForSeveral() {
        return canWaitForSeveral;
    }

    /**
     * Sleeps while a word has the expected value. Returns when it is woken, at the timeout, spuriously, or immediately
     * if the value differs. An interrupt of the thread has no effect.
     *
     * @param address  the address of the int.
     * @param expected the value to sleep on.
     * @param timespec the address of the timeout: two longs, seconds and nanoseconds.
     * @return false if it did not sleep because the system refuses.
     */
    boolean await(long address, int expected, long timespec) {
        if (unavailable != null) {
            return false;
        }
        if (calls.call(FUTEX, address, WAIT, expected & 0xFFFF_FFFFL, timespec, 0) != -1) {
            return true;
        }
        int error = calls.lastError();
        if (isNormalEnd(error)) {
            return true;
        }
        refuse(error);
        return false;
    }

    /**
     * Sleeps while several words all have their expected values. Otherwise the same as {@link #await}.
     *
     * @param waiters  the address of an array of struct futex_waitv.
     * @param count    the number of its elements.
     * @param timespec the address of the deadline by the monotonic clock.
     * @return false if it did not sleep because the system refuses.
     */
    boolean awaitAny(long waiters, int count, long timespec) {
        if (!canWaitForSeveral) {
            return false;
        }
        if (calls.call(FUTEX_WAITV, waiters, count, 0, timespec, CLOCK_MONOTONIC) != -1
                || isNormalEnd(calls.lastError())) {
            return true;
        }
        canWaitForSeveral = false;
        return false;
    }

    /** Wakes all threads, of all processes, that sleep on a word. */
    void wakeAll(long address) {
        if (unavailable == null && calls.call(FUTEX, address, WAKE, ALL_SLEEPERS, 0, 0) == -1) {
            refuse(calls.lastError());
        }
    }

    /** Whether an error is a normal end of a sleep. */
    private static boolean isNormalEnd(int error) {
        return error == OTHER_VALUE || error == INTERRUPTED || error == TIMED_OUT;
    }

    private void refuse(int error) {
        unavailable =
                "the system refuses the futex call with error " + error + ", possibly because of a system call filter";
        canWaitForSeveral = false;
    }

    /** The system calls of the C library. */
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
            } catch (LinkageError ex) { // JNA's own library cannot be unpacked or loaded
                String message = String.valueOf(ex.getMessage());
                return "the C library cannot be called: "
                        + message.lines().findFirst().orElse("no reason given");
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
