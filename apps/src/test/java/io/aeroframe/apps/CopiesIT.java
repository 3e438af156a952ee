package io.aeroframe.apps;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.aeroframe.vision.jpeg.JpegCodecs;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What both sides say of how often they copy a frame's bytes. */
class CopiesIT {

    private static final String SAID = "aeroframe: copies of a frame's bytes: ";

    @RegisterExtension
    final Sandbox sandbox = new Sandbox();

    @Test
    void theLogCopiesInAndOut() throws Exception {
        String channel = Pictures.freeChannel();
        AeroframeProcess publisher = publish("--channel", channel, "--encoding", "raw");
        AeroframeProcess subscriber = subscribe("null:", "--channel", channel);
        expect(publisher, 1, SAID + "source 0, transport 1 (log)");
        expect(subscriber, 1, SAID + "sink 0, transport 1 (log)");
    }

    @Test
    void theLogCopiesOnceMoreForTheLatestFrame() throws Exception {
        String channel = Pictures.freeChannel();
        AeroframeProcess publisher = publish("--channel", channel, "--encoding", "raw");
        expect(subscribe("null:", "--channel", channel, "--latest"), 2, SAID + "sink 0, transport 2 (log)");
        publisher.expectExit(0);
    }

    @Test
    void aJpegIsCopiedOnceMoreByOpenCv() throws Exception {
        String channel = Pictures.freeChannel();
        List<String> command =
                AeroframeProcess.command(Stream.of(publishing("--channel", channel, "--encoding", "jpeg"))
                        .map(Object::toString)
                        .toList());
        command.add(1, "-Daeroframe.jpeg=opencv");
        AeroframeProcess publisher = sandbox.startCommand(command);
        AeroframeProcess subscriber = subscribe("null:", "--channel", channel);
        expect(publisher, 2, SAID + "source 1, transport 1 (log)");
        assertTrue(
                publisher.errorLines().contains("aeroframe: JPEG by OpenCV (as asked by -Daeroframe.jpeg)"),
                publisher::toString);
        subscriber.expectExit(0);
    }

    @Test
    void aJpegIsEncodedByTurboJpegInItsClaim() throws Exception {
        assumeTrue(JpegCodecs.hasTurbo(), "no TurboJPEG here");
        AeroframeProcess publisher = publish("--encoding", "jpeg");
        AeroframeProcess subscriber = subscribe("null:");
        expect(publisher, 0, SAID + "source 0, transport 0 (pool)");
        expect(subscriber, 0, SAID + "sink 0, transport 0 (pool)");
        for (AeroframeProcess process : List.of(publisher, subscriber)) {
            assertEquals(
                    1,
                    process.errorLines().stream()
                            .filter(line -> line.startsWith("aeroframe: JPEG by TurboJPEG ("))
                            .count(),
                    process::toString);
        }
    }

    @Test
    void whoeverPublishesForNobodyIsToldSo() throws Exception {
        AeroframeProcess publisher = sandbox.start("publish", "pattern:64x64@60", "s", "--frames", 3, "--json");
        Report report = Report.of(publisher);
        assertEquals(3, report.number("ledger.dropped_no_subscriber"));
        assertTrue(report.summary().containsKey("copies"), report.summary()::toString);
        assertEquals(1, publisher.errorLines().size(), publisher::toString);
        assertTrue(publisher.errors().contains("nobody was subscribed to 's'"), publisher::toString);
        assertTrue(publisher.errors().contains("--await-subscriber"), publisher::toString);
    }

    @ParameterizedTest
    @ValueSource(strings = {"wait", "spin", "yield", "backoff", "sleep"})
    void everyWayToIdleDelivers(String idle) throws Exception {
        AeroframeProcess publisher = sandbox.start(
                "publish",
                "pattern:64x64@60",
                "s",
                "--frames",
                20,
                "--idle",
                idle,
                "--lossless",
                "--await-subscriber",
                "--json");
        AeroframeProcess subscriber = sandbox.start("subscribe", "s", "null:", "--idle", idle, "--json");
        Report.expectNothingMissing(Report.of(publisher), Report.of(subscriber));
    }

    private AeroframeProcess publish(Object... options) throws Exception {
        return sandbox.start(publishing(options));
    }

    private static Object[] publishing(Object... options) {
        return RunOptionsIT.both(
                new Object[] {
                    "publish",
                    "pattern:64x64@60",
                    "s",
                    "--frames",
                    20,
                    "--await-subscriber",
                    "--lossless",
                    "--verbose",
                    "--json"
                },
                options);
    }

    private AeroframeProcess subscribe(String sink, Object... options) throws Exception {
        return sandbox.start(RunOptionsIT.both(new Object[] {"subscribe", "s", sink, "--verbose", "--json"}, options));
    }

    /** Said once, as it stays the same. */
    private static void expect(AeroframeProcess process, int copies, String line) throws Exception {
        Report report = Report.of(process);
        assertEquals(copies, report.number("copies"), report.summary()::toString);
        List<String> lines = process.errorLines().stream()
                .filter(text -> text.startsWith(SAID))
                .toList();
        assertEquals(List.of(line), lines, process::toString);
    }
}
