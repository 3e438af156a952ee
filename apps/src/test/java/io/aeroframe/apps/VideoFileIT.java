package io.aeroframe.apps;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.aeroframe.testing.Programs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A stream into a video file, however it ends. VideoSinkTest checks what each container holds. */
class VideoFileIT {

    private static final int SIGINT_STATUS = 130;

    @RegisterExtension
    final Sandbox sandbox = new Sandbox();

    @TempDir
    private Path directory;

    @BeforeAll
    static void needsFfmpeg() {
        assumeTrue(Programs.isInstalled("ffmpeg") && Programs.isInstalled("ffprobe"), "ffmpeg is not installed");
    }

    @ParameterizedTest
    @CsvSource({"mp4, raw", "mp4, jpeg", "mkv, jpeg", "avi, jpeg", "mov, raw", "ts, raw"})
    void holdsEveryFrameOfAStreamThatEnds(String container, String encoding) throws Exception {
        Path file = directory.resolve("out." + container);
        AeroframeProcess subscriber = sandbox.start("subscribe", "s", file, "--json");
        AeroframeProcess publisher = sandbox.start(
                "publish",
                "pattern:320x240@50",
                "s",
                "--frames",
                "60",
                "--encoding",
                encoding,
                "--lossless",
                "--await-subscriber");
        publisher.expectExit(0);
        assertEquals(60, Report.of(subscriber).number("received"));
        expectFrames(file, 60, 60);
        double lastSeconds = times(file).get(59);
        assertTrue(lastSeconds > 0.9, lastSeconds + " s"); // more on a busy machine: when they were captured
    }

    @Test
    void isCompleteWhenThePublisherIsKilled() throws Exception {
        Path file = directory.resolve("out.mp4");
        AeroframeProcess driver = sandbox.start("driver");
        driver.awaitError("hosting the media driver");
        AeroframeProcess publisher = sandbox.start("publish", "pattern:320x240@50", "s");
        AeroframeProcess subscriber = sandbox.start("subscribe", "s", file, "--json", "--no-follow");
        subscriber.awaitOutputLines(2);
        publisher.kill();
        subscriber.expectExit(1);
        driver.interrupt();
        driver.expectExit(SIGINT_STATUS);
        long received = Report.ofOutput(subscriber).number("received");
        expectFrames(file, received, received);
    }

    @ParameterizedTest
    @CsvSource({"mp4, raw", "avi, jpeg"})
    void canBePlayedWhenItsWriterIsKilled(String container, String encoding) throws Exception {
        Path file = directory.resolve("out." + container);
        AeroframeProcess publisher = sandbox.start("publish", "pattern:320x240@50", "s", "--encoding", encoding);
        AeroframeProcess subscriber = sandbox.start("subscribe", "s", file, "--json");
        subscriber.awaitOutputLines(3);
        List<String> lines = subscriber.outputLines();
        long received = (Long) Report.parse(lines.get(lines.size() - 1)).get("received");
        subscriber.kill();
        publisher.interrupt();
        publisher.expectExit(SIGINT_STATUS);
        expectTimes(file, received - 60, Long.MAX_VALUE); // the frame that was being written may be half a frame
        run("ffmpeg", "-v", "quiet", "-nostdin", "-i", file.toString(), "-f", "null", "-");
    }

    /** SIGHUP comes when a terminal is closed. */
    @ParameterizedTest
    @CsvSource({"INT, mkv", "TERM, mp4", "HUP, avi", "HUP, mp4", "TERM, webm"})
    void isCompleteAfterAPoliteSignal(String signal, String container) throws Exception {
        Path file = directory.resolve("out." + container);
        AeroframeProcess publisher = sandbox.start("publish", "pattern:320x240@50", "s");
        AeroframeProcess subscriber = sandbox.start("subscribe", "s", file, "--json");
        subscriber.awaitOutputLines(2);
        subscriber.signal(signal);
        subscriber.expectExit(
                Map.of("HUP", 129, "INT", SIGINT_STATUS, "TERM", 143).get(signal));
        publisher.interrupt();
        publisher.expectExit(SIGINT_STATUS);
        long received = Report.ofOutput(subscriber).number("received");
        expectFrames(file, received, received);
    }

    /** Nothing is written before the rate is known, here when the file is completed. */
    @Test
    void aDiskThatIsFullAtTheEndIsReported() throws Exception {
        Path full = Path.of("/dev/full");
        assumeTrue(Files.isWritable(full), "no /dev/full, which is always full");
        Path file = Files.createSymbolicLink(directory.resolve("out.mp4"), full);
        AeroframeProcess publisher = sandbox.start("publish", "pattern:64x48@10", "s");
        AeroframeProcess subscriber =
                sandbox.start("subscribe", "s", file, "--overwrite", "--frames", 5, "--timeout", "60s");
        subscriber.expectExit(1);
        assertTrue(subscriber.errors().contains("No space left on device"), subscriber::toString);
        publisher.interrupt();
        publisher.expectExit(SIGINT_STATUS);
    }

    @ParameterizedTest
    @CsvSource({"out.mp4, raw", "%06d.ppm, raw", "%06d.jpg, jpeg"})
    void followsAPublisherThatStartsAgainWithoutReplacingAnything(String name, String encoding) throws Exception {
        Path target = directory.resolve(name);
        AeroframeProcess driver = sandbox.start("driver");
        driver.awaitError("hosting the media driver");
        AeroframeProcess subscriber = sandbox.start("subscribe", "s", target, "--follow", "--frames", 30, "--json");
        for (int i = 0; i < 2; i++) {
            AeroframeProcess publisher = sandbox.start(
                    "publish",
                    "pattern:64x48@50",
                    "s",
                    "--frames",
                    15,
                    "--lossless",
                    "--await-subscriber",
                    "--encoding",
                    encoding);
            publisher.expectExit(0);
        }
        subscriber.expectExit(0);
        driver.interrupt();
        driver.expectExit(SIGINT_STATUS);
        if (name.endsWith("mp4")) {
            expectFrames(target, 30, 30);
        } else {
            try (Stream<Path> files = Files.list(directory)) {
                String extension = name.substring(name.indexOf('.'));
                List<String> expected = IntStream.range(0, 30)
                        .mapToObj(number -> String.format("%06d", number) + extension)
                        .toList();
                assertEquals(
                        expected,
                        files.map(file -> file.getFileName().toString())
                                .sorted()
                                .toList());
            }
        }
    }

    @Test
    void mistakesAreToldInALine() throws Exception {
        AeroframeProcess unknown = sandbox.start("subscribe", "s", directory.resolve("out.mp4"), "--codec", "mp3");
        unknown.expectExit(2);
        assertTrue(
                unknown.errors().contains("there is no video encoder 'mp3' here; for .mp4 there are "),
                unknown::toString);
        AeroframeProcess elsewhere = sandbox.start("subscribe", "s", "null:", "--overwrite");
        elsewhere.expectExit(2);
        assertTrue(elsewhere.errors().contains("--overwrite is for video files"), elsewhere::toString);
    }

    private static void expectFrames(Path file, long least, long most) throws Exception {
        expectTimes(file, least, most);
        run("ffmpeg", "-v", "error", "-xerror", "-nostdin", "-i", file.toString(), "-f", "null", "-");
    }

    private static void expectTimes(Path file, long least, long most) throws Exception {
        List<Double> times = times(file);
        assertTrue(
                times.size() >= least && times.size() <= most, times.size() + " frames, not " + least + " to " + most);
        for (int i = 1; i < times.size(); i++) {
            assertTrue(times.get(i) > times.get(i - 1), "times rise: " + times);
        }
    }

    private static List<Double> times(Path file) throws Exception {
        return run(
                        "ffprobe",
                        "-v",
                        "quiet",
                        "-select_streams",
                        "v:0",
                        "-show_entries",
                        "frame=best_effort_timestamp_time",
                        "-of",
                        "csv=p=0",
                        file.toString())
                .lines()
                .map(line -> line.replace(",", "").trim())
                .filter(line -> !line.isEmpty())
                .map(Double::valueOf)
                .toList();
    }

    private static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), String.join(" ", command) + "\n" + output);
        return output;
    }
}
