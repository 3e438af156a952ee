package io.aeroframe.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.aeroframe.driver.FrameDriver;
import io.aeron.AeronCounters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
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
 * Processes of a stream over IPC are killed and stopped, again and again, and the others go on. {@code -Dfaults=true} does it as often as
 * docs/reliability.md says, and then also holds the times to its limits; a build on whatever machine holds only to what must come of it.
 */
@Timeout(1_800)
@SuppressWarnings("try") // tests end streams before they leave the block
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
        private long lastSequence = -1;
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
                        lastSequence = frame.sequence();
                        long nowNs = System.nanoTime();
                        worstGapNs = Math.max(worstGapNs, nowNs - lastNs);
                        lastNs = nowNs;
                    },
                    8);
        }
    }

    @BeforeEach
    void start() throws IOException {
        Path memory = Path.of("/dev/shm");
        assumeTrue(Files.isWritable(memory), "needs /dev/shm, and signals as Linux has them");
        directory = Files.createTempDirectory(memory, "aeroframe-test-");
        base = directory.resolve("base");
    }

    @AfterEach
    void stop() {
        processes.forEach(StreamProcess::close);
        if (aeroframe != null) {
            aeroframe.close();
        }
        if (driver != null) {
            driver.close();
        }
        if (directory != null) {
            IoUtil.delete(directory.toFile(), true);
        }
    }

    private StreamProcess keep(StreamProcess process) {
        processes.add(process);
        return process;
    }

    /** A process that hosts the driver, so that the others come and go without it. */
    private StreamProcess host() throws Exception {
        StreamProcess host = keep(StreamProcess.driver(base));
        host.await("hosting");
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

    private void await(String what, BooleanSupplier condition) {
        LiveHost.await(
                what,
                () -> {
                    pollAll();
                    return condition.getAsBoolean();
                },
                () -> watchers.stream()
                        .map(watcher -> watcher.subscription.state() + ", " + watcher.subscription.ledger())
                        .toList()
                        .toString());
    }

    private void awaitSeen(StreamProcess reader) {
        await("the reader to see frames", () -> reader.said().contains("seen"));
    }

    /** How long something took is printed, and held to its limit in the long form, which is for an idle machine. */
    private static void assertWithin(double limit, double took) {
        assertTrue(!IS_LONG || took <= limit, "took " + took + " s, and may take " + limit + " s");
    }

    /**
     * Sends a frame that each watcher has read before the next: it may not be dropped, nor overrun. So slowly that one that is dead, or stopped,
     * has its window full only after it has been noticed.
     */
    private void sendToAll(FramePublication publication) {
        LockSupport.parkNanos(5_000_000);
        long sequence = publication.ledger().published();
        FrameClaim claim = publication.tryClaim();
        assertTrue(claim != null, () -> "dropped: " + publication.ledger());
        Pattern.write(claim.buffer(), FORMAT.maxPayloadLength(), StreamProcess.seed(1, sequence));
        assertTrue(claim.commit(1), () -> "dropped: " + publication.ledger());
        await("all to have frame " + sequence, () -> watchers.stream()
                .allMatch(watcher -> watcher.lastSequence == sequence));
    }

    /** A publication in this process, with all watchers there. */
    private FramePublication publishHere() {
        FramePublication publication = aeroframe.addPublication("stress", FORMAT);
        await("all watchers to have a frame", () -> {
            if (publication.isConnected()) {
                FrameClaim claim = publication.tryClaim();
                if (claim != null) {
                    Pattern.write(
                            claim.buffer(),
                            FORMAT.maxPayloadLength(),
                            StreamProcess.seed(1, publication.ledger().published()));
                    claim.commit(1);
                }
            }
            return watchers.stream().allMatch(watcher -> watcher.run == 1);
        });
        return publication;
    }

    private void awaitFramesOf(int run) {
        await("frames of publisher " + run, () -> watchers.stream().allMatch(watcher -> watcher.run == run));
    }

    private List<Path> poolFiles() throws IOException {
        try (Stream<Path> files = Files.list(base)) {
            return files.filter(file -> file.getFileName().toString().startsWith("pool-"))
                    .toList();
        }
    }

    @ParameterizedTest
    @CsvSource({"ipc, false", "ipc, true", "udp, false", "udp, true"})
    void publishersAreKilledAndTheNextOneIsFollowed(String text, boolean isHostToo) throws Exception {
        channel = LiveHost.channel(text);
        if (!isHostToo) {
            host();
        }
        int rounds = IS_LONG ? 100 : 3;
        double limit = isHostToo ? 2 : 1;
        double worst = 0;
        for (int run = 0; run < rounds; run++) {
            try (StreamProcess publisher =
                    StreamProcess.publisher(base, channel, FORMAT, 0, FPS, Integer.MAX_VALUE, run)) {
                if (run == 0) {
                    watch(1);
                }
                awaitFramesOf(run);
                double took = (watchers.get(0).lastNs - Long.parseLong(publisher.await("offer"))) / S;
                worst = run == 0 ? 0 : Math.max(worst, took); // the first one had to wait for the watcher
            } // killed
        }
        System.out.printf(
                "%s: %d publishers killed%s: frames again %.2f s after the next one's first offer at worst%n",
                text, rounds, isHostToo ? " with the driver that they hosted" : "", worst);
        assertWithin(limit, worst);
        assertTrue(poolFiles().size() <= 1, poolFiles()::toString); // the last one's, until it is noticed
    }

    @Test
    void aSubscriberIsKilledAndTheOthersLoseNothing() throws Exception {
        host();
        watch(3);
        int rounds = IS_LONG ? 200 : 3;
        try (FramePublication publication = publishHere()) {
            watchers.forEach(watcher -> watcher.worstGapNs = 0);
            long before = publication.ledger().dropped();
            for (int round = 0; round < rounds; round++) {
                try (StreamProcess reader = StreamProcess.reader(base)) {
                    while (!reader.said().contains("seen")) {
                        sendToAll(publication);
                        reader.assertAlive();
                    }
                } // killed
            }
            LiveHost.await("the driver to notice that the last one is dead", () -> {
                sendToAll(publication);
                return LiveHost.subscriberPositions(aeroframe, "stress").size() == watchers.size();
            });
            for (int i = 0; i < 100; i++) { // several times round the pool, where the dead one held a slot
                sendToAll(publication);
            }
            assertEquals(before, publication.ledger().dropped());
        }
        System.out.printf("%d subscribers killed: the others' longest gap %.3f s%n", rounds, worstGap());
        for (Watcher watcher : watchers) {
            SubscriptionLedger ledger = watcher.subscription.ledger();
            assertEquals(ledger.published(), ledger.received(), ledger::toString);
        }
    }

    private double worstGap() {
        return watchers.stream().mapToLong(watcher -> watcher.worstGapNs).max().orElseThrow() / S;
    }

    @Test
    void theHostIsKilledAndAllGoOn() throws Exception {
        StreamProcess host = host();
        watch(2);
        StreamProcess publisher = publisher(1);
        awaitFramesOf(1);
        watchers.forEach(watcher -> watcher.worstGapNs = 0);
        int rounds = IS_LONG ? 100 : 3;
        for (int round = 0; round < rounds; round++) {
            StreamProcess heir = keep(StreamProcess.driver(base));
            await("an heir", () -> heir.said().contains("ready"));
            ClientSession before = aeroframe.session();
            host.close();
            await("the heir's driver", () -> aeroframe.session() != before);
            awaitFramesInThisSession();
            host = heir;
        }
        long missed = watchers.stream()
                .map(watcher -> watcher.subscription.ledger())
                .mapToLong(ledger -> ledger.published() - ledger.received())
                .sum();
        double worst = worstGap();
        System.out.printf("%d hosts killed: longest gap %.3f s, %d frames missed in all%n", rounds, worst, missed);
        assertWithin(2, worst);
        publisher.assertAlive();
        for (Watcher watcher : watchers) {
            assertTrue(watcher.subscription.ledger().isClosed());
            assertEquals(StreamState.STREAMING, watcher.subscription.state());
        }
    }

    /** Until publisher and watchers have their counters in the driver that is up now, and frames come there. */
    private void awaitFramesInThisSession() {
        await(
                "publisher and watchers with the next driver",
                () -> LiveHost.counter(aeroframe, "publication stress: sent") > 0
                        && LiveHost.counter(aeroframe, "subscription stress: received") > 0);
        List<Long> before =
                watchers.stream().map(watcher -> watcher.lastSequence).toList();
        await("frames for all", () -> {
            boolean haveAll = true;
            for (int i = 0; i < before.size(); i++) {
                haveAll &= watchers.get(i).lastSequence > before.get(i) + 10;
            }
            return haveAll;
        });
    }

    /** Seconds, and the seconds that it may take. */
    static Stream<Arguments> stopSeconds() {
        return IS_LONG ? Stream.of(arguments(1, 1), arguments(5, 2), arguments(15, 2)) : Stream.of(arguments(4, 2));
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
        await("frames again", () -> watcher.lastNs - wokenNs > 0);
        double took = (watcher.lastNs - wokenNs) / S;
        System.out.printf("%s stopped for %d s: frames again %.2f s after it was woken%n", role, seconds, took);
        assertWithin(limit, took);
        long again = watcher.lastSequence;
        await("the stream to go on", () -> watcher.lastSequence > again + 30);
        assertEquals(StreamState.STREAMING, watcher.subscription.state());
    }

    @ParameterizedTest
    @MethodSource("stopSeconds")
    void aStoppedSubscriberGoesOnWhenItIsWoken(int seconds, double limit) throws Exception {
        host();
        watch(1);
        StreamProcess reader = keep(StreamProcess.reader(base));
        try (FramePublication publication = publishHere()) {
            long dropped = publication.ledger().dropped();
            while (!reader.said().contains("seen")) {
                sendToAll(publication);
                reader.assertAlive();
            }
            reader.signal("STOP");
            long endNs = System.nanoTime() + (long) (seconds * S);
            while (System.nanoTime() - endNs < 0) {
                sendToAll(publication);
            }
            reader.signal("CONT");
            long wokenNs = System.nanoTime();
            while (againNs(reader) - wokenNs < 0) {
                sendToAll(publication);
                reader.assertAlive();
            }
            double took = (againNs(reader) - wokenNs) / S;
            System.out.printf("subscriber stopped for %d s: frames again %.2f s after it was woken%n", seconds, took);
            assertWithin(limit, took);
            assertEquals(dropped, publication.ledger().dropped(), "a stopped subscriber costs nobody a frame");
        }
        SubscriptionLedger ledger = watchers.get(0).subscription.ledger();
        assertEquals(ledger.published(), ledger.received(), ledger::toString);
    }

    /** When a reader has last had a frame after half a second without one. */
    private static long againNs(StreamProcess reader) {
        return reader.said().stream()
                .filter(line -> line.startsWith("again "))
                .mapToLong(line -> Long.parseLong(line.substring("again ".length())))
                .max()
                .orElse(Long.MIN_VALUE / 2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"+3600", "-3600"})
    void theTimeOfDayIsSetAndNobodyNotices(String seconds) throws Exception {
        assumeTrue(StreamProcess.FAKE_TIME.isPresent(), "libfaketime is missing: apt-get install libfaketime");
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
        awaitSeen(reader);
        ClientSession before = aeroframe.session();
        Set<Long> clients = clients();
        assertEquals(3, clients.size(), clients::toString);
        Files.writeString(shift, seconds);
        for (StreamProcess process : List.of(host, publisher, reader)) {
            await("another time of day", () -> process.poll("day") != null);
            assertEquals(
                    3_600_000, Math.abs(Long.parseLong(process.poll("day"))), 60_000, "the time of day has not jumped");
        }
        pollFor(5); // longer than any timeout
        assertSame(before, aeroframe.session(), "it has had to connect again");
        assertEquals(clients, clients(), "a client was taken for dead, or has connected again");
        assertNull(reader.poll("negative"), reader.said()::toString);
        Watcher watcher = watchers.get(0);
        long sequence = watcher.lastSequence;
        await("the stream to go on", () -> watcher.lastSequence > sequence + 30);
        assertTrue(watcher.subscription.ledger().isClosed());
        assertEquals(0, watcher.subscription.ledger().lost());
    }

    /** The ids of the clients that the driver takes for alive: each has a heartbeat counter. */
    private Set<Long> clients() {
        Set<Long> ids = new TreeSet<>();
        aeroframe.session().aeron().countersReader().forEach((id, typeId, key, label) -> {
            if (typeId == AeronCounters.DRIVER_HEARTBEAT_TYPE_ID) {
                ids.add(key.getLong(0));
            }
        });
        return ids;
    }

    @Test
    void fiftySubscribersGetEveryFrame() throws Exception {
        host();
        watch(50);
        FrameFormat format = FrameFormat.bgr24(320, 240);
        int frames = IS_LONG ? 1_000 : 120;
        try (Aeroframe sending = Aeroframe.connect(driver);
                FramePublication publication = sending.addPublication(new FramePublication.Context()
                        .stream("stress").format(format).isLossless(true));
                FrameSender sender = FrameSender.start(publication, sent -> {
                    for (int i = 0; i < frames; i++) {
                        FrameClaim claim = sent.tryClaim();
                        Pattern.write(claim.buffer(), format.maxPayloadLength(), StreamProcess.seed(1, i));
                        assertTrue(claim.commit(1));
                    }
                })) {
            await(
                    "every frame",
                    () -> sender.hasFailed()
                            || watchers.stream().allMatch(watcher -> watcher.lastSequence == frames - 1));
            sender.awaitEnd();
            assertEquals(0, publication.ledger().dropped());
            publication.close();
        }
        await("the end", () -> watchers.stream()
                .allMatch(watcher -> watcher.subscription.state() == StreamState.ENDED));
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
        int times = IS_LONG ? 1_000 : 60;
        comeAndGo(times);
        await(
                "as many files and counters as before",
                () -> publisher.openFiles().size() <= files
                        && publisher.mappedBytes() <= mapped + (1 << 20)
                        && counters() <= counters);
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
        assertEquals(ledger.published(), ledger.received() + ledger.overrun(), ledger::toString);
    }

    private long counters() {
        long[] count = new long[1];
        aeroframe.session().aeron().countersReader().forEach((id, label) -> count[0]++);
        return count[0];
    }

    /** Twenty minutes of guests, killed readers and a stopped publisher, or some rounds of them. */
    @Test
    void aLongDayOfComingAndGoingLeavesThePublisherAsItWas() throws Exception {
        host();
        watch(2);
        StreamProcess publisher = publisher(1);
        awaitFramesOf(1);
        double seconds = IS_LONG ? 1_200 : 0;
        long startNs = System.nanoTime();
        int rounds = 0;
        do {
            disturb(publisher);
            rounds++;
        } while (rounds < 2 || (System.nanoTime() - startNs) / S < seconds / 4);
        awaitNobodyElse();
        List<String> files = publisher.openFiles();
        long mapped = publisher.mappedBytes();
        long memory = publisher.ownMemory();
        int more = 0;
        do {
            disturb(publisher);
            more++;
        } while (more < 3 || (System.nanoTime() - startNs) / S < seconds);
        awaitNobodyElse();
        await(
                "as many files and as much mapped as before",
                () -> publisher.openFiles().size() <= files.size() && publisher.mappedBytes() <= mapped);
        System.out.printf(
                "%d rounds: %d files open (%d before), %d KiB mapped (%d), %d KiB of memory (%d)%n",
                rounds + more,
                publisher.openFiles().size(),
                files.size(),
                publisher.mappedBytes() >> 10,
                mapped >> 10,
                publisher.ownMemory() >> 10,
                memory >> 10);
        if (IS_LONG) { // before that a JVM that warms up is all there is to see
            assertTrue(
                    publisher.ownMemory() <= memory + (32 << 20), "memory: " + publisher.ownMemory() + ", " + memory);
        }
        for (Watcher watcher : watchers) {
            SubscriptionLedger ledger = watcher.subscription.ledger();
            assertEquals(ledger.published(), ledger.received() + ledger.overrun(), ledger::toString);
        }
    }

    private void disturb(StreamProcess publisher) throws Exception {
        comeAndGo(5);
        try (StreamProcess reader = StreamProcess.reader(base)) {
            awaitSeen(reader);
        } // killed
        publisher.signal("STOP");
        pollFor(0.1);
        publisher.signal("CONT");
        long sequence = watchers.get(0).lastSequence;
        await("the stream to go on", () -> watchers.get(0).lastSequence > sequence + 5);
    }

    /** Until the driver has noticed the last one that was killed. */
    private void awaitNobodyElse() {
        await(
                "the driver to notice who is dead",
                () -> LiveHost.subscriberPositions(aeroframe, "stress").size() == watchers.size());
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
        awaitSeen(reader);
        long sequence = watchers.get(0).lastSequence;
        await("a second of frames", () -> watchers.get(0).lastSequence > sequence + FPS);
        assertOpen(files, publisher.openFiles());
    }

    private void comeAndGo(int times) {
        for (int i = 0; i < times; i++) {
            try (FrameSubscription guest = aeroframe.addSubscription("stress")) {
                await("a frame for a guest", () -> guest.poll(StreamProcess::assertWhole, 1) > 0);
            }
        }
    }
}
