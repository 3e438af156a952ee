package io.aeroframe.transport;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/** A memory file system of a few MiB, where this user may mount one. */
final class SmallFileSystem implements AutoCloseable {

    private final Path path;

    private SmallFileSystem(Path path) {
        this.path = path;
    }

    /** Mounts one on an empty directory, or gives up the test. */
    static SmallFileSystem mount(Path directory, int mebibytes) throws IOException {
        Files.createDirectory(directory);
        Assumptions.assumeTrue(
                run(List.of(
                        "mount",
                        "-t",
                        "tmpfs",
                        "-o",
                        "size=" + mebibytes + "m",
                        "aeroframe-test",
                        directory.toString())),
                "this user may not mount a file system");
        return new SmallFileSystem(directory);
    }

    private static boolean run(List<String> command) throws IOException {
        Process process;
        try {
            process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException ex) {
            Assumptions.abort(command.get(0) + " cannot be run: " + ex.getMessage());
            return false;
        }
        return process.onExit().join().exitValue() == 0;
    }

    Path path() {
        return path;
    }

    @Override
    public void close() throws IOException {
        if (!run(List.of("umount", path.toString()))) {
            throw new IOException(path + ": cannot be unmounted");
        }
    }
}
