package io.aeroframe.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.aeroframe.driver.FrameDriver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.agrona.IoUtil;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Processes of a stream over IPC are killed and stopped, again and again, and the others go on; docs/reliability.md has what was measured.
 * {@code -Dfaults=true} does it as often as it says there.
 */
@Timeout(1_800)
class FaultsTest {

    private static final boolean IS_LONG = Boolean.getBoolean("faults");
    private static final FrameFormat FORMAT = FrameFormat.bgr24(64, 64);
    private static final int FPS = 60;
    private static final double S = 1e9;

    private FrameChannel channel = FrameChannel.IPC;
    private Path directory;
    private Path base;
    private FrameDriver driver;
    private Aeroframe aeroframe;
    private final List<StreamProcess> processes = new ArrayList<>();
    private final List<Watcher> watchers = new ArrayList<>();

    /** A subscription in this process, polled by the test. */
    private static final class Watcher {
        private final FrameSubscription subscription;
        private long run = -1;
        private long lastNs = System.nanoTime();
        private long worstGapNs;

        Watcher(FrameSubscription subscription) {
            this.subscription = subscription;
        }

        void poll() {
            subscription.poll(
                    frame -> {
                        StreamProcess.assertWhole(frame);
                        run = frame.captureTimeNs();
                        long nowNs = System.nanoTime();
                        worstGapNs = Math.max(worstGapNs, nowNs - lastNs);
                        lastNs = nowNs;
                    },
                    8);
        }
    }

    @BeforeEach
    void start() throws IOException {
        directory = Files.createTempDirectory(Path.of("/dev/shm"), "aeroframe-test-");
        base = directory.resolve("base");
    }

    @AfterEach
    void stop() {
        processes.forEach(StreamProcess::close);
        if (driver != null) {
            aeroframe.close();
            driver.close();
        }
        IoUtil.delete(directory.toFile(), true);
    }

    private StreamProcess keep(StreamProcess process) {
        processes.add(process);
        return process;
    }

    /** A process that hosts the driver, so that the others come and go without it. */
    private StreamProcess host() throws Exception {
        StreamProcess host = keep(StreamProcess.driver(base));
        host.await("hosting", 30);
        return host;
    }

    private StreamProcess publisher(int run) throws IOException {
        return keep(StreamProcess.publisher(base, FORMAT, 0, FPS, Integer.MAX_VALUE, run));
    }

    /** Joins once there is a driver; never hosts one. */
    private void watch(int count) {
        LiveHost.await("a driver", () -> {
            driver = FrameDriver.tryAttach(
                            new FrameDriver.Context().baseDirectory(base).takesOver(false))
                    .orElse(null);
            return driver != null;
        });
        aeroframe = Aeroframe.connect(driver);
        for (int i = 0; i < count; i++) {
            watchers.add(new Watcher(aeroframe.addSubscription(
                    new FrameSubscription.Context().stream("stress").channel(channel))));
        }
    }

    private void pollAll() {
        watchers.forEach(Watcher::poll);
        LockSupport.parkNanos(200_000);
    }

    private void pollFor(double seconds) {
        long endNs = System.nanoTime() + (long) (seconds * S);
        while (System.nanoTime() - endNs < 0) {
            pollAll();
        }
    }

    private void awaitFramesOf(int run) {
        LiveHost.await("frames of publisher " + run, () -> {
            pollAll();
            return watchers.stream().allMatch(watcher -> watcher.run == run);
        });
    }

    private List<Path> poolFiles() throws IOException {
        try (Stream<Path> files = Files.list(base)) {
            return files.filter(file -> file.getFileName().toString().startsWith("pool-"))
                    .toList();
        }
    }

    @ParameterizedTest
    @CsvSource({"ipc, false", "ipc, true", "udp, false", "udp, true"})
    void publishersAreKilledAndTheNextOneIsFollowed(String way, boolean isHostToo) throws Exception {
        channel = LiveHost.channel(way);
        if (!isHostToo) {
            host();
        }
        int rounds = IS_LONG ? 100 : 4;
        double limit = isHostToo ? 2 : 1;
        double worst = 0;
        for (int run = 0; run < rounds; run++) {
            try (StreamProcess publisher =
                    StreamProcess.publisher(base, channel, FORMAT, 0, FPS, Integer.MAX_VALUE, run)) {
                if (run == 0) {
                    watch(1);
                }
                awaitFramesOf(run);
                double took = (watchers.get(0).lastNs - Long.parseLong(publisher.await("offer", 5))) / S;
                worst = run == 0 ? 0 : Math.max(worst, took); // the first one had to wait for the watcher
            } // killed
            pollFor(0.05);
        }
        System.out.printf(
                "%s: %d publishers killed%s: frames again %.2f s after the next one's first offer at worst%n",
                way, rounds, isHostToo ? " with the driver that they hosted" : "", worst);
        assertTrue(worst <= limit, "frames came again after " + worst + " s");
        assertTrue(poolFiles().size() <= 1, poolFiles()::toString); // the last one's, until it is noticed
    }

    @Test
    void aSubscriberIsKilledAndTheOthersLoseNothing() throws Exception {
        host();
        watch(3);
        publisher(1);
        awaitFramesOf(1);
        watchers.forEach(watcher -> watcher.worstGapNs = 0);
        int rounds = IS_LONG ? 200 : 4;
        for (int round = 0; round < rounds; round++) {
            try (StreamProcess reader = StreamProcess.reader(base)) {
                LiveHost.await("a fourth", () -> {
                    pollAll();
                    return reader.said().contains("seen");
                });
            } // killed
        }
        pollFor(4); // until the driver has noticed the last one
        double worst =
                watchers.stream().mapToLong(watcher -> watcher.worstGapNs).max().orElseThrow() / S;
        System.out.printf("%d subscribers killed: the others' longest gap %.3f s at %d fps%n", rounds, worst, FPS);
        for (Watcher watcher : watchers) {
            SubscriptionLedger ledger = watcher.subscription.ledger();
            assertEquals(ledger.published(), ledger.received(), ledger::toString);
        }
    }

    @Test
    void theHostIsKilledAndAllGoOn() throws Exception {
        StreamProcess host = host();
        watch(2);
        publisher(1);
        awaitFramesOf(1);
        watchers.forEach(watcher -> watcher.worstGapNs = 0);
        int rounds = IS_LONG ? 100 : 4;
        for (int round = 0; round < rounds; round++) {
            StreamProcess heir = StreamProcess.driver(base);
            processes.add(heir);
            LiveHost.await("an heir", () -> {
                pollAll();
                return heir.said().contains("ready");
            });
            ClientSession before = aeroframe.session();
            host.close();
            LiveHost.await("the heir's driver", () -> {
                pollAll();
                return aeroframe.session() != before;
            });
            pollFor(0.5);
            host = heir;
        }
        double worst =
                watchers.stream().mapToLong(watcher -> watcher.worstGapNs).max().orElseThrow() / S;
        long missed = watchers.stream()
                .map(watcher -> watcher.subscription.ledger())
                .mapToLong(ledger -> ledger.published() - ledger.received())
                .sum();
        System.out.printf("%d hosts killed: longest gap %.3f s, %d frames missed in all%n", rounds, worst, missed);
        assertTrue(worst <= 2, "no frame for " + worst + " s");
        for (Watcher watcher : watchers) {
            assertTrue(watcher.subscription.ledger().isClosed());
            assertEquals(StreamState.STREAMING, watcher.subscription.state());
        }
    }

    /** Seconds, and the seconds that it may take. */
    static Stream<Arguments> stopSeconds() {
        return IS_LONG
                ? Stream.of(arguments(1, 1), arguments(5, 2), arguments(15, 2))
                : Stream.of(arguments(1, 1), arguments(4, 2));
    }

    static Stream<Arguments> stops() {
        return Stream.of("publisher", "host")
                .flatMap(role -> stopSeconds().map(stop -> arguments(role, stop.get()[0], stop.get()[1])));
    }

    /** Stopped for less than the liveness timeout of 3 s nobody is evicted; then it takes a new session. */
    @ParameterizedTest
    @MethodSource("stops")
    void aStoppedProcessGoesOnWhenItIsWoken(String role, int seconds, double limit) throws Exception {
        StreamProcess host = host();
        watch(1);
        StreamProcess publisher = publisher(1);
        awaitFramesOf(1);
        StreamProcess stopped = role.equals("host") ? host : publisher;
        stopped.signal("STOP");
        pollFor(seconds);
        stopped.signal("CONT");
        long wokenNs = System.nanoTime();
        Watcher watcher = watchers.get(0);
        LiveHost.await("frames again", () -> {
            pollAll();
            return watcher.lastNs - wokenNs > 0;
        });
        double took = (watcher.lastNs - wokenNs) / S;
        System.out.printf("%s stopped for %d s: frames again %.2f s after it was woken%n", role, seconds, took);
        assertTrue(took <= limit, "frames came again after " + took + " s");
        pollFor(0.5);
        assertEquals(StreamState.STREAMING, watcher.subscription.state());
    }

    @ParameterizedTest
    @MethodSource("stopSeconds")
    void aStoppedSubscriberGoesOnWhenItIsWoken(int seconds, double limit) throws Exception {
        host();
        watch(1);
        publisher(1);
        awaitFramesOf(1);
        StreamProcess reader = keep(StreamProcess.reader(base));
        LiveHost.await("the reader", () -> {
            pollAll();
            return reader.said().contains("seen");
        });
        SubscriptionLedger before = watchers.get(0).subscription.ledger();
        reader.signal("STOP");
        pollFor(seconds);
        reader.signal("CONT");
        long wokenNs = System.nanoTime();
        LiveHost.await("frames again", () -> {
            pollAll();
            return reader.poll("again") != null;
        });
        double took = (Long.parseLong(reader.await("again", 1)) - wokenNs) / S;
        System.out.printf("subscriber stopped for %d s: frames again %.2f s after it was woken%n", seconds, took);
        assertTrue(took <= limit, "frames came again after " + took + " s");
        SubscriptionLedger after = watchers.get(0).subscription.ledger();
        assertEquals(
                after.published() - before.published(),
                after.received() - before.received(),
                "the other one has lost something");
    }

    @ParameterizedTest
    @ValueSource(strings = {"+3600", "-3600"})
    void theTimeOfDayIsSetAndNobodyNotices(String seconds) throws Exception {
        assumeTrue(Files.exists(StreamProcess.FAKE_TIME), "libfaketime is missing: apt-get install libfaketime");
        Path shift = Files.writeString(directory.resolve("shift"), "+0");
        StreamProcess.shiftTimeOfDay(shift);
        StreamProcess host;
        StreamProcess publisher;
        StreamProcess reader;
        try {
            host = host();
            watch(1); // in a process whose time of day stays
            publisher = publisher(1);
            reader = keep(StreamProcess.reader(base));
        } finally {
            StreamProcess.shiftTimeOfDay(null);
        }
        awaitFramesOf(1);
        LiveHost.await("the reader", () -> {
            pollAll();
            return reader.said().contains("seen");
        });
        ClientSession before = aeroframe.session();
        Files.writeString(shift, seconds);
        for (StreamProcess process : List.of(host, publisher, reader)) {
            LiveHost.await("another time of day", () -> {
                pollAll();
                return process.poll("day") != null;
            });
            assertEquals(
                    3_600_000, Math.abs(Long.parseLong(process.poll("day"))), 60_000, "the time of day has not jumped");
        }
        pollFor(5); // longer than any timeout
        assertSame(before, aeroframe.session(), "it has had to connect again");
        assertTrue(reader.poll("again") == null && reader.poll("negative") == null, reader.said()::toString);
        SubscriptionLedger ledger = watchers.get(0).subscription.ledger();
        assertEquals(ledger.published(), ledger.received(), ledger::toString);
    }

    @Test
    void fiftySubscribersGetEveryFrame() throws Exception {
        host();
        watch(50);
        FrameFormat format = FrameFormat.bgr24(320, 240);
        int frames = IS_LONG ? 1_000 : 120;
        StreamProcess publisher = keep(StreamProcess.publisher(base, format, 0, FPS, frames, 1));
        pollFor((double) frames / FPS);
        LiveHost.await("the end", () -> {
            pollAll();
            return watchers.stream().allMatch(watcher -> watcher.subscription.state() == StreamState.ENDED);
        });
        String ledger = publisher.await("published", 10);
        assertTrue(ledger.contains("droppedBackPressure=0, droppedNoSlot=0"), ledger);
        for (Watcher watcher : watchers) {
            SubscriptionLedger own = watcher.subscription.ledger();
            assertEquals(frames, own.received(), own::toString);
            assertTrue(own.isClosed());
        }
    }

    @Test
    void comingAndGoingLeavesNothingBehindInThePublisher() throws Exception {
        host();
        watch(1);
        StreamProcess publisher = publisher(1);
        awaitFramesOf(1);
        comeAndGo(20); // whatever is made once is made now
        int files = publisher.openFiles().size();
        long mapped = publisher.mappedBytes();
        long counters = counters();
        int times = IS_LONG ? 1_000 : 100;
        comeAndGo(times);
        LiveHost.await("as many files and counters as before", () -> {
            pollAll();
            return publisher.openFiles().size() <= files
                    && publisher.mappedBytes() <= mapped + (1 << 20)
                    && counters() <= counters;
        });
        System.out.printf(
                "%d times: %d files open (%d before), %d KiB mapped (%d), %d counters (%d)%n",
                times,
                publisher.openFiles().size(),
                files,
                publisher.mappedBytes() >> 10,
                mapped >> 10,
                counters(),
                counters);
        SubscriptionLedger ledger = watchers.get(0).subscription.ledger();
        assertEquals(ledger.published(), ledger.received(), ledger::toString);
    }

    private long counters() {
        long[] count = new long[1];
        aeroframe.session().aeron().countersReader().forEach((id, label) -> count[0]++);
        return count[0];
    }

    /** Twenty minutes of guests, killed readers and a stopped publisher, or some seconds of them. */
    @Test
    void aLongDayOfComingAndGoingLeavesThePublisherAsItWas() throws Exception {
        host();
        watch(2);
        StreamProcess publisher = publisher(1);
        awaitFramesOf(1);
        double seconds = IS_LONG ? 1_200 : 15;
        long startNs = System.nanoTime();
        List<String> files = List.of();
        long mapped = 0;
        long memory = 0;
        int rounds = 0;
        while ((System.nanoTime() - startNs) / S < seconds) {
            if (memory == 0 && (System.nanoTime() - startNs) / S > seconds / 4) {
                pollFor(4); // until the driver has noticed the last one that was killed
                files = publisher.openFiles();
                mapped = publisher.mappedBytes();
                memory = publisher.ownMemory();
            }
            comeAndGo(5);
            try (StreamProcess reader = StreamProcess.reader(base)) {
                LiveHost.await("a reader", () -> {
                    pollAll();
                    return reader.said().contains("seen");
                });
            } // killed
            publisher.signal("STOP");
            pollFor(0.1);
            publisher.signal("CONT");
            pollFor(0.1);
            rounds++;
        }
        pollFor(4);
        System.out.printf(
                "%d rounds in %.0f s: %d files open (%d before), %d KiB mapped (%d), %d KiB of memory (%d)%n",
                rounds,
                seconds,
                publisher.openFiles().size(),
                files.size(),
                publisher.mappedBytes() >> 10,
                mapped >> 10,
                publisher.ownMemory() >> 10,
                memory >> 10);
        assertOpen(files, publisher.openFiles());
        assertTrue(publisher.mappedBytes() <= mapped, "mapped: " + publisher.mappedBytes() + " > " + mapped);
        assertTrue(publisher.ownMemory() <= memory + (32 << 20), "memory: " + publisher.ownMemory() + ", " + memory);
        for (Watcher watcher : watchers) {
            SubscriptionLedger ledger = watcher.subscription.ledger();
            assertEquals(ledger.published(), ledger.received() + ledger.overrun(), ledger::toString);
        }
    }

    /** As many as before: a reader that comes and goes may leave another socket, not one more. */
    private static void assertOpen(List<String> before, List<String> now) {
        List<String> added = new ArrayList<>(now);
        before.forEach(added::remove);
        assertTrue(now.size() <= before.size(), () -> "files: " + now.size() + " > " + before.size() + ": " + added);
    }

    /** The first reader that sleeps is woken by a publisher that has loaded what waking needs: it opens nothing on the frame path. */
    @Test
    void theFirstReaderToSleepFindsThePublisherReadyToWakeIt() throws Exception {
        host();
        watch(1);
        StreamProcess publisher = publisher(1);
        awaitFramesOf(1);
        List<String> files = publisher.openFiles();
        StreamProcess reader = keep(StreamProcess.reader(base));
        LiveHost.await("a reader", () -> {
            pollAll();
            return reader.said().contains("seen");
        });
        pollFor(0.5);
        assertOpen(files, publisher.openFiles());
    }

    private void comeAndGo(int times) {
        for (int i = 0; i < times; i++) {
            try (FrameSubscription guest = aeroframe.addSubscription("stress")) {
                LiveHost.await("a frame", () -> {
                    pollAll();
                    return guest.poll(StreamProcess::assertWhole, 1) > 0;
                });
            }
        }
    }
}
