package io.aeroframe.testing;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A memory file system of a few MiB, unmounted on close. */
public final class SmallFileSystem implements AutoCloseable {

    private final Path path;

    private SmallFileSystem(Path path) {
        this.path = path;
    }

    /** Mounts a file system on a new directory, or skips the test if this user may not. */
    public static SmallFileSystem mount(Path directory, int mebibytes) throws IOException {
        Files.createDirectory(directory);
        String size = "size=" + mebibytes + "m";
        assumeTrue(
                Programs.succeeds("mount", "-t", "tmpfs", "-o", size, "aeroframe-test", directory.toString()),
                "this user may not mount a file system");
        return new SmallFileSystem(directory);
    }

    public Path path() {
        return path;
    }

    @Override
    public void close() throws IOException {
        if (!Programs.succeeds("umount", path.toString())) {
            throw new IOException(path + ": cannot be unmounted");
        }
    }
}
