package io.aeroframe.apps.bridge.shm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Names of POSIX shared memory, which on Linux is files in a directory. */
final class Segments {

    private static final Path DIRECTORY = Path.of("/dev/shm");

    private Segments() {}

    /**
     * The file of a segment.
     *
     * @throws IllegalArgumentException if the name cannot be a segment's.
     * @throws IOException              if this system keeps segments elsewhere.
     */
    static Path file(String name) throws IOException {
        String bare = name.startsWith("/") ? name.substring(1) : name; // posix_ipc writes the slash
        if (bare.isEmpty() || bare.contains("/") || bare.startsWith(".") || bare.length() > 200) {
            throw new IllegalArgumentException(
                    "'" + name + "' is not a name of shared memory: give one without a slash");
        }
        if (!Files.isDirectory(DIRECTORY)) {
            throw new IOException("shm:" + name + ": this system has no " + DIRECTORY + ": only Linux is supported");
        }
        return DIRECTORY.resolve(bare);
    }
}
