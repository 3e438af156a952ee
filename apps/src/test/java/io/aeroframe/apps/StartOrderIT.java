package io.aeroframe.apps;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The order in which processes start and leave makes no difference to the others. */
class StartOrderIT {

    private static final String SMALL = "pattern:320x240@60";

    @RegisterExtension
    final Sandbox sandbox = new Sandbox();

    @ParameterizedTest
    @ValueSource(strings = {"ipc", "udp"})
    void theSubscriberMayComeFirst(String media) throws Exception {
        String channel = channel(media);
        AeroframeProcess subscriber = sandbox.start("subscribe", "s", "digest:", "--json", "--channel", channel);
        if (media.equals("udp")) {
            sandbox.awaitDriver();
        }
        AeroframeProcess publisher = publish(channel, "--frames", 60, "--await-subscriber");
        expectAll(Report.of(publisher), Report.of(subscriber), 60);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ipc", "udp"})
    void thePublisherMayComeFirst(String media) throws Exception {
        String channel = channel(media);
        AeroframeProcess publisher = publish(channel, "--frames", 60, "--await-subscriber");
        sandbox.awaitDriver();
        AeroframeProcess subscriber = sandbox.start("subscribe", "s", "digest:", "--json", "--channel", channel);
        expectAll(Report.of(publisher), Report.of(subscriber), 60);
    }

    @Test
    void aPublisherThatAwaitsASubscriberSendsNothingBefore() throws Exception {
        AeroframeProcess publisher = publish("ipc", "--frames", 5, "--await-subscriber");
        sandbox.awaitDriver();
        assertTrue(!publisher.endsWithin(1_000), publisher::toString);
        AeroframeProcess subscriber = sandbox.start("subscribe", "s", "digest:", "--json");
        expectAll(Report.of(publisher), Report.of(subscriber), 5);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ipc", "udp"})
    void lateSubscribersAndLeavingOnesDisturbNobody(String media) throws Exception {
        String channel = channel(media);
        // Over UDP the first subscriber comes before the publisher: it hosts the driver, and leaves first.
        AeroframeProcess first =
                sandbox.start("subscribe", "s", "digest:", "--json", "--frames", 60, "--channel", channel);
        if (media.equals("udp")) {
            sandbox.awaitDriver();
        }
        AeroframeProcess publisher = publish(channel, "--await-subscriber");
        first.awaitOutputLines(1);
        AeroframeProcess second = sandbox.start("subscribe", "s", "digest:", "--json", "--channel", channel);
        AeroframeProcess third = sandbox.start("subscribe", "s", "digest:", "--json", "--channel", channel);

        first.awaitOutputLines(60);
        second.awaitOutputLines(60);
        third.awaitOutputLines(60);
        Report published = interrupted(publisher);
        Report early = Report.of(first); // only now if it hosts the driver: it does so until the others have left
        assertEquals(60, early.number("received"));
        assertEquals(LongStream.range(0, 60).boxed().toList(), early.sequences());
        for (Report late : List.of(Report.of(second), Report.of(third))) {
            expectNothingLost(published, late);
            assertTrue(late.sequences().get(0) > 0, late.summary()::toString);
        }
    }

    /** The report of a publisher that would have gone on indefinitely. */
    private static Report interrupted(AeroframeProcess publisher) throws IOException, InterruptedException {
        publisher.interrupt();
        publisher.expectExit(130);
        return Report.ofOutput(publisher);
    }

    /**
     * From a subscriber's first frame on; a pause without any subscriber, on a slow machine, is the publisher's to
     * account for.
     */
    private static void expectNothingLost(Report published, Report received) {
        long frames = published.number("ledger.published");
        received.expectClosedLedger();
        assertEquals(0, received.number("ledger.lost"), received.summary()::toString);
        long start = received.sequences().get(0);
        assertEquals(frames - start, received.number("ledger.published"), received.summary()::toString);
        assertTrue(
                received.number("ledger.dropped_by_publisher") <= published.number("ledger.dropped_no_subscriber"),
                received.summary()::toString);
        if (published.number("ledger.dropped_no_subscriber") == 0) {
            assertEquals(LongStream.range(start, frames).boxed().toList(), received.sequences());
        }
    }

    @Test
    void aSubscriberStaysForTheNextFramesWhenOneIsInterrupted() throws Exception {
        AeroframeProcess publisher = publish("ipc", "--await-subscriber");
        AeroframeProcess staying = sandbox.start("subscribe", "s", "digest:", "--json");
        AeroframeProcess leaving = sandbox.start("subscribe", "s", "digest:");
        staying.awaitOutputLines(1);
        leaving.awaitOutputLines(1);
        leaving.interrupt();
        leaving.expectExit(130);
        staying.awaitOutputLines(staying.outputLines().size() + 30);
        expectNothingLost(interrupted(publisher), Report.of(staying));
    }

    private static String channel(String media) throws IOException {
        return media.equals("udp") ? Pictures.freeChannel() : media;
    }

    private AeroframeProcess publish(String channel, Object... options) throws IOException {
        List<Object> arguments = new ArrayList<>(
                List.of("publish", SMALL, "s", "--channel", channel, "--encoding", "raw", "--lossless", "--json"));
        arguments.addAll(List.of(options));
        return sandbox.start(arguments.toArray());
    }

    private static void expectAll(Report published, Report received, int frames) {
        Report.expectNothingMissing(published, received);
        assertEquals(LongStream.range(0, frames).boxed().toList(), received.sequences());
    }
}
