package io.aeroframe.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeroframe.driver.internal.SharedDirectory;
import io.aeroframe.driver.internal.SharedFile;
import io.aeroframe.testing.Await;
import io.aeroframe.testing.MemoryDirectory;
import io.aeron.Aeron;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.agrona.IoUtil;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A cleaner removes the base directory, or a part of it, while it is in use: all meet again at one driver, and none
 * deletes another's files.
 */
@Timeout(180)
class RemovedDirectoryTest {

    private static final ImageLimits LIMITS = new ImageLimits(64 << 20, 64, 1L << 30);

    private MemoryDirectory directory;
    private Path base;
    private final List<Throwable> reported = new CopyOnWriteArrayList<>();

    /** What a cleaner takes away. */
    enum Part {
        ALL(""),
        LOCK("driver.lock"),
        ANNOUNCEMENT("driver.id"),
        AERON("aeron"),
        COMMAND_FILE("aeron/cnc.dat");

        private final String name;

        Part(String name) {
            this.name = name;
        }

        /** In one step for other processes; what is open stays open. */
        void removeFrom(Path base) throws IOException {
            Path removed = base.resolveSibling("removed");
            Files.move(name.isEmpty() ? base : base.resolve(name), removed);
            IoUtil.delete(removed.toFile(), false);
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
        return new DriverContext().baseDirectory(base).errorHandler(reported::add);
    }

    private static Aeron client(FrameDriver driver) {
        RunningDriver running = driver.running().orElseThrow();
        return Aeron.connect(new Aeron.Context()
                .aeronDirectoryName(running.aeronDirectoryName())
                .epochClock(running.epochClock())
                .errorHandler(error -> {}));
    }

    private static void assertAnswers(FrameDriver driver) {
        try (Aeron aeron = client(driver)) {
            assertTrue(aeron.addPublication("aeron:ipc", 1).maxPayloadLength() > 0);
        }
    }

    @ParameterizedTest
    @EnumSource(Part.class)
    void theOneThatHostsHostsAgain(Part part) throws Exception {
        try (FrameDriver host = FrameDriver.join(context())) {
            RunningDriver before = host.running().orElseThrow();
            part.removeFrom(base);
            Await.until("a word about it", () -> !reported.isEmpty());
            Await.until("a driver", () -> host.isOwner() && host.running().isPresent());
            assertEquals(
                    part == Part.ANNOUNCEMENT, before.isSameAs(host.running().orElseThrow()));
            assertAnswers(host);
            try (JoiningProcess other = JoiningProcess.start(base, false)) {
                assertEquals("attached " + base.resolve("aeron"), other.joined());
                assertEquals("left", other.left());
            }
            assertEquals(1, reported.size(), reported::toString);
            String message = reported.get(0).getMessage();
            assertTrue(message.startsWith(base + ": "), message);
            assertTrue(message.contains("removed"), message);
            assertEquals(1, message.lines().count());
        }
        assertEquals("", directory.listing());
    }

    @ParameterizedTest
    @EnumSource(Part.class)
    void allProcessesMeetAtOneDriver(Part part) throws Exception {
        try (JoiningProcess other = JoiningProcess.start(base, false);
                FrameDriver host = FrameDriver.join(context());
                FrameDriver guest = FrameDriver.join(context())) {
            assertTrue(other.joined().startsWith("attached "));
            RunningDriver before = host.running().orElseThrow();
            part.removeFrom(base);
            Await.until("a word about it", () -> !reported.isEmpty());
            Await.until("one driver", () -> {
                RunningDriver running = host.running().orElse(null);
                return running != null
                        && (part == Part.ANNOUNCEMENT || !running.isSameAs(before))
                        && running.isSameAs(guest.running().orElse(null));
            });
            assertAnswers(host);
            assertAnswers(guest);
            try (FrameDriver late = FrameDriver.join(context())) {
                assertFalse(late.isOwner());
                assertTrue(late.running().orElseThrow().isSameAs(host.running().orElseThrow()));
            }
            assertEquals("left", other.left());
            Await.until("one host", () -> host.isOwner() ^ guest.isOwner());
        }
        assertEquals("", directory.listing());
    }

    /**
     * Without anything that looks after the first driver: it ends when another one is at its path already, and both
     * number their files.
     */
    @ParameterizedTest
    @EnumSource(
            value = Part.class,
            names = {"ALL", "LOCK"})
    void aDriverThatEndsDeletesNothingOfTheNextAtItsPath(Part part) throws Exception {
        OwnedDriver first = OwnedDriver.launch(
                BaseDirectory.open(base), BaseDirectory.open(base).tryLock(), new DriverContext(), reported::add);
        try (Aeron one = MemoryDirectory.client(base.resolve("aeron").toString())) {
            assertTrue(one.addPublication("aeron:ipc", 1).maxPayloadLength() > 0);
            part.removeFrom(base);
            OwnedDriver second = OwnedDriver.launch(
                    BaseDirectory.open(base), BaseDirectory.open(base).tryLock(), new DriverContext(), reported::add);
            try (Aeron two = MemoryDirectory.client(base.resolve("aeron").toString())) {
                assertTrue(two.addPublication("aeron:ipc", 1).maxPayloadLength() > 0);
                String files = directory.listing();
                assertTrue(files.contains(".logbuffer"), files);
                assertEquals(OwnedDriver.Condition.LOST, first.condition());
                first.close(0);
                assertEquals(files, directory.listing());
                assertEquals(OwnedDriver.Condition.INTACT, second.condition());
                assertTrue(two.addSubscription("aeron:ipc", 1).registrationId() > 0);
            }
            second.close(0);
        }
        assertEquals("", directory.listing());
    }

    @Test
    void everyRunOfADriverNumbersItsFilesDifferently() throws Exception {
        long[] ids = new long[2];
        for (int i = 0; i < ids.length; i++) {
            try (FrameDriver host = FrameDriver.join(context());
                    Aeron aeron = client(host)) {
                ids[i] = aeron.nextCorrelationId();
            }
        }
        assertTrue(ids[0] > 1 << 20, () -> "counts from the start: " + ids[0]);
        assertNotEquals(ids[0] >> 20, ids[1] >> 20);
    }

    @Test
    void oneThatDoesNotTakeOverHostsAgainWhatItHosted() throws Exception {
        try (FrameDriver host = FrameDriver.join(context().takesOver(false))) {
            Part.ALL.removeFrom(base);
            Await.until("a word about it", () -> !reported.isEmpty());
            Await.until("a driver", () -> host.isOwner() && host.running().isPresent());
        }
        assertEquals("", directory.listing());
    }

    @Test
    void aPrivateDriverIsHostedAgain() throws Exception {
        try (FrameDriver host = FrameDriver.join(context().privateDriver(true))) {
            Part.ALL.removeFrom(base);
            Await.until("a word about it", () -> !reported.isEmpty());
            Await.until("a driver", () -> host.isOwner() && host.running().isPresent());
            assertAnswers(host);
        }
        assertEquals("", directory.listing());
    }

    @Test
    void aSharedFileThatWasRemovedAndMadeAgainIsNotDeletedByItsFirstOwner() throws Exception {
        SharedDirectory shared = new SharedDirectory(base);
        SharedFile first = shared.create("frames");
        Part.ALL.removeFrom(base);
        try (SharedFile second = shared.create("frames")) {
            first.close();
            assertTrue(Files.exists(second.path()));
            assertFalse(shared.isAbandoned("frames"));
        }
        assertEquals("", directory.listing());
    }
}
