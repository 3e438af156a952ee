package io.aeroframe.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.aeron.Aeron;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.agrona.IoUtil;

/**
 * A new directory, deleted on close. It is in {@code /dev/shm} if there is one: on a disk a driver takes seconds to
 * start.
 */
public final class MemoryDirectory implements AutoCloseable {

    private final Path path;

    public MemoryDirectory() {
        Path memory = Path.of("/dev/shm");
        try {
            path = Files.isWritable(memory)
                    ? Files.createTempDirectory(memory, "aeroframe-test-")
                    : Files.createTempDirectory("aeroframe-test-");
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    public Path path() {
        return path;
    }

    /** The path of a base directory, which does not exist yet. */
    public Path base() {
        return path.resolve("base");
    }

    /** All files in the directory, at any depth, a line each, relative to the directory. */
    public String listing() {
        try (Stream<Path> entries = Files.walk(path)) {
            return entries.filter(entry -> !entry.equals(path))
                    .map(entry -> path.relativize(entry).toString())
                    .sorted()
                    .reduce("", (all, next) -> all + next + "\n");
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    /** A client that outlives its driver; Aeron's default error handler would end the JVM with it. */
    public static Aeron client(String aeronDirectoryName) {
        return Aeron.connect(
                new Aeron.Context().aeronDirectoryName(aeronDirectoryName).errorHandler(error -> {}));
    }

    /** Closes the directory, and fails if anything was left in it. */
    public void closeEmpty() {
        String left = listing();
        close();
        assertEquals("", left);
    }

    @Override
    public void close() {
        IoUtil.delete(path.toFile(), true);
    }
}
