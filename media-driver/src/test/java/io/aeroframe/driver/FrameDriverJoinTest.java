package io.aeroframe.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeroframe.testing.MemoryDirectory;
import io.aeron.Aeron;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
class FrameDriverJoinTest {

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

    private static void assertAnswers(FrameDriver driver) {
        try (Aeron aeron = MemoryDirectory.client(driver.aeronDirectoryName())) {
            assertFalse(aeron.isClosed());
        }
    }

    @Test
    void theFirstHostsAndTheSecondAttaches() throws IOException {
        try (FrameDriver first = FrameDriver.join(context());
                FrameDriver second = FrameDriver.join(context())) {
            assertTrue(first.isOwner());
            assertFalse(second.isOwner());
            assertEquals(first.aeronDirectoryName(), second.aeronDirectoryName());
            assertAnswers(second);
        }
        assertEquals("", directory.listing());
    }

    @Test
    void anAttachedOneThatLeavesTakesNothingAlong() {
        try (FrameDriver host = FrameDriver.join(context())) {
            FrameDriver.join(context()).close();
            assertAnswers(host);
            try (FrameDriver attached = FrameDriver.join(context())) {
                assertEquals(0, attached.clientCount(), "only the host counts clients");
            }
        }
    }

    @Test
    void anotherProcessAttachesAndTheNextHostsAfterTheHostHasClosed() throws Exception {
        try (JoiningProcess other = JoiningProcess.start(base, false);
                JoiningProcess successor = JoiningProcess.start(base, false)) {
            try (FrameDriver host = FrameDriver.join(context())) {
                assertEquals("attached " + host.aeronDirectoryName(), other.joined());
                assertEquals("left", other.left());
            }
            assertEquals("", directory.listing());
            assertEquals("host " + base.resolve("aeron"), successor.joined());
            try (FrameDriver attached = FrameDriver.join(context())) {
                assertFalse(attached.isOwner());
                assertAnswers(attached);
            }
            assertEquals("left", successor.left());
            assertEquals("", directory.listing());
        }
    }

    @Test
    void hostsAtOnceAndReplacesTheDirectoryWhenTheHostWasKilled() throws Exception {
        try (JoiningProcess host = JoiningProcess.start(base, false)) {
            assertEquals("host " + base.resolve("aeron"), host.joined());
            Path stale = Files.createFile(base.resolve("aeron").resolve("stale"));
            host.kill();
            assertTrue(Files.exists(base.resolve("driver.lock")));

            long startNs = System.nanoTime();
            try (FrameDriver next = FrameDriver.join(context())) {
                assertTrue(next.isOwner());
                assertTrue(
                        System.nanoTime() - startNs < TimeUnit.SECONDS.toNanos(5),
                        "the dead driver's liveness timeout was waited for");
                assertFalse(Files.exists(stale));
                assertAnswers(next);
            }
        }
        assertEquals("", directory.listing());
    }

    @Test
    void aTerminatedHostRemovesItsFilesAlsoIfItWasClosingAlready() throws Exception {
        try (JoiningProcess host = JoiningProcess.start(base, false)) {
            assertTrue(host.joined().startsWith("host "));
            assertEquals(143, host.terminate()); // closes its standard input, too, upon which it leaves
            assertEquals("", directory.listing());
        }
    }

    @Test
    void exactlyOneOfSixProcessesHosts() throws Exception {
        List<JoiningProcess> processes = new ArrayList<>();
        try {
            for (int i = 0; i < 6; i++) {
                processes.add(JoiningProcess.start(base, false));
            }
            for (JoiningProcess process : processes) {
                assertEquals("ready", process.next());
            }
            for (JoiningProcess process : processes) {
                process.join();
            }
            int hosts = 0;
            JoiningProcess host = null;
            for (JoiningProcess process : processes) {
                String outcome = process.next();
                if (outcome.equals("host " + base.resolve("aeron"))) {
                    hosts++;
                    host = process;
                } else {
                    assertEquals("attached " + base.resolve("aeron"), outcome);
                }
            }
            assertEquals(1, hosts);
            for (JoiningProcess process : processes) {
                if (process != host) {
                    assertEquals("left", process.left());
                }
            }
            assertEquals("left", host.left());
            assertEquals("", directory.listing());
        } finally {
            for (JoiningProcess process : processes) {
                process.close();
            }
        }
    }

    @Test
    void joiningWhileHostsComeAndGoNeverFails() throws Exception {
        int threads = 4;
        int rounds = 6;
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            CountDownLatch start = new CountDownLatch(1);
            List<Future<Integer>> joiners = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                joiners.add(executor.submit(() -> {
                    start.await();
                    int joined = 0;
                    for (int round = 0; round < rounds; round++) {
                        FrameDriver.join(context()).close();
                        joined++;
                    }
                    return joined;
                }));
            }
            start.countDown();
            for (Future<Integer> joiner : joiners) {
                assertEquals(rounds, joiner.get(40, TimeUnit.SECONDS));
            }
        } finally {
            executor.shutdownNow();
            assertTrue(executor.awaitTermination(10, TimeUnit.SECONDS));
        }
        assertEquals("", directory.listing());
    }

    @Test
    void attachingFindsNothingAndMakesNothingWhileNobodyHosts() throws IOException {
        assertTrue(FrameDriver.tryAttach(context()).isEmpty());
        assertEquals("", directory.listing());
        try (FrameDriver host = FrameDriver.join(context());
                FrameDriver attached = FrameDriver.tryAttach(context()).orElseThrow()) {
            assertFalse(attached.isOwner());
            assertEquals(host.aeronDirectoryName(), attached.aeronDirectoryName());
        }
        assertTrue(FrameDriver.tryAttach(context()).isEmpty());
        assertEquals("", directory.listing());
    }

    @Test
    void attachingFindsNothingWhereTheHostWasKilled() throws Exception {
        try (JoiningProcess host = JoiningProcess.start(base, false)) {
            assertTrue(host.joined().startsWith("host "));
            FrameDriver.tryAttach(context()).orElseThrow().close(); // else it would take over
            host.kill();
            assertTrue(FrameDriver.tryAttach(context()).isEmpty());
        }
    }

    @Test
    void attachesToNoDriverThatIsBeingMade() throws IOException {
        BaseDirectory.open(base);
        Files.writeString(base.resolve("driver.id"), "1 2");
        assertTrue(FrameDriver.tryAttach(context()).isEmpty());
        Path aeron = Files.createDirectory(base.resolve("aeron"));
        Files.write(aeron.resolve("cnc.dat"), new byte[0]);
        assertTrue(FrameDriver.tryAttach(context()).isEmpty());
        Files.write(aeron.resolve("cnc.dat"), new byte[1 << 20]);
        assertTrue(FrameDriver.tryAttach(context()).isEmpty());
        try (FrameDriver host = FrameDriver.join(context())) {
            assertTrue(host.isOwner());
        }
        assertEquals("", directory.listing());
    }

    @Test
    void saysSoWhenTheHolderOfTheLockStartsNoDriver() {
        DriverLock lock = BaseDirectory.open(base).tryLock();
        try {
            FrameDriverException ex = assertThrows(
                    FrameDriverException.class, () -> FrameDriver.join(context().joinTimeout(Duration.ofMillis(200))));
            assertEquals(
                    base + ": the process that holds its lock has not started a media driver within 200 ms; end that"
                            + " process, and start again",
                    ex.getMessage());
        } finally {
            lock.removeAndRelease();
        }
    }

    @Test
    void anInterruptEndsTheWaitForTheHolderOfTheLock() {
        DriverLock lock = BaseDirectory.open(base).tryLock();
        try {
            Thread.currentThread().interrupt();
            FrameDriverException ex = assertThrows(FrameDriverException.class, () -> FrameDriver.join(context()));
            assertEquals(base + ": interrupted while waiting for the media driver", ex.getMessage());
            assertTrue(Thread.interrupted());
        } finally {
            lock.removeAndRelease();
        }
    }

    @Test
    void countsClientsAndWaitsUntilTheyHaveLeft() throws Exception {
        try (FrameDriver host = FrameDriver.join(context())) {
            assertEquals(0, host.clientCount());
            assertTrue(host.awaitNoClients(Duration.ZERO));
            Aeron one = MemoryDirectory.client(host.aeronDirectoryName());
            try (Aeron two = MemoryDirectory.client(host.aeronDirectoryName())) {
                assertEquals(0, host.clientCount(), "they use nothing yet");
                one.addSubscription("aeron:ipc", 1);
                two.addPublication("aeron:ipc", 1);
                assertEquals(2, host.clientCount());
                assertFalse(host.awaitNoClients(Duration.ofMillis(50)));
            }
            Thread closer = new Thread(one::close);
            closer.start();
            assertTrue(host.awaitNoClients(Duration.ofSeconds(10)));
            closer.join();
            assertEquals(0, host.clientCount());
        }
    }

    @Test
    void aClosedHostCountsNoClientsAndClosesTwice() {
        FrameDriver host = FrameDriver.join(context());
        host.close();
        host.close();
        assertEquals(0, host.clientCount());
        assertTrue(host.awaitNoClients(Duration.ZERO));
    }
}
