package io.aeroframe.benchmarks.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.agrona.IoUtil;

/** A directory in memory, where there is such a place, that is removed with everything in it. Thread-safe. */
public final class ScratchDirectory implements AutoCloseable {

    private static final Path SHARED_MEMORY = Path.of("/dev/shm");
    private static final String PREFIX = "aeroframe-bench-";

    private final Path path;

    /**
     * Creates the directory.
     *
     * @throws BenchException if it cannot be created
     */
    public ScratchDirectory() {
        try {
            path = Files.isDirectory(SHARED_MEMORY)
                    ? Files.createTempDirectory(SHARED_MEMORY, PREFIX)
                    : Files.createTempDirectory(PREFIX);
        } catch (IOException ex) {
            throw new BenchException("no directory can be created: " + ex.getMessage(), ex);
        }
    }

    /** Returns the directory. */
    public Path path() {
        return path;
    }

    /** Removes the directory. Closing twice does nothing. */
    @Override
    public void close() {
        IoUtil.delete(path.toFile(), true);
    }
}
