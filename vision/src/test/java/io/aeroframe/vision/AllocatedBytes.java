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

    private AllocatedBytes() {}

    /** Mean bytes the calling thread allocates a call, after as many calls to warm up. */
    public static double perCall(int calls, Step step) throws Exception {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < calls; i++) {
            step.run(i);
        }
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < calls; i++) {
            step.run(i);
        }
        return (threads.getCurrentThreadAllocatedBytes() - before) / (double) calls;
    }
}
