package io.aeroframe.benchmarks.harness;

import java.io.IOException;
import java.lang.management.CompilationMXBean;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Why frames were late: a histogram of their latencies from the stamp, by what happened to the reading thread since the
 * frame before. For one thread.
 */
public final class LateCauses {

    /** What made a frame late. The first that applies counts. */
    public enum Cause {
        /** The JVM collected garbage since the last frame. */
        gc,
        /** The thread was ready to run for at least half of the latency, but another one had the core. */
        run_queue,
        /** The JVM compiled since the last frame, so that the code may not have been compiled yet. */
        jit,
        /** None of these: the core had to leave an idle state, or the caches had forgotten both sides. */
        idle_state
    }

    /** The lower ends of the histogram's classes in microseconds. */
    public static final List<Long> CLASSES_US = List.of(0L, 20L, 50L, 100L, 200L, 500L, 1_000L);

    private static final Path SCHEDULER_STATISTICS = Path.of("/proc/thread-self/schedstat");
    private static final int CAUSES = Cause.values().length;

    private final long[][] counts = new long[CLASSES_US.size()][CAUSES];
    private final List<GarbageCollectorMXBean> collectors = ManagementFactory.getGarbageCollectorMXBeans();
    private final CompilationMXBean compiler = ManagementFactory.getCompilationMXBean();
    private final ByteBuffer line = ByteBuffer.allocateDirect(128);
    private FileChannel statistics;
    private boolean isStarted;
    private long collections;
    private long compiledMs;
    private long runDelayNs;

    /**
     * Records a frame, after its latency was taken.
     *
     * @throws BenchException if the system has no scheduler statistics of threads
     */
    void onFrame(long latencyNs) {
        long collectionsNow = 0;
        for (GarbageCollectorMXBean collector : collectors) {
            collectionsNow += collector.getCollectionCount();
        }
        long compiledNow = compiler == null ? 0 : compiler.getTotalCompilationTime();
        long runDelayNow = runDelayNs();
        if (isStarted) {
            Cause cause = collectionsNow != collections
                    ? Cause.gc
                    : runDelayNow - runDelayNs >= latencyNs / 2
                            ? Cause.run_queue
                            : compiledNow != compiledMs ? Cause.jit : Cause.idle_state;
            counts[classOf(latencyNs)][cause.ordinal()]++;
        }
        isStarted = true;
        collections = collectionsNow;
        compiledMs = compiledNow;
        runDelayNs = runDelayNow;
    }

    private static int classOf(long latencyNs) {
        int found = 0;
        for (int i = 1; i < CLASSES_US.size(); i++) {
            found = latencyNs >= CLASSES_US.get(i) * 1_000 ? i : found;
        }
        return found;
    }

    /** The time that this thread has waited for a core, of all its life: the second number of schedstat. */
    private long runDelayNs() {
        try {
            if (statistics == null) {
                statistics = FileChannel.open(SCHEDULER_STATISTICS); // of the thread that opens it
            }
            line.clear();
            statistics.read(line, 0);
        } catch (IOException ex) {
            throw new BenchException(
                    SCHEDULER_STATISTICS + " cannot be read, which needs Linux: " + ex.getMessage(), ex);
        }
        int at = 0;
        while (line.get(at) != ' ') {
            at++;
        }
        long value = 0;
        for (at++; line.get(at) >= '0'; at++) {
            value = 10 * value + line.get(at) - '0';
        }
        return value;
    }

    /** Adds the counts of another histogram. */
    public void add(LateCauses other) {
        for (int i = 0; i < counts.length; i++) {
            for (int j = 0; j < CAUSES; j++) {
                counts[i][j] += other.counts[i][j];
            }
        }
    }

    /** Returns the number of frames of a class that have a cause. */
    public long count(int latencyClass, Cause cause) {
        return counts[latencyClass][cause.ordinal()];
    }

    /**
     * Writes the counts to a file, a line for each class.
     *
     * @throws BenchException if the file cannot be written
     */
    public void write(Path file) {
        try {
            List<String> lines = new ArrayList<>();
            for (long[] row : counts) {
                lines.add(Arrays.stream(row).mapToObj(Long::toString).collect(Collectors.joining(" ")));
            }
            Files.write(file, lines);
        } catch (IOException ex) {
            throw new BenchException(file + " cannot be written: " + ex.getMessage(), ex);
        }
    }

    /**
     * Reads a file that {@link #write(Path)} wrote.
     *
     * @throws BenchException if the file cannot be read
     */
    public static LateCauses read(Path file) {
        LateCauses causes = new LateCauses();
        List<long[]> rows = StampLog.read(file);
        for (int i = 0; i < rows.size(); i++) {
            causes.counts[i] = rows.get(i);
        }
        return causes;
    }
}
