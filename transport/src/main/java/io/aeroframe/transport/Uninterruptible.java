package io.aeroframe.transport;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Waits that an interrupt does not end. An interrupt during the wait leaves the calling thread's interrupted flag set.
 */
final class Uninterruptible {

    private Uninterruptible() {}

    /**
     * Waits for a result that is certain to arrive.
     *
     * @throws ExecutionException as {@link Future#get()}.
     */
    static <T> T get(Future<T> future) throws ExecutionException {
        try {
            return get(future, Long.MAX_VALUE);
        } catch (TimeoutException ex) {
            throw new AssertionError("292 years have gone by", ex);
        }
    }

    /**
     * Waits for a result.
     *
     * @param timeoutNs the longest wait.
     * @throws ExecutionException as {@link Future#get()}.
     * @throws TimeoutException   if there is none in time.
     */
    static <T> T get(Future<T> future, long timeoutNs) throws ExecutionException, TimeoutException {
        long startNs = System.nanoTime();
        boolean isInterrupted = false;
        try {
            while (true) {
                try {
                    return future.get(timeoutNs - (System.nanoTime() - startNs), TimeUnit.NANOSECONDS);
                } catch (InterruptedException ex) {
                    isInterrupted = true;
                }
            }
        } finally {
            if (isInterrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /**
     * Waits until a thread has ended.
     *
     * @param timeoutNs the longest wait.
     * @return whether it has.
     */
    static boolean join(Thread thread, long timeoutNs) {
        long startNs = System.nanoTime();
        boolean isInterrupted = false;
        long leftNs = timeoutNs;
        while (thread.isAlive() && leftNs > 0) {
            try {
                TimeUnit.NANOSECONDS.timedJoin(thread, leftNs);
            } catch (InterruptedException ex) {
                isInterrupted = true;
            }
            leftNs = timeoutNs - (System.nanoTime() - startNs);
        }
        if (isInterrupted) {
            Thread.currentThread().interrupt();
        }
        return !thread.isAlive();
    }
}
