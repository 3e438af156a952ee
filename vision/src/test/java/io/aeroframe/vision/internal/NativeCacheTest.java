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

    @AfterEach
    void clearProperty() {
        System.clearProperty("aeroframe.cache");
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
