package io.aeroframe.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.agrona.IoUtil;

/** A directory in memory, where there is one, for the base directory of a test. */
final class MemoryBase {

    private MemoryBase() {}

    static Path create() {
        try {
            Path memory = Path.of("/dev/shm");
            return Files.isWritable(memory)
                    ? Files.createTempDirectory(memory, "aeroframe-test-")
                    : Files.createTempDirectory("aeroframe-test-");
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    static void delete(Path directory) {
        IoUtil.delete(directory.toFile(), true);
    }

    /** Deletes it, in which nothing may be left. */
    static void deleteEmpty(Path directory) {
        File[] left = directory.toFile().listFiles();
        delete(directory);
        assertEquals(List.of(), left == null ? List.of() : List.of(left));
    }
}
