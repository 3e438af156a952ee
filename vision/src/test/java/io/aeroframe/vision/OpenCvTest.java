package io.aeroframe.vision;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opencv.core.Core;
import org.opencv.core.CvType;
import org.opencv.core.Mat;

class OpenCvTest {

    private static final String PLATFORM =
            OpenCv.platform(System.getProperty("os.name"), System.getProperty("os.arch"));

    @TempDir
    private Path temp;

    @Test
    void loadsOnceHoweverOftenItIsAsked() {
        OpenCv.load();
        OpenCv.load();
        assertEquals(12, new Mat(3, 4, CvType.CV_8UC1).total());
    }

    @Test
    void unpacksTheWholeLibraryAndLeavesItAlonePastThat() throws IOException {
        Path library = OpenCv.unpack(PLATFORM, temp);
        assertTrue(library.isAbsolute());
        assertEquals(packedLength(library), Files.size(library));
        FileTime early = FileTime.fromMillis(1_000_000_000_000L);
        Files.setLastModifiedTime(library, early);

        assertEquals(library, OpenCv.unpack(PLATFORM, temp));
        assertEquals(early, Files.getLastModifiedTime(library));
    }

    @Test
    void replacesALibraryThatIsNotWhole() throws IOException {
        Path library = OpenCv.unpack(PLATFORM, temp);
        Files.write(library, new byte[1000]);

        OpenCv.unpack(PLATFORM, temp);
        assertEquals(packedLength(library), Files.size(library));
    }

    @Test
    void unpacksFromSeveralSidesAtOnceWithoutLeftovers() throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(3);
        try {
            List<Callable<Path>> tasks = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                tasks.add(() -> OpenCv.unpack(PLATFORM, temp));
            }
            for (Future<Path> library : executor.invokeAll(tasks)) {
                assertEquals(packedLength(library.get()), Files.size(library.get()));
            }
        } finally {
            executor.shutdown();
        }
        try (Stream<Path> files = Files.walk(temp)) {
            assertEquals(1, files.filter(Files::isRegularFile).count());
        }
    }

    @Test
    void sweepsWhatAKilledProcessLeft() throws IOException {
        Path directory = OpenCv.unpack(PLATFORM, temp).getParent();
        Path abandoned = Files.createFile(directory.resolve("lib.so.1.tmp"));
        Files.setLastModifiedTime(abandoned, FileTime.fromMillis(0));
        Path recent = Files.createFile(directory.resolve("lib.so.2.tmp"));
        Files.write(OpenCv.unpack(PLATFORM, temp), new byte[1]);

        OpenCv.unpack(PLATFORM, temp);
        assertTrue(Files.notExists(abandoned));
        assertTrue(Files.exists(recent));
    }

    @Test
    void knowsThePlatformsThatAreInTheJar() {
        assertEquals("linux/x86_64", OpenCv.platform("Linux", "amd64"));
        assertEquals("linux/ARMv8", OpenCv.platform("Linux", "aarch64"));
        assertEquals("osx/ARMv8", OpenCv.platform("Mac OS X", "aarch64"));
        assertEquals("windows/x86_64", OpenCv.platform("Windows 11", "amd64"));
        UnsatisfiedLinkError unknown =
                assertThrows(UnsatisfiedLinkError.class, () -> OpenCv.platform("Linux", "riscv64"));
        assertTrue(unknown.getMessage().contains("Linux on riscv64"), unknown.getMessage());
    }

    @Test
    void saysWhichLibraryTheJarLacks() {
        IOException missing = assertThrows(IOException.class, () -> OpenCv.unpack("linux/s390x", temp));
        assertTrue(missing.getMessage().contains("/nu/pattern/opencv/linux/s390x/"), missing.getMessage());
    }

    private static long packedLength(Path library) throws IOException {
        try (InputStream in =
                Core.class.getResourceAsStream("/nu/pattern/opencv/" + PLATFORM + "/" + library.getFileName())) {
            return in.transferTo(java.io.OutputStream.nullOutputStream());
        }
    }
}
