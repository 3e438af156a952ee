package io.aeroframe.benchmarks.harness;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The latencies of each measured frame as they are, so that the figures that {@link Latencies} gives can be checked without it. As text a
 * line a frame: when it was due, from the begin of the measured part; from the stamp to the handler; from the time due to the handler, only
 * where there is a schedule. Nanoseconds, by order of arrival. One thread.
 */
public final class StampLog {

    private static final int FIELDS = 3;
    private static final int INITIAL_FRAMES = 1 << 16;

    private final boolean isTimed;
    private long[] values = new long[INITIAL_FRAMES * FIELDS];
    private int length;

    /**
     * An empty log.
     *
     * @param isTimed whether frames are due at set times.
     */
    public StampLog(boolean isTimed) {
        this.isTimed = isTimed;
    }

    void add(long dueNs, long stampedNs, long scheduledNs) {
        if (length == values.length) {
            values = Arrays.copyOf(values, 2 * length);
        }
        values[length++] = dueNs;
        values[length++] = stampedNs;
        values[length++] = scheduledNs;
    }

    /**
     * Writes all of it.
     *
     * @throws BenchException if it cannot be written.
     */
    public void write(Path file) {
        try (PrintWriter out = new PrintWriter(Files.newBufferedWriter(file))) {
            for (int i = 0; i < length; i += FIELDS) {
                out.print(values[i] + " " + values[i + 1]);
                out.print(isTimed ? " " + values[i + 2] + "\n" : "\n");
            }
            out.flush();
            if (out.checkError()) {
                throw new BenchException(file + " cannot be written; is the disk full?");
            }
        } catch (IOException ex) {
            throw new BenchException(file + " cannot be written: " + ex.getMessage(), ex);
        }
    }

    /**
     * Reads what {@link #write(Path)} wrote.
     *
     * @return the numbers of each line.
     * @throws BenchException if it cannot be read.
     */
    public static List<long[]> read(Path file) {
        List<long[]> frames = new ArrayList<>();
        try {
            for (String line : Files.readAllLines(file)) {
                frames.add(Arrays.stream(line.split(" "))
                        .mapToLong(Long::parseLong)
                        .toArray());
            }
        } catch (IOException ex) {
            throw new BenchException(file + " cannot be read: " + ex.getMessage(), ex);
        }
        return frames;
    }
}
