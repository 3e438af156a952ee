package io.aeroframe.apps;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Streams that are made of other streams. */
class RelayIT {

    private static final int FRAMES = 300;

    @RegisterExtension
    final Sandbox sandbox = new Sandbox();

    @Test
    void aRelayCarriesEveryFrameToAnotherChannelAndBack() throws Exception {
        String channel = Pictures.freeChannel();
        AeroframeProcess last = sandbox.start("subscribe", "c", "digest:", "--json", "--no-follow");
        AeroframeProcess back = sandbox.start(
                "publish", "stream:b?channel=" + channel, "c", "--await-subscriber", "--lossless", "--json");
        AeroframeProcess out = sandbox.start(
                "publish",
                "stream:a",
                "b",
                "--channel",
                channel,
                "--encoding",
                "jpeg",
                "--await-subscriber",
                "--lossless",
                "--json");
        AeroframeProcess first = sandbox.start("subscribe", "a", "digest:", "--json", "--no-follow");
        AeroframeProcess publisher = sandbox.start(
                "publish",
                "pattern:320x240@60",
                "a",
                "--encoding",
                "jpeg",
                "--await-subscriber",
                "--lossless",
                "--json");
        last.awaitOutputLines(FRAMES);
        publisher.interrupt();
        publisher.expectExit(130);
        Report relayed = Report.of(out);
        Report returned = Report.of(back);
        assertEquals(relayed.number("ledger.published"), returned.number("ledger.published"));
        var sent = Report.of(first).md5s();
        var received = Report.of(last).md5s();
        PythonPeer.expectSameFrames(sent, received);
    }

    @Test
    void aDerivedStreamHasItsOwnSizeRateAndEncoding() throws Exception {
        AeroframeProcess publisher = sandbox.start("publish", "pattern:640x480@60", "camera");
        AeroframeProcess derived = sandbox.start(
                "publish", "stream:camera", "small", "--size", "160x120", "--fps", 10, "--encoding", "jpeg");
        AeroframeProcess subscriber = sandbox.start("subscribe", "small", "digest:", "--json", "--frames", 10);
        Report report = Report.of(subscriber);
        assertEquals(160L, report.digests().get(0).get("width"));
        assertEquals("JPEG", report.digests().get(0).get("encoding"));
        assertTrue(report.decimal("fps") < 20, report.summary()::toString);
        derived.interrupt();
        derived.expectExit(130);
        publisher.interrupt();
        publisher.expectExit(130);
    }

    /** A relay that is stopped for a while loses frames, and its subscriber's account has them. */
    @Test
    void whatARelayLosesIsAGapOfItsStream() throws Exception {
        AeroframeProcess publisher = sandbox.start("publish", "pattern:64x48@120", "a");
        AeroframeProcess relay = sandbox.start("publish", "stream:a", "b", "--json");
        AeroframeProcess subscriber = sandbox.start("subscribe", "b", "digest:", "--json", "--no-follow");
        AeroframeProcess witness = sandbox.start("subscribe", "a", "digest:");
        subscriber.awaitOutputLines(20);
        witness.awaitOutputLines(1);
        relay.signal("STOP");
        witness.awaitOutputLines(witness.outputLines().size() + 100); // several times the slots of a pool
        relay.signal("CONT");
        subscriber.awaitOutputLines(subscriber.outputLines().size() + 20);
        relay.interrupt();
        relay.expectExit(130);
        publisher.interrupt();
        publisher.expectExit(130);
        Report received = Report.of(subscriber);
        long atSource = Report.ofOutput(relay).number("ledger.dropped_at_source");
        assertTrue(atSource > 0, relay::toString);
        assertTrue(received.number("ledger.dropped_by_publisher") > 0, subscriber::toString);
        witness.expectExit(0);
    }

    @Test
    void aStreamCannotBeItsOwnSource() throws Exception {
        AeroframeProcess publisher = sandbox.start("publish", "stream:s", "s");
        publisher.expectExit(2);
        assertTrue(publisher.errors().contains("cannot be its own source"), publisher::toString);
    }
}
