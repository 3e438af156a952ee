package io.aeroframe.transport;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Waits that an interrupt does not end. The calling thread's interrupt flag is as it was afterwards, or set if an
 * interrupt came.
 */
final class Uninterruptible {

    private Uninterruptible() {}

    /**
     * Waits for a result. For what is certain to come.
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
     * @throws TimeoutException   if there is none within the time.
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
