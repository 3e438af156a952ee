package io.aeroframe.apps;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.opencv.core.Core;
import org.opencv.core.Mat;
import org.opencv.core.Size;
import org.opencv.imgcodecs.Imgcodecs;
import org.opencv.imgproc.Imgproc;

/** Options do what their help says. */
class RunOptionsIT {

    private static final double GOOD_PSNR_DB = 35;

    @RegisterExtension
    final Sandbox sandbox = new Sandbox();

    @TempDir
    private Path directory;

    @Test
    void jsonOutputIsNothingButJsonAndEndsWithTheSummary() throws Exception {
        AeroframeProcess publisher = sandbox.start(
                "publish", "pattern:320x240@60", "s", "--frames", 180, "--lossless", "--await-subscriber", "--json");
        AeroframeProcess subscriber = sandbox.start("subscribe", "s", "null:", "--json");
        Report published = Report.of(publisher);
        Report received = Report.of(subscriber);
        expectJson(publisher, "published");
        expectJson(subscriber, "received");
        Report.expectNothingMissing(published, received);
        assertEquals(180, received.number("received"));
        assertEquals(180L * 320 * 240 * 3, received.number("bytes"));
        assertEquals("", publisher.errors());
        assertEquals("", subscriber.errors());
    }

    private static void expectJson(AeroframeProcess process, String verb) throws IOException {
        List<String> lines = process.outputLines();
        assertTrue(lines.size() > 1, process::toString);
        for (String line : lines) {
            Map<String, Object> fields = Report.parse(line);
            boolean isLast = line.equals(lines.get(lines.size() - 1));
            assertEquals(isLast, fields.get("summary"), process::toString);
            assertEquals("s", fields.get("stream"), process::toString);
            assertTrue(
                    fields.keySet()
                            .containsAll(Set.of(
                                    verb,
                                    "fps",
                                    "bytes",
                                    "ledger.published",
                                    "latency_us.p50",
                                    "latency_us.p99",
                                    "latency_us.max")),
                    process::toString);
        }
        Report summary = Report.ofOutput(process);
        assertTrue(summary.decimal("latency_us.p50") > 0, process::toString);
        assertTrue(summary.decimal("latency_us.p50") <= summary.decimal("latency_us.p99"), process::toString);
        assertTrue(summary.decimal("latency_us.p99") <= summary.decimal("latency_us.max"), process::toString);
    }

    @Test
    void peopleGetASummaryTheyCanAddUp() throws Exception {
        AeroframeProcess publisher =
                sandbox.start("publish", "pattern:320x240@60", "s", "--frames", 20, "--lossless", "--await-subscriber");
        AeroframeProcess subscriber = sandbox.start("subscribe", "s", "null:");
        publisher.expectExit(0);
        subscriber.expectExit(0);
        assertTrue(publisher.errors().contains("published s: 20 frames of 320x240 BGR24"), publisher::toString);
        assertTrue(subscriber.errors().contains("published 20 = received 20 +"), subscriber::toString);
        assertEquals(List.of(), publisher.outputLines());
        assertEquals(List.of(), subscriber.outputLines());
    }

    @Test
    void theLatestFrameIsEnoughForASlowSink() throws Exception {
        Path shots = directory.resolve("shots");
        AeroframeProcess publisher =
                sandbox.start("publish", "pattern:3840x2160@30", "s", "--frames", 60, "--await-subscriber", "--json");
        AeroframeProcess subscriber = sandbox.start("subscribe", "s", shots.resolve("%06d.png"), "--latest", "--json");
        Report published = Report.of(publisher);
        Report received = Report.of(subscriber);
        received.expectClosedLedger();
        assertEquals(60, published.number("published"));
        assertTrue(received.number("ledger.superseded") > 0, received.summary()::toString);
        assertEquals(
                received.number("received") * 3840 * 2160 * 3, received.number("bytes"), received.summary()::toString);
        try (Stream<Path> files = Files.list(shots)) {
            assertEquals(received.number("received"), files.count());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"png", "jpg"})
    void aResizedJpegStreamStaysCloseToThePicture(String extension) throws Exception {
        Mat original = Pictures.photograph(1280, 960, 5);
        Path file = Pictures.write(directory.resolve("photo.png"), original);
        Path shots = directory.resolve("shots");
        AeroframeProcess publisher = sandbox.start(
                "publish",
                file,
                "s",
                "--size",
                "640x480",
                "--encoding",
                "jpeg",
                "--quality",
                80,
                "--lossless",
                "--await-subscriber");
        AeroframeProcess subscriber = sandbox.start("subscribe", "s", shots.resolve("%06d." + extension));
        publisher.expectExit(0);
        subscriber.expectExit(0);
        Mat expected = new Mat();
        Imgproc.resize(original, expected, new Size(640, 480), 0, 0, Imgproc.INTER_AREA);
        Mat arrived = Imgcodecs.imread(shots.resolve("000000." + extension).toString());
        assertEquals(expected.size(), arrived.size());
        double psnr = Core.PSNR(expected, arrived);
        assertTrue(psnr >= GOOD_PSNR_DB, () -> "PSNR " + psnr + " dB");
    }

    @Test
    void framesPastTheirTimeToLiveAreDroppedAndCounted() throws Exception {
        AeroframeProcess publisher = sandbox.start(
                "publish",
                "pattern:320x240@60",
                "s",
                "--frames",
                30,
                "--ttl",
                "1us",
                "--lossless",
                "--await-subscriber",
                "--json");
        AeroframeProcess subscriber = sandbox.start("subscribe", "s", "null:", "--json");
        assertEquals(30, Report.of(publisher).number("ledger.sent"));
        subscriber.expectExit(1);
        assertTrue(subscriber.errors().contains("expired 30"), subscriber::toString);
        Report received = Report.ofOutput(subscriber);
        received.expectClosedLedger();
        assertEquals(30, received.number("ledger.expired"), received.summary()::toString);
        assertEquals(0, received.number("received"));
    }

    @Test
    void framesWithinTheirTimeToLiveArrive() throws Exception {
        AeroframeProcess publisher = sandbox.start(
                "publish",
                "pattern:320x240@60",
                "s",
                "--frames",
                30,
                "--ttl",
                "1m",
                "--lossless",
                "--await-subscriber",
                "--json");
        AeroframeProcess subscriber = sandbox.start("subscribe", "s", "null:", "--json");
        Report.expectNothingMissing(Report.of(publisher), Report.of(subscriber));
    }

    /** A busy machine may be late, but on average frames never come early. */
    @Test
    void framesDoNotComeFasterThanTheRate() throws Exception {
        AeroframeProcess publisher = sandbox.start(
                "publish", "pattern:320x240@60", "s", "--fps", 20, "--frames", 41, "--await-subscriber", "--json");
        AeroframeProcess subscriber = sandbox.start("subscribe", "s", "null:", "--json");
        double fps = Report.of(publisher).decimal("fps");
        assertTrue(fps > 0 && fps < 20.8, () -> fps + " fps");
        assertEquals(41, Report.of(subscriber).number("ledger.published"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"publish", "subscribe"})
    void eitherSideEndsByTheClock(String side) throws Exception {
        Object[] limit = {"--seconds", "1500ms"};
        Object[] publish = {"publish", "pattern:320x240@60", "s", "--await-subscriber"};
        Object[] subscribe = {"subscribe", "s", "null:"};
        AeroframeProcess publisher = sandbox.start(side.equals("publish") ? both(publish, limit) : publish);
        sandbox.awaitDriver();
        AeroframeProcess subscriber = sandbox.start(side.equals("subscribe") ? both(subscribe, limit) : subscribe);
        subscriber.expectExit(0);
        if (side.equals("subscribe")) {
            publisher.interrupt();
            publisher.expectExit(130);
        } else {
            publisher.expectExit(0);
        }
    }

    static Object[] both(Object[] first, Object[] second) {
        return Stream.of(first, second).flatMap(Stream::of).toArray();
    }

    @Test
    void framesOverTheLimitOfTheSubscriberAreCountedNotTaken() throws Exception {
        AeroframeProcess publisher = sandbox.start(
                "publish", "pattern:320x240@60", "s", "--frames", 30, "--lossless", "--await-subscriber", "--json");
        AeroframeProcess subscriber =
                sandbox.start("subscribe", "s", "null:", "--json", "--max-frame-bytes", 320 * 240);
        Report.of(publisher);
        subscriber.expectExit(1);
        assertTrue(subscriber.errors().contains("invalid messages 30"), subscriber::toString);
        Report received = Report.ofOutput(subscriber);
        received.expectClosedLedger();
        assertEquals(0, received.number("received"), received.summary()::toString);
        assertEquals(30, received.number("ledger.invalid"), received.summary()::toString);
        assertTrue(subscriber.errorLines().stream().allMatch(line -> line.startsWith("aeroframe: ")));
        assertTrue(!subscriber.errorLines().isEmpty(), subscriber::toString);
    }
}
