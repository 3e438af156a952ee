package io.aeroframe.vision;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** What a piece of code leaves to the garbage collector. */
public final class AllocatedBytes {

    /** Code to measure. */
    public interface Step {
        /** One call of it. */
        void run(int index) throws Exception;
    }

    private static final int ROUNDS = 3;

    private AllocatedBytes() {}

    /**
     * Mean bytes the calling thread allocates a call, after as many calls to warm up: the least of three rounds, as
     * what a call allocates it allocates in each of them, and the virtual machine now and then something of its own.
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
