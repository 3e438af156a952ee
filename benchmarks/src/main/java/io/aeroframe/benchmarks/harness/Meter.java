package io.aeroframe.benchmarks.harness;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.io.Serializable;
import java.lang.management.ManagementFactory;

/** What the calling thread's process takes of the processors, and the thread itself of the heap, from begin to end. One thread. */
public final class Meter {

    private static final OperatingSystemMXBean SYSTEM =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int REHEARSALS = 100;

    private long beginNs;
    private long beginCpuNs;
    private long beginBytes;
    private boolean hasBegun;

    /** A meter whose own first use, which loads classes, is over. */
    Meter() {
        for (int i = 0; i < REHEARSALS; i++) {
            begin();
            end();
        }
        hasBegun = false;
    }

    void begin() {
        hasBegun = true;
        beginNs = System.nanoTime();
        beginCpuNs = SYSTEM.getProcessCpuTime();
        beginBytes = THREADS.getCurrentThreadAllocatedBytes();
    }

    boolean hasBegun() {
        return hasBegun;
    }

    /** What was used; nothing if it has not begun. */
    Usage end() {
        if (!hasBegun) {
            return new Usage(0, 0, 0);
        }
        long bytes = THREADS.getCurrentThreadAllocatedBytes() - beginBytes;
        return new Usage(SYSTEM.getProcessCpuTime() - beginCpuNs, System.nanoTime() - beginNs, bytes);
    }

    /**
     * What was used from begin to end.
     *
     * @param cpuNs          processor time of all threads of the process, the JVM's own with them.
     * @param elapsedNs      wall time.
     * @param allocatedBytes that the calling thread took of the heap.
     */
    public record Usage(long cpuNs, long elapsedNs, long allocatedBytes) implements Serializable {}
}
