package io.aeroframe.testing;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/**
 * Measures the memory that a piece of code and its native libraries touch for the first time, even if they free it at
 * once.
 */
public final class PeakMemory {

    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Path RESET = Path.of("/proc/self/clear_refs");
    private static final int PAGE = 4096;

    /** Code to measure. */
    public interface Step {
        /** One call of it. */
        void run() throws Exception;
    }

    private PeakMemory() {}

    /** The number of bytes by which the process grows at most while the code runs, as Linux counts them. */
    public static long growth(Step step) throws Exception {
        Assumptions.assumeTrue(Files.isWritable(RESET), "only Linux reports the peak size of a process");
        Files.writeString(RESET, "5"); // resets the peak to the present size
        long before = kilobytes("VmRSS:");
        step.run();
        return (kilobytes("VmHWM:") - before) << 10;
    }

    /** A direct buffer whose pages are resident, so that writing to it does not make the process grow. */
    public static ByteBuffer touched(int length) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(length);
        for (int i = 0; i < length; i += PAGE) {
            buffer.put(i, (byte) 1);
        }
        return buffer;
    }

    private static long kilobytes(String field) throws IOException {
        for (String line : Files.readAllLines(STATUS)) {
            if (line.startsWith(field)) {
                return Long.parseLong(line.replaceAll("\\D+", ""));
            }
        }
        throw new IOException(STATUS + " has no " + field);
    }
}
