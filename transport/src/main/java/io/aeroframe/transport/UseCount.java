package io.aeroframe.transport;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts the uses of mapped memory, so that closing it unmaps it when the last use has ended, and not before.
 *
 * <p>One word: the number of uses, and a mark that it is closed. Each transition is one compare-and-set, so that
 * exactly one thread has to unmap: the one that closes if there is no use, else the one that ends the last.
 * Thread-safe.
 */
final class UseCount {

    private static final int CLOSED = Integer.MIN_VALUE;

    private final AtomicInteger state = new AtomicInteger();

    /**
     * Begins a use.
     *
     * @return false if it is closed, and the memory may be gone; else {@link #release()} is to follow.
     */
    boolean tryAcquire() {
        int seen;
        do {
            seen = state.get();
            if (seen < 0) {
                return false;
            }
        } while (!state.compareAndSet(seen, seen + 1));
        return true;
    }

    /**
     * Ends a use.
     *
     * @return whether it was the last after closing: the caller is to unmap.
     */
    boolean release() {
        int left = state.decrementAndGet();
        assert left != -1 && left != CLOSED - 1 : "released more often than acquired";
        return left == CLOSED;
    }

    /**
     * Allows no more uses. Closing twice does nothing.
     *
     * @return whether there is no use: the caller is to unmap.
     */
    boolean close() {
        int seen;
        do {
            seen = state.get();
            if (seen < 0) {
                return false;
            }
        } while (!state.compareAndSet(seen, seen | CLOSED));
        return seen == 0;
    }
}
