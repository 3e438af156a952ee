package io.aeroframe.vision.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeCacheTest {

    @TempDir
    private Path temp;

    private final String home = System.getProperty("user.home");
    private final String temporary = System.getProperty("java.io.tmpdir");

    @AfterEach
    void restoreProperties() {
        System.clearProperty("aeroframe.cache");
        System.setProperty("user.home", home);
        System.setProperty("java.io.tmpdir", temporary);
    }

    @Test
    void takesTheTemporaryDirectoryIfTheHomeCannotBeUsed() throws IOException {
        assumeTrue(System.getenv("XDG_CACHE_HOME") == null, "XDG_CACHE_HOME names the place");
        assumeTrue(Files.exists(Path.of("/proc/self")), "needs numeric users");
        Files.createFile(temp.resolve(".cache"));
        System.setProperty("user.home", temp.toString());
        System.setProperty("java.io.tmpdir", temp.toString());

        Object user = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        assertEquals(temp.resolve("aeroframe-cache-" + user), NativeCache.directory());
    }

    @Test
    void refusesAFileSystemThatAllowsNoCode() throws IOException, InterruptedException {
        assumeTrue(
                runs("mount", "-t", "tmpfs", "-o", "mode=700,noexec,size=1m", "tmpfs", temp.toString()),
                "a file system cannot be mounted here: that takes root");
        try {
            System.setProperty("aeroframe.cache", temp.resolve("cache").toString());
            IOException refused = assertThrows(IOException.class, NativeCache::directory);
            assertTrue(refused.getMessage().contains("is mounted noexec; name another"), refused.getMessage());
        } finally {
            assertTrue(runs("umount", temp.toString()));
        }
    }

    private static boolean runs(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command)
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor()
                == 0;
    }

    @Test
    void makesTheDirectoryOfThePropertyForItsOwnerOnly() throws IOException {
        Path wanted = temp.resolve("deep/cache");
        System.setProperty("aeroframe.cache", wanted.toString());

        assertEquals(wanted, NativeCache.directory());
        assertTrue(Files.isDirectory(wanted));
        if (wanted.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(wanted)));
        }
    }

    @Test
    void refusesADirectoryThatOthersMayWriteTo() throws IOException {
        assumeTrue(temp.getFileSystem().supportedFileAttributeViews().contains("posix"), "needs POSIX permissions");
        Path open = Files.createDirectory(temp.resolve("open"));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
        System.setProperty("aeroframe.cache", open.toString());

        IOException refused = assertThrows(IOException.class, NativeCache::directory);
        assertTrue(refused.getMessage().startsWith(open + ": other users may write"), refused.getMessage());
    }

    @Test
    void saysWhichDirectoryCannotBeMade() throws IOException {
        Path file = Files.createFile(temp.resolve("file"));
        System.setProperty("aeroframe.cache", file.resolve("cache").toString());

        IOException refused = assertThrows(IOException.class, NativeCache::directory);
        assertTrue(refused.getMessage().startsWith(file.resolve("cache") + ": the cache directory cannot be made"));
    }
}
