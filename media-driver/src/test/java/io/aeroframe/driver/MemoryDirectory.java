package io.aeroframe.driver;

import io.aeron.Aeron;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.agrona.IoUtil;

/**
 * A fresh directory in memory where there is a {@code /dev/shm}, gone after the test: a driver on a disk takes seconds
 * to start.
 */
final class MemoryDirectory implements AutoCloseable {

    private final Path path;

    MemoryDirectory() throws IOException {
        Path memory = Path.of("/dev/shm");
        path = Files.isWritable(memory)
                ? Files.createTempDirectory(memory, "aeroframe-test-")
                : Files.createTempDirectory("aeroframe-test-");
    }

    Path path() {
        return path;
    }

    /** A base directory that does not exist yet. */
    Path base() {
        return path.resolve("base");
    }

    /** What is there, at any depth, relative to the directory. */
    String listing() throws IOException {
        try (Stream<Path> entries = Files.walk(path)) {
            return entries.filter(entry -> !entry.equals(path))
                    .map(entry -> path.relativize(entry).toString())
                    .sorted()
                    .reduce("", (all, next) -> all + next + "\n");
        }
    }

    /** A client of the driver there, which does not end the JVM when the driver ends, as Aeron's own default does. */
    static Aeron client(String aeronDirectoryName) {
        return Aeron.connect(
                new Aeron.Context().aeronDirectoryName(aeronDirectoryName).errorHandler(error -> {}));
    }

    @Override
    public void close() {
        IoUtil.delete(path.toFile(), true);
    }
}
