package io.aeroframe.vision.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.luben.zstd.Zstd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ZstandardTest {

    private static final String PLATFORM =
            Zstandard.platform(System.getProperty("os.name"), System.getProperty("os.arch"));

    @TempDir
    private Path temp;

    @Test
    void loadsFromTheCacheHoweverOftenItIsAsked() throws IOException {
        Zstandard.require();
        Zstandard.require();
        assertTrue(Zstd.compressBound(1) > 1);
        Path loaded = Path.of(System.getProperty("ZstdNativePath"));
        assertTrue(loaded.startsWith(NativeCache.directory()), loaded::toString);
    }

    @Test
    void unpacksOnce() throws IOException {
        Path library = Zstandard.unpack(PLATFORM, temp);
        assertTrue(Files.size(library) > 100_000);
        FileTime early = FileTime.fromMillis(1_000_000_000_000L);
        Files.setLastModifiedTime(library, early);
        assertEquals(library, Zstandard.unpack(PLATFORM, temp));
        assertEquals(early, Files.getLastModifiedTime(library));
    }

    @Test
    void knowsTheFoldersOfTheJar() throws IOException {
        assertEquals("linux/amd64", Zstandard.platform("Linux", "amd64"));
        for (String platform : new String[] {
            "linux/amd64",
            Zstandard.platform("Linux", "aarch64"),
            Zstandard.platform("Mac OS X", "x86_64"),
            Zstandard.platform("Mac OS X", "aarch64"),
            Zstandard.platform("Windows 11", "amd64")
        }) {
            assertTrue(Files.size(Zstandard.unpack(platform, temp)) > 100_000, platform);
        }
    }

    @Test
    void saysWhichLibraryTheJarLacks() {
        IOException missing = assertThrows(IOException.class, () -> Zstandard.unpack("plan9/amd64", temp));
        assertTrue(missing.getMessage().contains("/plan9/amd64/libzstd-jni-"), missing.getMessage());
    }
}
