package io.aeroframe.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
class BaseDirectoryTest {

    private static final String WAY_OUT = "; choose another with the environment variable AEROFRAME_DIR";

    @TempDir
    Path directory;

    private Path base;

    @BeforeEach
    void choose() {
        base = directory.resolve("base");
    }

    private String refusal() {
        FrameDriverException ex = assertThrows(
                FrameDriverException.class, () -> FrameDriver.join(new DriverContext().baseDirectory(base)));
        assertEquals(1, ex.getMessage().lines().count());
        return ex.getMessage();
    }

    private static void assumePosix(Path path) {
        Assumptions.assumeTrue(
                path.getFileSystem().supportedFileAttributeViews().contains("posix"),
                "the file system has no POSIX permissions");
    }

    @Test
    void makesADirectoryForItsOwnerAlone() throws IOException {
        assumePosix(directory);
        BaseDirectory.open(base);
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(base)));
        BaseDirectory.open(base);
    }

    @Test
    void takesOverWhatADriverThatWasStartingMadeForEverybody() throws IOException {
        assumePosix(directory);
        Files.createDirectories(base.resolve("aeron"));
        Files.setPosixFilePermissions(base, PosixFilePermissions.fromString("rwxr-xr-x"));
        try (FrameDriver driver = FrameDriver.join(new DriverContext().baseDirectory(base))) {
            assertTrue(driver.isOwner());
            assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(base)));
        }
    }

    @Test
    void refusesALink() throws IOException {
        Path target = Files.createDirectory(directory.resolve("target"));
        Files.createSymbolicLink(base, target);
        assertEquals(base + ": the base directory cannot be used: it is a link" + WAY_OUT, refusal());
        assertEquals(0, target.toFile().list().length);
    }

    @Test
    void refusesALinkToNowhere() throws IOException {
        Files.createSymbolicLink(base, directory.resolve("nowhere"));
        assertEquals(base + ": the base directory cannot be used: it is a link" + WAY_OUT, refusal());
    }

    @Test
    void refusesAFile() throws IOException {
        Files.writeString(base, "precious");
        assertEquals(base + ": the base directory cannot be used: it is not a directory" + WAY_OUT, refusal());
        assertEquals("precious", Files.readString(base));
    }

    @Test
    void refusesADirectoryThatOthersMayEnter() throws IOException {
        assumePosix(directory);
        Files.createDirectory(base);
        Files.setPosixFilePermissions(base, PosixFilePermissions.fromString("rwxr-xr-x"));
        assertEquals(
                base + ": the base directory cannot be used: other users may enter it (rwxr-xr-x): chmod 700 " + base
                        + WAY_OUT,
                refusal());
        assertEquals(0, base.toFile().list().length);
    }

    @Test
    void refusesADirectoryOfAnotherUser() throws IOException {
        assumePosix(directory);
        Assumptions.assumeTrue(
                Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid")),
                "only root can give a directory away");
        Files.createDirectory(base, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Files.setAttribute(base, "unix:uid", 65_534);
        String message = refusal();
        assertTrue(message.startsWith(base + ": the base directory cannot be used: it belongs to the user "), message);
        assertTrue(message.endsWith(WAY_OUT), message);
        assertEquals(0, base.toFile().list().length);
    }

    @Test
    void refusesADirectoryBelowAMissingParent() {
        base = directory.resolve("missing").resolve("base");
        assertEquals(base + ": the base directory cannot be used: no such directory: " + base + WAY_OUT, refusal());
        assertFalse(Files.exists(base.getParent()));
    }

    @Test
    void onlyOneHoldsTheLock() throws IOException {
        BaseDirectory opened = BaseDirectory.open(base);
        DriverLock lock = opened.tryLock();
        assertNotNull(lock);
        assertNull(opened.tryLock());
        assertNull(BaseDirectory.open(base).tryLock());
        lock.removeAndRelease();
        assertFalse(Files.exists(base));
        DriverLock next = opened.tryLock();
        assertNotNull(next, "the directory is made again");
        next.removeAndRelease();
        assertFalse(Files.exists(base));
    }

    @Test
    void keepsADirectoryThatHoldsSomethingElse() throws IOException {
        DriverLock lock = BaseDirectory.open(base).tryLock();
        Files.writeString(base.resolve("notes"), "precious");
        lock.removeAndRelease();
        assertEquals("precious", Files.readString(base.resolve("notes")));
        assertFalse(Files.exists(base.resolve("driver.lock")));
    }

    @Test
    void sweepsPastWhatIsNoDirectory() throws IOException {
        Files.createDirectory(base, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Files.writeString(base.resolve("private-notes"), "precious");
        BaseDirectory opened = BaseDirectory.open(base);
        DriverLock lock = opened.tryLock();
        opened.sweepPrivateDirectories();
        lock.removeAndRelease();
        assertEquals("precious", Files.readString(base.resolve("private-notes")));
    }

    @Test
    void theDefaultFollowsTheSystemProperty() {
        withProperty("aeroframe.dir", base.toString(), () -> assertEquals(base, BaseDirectory.defaultPath()));
    }

    @Test
    void aUserWithoutANameHasANumber() throws IOException {
        Assumptions.assumeTrue(Files.isDirectory(Path.of("/proc/self")), "there is no /proc to ask");
        String id = Files.getAttribute(Path.of("/proc/self"), "unix:uid").toString();
        for (String unnamed : new String[] {"?", "", " "}) {
            withProperty("user.name", unnamed, () -> {
                assertEquals(id, BaseDirectory.user());
                assertTrue(
                        BaseDirectory.sharedBeside(directory.resolve("foreign")).endsWith("foreign-aeroframe-" + id));
                withProperty(
                        "aeroframe.dir",
                        "",
                        () -> assertTrue(BaseDirectory.defaultPath().endsWith("aeroframe-" + id)));
            });
        }
        withProperty("user.name", "ann e/x", () -> assertEquals("ann_e_x", BaseDirectory.user()));
    }

    private static void withProperty(String name, String value, Runnable body) {
        String before = System.getProperty(name);
        System.setProperty(name, value);
        try {
            body.run();
        } finally {
            if (before == null) {
                System.clearProperty(name);
            } else {
                System.setProperty(name, before);
            }
        }
    }
}
