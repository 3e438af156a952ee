package io.aeroframe.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeroframe.driver.internal.FileThread;
import io.aeroframe.testing.Await;
import io.aeroframe.testing.MemoryDirectory;
import io.aeron.Aeron;
import io.aeron.driver.Configuration;
import io.aeron.driver.MediaDriver;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.agrona.concurrent.SystemEpochClock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Asking again and again which driver is up: what it costs, and what it makes of files that change, are cut short or
 * lie.
 */
@Timeout(180)
class DriverProbeTest {

    private static final long HOUR_MS = 3_600_000;

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

    private long descriptors() throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            return open.filter(link -> {
                        try {
                            return Files.readSymbolicLink(link).toString().contains(base.toString());
                        } catch (IOException ex) {
                            return false; // closed meanwhile
                        }
                    })
                    .count();
        }
    }

    private long mappings() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/maps")).stream()
                .filter(line -> line.contains(base.toString()))
                .count();
    }

    @Test
    void askingAgainKeepsOneFileOpenAndMapsNothing() throws Exception {
        Assumptions.assumeTrue(Files.isDirectory(Path.of("/proc/self/fd")), "there is no /proc to look at");
        try (JoiningProcess host = JoiningProcess.start(base, false)) {
            host.joined();
            try (FrameDriver guest = FrameDriver.join(context().takesOver(false))) {
                RunningDriver first = guest.running().orElseThrow();
                assertEquals(1, descriptors());
                for (int i = 0; i < 100; i++) {
                    assertSame(first, guest.running().orElseThrow());
                }
                assertEquals(1, descriptors());
                assertEquals(0, mappings());
                host.kill();
                Await.until("the driver to be missed", () -> guest.running().isEmpty());
                assertEquals(0, descriptors(), "the dead driver's memory is not held on to");
            }
        }
    }

    @Test
    void oneThatHasBeenClosedKeepsNoFileOpen() throws Exception {
        Assumptions.assumeTrue(Files.isDirectory(Path.of("/proc/self/fd")), "there is no /proc to look at");
        try (JoiningProcess host = JoiningProcess.start(base, false)) {
            host.joined();
            FrameDriver guest = FrameDriver.join(context().takesOver(false));
            assertTrue(guest.running().isPresent());
            guest.close();
            assertTrue(guest.running().isPresent());
            assertEquals(0, descriptors());
        }
    }

    /** Cut short where it lies, with everything else as it should be: with mapped memory the process would end here. */
    @ParameterizedTest
    @ValueSource(longs = {0, 1, 64, 127, 128, 4_096, 1 << 20})
    void aFileThatIsCutShortUnderItsReaderIsNoDriver(long length) throws Exception {
        try (JoiningProcess host = JoiningProcess.start(base, false)) {
            host.joined();
            DriverProbe probe = DriverProbe.of(BaseDirectory.open(base));
            assertNotNull(probe.running());
            host.kill();
            DriverLock lock = BaseDirectory.open(base).tryLock();
            try (RandomAccessFile file =
                    new RandomAccessFile(base.resolve("aeron/cnc.dat").toFile(), "rw")) {
                file.setLength(length);
            }
            assertNull(probe.running());
            assertNull(DriverProbe.runningIn(BaseDirectory.open(base)));
            probe.close();
            lock.removeAndRelease();
        }
    }

    @Test
    void nothingAnnouncedIsNoDriver() throws Exception {
        try (JoiningProcess host = JoiningProcess.start(base, false)) {
            host.joined();
            String announced = Files.readString(base.resolve("driver.id"));
            assertNotNull(Announcement.parse(announced));
            for (String damaged : new String[] {"", "1 2", "1 2 3", "1 2 x -", announced + " 7"}) {
                assertNull(Announcement.parse(damaged), damaged);
            }
        }
    }

    /**
     * The host's clock was set after the driver had started: the driver goes by the clock that it announced, and so do
     * its guests.
     */
    @ParameterizedTest
    @ValueSource(longs = {-HOUR_MS, HOUR_MS})
    void aDriverOfOursThatIsFoundByItsAeronDirectoryGoesByItsAnnouncedClock(long offMs) throws Exception {
        BaseDirectory opened = BaseDirectory.open(base);
        DriverLock lock = opened.tryLock();
        DriverClock clock = new DriverClock(DriverClock.startingNow().offsetMs() + offMs);
        ImageLimits limits = new ImageLimits(1 << 20, 4, 1L << 30);
        try (MediaDriver driver = MediaDriver.launch(MediaDriverSettings.forVideo(
                opened.aeron(),
                clock,
                new ImageBudget(limits, Configuration.congestionControlSupplier()),
                new RefusedSetups(limits, error -> {}),
                new DutyCycles(new DriverContext().idleStrategy().get()),
                new DriverContext()))) {
            String identity = FileThread.call(() -> {
                try (CommandFile file = CommandFile.open(opened.aeron(), CommandFile.OpenFor.READING)) {
                    assertTrue(file.read());
                    return file.identity();
                }
            });
            lock.announce(Announcement.of(identity, clock).text());
            try (FrameDriver guest =
                    FrameDriver.join(new DriverContext().aeronDirectory(Path.of(driver.aeronDirectoryName())))) {
                RunningDriver running = guest.running().orElseThrow();
                assertEquals(clock, running.epochClock());
                try (Aeron aeron = Aeron.connect(new Aeron.Context()
                        .aeronDirectoryName(running.aeronDirectoryName())
                        .epochClock(running.epochClock()))) {
                    assertTrue(aeron.addCounter(1_001, "an answer").id() >= 0);
                }
            }
        } finally {
            lock.removeAndRelease();
        }
        assertEquals("", directory.listing());
    }

    @Test
    void anAnnouncementOfAnotherDriverSaysNothingAboutThisOne() throws Exception {
        Path external = BaseDirectory.open(base).aeron();
        Files.writeString(base.resolve("driver.id"), "1 2 3 -");
        try (MediaDriver driver = MediaDriver.launch(new MediaDriver.Context()
                        .aeronDirectoryName(external.toString())
                        .threadingMode(io.aeron.driver.ThreadingMode.SHARED)
                        .dirDeleteOnShutdown(true));
                FrameDriver guest =
                        FrameDriver.join(new DriverContext().aeronDirectory(Path.of(driver.aeronDirectoryName())))) {
            assertEquals(
                    SystemEpochClock.INSTANCE, guest.running().orElseThrow().epochClock());
            assertFalse(guest.isOwner());
        }
    }
}
