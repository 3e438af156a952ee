package io.aeroframe.testing;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** Measures what a piece of code allocates on the heap. */
public final class AllocatedBytes {

    /** Code to measure. */
    public interface Step {
        /** One call of it. */
        void run(int index) throws Exception;
    }

    private static final int ROUNDS = 3;

    private AllocatedBytes() {}

    /**
     * The mean number of bytes that a call allocates on the calling thread, after as many calls to warm up. It is the
     * least of three rounds: a call allocates the same in each, and the JVM now and then something of its own.
     */
    public static double perCall(int calls, Step step) throws Exception {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < calls; i++) {
            step.run(i);
        }
        long least = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < calls; i++) {
                step.run(i);
            }
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        return least / (double) calls;
    }
}
