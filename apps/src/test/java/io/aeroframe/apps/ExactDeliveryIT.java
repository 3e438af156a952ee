package io.aeroframe.apps;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.opencv.core.Mat;

/** Every frame of a lossless stream arrives, in order and bit for bit. */
class ExactDeliveryIT {

    @RegisterExtension
    final Sandbox sandbox = new Sandbox();

    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"ipc", "udp"})
    void aFilmArrivesAsFfmpegDecodesIt(String media) throws Exception {
        Path film = Pictures.film(
                directory.resolve("film.mp4"),
                "1280x688",
                120,
                "-c:v",
                "libx264",
                "-preset",
                "ultrafast",
                "-pix_fmt",
                "yuv420p");
        expectFrames(Pictures.frameMd5(film), deliver(media, film, "--format", "native", "--fps", "max"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ipc", "udp"})
    void aFilmOfOddSidesArrivesAsFfmpegDecodesIt(String media) throws Exception {
        Path film = Pictures.film(directory.resolve("film.mkv"), "321x243", 60, "-c:v", "ffv1", "-pix_fmt", "yuv420p");
        expectFrames(Pictures.frameMd5(film), deliver(media, film, "--format", "native", "--fps", "max"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ipc", "udp"})
    void aCompressedFilmArrivesAsFfmpegDecodesIt(String media) throws Exception {
        Path film = Pictures.film(directory.resolve("film.mkv"), "321x243", 60, "-c:v", "ffv1", "-pix_fmt", "yuv420p");
        Report report = deliver(media, film, "--format", "native", "--encoding", "zstd", "--fps", "max");
        assertEquals("ZSTD", report.digests().get(0).get("encoding"));
        assertEquals("I420", report.digests().get(0).get("pixel_format"));
        expectFrames(Pictures.frameMd5(film), report);
    }

    @Test
    void compressedPicturesArriveAsOpenCvReadsThem() throws Exception {
        List<String> expected = new ArrayList<>();
        for (int i = 1; i <= 4; i++) {
            Path file = Pictures.write(directory.resolve("p" + i + ".jpg"), Pictures.photograph(320 + i, 241, i));
            expected.add(Pictures.pixelMd5(file));
        }
        expectFrames(expected, deliver("udp", directory, "--encoding", "zstd"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ipc", "udp"})
    void aGrayFilmArrivesAsFfmpegDecodesIt(String media) throws Exception {
        Path film = Pictures.film(
                directory.resolve("film.mkv"),
                "321x243",
                60,
                "-c:v",
                "libx264",
                "-preset",
                "ultrafast",
                "-pix_fmt",
                "gray");
        expectFrames(Pictures.frameMd5(film), deliver(media, film, "--format", "native", "--fps", "max"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ipc", "udp"})
    void picturesArriveAsOpenCvReadsThem(String media) throws Exception {
        List<String> expected = new ArrayList<>();
        for (int i = 1; i <= 12; i++) {
            Path file = Pictures.write(directory.resolve("p" + i + ".png"), Pictures.photograph(320 + i, 241, i));
            expected.add(Pictures.pixelMd5(file));
        }
        expectFrames(expected, deliver(media, directory, "--encoding", "raw"));
    }

    @Test
    void onePngArrivesAsOpenCvReadsIt() throws Exception {
        Path file = Pictures.write(directory.resolve("one.png"), Pictures.photograph(640, 480, 7));
        expectFrames(List.of(Pictures.pixelMd5(file)), deliver("ipc", file));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ipc", "udp"})
    void aJpegArrivesAsTheBytesOfItsFile(String media) throws Exception {
        Path file = Pictures.write(directory.resolve("cat.jpg"), Pictures.photograph(640, 480, 8));
        Report report = deliver(media, file);
        assertEquals("JPEG", report.digests().get(0).get("encoding"));
        expectFrames(List.of(Pictures.md5(Files.readAllBytes(file))), report);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ipc", "udp"})
    void picturesOf8kArriveWhole(String media) throws Exception {
        expectLargePicture(media, 7680, 4320);
    }

    private void expectLargePicture(String media, int width, int height) throws Exception {
        Mat picture = Pictures.photograph(width, height, 9);
        Path file = Pictures.write(directory.resolve("large.bmp"), picture);
        Report report = deliver(media, file, "--encoding", "raw", "--loop", "--frames", 4, "--fps", "max");
        assertEquals((long) width, report.digests().get(0).get("width"));
        assertEquals((long) height, report.digests().get(0).get("height"));
        expectFrames(Collections.nCopies(4, Pictures.md5(picture)), report);
    }

    @Test
    void twoChannelsCarryTheSameFrames() throws Exception {
        Path film = Pictures.film(directory.resolve("film.mkv"), "640x480", 60, "-c:v", "ffv1", "-pix_fmt", "yuv420p");
        String udp = Pictures.freeChannel();
        AeroframeProcess overIpc = sandbox.start("subscribe", "s", "digest:", "--json");
        AeroframeProcess overUdp = sandbox.start("subscribe", "s", "digest:", "--json", "--channel", udp);
        AeroframeProcess publisher = sandbox.start(
                "publish",
                film,
                "s",
                "--channel",
                "ipc",
                "--channel",
                udp,
                "--format",
                "native",
                "--fps",
                "max",
                "--lossless",
                "--await-subscriber",
                "--json");
        List<String> expected = Pictures.frameMd5(film);
        Report published = Report.of(publisher);
        for (AeroframeProcess subscriber : List.of(overIpc, overUdp)) {
            Report received = Report.of(subscriber);
            expectFrames(expected, received);
            Report.expectNothingMissing(published, received);
        }
    }

    @Test
    void aLoopGoesOnInNameOrder() throws Exception {
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Path file = Pictures.write(directory.resolve(i + ".png"), Pictures.photograph(160, 120, i));
            expected.add(Pictures.pixelMd5(file));
        }
        List<String> looped = Stream.of(expected, expected, expected, expected)
                .flatMap(List::stream)
                .limit(10)
                .toList();
        expectFrames(looped, deliver("ipc", directory, "--loop", "--frames", 10));
    }

    private Report deliver(String media, Path source, Object... options) throws IOException, InterruptedException {
        String channel = media.equals("udp") ? Pictures.freeChannel() : media;
        List<Object> arguments = new ArrayList<>(
                List.of("publish", source, "s", "--channel", channel, "--lossless", "--await-subscriber", "--json"));
        arguments.addAll(List.of(options));
        AeroframeProcess publisher = sandbox.start(arguments.toArray());
        AeroframeProcess subscriber = sandbox.start("subscribe", "s", "digest:", "--json", "--channel", channel);
        Report published = Report.of(publisher);
        Report received = Report.of(subscriber);
        Report.expectNothingMissing(published, received);
        return received;
    }

    private static void expectFrames(List<String> md5s, Report report) {
        assertEquals(md5s, report.md5s());
        assertEquals(LongStream.range(0, md5s.size()).boxed().toList(), report.sequences());
    }
}
