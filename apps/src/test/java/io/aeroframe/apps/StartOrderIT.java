package io.aeroframe.apps;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who comes first, who comes late and who leaves early makes no difference to the others. */
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
                sandbox.start("subscribe", "s", "digest:", "--json", "--frames", 20, "--channel", channel);
        if (media.equals("udp")) {
            sandbox.awaitDriver();
        }
        AeroframeProcess publisher = publish(channel, "--frames", 500, "--await-subscriber");
        first.awaitOutputLines(1);
        AeroframeProcess second = sandbox.start("subscribe", "s", "digest:", "--json", "--channel", channel);
        AeroframeProcess third = sandbox.start("subscribe", "s", "digest:", "--json", "--channel", channel);

        Report.of(publisher);
        Report early = Report.of(first);
        assertEquals(20, early.number("received"));
        assertEquals(LongStream.range(0, 20).boxed().toList(), early.sequences());
        for (Report late : List.of(Report.of(second), Report.of(third))) {
            late.expectClosedLedger();
            long start = late.sequences().get(0);
            assertTrue(start > 0, late.summary()::toString);
            assertEquals(LongStream.range(start, 500).boxed().toList(), late.sequences());
            assertEquals(0, late.number("ledger.lost"));
        }
    }

    @Test
    void aSubscriberStaysForTheNextFramesWhenOneIsInterrupted() throws Exception {
        AeroframeProcess publisher = publish("ipc", "--frames", 240, "--await-subscriber");
        AeroframeProcess staying = sandbox.start("subscribe", "s", "digest:", "--json");
        AeroframeProcess leaving = sandbox.start("subscribe", "s", "digest:");
        leaving.awaitOutputLines(1);
        leaving.interrupt();
        leaving.expectExit(130);
        Report.of(publisher);
        Report received = Report.of(staying);
        assertEquals(0, received.number("ledger.lost"));
        long start = received.sequences().get(0);
        assertEquals(LongStream.range(start, 240).boxed().toList(), received.sequences());
    }

    private static String channel(String media) throws java.io.IOException {
        return media.equals("udp") ? Pictures.freeChannel() : media;
    }

    private AeroframeProcess publish(String channel, Object... options) throws java.io.IOException {
        List<Object> arguments = new java.util.ArrayList<>(
                List.of("publish", SMALL, "s", "--channel", channel, "--encoding", "raw", "--lossless", "--json"));
        arguments.addAll(List.of(options));
        return sandbox.start(arguments.toArray());
    }

    private static void expectAll(Report published, Report received, int frames) {
        Report.expectNothingMissing(published, received);
        assertEquals(LongStream.range(0, frames).boxed().toList(), received.sequences());
    }
}
