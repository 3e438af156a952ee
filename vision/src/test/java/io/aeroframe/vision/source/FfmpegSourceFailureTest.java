package io.aeroframe.vision.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class FfmpegSourceFailureTest {

    private static final SourceOptions NATIVE =
            new SourceOptions().pixelFormat(null).encoding(SourceOptions.EncodingChoice.RAW);
    private static final SourceOptions LOOP = new SourceOptions()
            .pixelFormat(null)
            .encoding(SourceOptions.EncodingChoice.RAW)
            .loop(true);

    @TempDir
    static Path directory;

    @BeforeAll
    static void needsFfmpeg() {
        FfmpegTool.assumeInstalled();
    }

    private static String failureOf(Object input) {
        IOException failure = assertThrows(IOException.class, () -> FfmpegSource.open(input.toString(), NATIVE)
                .close());
        assertFalse(failure.getMessage().contains("\n"), failure.getMessage());
        assertTrue(failure.getMessage().startsWith(input.toString()), failure.getMessage());
        return failure.getMessage().substring(input.toString().length());
    }

    @Test
    void namesTheReasonOfAFileItCannotOpen() throws Exception {
        Path empty = Files.createFile(directory.resolve("empty.mp4"));
        Path text = Files.writeString(directory.resolve("text.mp4"), "this is not a video\n".repeat(50));
        Path notes = Files.writeString(directory.resolve("notes.txt"), "these are notes\n".repeat(50));
        byte[] noise = new byte[100_000];
        new Random(1).nextBytes(noise);
        Path random = Files.write(directory.resolve("random.mkv"), noise);
        assertTrue(failureOf(directory.resolve("missing.mp4")).startsWith(": no such file; "));
        assertTrue(failureOf(directory).startsWith(": is a directory"));
        assertTrue(failureOf(empty).startsWith(": is empty; "));
        assertEquals(
                " is not a video FFmpeg can read: Invalid data found when processing input (moov atom not found)",
                failureOf(text));
        assertEquals(" is not a video FFmpeg can read: Invalid data found when processing input", failureOf(notes));
        assertTrue(failureOf(random)
                .startsWith(" is not a video FFmpeg can read: Invalid data found when processing input"));
        assertTrue(failureOf("nonsense:thing").startsWith(": no such file, and no kind of address FFmpeg knows"));
    }

    @Test
    void refusesAFileWithoutPictures() throws Exception {
        Path song = directory.resolve("song.m4a");
        FfmpegTool.run("-f", "lavfi", "-i", "sine=duration=1", song.toString());
        assertTrue(failureOf(song).startsWith(": has no video stream"));
    }

    @Test
    void takesTheVideoOfAFileThatHasSoundToo() throws Exception {
        Path film = directory.resolve("film.mkv");
        FfmpegTool.run(
                "-f",
                "lavfi",
                "-i",
                "sine=duration=1",
                "-f",
                "lavfi",
                "-i",
                "testsrc2=duration=1",
                "-c:v",
                "libx264",
                film.toString());
        assertEquals(FfmpegTool.frameMd5(film), Frames.md5(film, NATIVE));
    }

    @Test
    void readsATruncatedFileAsFarAsItGoes() throws Exception {
        for (String name : new String[] {"cut.h264", "cut.mkv", "cut.ts"}) {
            Path clip = FfmpegTool.clip(
                    directory.resolve("whole-" + name), "320x240", 25, 50, "-c:v", "libx264", "-g", "10", "-bf", "2");
            byte[] bytes = Files.readAllBytes(clip);
            Path cut = Files.write(directory.resolve(name), Arrays.copyOf(bytes, bytes.length * 2 / 3));
            List<String> expected = FfmpegTool.frameMd5(cut);
            assertTrue(expected.size() > 20 && expected.size() < 50, expected.size() + " frames");
            List<String> actual = Frames.md5(cut, NATIVE);
            assertEquals(expected.size(), actual.size(), name);
            // The last picture may be half there: what is made up for the rest is each decoder version's own.
            assertEquals(expected.subList(0, 20), actual.subList(0, 20), name);
        }
    }

    @Test
    void refusesATruncatedMp4WithoutItsIndex() throws Exception {
        Path clip = FfmpegTool.clip(directory.resolve("indexed.mp4"), "320x240", 25, 50, "-c:v", "libx264");
        byte[] bytes = Files.readAllBytes(clip);
        Path cut = Files.write(directory.resolve("cut.mp4"), Arrays.copyOf(bytes, bytes.length / 2));
        assertTrue(failureOf(cut).startsWith(" is not a video FFmpeg can read: Invalid data"));
        Path fast = FfmpegTool.clip(
                directory.resolve("fast.mp4"), "320x240", 25, 50, "-c:v", "libx264", "-movflags", "+faststart");
        bytes = Files.readAllBytes(fast);
        Path cutFast = Files.write(directory.resolve("cut-fast.mp4"), Arrays.copyOf(bytes, bytes.length / 2));
        assertEquals(
                FfmpegTool.frameMd5(cutFast).size(), Frames.md5(cutFast, NATIVE).size());
    }

    @Test
    void goesOnBehindADamagedPart() throws Exception {
        Path clip = FfmpegTool.clip(
                directory.resolve("fine.mp4"), "320x240", 25, 100, "-c:v", "libx264", "-g", "10", "-bf", "2");
        byte[] bytes = Files.readAllBytes(clip);
        Arrays.fill(bytes, bytes.length / 3, bytes.length / 2, (byte) 0xFF);
        Path damaged = Files.write(directory.resolve("damaged.mp4"), bytes);
        try (FfmpegSource source = FfmpegSource.open(damaged.toString(), NATIVE)) {
            List<String> actual = Frames.md5(source, Integer.MAX_VALUE);
            assertTrue(source.decodeErrors() > 0);
            assertTrue(actual.size() > 50 && actual.size() < 100, actual.size() + " frames");
            List<String> whole = FfmpegTool.frameMd5(clip);
            assertEquals(whole.subList(90, 100), actual.subList(actual.size() - 10, actual.size()));
        }
    }

    @Test
    void failsWhereNothingCanBeDecoded() throws Exception {
        Path clip = FfmpegTool.clip(
                directory.resolve("good.mp4"), "320x240", 25, 30, "-c:v", "libx264", "-movflags", "+faststart");
        byte[] bytes = Files.readAllBytes(clip);
        int media = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("mdat") + 4;
        Arrays.fill(bytes, media, bytes.length, (byte) 0xFF);
        Path hopeless = Files.write(directory.resolve("hopeless.mp4"), bytes);
        for (SourceOptions options : new SourceOptions[] {NATIVE, LOOP}) {
            IOException failure = assertThrows(IOException.class, () -> {
                try (FrameSource source = FfmpegSource.open(hopeless.toString(), options)) {
                    source.advance();
                }
            });
            assertTrue(failure.getMessage().contains("none of its video could be decoded"), failure.getMessage());
        }
    }

    @Test
    void saysThatNobodyListensAtAnAddress() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        for (String scheme : new String[] {"rtsp", "http", "tcp"}) {
            String message = failureOf(scheme + "://127.0.0.1:" + port + "/x");
            assertTrue(message.startsWith(": Connection refused; check the address"), message);
        }
    }

    @Test
    void givesUpOnAServerThatDoesNotAnswer() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            for (String scheme : new String[] {"rtsp", "http", "tcp"}) {
                String url = scheme + "://user:secret@127.0.0.1:" + silent.getLocalPort() + "/x";
                IOException failure =
                        assertThrows(IOException.class, () -> FfmpegSource.open(url, NATIVE, 300_000_000L));
                assertTrue(failure.getMessage().contains("nothing came for 0.3 s"), failure.getMessage());
                assertFalse(failure.getMessage().contains("secret"), failure.getMessage());
            }
        }
        IOException failure =
                assertThrows(IOException.class, () -> FfmpegSource.open("udp://127.0.0.1:9", NATIVE, 300_000_000L));
        assertTrue(failure.getMessage().startsWith("udp://127.0.0.1:9: "), failure.getMessage());
    }

    @Test
    void endsABlockedReadWhenInterrupted() throws Exception {
        Path clip = FfmpegTool.clip(directory.resolve("live.ts"), "320x240", 25, 100, "-c:v", "mpeg2video");
        byte[] bytes = Files.readAllBytes(clip);
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CompletableFuture<Socket> connection = CompletableFuture.supplyAsync(() -> {
                try {
                    Socket socket = server.accept();
                    socket.getOutputStream().write(bytes);
                    return socket;
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            String url = "tcp://127.0.0.1:" + server.getLocalPort();
            try (FfmpegSource source = FfmpegSource.open(url, NATIVE)) {
                assertTrue(source.advance());
                CompletableFuture<Void> reader = CompletableFuture.runAsync(() -> {
                    try {
                        while (source.advance()) {
                            source.format();
                        }
                    } catch (IOException e) {
                        throw new IllegalStateException(e.getMessage());
                    }
                });
                Socket socket = connection.get(120, TimeUnit.SECONDS);
                assertNull(reader.getNow(null));
                source.interrupt();
                ExecutionException failure =
                        assertThrows(ExecutionException.class, () -> reader.get(120, TimeUnit.SECONDS));
                assertEquals(
                        url + ": reading was interrupted", failure.getCause().getMessage());
                socket.close();
            }
        }
    }

    @Test
    void givesUpOnAServerThatFallsSilentAfterItsFrames() throws Exception {
        Path clip = FfmpegTool.clip(directory.resolve("silent.ts"), "320x240", 25, 100, "-c:v", "mpeg2video");
        byte[] bytes = Files.readAllBytes(clip);
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CompletableFuture<Socket> connection = CompletableFuture.supplyAsync(() -> {
                try {
                    Socket socket = server.accept();
                    socket.getOutputStream().write(bytes);
                    return socket;
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            String url = "tcp://127.0.0.1:" + server.getLocalPort();
            int frames = 0;
            try (FfmpegSource source = FfmpegSource.open(url, NATIVE, 1_000_000_000L)) {
                IOException failure = null;
                while (failure == null) {
                    try {
                        assertTrue(source.advance(), "the end of a stream that did not end");
                        frames++;
                    } catch (IOException e) {
                        failure = e;
                    }
                }
                assertTrue(failure.getMessage().contains("nothing came for 1.0 s"), failure.getMessage());
                assertTrue(frames > 50, frames + " frames"); // the second that was looked at first is left out
            }
            connection.get(120, TimeUnit.SECONDS).close();
        }
    }

    @Test
    void readsAStreamFromTheNetworkToItsEnd() throws Exception {
        Path clip = FfmpegTool.clip(directory.resolve("net.ts"), "320x240", 25, 50, "-c:v", "mpeg2video");
        byte[] bytes = Files.readAllBytes(clip);
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1);
        server.createContext("/net.ts", exchange -> {
            try (exchange) {
                exchange.sendResponseHeaders(200, bytes.length);
                exchange.getResponseBody().write(bytes);
            }
        });
        server.start();
        String url = "http://127.0.0.1:" + server.getAddress().getPort() + "/net.ts";
        try (FfmpegSource source = FfmpegSource.open(url, NATIVE)) {
            assertEquals(FfmpegTool.frameMd5(clip), Frames.md5(source, Integer.MAX_VALUE));
        } finally {
            server.stop(0);
        }
    }

    @Test
    void opensMoreInputsAtOnceThanThereAreNativeCallbacks() throws Exception {
        Path clip = FfmpegTool.clip(directory.resolve("many.mp4"), "160x120", 25, 3, "-c:v", "libx264");
        FfmpegSource[] sources = new FfmpegSource[24];
        for (int i = 0; i < sources.length; i++) {
            sources[i] = FfmpegSource.open(clip.toString(), NATIVE);
        }
        sources[3].interrupt();
        for (int i = 0; i < sources.length; i++) {
            if (i == 3) {
                assertThrows(IOException.class, sources[i]::advance);
            } else {
                assertEquals(3, Frames.md5(sources[i], 10).size());
            }
            sources[i].close();
        }
    }
}
