package io.aeroframe.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Subscribers that come and go, by themselves or killed, leave a publisher as it was. {@code -Dfaults=true} has them do
 * so for long.
 */
@Timeout(1_800)
class ComingAndGoingTest extends FaultsFixture {

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
        LiveHost.withCounters(aeroframe, counters -> counters.forEach((id, label) -> count[0]++));
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
                "the driver to notice which clients are dead",
                () -> LiveHost.subscriberPositions(aeroframe, "stress").size() == watchers.size());
    }

    /** As many as before: a reader that comes and goes may leave another socket, not one more. */
    private static void assertOpen(List<String> before, List<String> now) {
        List<String> added = new ArrayList<>(now);
        before.forEach(added::remove);
        assertTrue(now.size() <= before.size(), () -> "files: " + now.size() + " > " + before.size() + ": " + added);
    }

    /**
     * The first reader that sleeps is woken by a publisher that has loaded what waking needs: it opens nothing on the
     * frame path.
     */
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
