package io.aeroframe.apps;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeroframe.testing.Await;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The pipe to and from Python's and FFmpeg's programs. */
class PipeIT {

    private static final int FRAMES = 300;

    @RegisterExtension
    final Sandbox sandbox = new Sandbox();

    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            prefixed-write                       |
            prefixed-write --digits 16           |
            prefixed-write --digits 16           | --pipe-digits 16
            prefixed-write --ext .png            |
            jpeg-write                           |
            jpeg-write                           | --pipe jpeg
            raw-write                            | --pipe raw:64x48:bgr24
            """)
    void everyFrameOfAPythonScriptIsPublished(String writer, String options) throws Exception {
        Path log = directory.resolve("log");
        AeroframeProcess subscriber = sandbox.start("subscribe", "s", "digest:", "--json", "--no-follow");
        AeroframeProcess pipeline = sandbox.startCommand(PythonPeer.pipeline(
                PythonPeer.command(words(writer, "--frames", FRAMES, "--log", log)),
                AeroframeProcess.command(
                        strings(words(options, "publish", "-", "s", "--await-subscriber", "--lossless", "--json")))));
        Report published = Report.of(pipeline);
        Report received = Report.of(subscriber);
        Report.expectNothingMissing(published, received);
        assertEquals(0, published.number("ledger.bad_frames"));
        assertEquals(Files.readAllLines(log), received.md5s());
        assertEquals(FRAMES, received.md5s().size());
    }

    @Test
    void ffmpegIsReadAsYuv4Mpeg2() throws Exception {
        Path film = Pictures.film(directory.resolve("film.mkv"), "64x48", 60, "-c:v", "ffv1", "-pix_fmt", "yuv420p");
        AeroframeProcess subscriber = sandbox.start("subscribe", "s", "digest:", "--json", "--no-follow");
        AeroframeProcess pipeline = sandbox.startCommand(PythonPeer.pipeline(
                List.of("ffmpeg", "-v", "error", "-i", film, "-f", "yuv4mpegpipe", "-"),
                AeroframeProcess.command(List.of(
                        "publish", "-", "s", "--format", "native", "--await-subscriber", "--lossless", "--json"))));
        Report.expectNothingMissing(Report.of(pipeline), Report.of(subscriber));
        assertEquals(Pictures.frameMd5(film), Report.ofOutput(subscriber).md5s());
    }

    /** A script that forgets to close its standard output. */
    @Test
    void aFrameIsPublishedAlthoughItsWriterNeverEnds() throws Exception {
        Path log = directory.resolve("log");
        AeroframeProcess subscriber = sandbox.start("subscribe", "s", "digest:", "--json", "--frames", 5);
        AeroframeProcess pipeline = sandbox.startCommand(PythonPeer.pipeline(
                PythonPeer.command("prefixed-write", "--hold", "--frames", 5, "--log", log),
                AeroframeProcess.command(List.of("publish", "-", "s", "--await-subscriber", "--lossless"))));
        List<String> received = Report.of(subscriber).md5s();
        assertEquals(Files.readAllLines(log), received);
        pipeline.handle().descendants().forEach(ProcessHandle::destroy);
        pipeline.awaitExit();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --encoding jpeg |                                   | prefixed-read
            --encoding jpeg | --pipe prefixed --pipe-digits 16  | prefixed-read --digits 16
            --encoding raw  | --pipe png                        | prefixed-read --ext .png
            --encoding raw  | --pipe raw                        | raw-read
            """)
    void everyFrameReachesAPythonScript(String encoding, String options, String reader) throws Exception {
        AeroframeProcess pipeline = sandbox.startCommand(PythonPeer.pipeline(
                AeroframeProcess.command(strings(words(options, "subscribe", "s", "-", "--frames", FRAMES))),
                PythonPeer.command(words(reader, "--size", "320x240"))));
        AeroframeProcess digests = sandbox.start("subscribe", "s", "digest:", "--json", "--frames", FRAMES);
        AeroframeProcess publisher = sandbox.start(
                words(encoding, "publish", "pattern:320x240@250", "s", "--await-subscriber", "--lossless"));
        pipeline.expectExit(0);
        List<String> read = pipeline.outputLines();
        assertEquals(FRAMES, read.size(), pipeline::toString);
        PythonPeer.expectSameFrames(read, Report.of(digests).md5s());
        publisher.interrupt();
        publisher.expectExit(130);
    }

    /** An image whose header is sound and whose scan is not is one that a sink of pixels skips, and goes on. */
    @Test
    void aSinkSkipsAnImageThatCannotBeDecoded() throws Exception {
        String script = """
                import cv2, numpy, sys
                good = cv2.imencode(".jpg", numpy.zeros((240, 320, 3), numpy.uint8))[1].tobytes()
                scan = good.index(b"\\xff\\xda") + 14
                bad = good[:scan] + good[-2:]
                for image in [good, bad, good]:
                    sys.stdout.buffer.write(image)
                """;
        AeroframeProcess sink = sandbox.startCommand(PythonPeer.pipeline(
                AeroframeProcess.command(List.of("subscribe", "s", "-", "--pipe", "raw", "--no-follow")),
                PythonPeer.command("raw-read", "--size", "320x240")));
        AeroframeProcess publisher = sandbox.startCommand(PythonPeer.pipeline(
                List.of(PythonPeer.command().get(0), "-c", script),
                AeroframeProcess.command(List.of("publish", "-", "s", "--await-subscriber", "--lossless"))));
        publisher.expectExit(0);
        sink.expectExit(0);
        assertEquals(2, sink.outputLines().size(), sink::toString);
        assertTrue(sink.errors().contains("standard output: frame 1 is skipped"), sink::toString);
    }

    /** Where the end comes as a surprise the last image is there twice, flagged as the last. */
    @Test
    void theEndOfAStreamIsMarked() throws Exception {
        AeroframeProcess pipeline = sandbox.startCommand(PythonPeer.pipeline(
                AeroframeProcess.command(List.of("subscribe", "s", "-", "--no-follow")),
                PythonPeer.command("prefixed-read")));
        AeroframeProcess publisher = sandbox.start(
                "publish",
                "pattern:64x64@60",
                "s",
                "--encoding",
                "jpeg",
                "--frames",
                20,
                "--await-subscriber",
                "--lossless");
        publisher.expectExit(0);
        pipeline.expectExit(0);
        List<String> read = pipeline.outputLines();
        assertEquals(21, read.size(), pipeline::toString);
        assertEquals(read.get(19), read.get(20));
    }

    /** As {@code yes | head} has it. */
    @Test
    void aReaderThatGoesAwayEndsTheWriter() throws Exception {
        AeroframeProcess publisher = sandbox.start("publish", "pattern:640x480@60", "s");
        AeroframeProcess pipeline = sandbox.startCommand(PythonPeer.pipeline(
                AeroframeProcess.command(List.of("subscribe", "s", "-", "--pipe", "raw")), List.of("head", "-c", 10)));
        pipeline.expectExit(141);
        assertTrue(!pipeline.errors().contains("Exception"), pipeline::toString);
        publisher.interrupt();
        publisher.expectExit(130);
    }

    /** A reader that has stopped reading keeps neither the time limit nor a signal from ending the writer. */
    @ParameterizedTest
    @ValueSource(strings = {"--every", "--latest"})
    void aReaderThatStallsDoesNotKeepTheWriter(String delivery) throws Exception {
        AeroframeProcess publisher = sandbox.start("publish", "pattern:640x480@60", "s");
        AeroframeProcess limited = sandbox.startCommand(PythonPeer.pipeline(
                AeroframeProcess.command(
                        List.of("subscribe", "s", "-", "--pipe", "raw", "--seconds", "3", delivery, "--verbose")),
                List.of("sleep", 600)));
        limited.awaitError("received s: ");
        limited.handle().descendants().forEach(ProcessHandle::destroy);
        limited.awaitExit();
        AeroframeProcess signalled = sandbox.startCommand(PythonPeer.pipeline(
                AeroframeProcess.command(List.of("subscribe", "s", "-", "--pipe", "raw", delivery)),
                List.of("sleep", 600)));
        signalled.awaitError("standard output: raw");
        signalled.handle().descendants().filter(PipeIT::isJava).forEach(ProcessHandle::destroy);
        signalled.awaitError("received s: ");
        signalled.handle().descendants().forEach(ProcessHandle::destroy);
        signalled.awaitExit();
        publisher.interrupt();
        publisher.expectExit(130);
    }

    @Test
    void ctrlCEndsAWaitForTheWriter() throws Exception {
        AeroframeProcess pipeline = sandbox.startCommand(PythonPeer.pipeline(
                List.of("sleep", 600), AeroframeProcess.command(List.of("publish", "-", "s", "--verbose"))));
        pipeline.awaitError("source: standard input");
        pipeline.handle().descendants().filter(PipeIT::isJava).forEach(ProcessHandle::destroy);
        Await.until(
                "the end of the publisher",
                () -> pipeline.handle().descendants().noneMatch(PipeIT::isJava),
                pipeline::toString);
        pipeline.handle().descendants().forEach(ProcessHandle::destroy);
        pipeline.awaitExit();
    }

    private static boolean isJava(ProcessHandle process) {
        return process.info().command().orElse("").endsWith("/java");
    }

    private static Object[] words(String text, Object... before) {
        Stream<String> words =
                text == null ? Stream.of() : Stream.of(text.strip().split(" +"));
        boolean isCommand = text != null && !text.startsWith("--");
        return (isCommand ? Stream.concat(words, Stream.of(before)) : Stream.concat(Stream.of(before), words))
                .toArray();
    }

    private static List<String> strings(Object... words) {
        return Stream.of(words).map(Object::toString).toList();
    }
}
