package io.aeroframe.benchmarks.harness;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The latencies of every measured frame, so that the percentiles of {@link Latencies} can be checked independently. As
 * text, one line a frame in order of arrival, in nanoseconds: the scheduled time, from the start of the measured part;
 * the latency from the stamp to the handler; and, where there is a schedule, the latency from the scheduled time to the
 * handler. For one thread.
 */
public final class StampLog {

    private static final int FIELDS = 3;
    private static final int INITIAL_FRAMES = 1 << 16;

    private final boolean isTimed;
    private long[] values = new long[INITIAL_FRAMES * FIELDS];
    private int length;

    /**
     * Creates an empty log.
     *
     * @param isTimed whether frames have scheduled times
     */
    public StampLog(boolean isTimed) {
        this.isTimed = isTimed;
    }

    void add(long scheduledNs, long fromStampNs, long fromScheduledNs) {
        if (length == values.length) {
            values = Arrays.copyOf(values, 2 * length);
        }
        values[length++] = scheduledNs;
        values[length++] = fromStampNs;
        values[length++] = fromScheduledNs;
    }

    /**
     * Writes all frames to a file.
     *
     * @throws BenchException if the file cannot be written
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
     * Reads a file that {@link #write(Path)} wrote.
     *
     * @return the numbers of each line
     * @throws BenchException if the file cannot be read
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
