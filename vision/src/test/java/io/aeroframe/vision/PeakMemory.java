package io.aeroframe.vision;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/**
 * What memory a piece of code touches for the first time, its own and that of native libraries, also if it gives it
 * back at once.
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

    /** The most bytes by which the process grows while the code runs, as Linux reports it. */
    public static long growth(Step step) throws Exception {
        Assumptions.assumeTrue(Files.isWritable(RESET), "only Linux reports how large a process was at most");
        Files.writeString(RESET, "5"); // the peak is now what there is now
        long before = kilobytes("VmRSS:");
        step.run();
        return (kilobytes("VmHWM:") - before) << 10;
    }

    /** A direct buffer whose pages are there, so that to write to it makes nothing grow. */
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
