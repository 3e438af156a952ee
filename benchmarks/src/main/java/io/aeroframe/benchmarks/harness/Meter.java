package io.aeroframe.benchmarks.harness;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.io.Serializable;
import java.lang.management.ManagementFactory;

/** Measures the processor time of the calling process and the heap allocation of the calling thread. For one thread. */
public final class Meter {

    private static final OperatingSystemMXBean SYSTEM =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int WARMUP_ROUNDS = 100;

    private long startNs;
    private long startCpuNs;
    private long startBytes;
    private boolean isStarted;

    /** Creates a meter that has loaded its classes, so that they do not show in its figures. */
    Meter() {
        for (int i = 0; i < WARMUP_ROUNDS; i++) {
            start();
            stop();
        }
        isStarted = false;
    }

    void start() {
        isStarted = true;
        startNs = System.nanoTime();
        startCpuNs = SYSTEM.getProcessCpuTime();
        startBytes = THREADS.getCurrentThreadAllocatedBytes();
    }

    /** Returns the usage since the start; all zeros if it was not started. */
    Usage stop() {
        if (!isStarted) {
            return new Usage(0, 0, 0);
        }
        long bytes = THREADS.getCurrentThreadAllocatedBytes() - startBytes;
        return new Usage(SYSTEM.getProcessCpuTime() - startCpuNs, System.nanoTime() - startNs, bytes);
    }

    /**
     * The resources used between start and stop.
     *
     * @param cpuNs          the processor time of all threads of the process, including the JVM's own
     * @param elapsedNs      the wall-clock time
     * @param allocatedBytes the heap memory that the calling thread allocated
     */
    public record Usage(long cpuNs, long elapsedNs, long allocatedBytes) implements Serializable {}
}
