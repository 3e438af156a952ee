package io.aeroframe.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeroframe.testing.Await;
import io.aeroframe.testing.MemoryDirectory;
import io.aeron.Aeron;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which process takes over when the driver owner has gone, whatever it has left behind. */
@Timeout(180)
class FrameDriverTakeoverTest {

    private MemoryDirectory directory;
    private Path base;

    /** What a crash, a full disk or a stranger may make of a file. */
    enum Damage {
        ZEROED,
        TRUNCATED,
        EMPTY,
        RANDOM;

        void doTo(Path file) throws IOException {
            try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
                byte[] bytes = new byte[(int) open.length()];
                if (this == RANDOM) {
                    new Random(7).nextBytes(bytes);
                }
                switch (this) {
                    case EMPTY -> open.setLength(0);
                    case TRUNCATED -> open.setLength(bytes.length / 3);
                    default -> open.write(bytes);
                }
            }
        }
    }

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

    private static void assertAnswers(FrameDriver driver) {
        RunningDriver running = driver.running().orElseThrow();
        try (Aeron aeron = Aeron.connect(new Aeron.Context()
                .aeronDirectoryName(running.aeronDirectoryName())
                .epochClock(running.epochClock()))) {
            assertTrue(aeron.addCounter(1_001, "an answer").id() >= 0);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void oneOfThoseWhoAreAttachedTakesOver(boolean isKilled) throws Exception {
        try (JoiningProcess host = JoiningProcess.start(base, false)) {
            assertEquals("host " + base.resolve("aeron"), host.joined());
            try (FrameDriver one = FrameDriver.join(context());
                    FrameDriver other = FrameDriver.join(context())) {
                RunningDriver before = one.running().orElseThrow();
                long startNs = System.nanoTime();
                if (isKilled) {
                    host.kill();
                } else {
                    assertEquals("left", host.left());
                }
                Await.until("a new host", () -> one.isOwner() || other.isOwner());
                Await.until(
                        "its word",
                        () -> one.running().isPresent() && other.running().isPresent());
                assertTrue(System.nanoTime() - startNs < TimeUnit.SECONDS.toNanos(5));
                assertTrue(one.isOwner() ^ other.isOwner());
                assertTrue(one.running().get().isSameAs(other.running().get()));
                assertFalse(before.isSameAs(one.running().get()));
                assertAnswers(one);
                assertAnswers(other);
            }
        }
        assertEquals("", directory.listing());
    }

    @Test
    void oneWhoIsNotToDoesNotTakeOver() throws Exception {
        try (JoiningProcess host = JoiningProcess.start(base, false)) {
            host.joined();
            try (FrameDriver guest = FrameDriver.join(context().takesOver(false))) {
                host.kill();
                Await.until("the driver to be missed", () -> guest.running().isEmpty());
                try (FrameDriver next = FrameDriver.join(context())) {
                    assertTrue(next.isOwner());
                    assertTrue(guest.running()
                            .orElseThrow()
                            .isSameAs(next.running().orElseThrow()));
                }
                assertFalse(guest.isOwner());
            }
        }
        assertEquals("", directory.listing());
    }

    @ParameterizedTest
    @EnumSource(Damage.class)
    void whatADeadHostHasLeftIsMadeAnewHoweverDamaged(Damage damage) throws Exception {
        try (JoiningProcess host = JoiningProcess.start(base, false)) {
            host.joined();
            host.kill();
            damage.doTo(base.resolve("aeron").resolve("cnc.dat"));
            damage.doTo(base.resolve("driver.id"));
            assertTrue(FrameDriver.tryAttach(context()).isEmpty());
            try (FrameDriver next = FrameDriver.join(context())) {
                assertTrue(next.isOwner());
                assertAnswers(next);
            }
        }
        assertEquals("", directory.listing());
    }

    @ParameterizedTest
    @EnumSource(Damage.class)
    void aLiveHostWhoseFilesAreReplacedByDamagedOnesStartsAgain(Damage damage) throws Exception {
        try (JoiningProcess host = JoiningProcess.start(base, false)) {
            host.joined();
            // Another file in its place: a process that maps a file that is cut short dies of it, whichever it is.
            Path file = base.resolve("aeron").resolve("cnc.dat");
            Path copy = Files.copy(file, base.resolve("copy"));
            damage.doTo(copy);
            Files.move(copy, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            damage.doTo(base.resolve("driver.id"));
            try (FrameDriver next = FrameDriver.join(context())) {
                assertAnswers(next);
            }
            assertEquals("left", host.left());
        }
        assertEquals("", directory.listing());
    }
}
