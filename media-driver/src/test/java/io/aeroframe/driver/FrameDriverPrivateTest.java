package io.aeroframe.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeroframe.testing.MemoryDirectory;
import io.aeron.Aeron;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Drivers that are not the host's shared one: private ones, and those that somebody else runs. */
@Timeout(180)
class FrameDriverPrivateTest {

    private MemoryDirectory directory;
    private Path base;

    @BeforeEach
    void makeDirectory() throws IOException {
        directory = new MemoryDirectory();
        base = directory.base();
    }

    @AfterEach
    void removeDirectory() {
        directory.close();
    }

    private DriverContext context() {
        return new DriverContext().baseDirectory(base);
    }

    private long privateDirectories() throws IOException {
        try (Stream<Path> entries = Files.list(base)) {
            return entries.filter(entry -> entry.getFileName().toString().startsWith("private-"))
                    .count();
        }
    }

    @Test
    void nobodyFindsAPrivateDriver() throws IOException {
        try (FrameDriver hidden = FrameDriver.join(context().privateDriver(true))) {
            assertTrue(hidden.isOwner());
            assertTrue(FrameDriver.tryAttach(context()).isEmpty());
            try (FrameDriver shared = FrameDriver.join(context());
                    FrameDriver another = FrameDriver.join(context().privateDriver(true))) {
                assertTrue(shared.isOwner());
                assertTrue(another.isOwner());
                assertNotEquals(hidden.aeronDirectoryName(), shared.aeronDirectoryName());
                assertNotEquals(hidden.aeronDirectoryName(), another.aeronDirectoryName());
                assertEquals(2, privateDirectories());
            }
            assertEquals(1, privateDirectories());
        }
        assertEquals("", directory.listing());
    }

    @Test
    void aHostSweepsThePrivateDirectoryOfAKilledProcessAndLeavesThatOfALiveOne() throws Exception {
        try (JoiningProcess doomed = JoiningProcess.start(base, true);
                JoiningProcess survivor = JoiningProcess.start(base, true)) {
            String owned = doomed.joined();
            assertTrue(owned.startsWith("host "), owned);
            String survived = survivor.joined();
            assertTrue(survived.startsWith("host "), survived);
            doomed.kill();
            assertEquals(2, privateDirectories());
            try (FrameDriver host = FrameDriver.join(context())) {
                assertTrue(host.isOwner());
                assertEquals(1, privateDirectories());
                try (Aeron aeron =
                        Aeron.connect(new Aeron.Context().aeronDirectoryName(survived.substring("host ".length())))) {
                    assertFalse(aeron.isClosed());
                }
            }
            assertEquals("left", survivor.left());
        }
        assertEquals("", directory.listing());
    }

    @Test
    void aPrivateHostSweepsThePrivateDirectoryOfAKilledOneThatWasAlone() throws Exception {
        try (JoiningProcess doomed = JoiningProcess.start(base, true)) {
            doomed.joined();
            doomed.kill();
            try (FrameDriver next = FrameDriver.join(context().privateDriver(true))) {
                assertTrue(next.isOwner());
                assertEquals(1, privateDirectories());
            }
        }
        assertEquals("", directory.listing());
    }

    @Test
    void usesADriverThatSomebodyElseRunsAndNeverDeletesIt() throws IOException {
        Path external = directory.path().resolve("external");
        MediaDriver.Context settings = new MediaDriver.Context()
                .aeronDirectoryName(external.toString())
                .threadingMode(ThreadingMode.SHARED)
                .dirDeleteOnShutdown(true);
        try (MediaDriver running = MediaDriver.launch(settings)) {
            FrameDriver driver = FrameDriver.join(context().aeronDirectory(external));
            assertFalse(driver.isOwner());
            assertEquals(external.toString(), driver.aeronDirectoryName());
            assertEquals(
                    external.toString(),
                    FrameDriver.tryAttach(context().aeronDirectory(external))
                            .orElseThrow()
                            .aeronDirectoryName());
            driver.close();
            assertTrue(Files.exists(external.resolve("cnc.dat")));
            assertFalse(Files.exists(base), "the base directory is not needed");
            try (Aeron aeron = MemoryDirectory.client(running.aeronDirectoryName())) {
                assertFalse(aeron.isClosed());
            }
        }
    }

    @Test
    void saysSoWhenNoDriverRunsInTheGivenDirectory() throws IOException {
        Path external = directory.path().resolve("external");
        String expected =
                external + ": no media driver is running there; start it first, or leave the Aeron directory out";
        FrameDriverException ex = assertThrows(
                FrameDriverException.class, () -> FrameDriver.join(context().aeronDirectory(external)));
        assertEquals(expected, ex.getMessage());
        Files.createDirectory(external);
        Files.write(external.resolve("cnc.dat"), new byte[0]);
        ex = assertThrows(
                FrameDriverException.class, () -> FrameDriver.join(context().aeronDirectory(external)));
        assertEquals(expected, ex.getMessage());
        assertTrue(Files.exists(external.resolve("cnc.dat")), "not ours to delete");
    }

    @Test
    void refusesAPrivateDriverInSomebodyElsesDirectory() {
        IllegalArgumentException ex = assertThrows(
                IllegalArgumentException.class,
                () -> FrameDriver.join(
                        context().aeronDirectory(directory.path()).privateDriver(true)));
        assertTrue(ex.getMessage().contains("aeronDirectory=" + directory.path()), ex.getMessage());
    }
}
