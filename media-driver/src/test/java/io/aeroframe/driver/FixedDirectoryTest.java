package io.aeroframe.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeroframe.driver.internal.SharedDirectory;
import io.aeroframe.driver.internal.SharedFile;
import io.aeroframe.testing.MemoryDirectory;
import io.aeroframe.testing.SmallFileSystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Base directories that somebody else has put there and that must stay: a mount point, one in a parent that cannot be
 * written.
 */
@Timeout(180)
class FixedDirectoryTest {

    /** Without these root has no more rights than the permission bits of a directory give. */
    private static final String LESS_THAN_ROOT = "-dac_override,-dac_read_search,-fowner";

    private MemoryDirectory directory;

    @BeforeEach
    void makeDirectory() throws IOException {
        directory = new MemoryDirectory();
    }

    @AfterEach
    void removeDirectory() {
        directory.close();
    }

    @Test
    void aMountPointIsUsedAndLeftEmpty() throws Exception {
        try (SmallFileSystem mounted = SmallFileSystem.mount(directory.path().resolve("volume"), 64)) {
            Path base = mounted.path();
            Files.setPosixFilePermissions(base, PosixFilePermissions.fromString("rwx------"));
            for (int round = 0; round < 2; round++) {
                try (FrameDriver host = FrameDriver.join(new DriverContext().baseDirectory(base));
                        SharedFile file = new SharedDirectory(host.sharedDirectory()).create("frames");
                        FrameDriver hidden = FrameDriver.join(
                                new DriverContext().baseDirectory(base).privateDriver(true))) {
                    assertTrue(host.isOwner());
                    assertTrue(hidden.isOwner());
                    assertTrue(Files.exists(file.path()));
                }
                assertEquals("volume\n", directory.listing());
            }
        }
    }

    @Test
    void aDirectoryInAParentThatCannotBeWrittenIsUsedAndLeftEmpty() throws Exception {
        Path parent = Files.createDirectory(directory.path().resolve("parent"));
        Path base = Files.createDirectory(
                parent.resolve("base"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        List<String> without;
        if (Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"))) {
            without = List.of("setpriv", "--bounding-set", LESS_THAN_ROOT);
            Assumptions.assumeTrue(canRun(without), "setpriv cannot take rights away from root here");
            Files.setAttribute(parent, "unix:uid", 65_534);
        } else {
            without = List.of();
        }
        Files.setPosixFilePermissions(parent, PosixFilePermissions.fromString("r-xr-xr-x"));
        try (JoiningProcess host = JoiningProcess.start(without, base, false)) {
            assertEquals("host " + base.resolve("aeron"), host.joined());
            assertEquals("left", host.left());
            assertEquals("parent\nparent/base\n", directory.listing());
        } finally {
            Files.setPosixFilePermissions(parent, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
    }

    private static boolean canRun(List<String> prefix) throws InterruptedException {
        List<String> command = new java.util.ArrayList<>(prefix);
        command.add("true");
        try {
            return new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException ex) {
            return false;
        }
    }
}
