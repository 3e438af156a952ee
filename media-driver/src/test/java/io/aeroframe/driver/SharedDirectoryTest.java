package io.aeroframe.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeroframe.driver.internal.SharedDirectory;
import io.aeroframe.driver.internal.SharedFile;
import io.aeroframe.testing.MemoryDirectory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Files in memory with an owner: what becomes of them when the owner goes, and that nobody takes a live one's away. */
@Timeout(180)
class SharedDirectoryTest {

    private MemoryDirectory directory;
    private SharedDirectory shared;

    @BeforeEach
    void makeDirectory() throws IOException {
        directory = new MemoryDirectory();
        shared = new SharedDirectory(directory.base());
    }

    @AfterEach
    void removeDirectory() {
        directory.close();
    }

    @Test
    void aFileIsForItsUserAloneAndGoesWithItsDirectory() throws IOException {
        SharedFile file = shared.create("frames");
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file.path())));
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.base())));
        assertFalse(shared.isAbandoned("frames"));
        shared.sweep();
        assertTrue(Files.exists(file.path()), "its owner lives");
        file.close();
        file.close();
        assertEquals("", directory.listing());
        assertTrue(shared.isAbandoned("frames"));
        assertNull(shared.open("frames", FileChannel::size));
        shared.sweep();
    }

    @Test
    void openingOnesOwnFileDoesNotGiveItAway() throws Exception {
        try (SharedFile file = shared.create("frames")) {
            file.use(channel -> channel.write(ByteBuffer.wrap(new byte[10]), 0));
            assertEquals(10, shared.<Long>open("frames", FileChannel::size));
            assertFalse(shared.isAbandoned("frames"));
            assertEquals("alive", ask("frames", directory.base()), "another process sees the lock still held");
        }
    }

    @Test
    void aFileOfAKilledProcessIsSweptAndThatOfALiveOneIsNot() throws Exception {
        Process owner = start("own", "child", directory.base());
        try {
            assertEquals("made", owner.inputReader().readLine());
            assertEquals(1, shared.<Long>open("child", FileChannel::size));
            assertFalse(shared.isAbandoned("child"));
            shared.sweep();
            assertFalse(shared.isAbandoned("child"), "a sweep leaves it alone");
            owner.destroyForcibly();
            assertTrue(owner.waitFor(30, TimeUnit.SECONDS));
            assertTrue(shared.isAbandoned("child"));
            assertEquals(1, shared.<Long>open("child", FileChannel::size), "it can be read until it is swept");
            shared.sweep();
            assertNull(shared.open("child", FileChannel::size));
            assertEquals("", directory.listing());
        } finally {
            owner.destroyForcibly();
        }
    }

    @Test
    void saysSoWhenAFileCannotBeMadeOrRead() throws IOException {
        try (SharedFile file = shared.create("frames")) {
            FrameDriverException twice = assertThrows(FrameDriverException.class, () -> shared.create("frames"));
            assertTrue(twice.getMessage().contains("frames"), twice.getMessage());
            assertTrue(Files.exists(file.path()));
            FrameDriverException broken = assertThrows(
                    FrameDriverException.class,
                    () -> shared.open("frames", channel -> {
                        throw new IOException("no good");
                    }));
            assertTrue(broken.getMessage().endsWith("no good"), broken.getMessage());
        }
    }

    @Test
    void aLinkIsNoSharedFile() throws IOException {
        Path elsewhere = Files.writeString(directory.path().resolve("elsewhere"), "secret");
        BaseDirectory.open(directory.base());
        Files.createSymbolicLink(directory.base().resolve("frames.shared"), elsewhere);
        assertThrows(FrameDriverException.class, () -> shared.open("frames", FileChannel::size));
        assertThrows(FrameDriverException.class, () -> shared.create("frames"));
        assertEquals("secret", Files.readString(elsewhere));
    }

    @Test
    void whoFindsADriverByItsAeronDirectorySharesFilesWithThoseWhoFindItByTheBaseDirectory() {
        try (FrameDriver host = FrameDriver.join(new DriverContext().baseDirectory(directory.base()));
                FrameDriver guest =
                        FrameDriver.join(new DriverContext().aeronDirectory(Path.of(host.aeronDirectoryName())))) {
            assertEquals(host.sharedDirectory(), guest.sharedDirectory());
        }
    }

    private static Process start(String part, String name, Path base) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Child.class.getName(),
                        part,
                        name,
                        base.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /** What another process takes a file for: {@code alive} or {@code abandoned}. */
    static String ask(String name, Path base) throws Exception {
        Process process = start("ask", name, base);
        String answer = process.inputReader().readLine();
        assertTrue(process.waitFor(30, TimeUnit.SECONDS));
        return answer;
    }

    /** Another process. */
    static final class Child {
        private Child() {}

        public static void main(String[] args) throws IOException {
            SharedDirectory shared = new SharedDirectory(Path.of(args[2]));
            if (args[0].equals("own")) {
                SharedFile file = shared.create(args[1]);
                file.use(channel -> channel.write(ByteBuffer.wrap(new byte[1]), 0));
                System.out.println("made");
                System.in.read(); // until it is killed
            } else {
                System.out.println(shared.isAbandoned(args[1]) ? "abandoned" : "alive");
            }
        }
    }
}
