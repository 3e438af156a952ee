package io.aeroframe.transport;

import com.sun.jna.Native;
import com.sun.jna.Platform;

/**
 * Sleeping on words in shared memory until somebody else wakes: Linux futexes, see futex(2) and futex_waitv, called without
 * allocation through JNA's direct mapping.
 */
final class Futex {

    private static final int WAIT = 0;
    private static final int WAKE = 1;
    private static final int EVERYBODY = Integer.MAX_VALUE;
    private static final long CLOCK_MONOTONIC = 1;
    private static final int NO_SUCH_CALL = 38;

    private static final long FUTEX = Platform.isARM() ? 98 : 202;
    private static final long FUTEX_WAITV = 449;

    private static final String UNAVAILABLE = register();
    private static final boolean HAS_WAITV = UNAVAILABLE == null && hasWaitv();

    private Futex() {}

    private static String register() {
        boolean isKnown = Platform.isLinux() && Platform.is64Bit() && (Platform.isIntel() || Platform.isARM());
        if (!isKnown) {
            return "the system is not 64-bit Linux on x86 or ARM";
        }
        try {
            Native.register(Futex.class, "c");
            return null;
        } catch (UnsatisfiedLinkError ex) {
            return "the C library cannot be called: " + ex.getMessage();
        }
    }

    private static boolean hasWaitv() {
        return syscall(FUTEX_WAITV, 0, 0, 0, 0, 0, 0) == -1 && Native.getLastError() != NO_SUCH_CALL;
    }

    /** Why there is no sleeping here and nobody to wake, so that nothing else may be called; null if there is. */
    static String unavailable() {
        return UNAVAILABLE;
    }

    /** Whether one thread can sleep on several words: Linux 5.16 and later. */
    static boolean canWaitForSeveral() {
        return HAS_WAITV;
    }

    /**
     * Sleeps while a word has a value: until it is woken, the time is over, or for no reason. Returns at once if it has another.
     *
     * @param address  of the int.
     * @param timespec address of the longest time to sleep: seconds, nanoseconds, two longs.
     */
    static void await(long address, int expected, long timespec) {
        syscall(FUTEX, address, WAIT, expected & 0xFFFF_FFFFL, timespec, 0, 0);
    }

    /**
     * Sleeps while several words have their values, as {@link #await}.
     *
     * @param waiters  address of the array of struct futex_waitv.
     * @param count    of its elements.
     * @param timespec address of the time by the monotonic clock at which to give up.
     */
    static void awaitAny(long waiters, int count, long timespec) {
        syscall(FUTEX_WAITV, waiters, count, 0, timespec, CLOCK_MONOTONIC, 0);
    }

    /** Wakes all who sleep on a word, of all processes. */
    static void wakeAll(long address) {
        syscall(FUTEX, address, WAKE, EVERYBODY, 0, 0, 0);
    }

    private static native long syscall(long number, long a, long b, long c, long d, long e, long f);
}
