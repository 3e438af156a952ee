package io.aeroframe.vision.source;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeroframe.transport.FrameFormat;
import io.aeroframe.vision.SyntheticPictures;
import io.aeroframe.vision.source.SourceOptions.EncodingChoice;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Live addresses that go away and come back. */
@Timeout(600)
class FfmpegLiveTest {

    private static final SourceOptions RAW =
            new SourceOptions().pixelFormat(null).encoding(EncodingChoice.RAW);
    private static final long AWAY_NS = TimeUnit.MILLISECONDS.toNanos(1_500);

    @TempDir
    static Path directory;

    private static byte[] transportStream;

    private final List<String> reports = new CopyOnWriteArrayList<>();

    @BeforeAll
    static void makeStream() throws Exception {
        FfmpegTool.assumeInstalled();
        transportStream = Files.readAllBytes(
                FfmpegTool.clip(directory.resolve("live.ts"), "320x240", 25, 50, "-c:v", "mpeg2video"));
    }

    private SourceOptions reconnecting() {
        return RAW.copy().reconnect(true).report(reports::add);
    }

    /** A server that is away for a while and then there again; nothing but time can pass meanwhile. */
    private static CompletableFuture<Void> awayForAWhile(LiveServer server) throws IOException {
        server.stop();
        return CompletableFuture.runAsync(() -> {
            long endNs = System.nanoTime() + AWAY_NS;
            while (System.nanoTime() - endNs < 0) {
                LockSupport.parkNanos(endNs - System.nanoTime());
            }
            try {
                server.start();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    @Test
    void goesOnByItselfWhenAServerIsBack() throws Exception {
        try (LiveServer server = new LiveServer("video/mp2t", transportStream);
                FfmpegSource source = FfmpegSource.open(server.url(), reconnecting())) {
            assertTrue(source.isLive());
            long lastNs = -1;
            for (int round = 0; round < 2; round++) {
                for (int i = 0; i < 60; i++) {
                    assertTrue(source.advance());
                    assertEquals(320 * 240 * 3 / 2, Frames.bytes(source).length);
                    assertTrue(source.presentationTimeNs() > lastNs);
                    lastNs = source.presentationTimeNs();
                }
                if (round == 0) {
                    CompletableFuture<Void> back = awayForAWhile(server);
                    while (reports.size() < 2) { // what came before is still delivered
                        assertTrue(source.advance());
                        assertTrue(source.presentationTimeNs() > lastNs);
                        lastNs = source.presentationTimeNs();
                    }
                    back.get();
                }
            }
            assertEquals(2, reports.size(), reports.toString());
            assertTrue(reports.get(0).startsWith(server.url() + ": "), reports.get(0));
            assertTrue(reports.get(0).endsWith("; going on when it is back"), reports.get(0));
            assertTrue(reports.get(1).matches(".*: is back after [1-9]\\d*\\.\\d s"), reports.get(1));
        }
    }

    @Test
    void endsAtOnceWhenInterruptedWhileItWaits() throws Exception {
        try (LiveServer server = new LiveServer("video/mp2t", transportStream);
                FfmpegSource source = FfmpegSource.open(server.url(), reconnecting())) {
            assertTrue(source.advance());
            server.stop();
            CompletableFuture<Void> reader = CompletableFuture.runAsync(() -> {
                try {
                    while (source.advance()) {
                        source.format();
                    }
                } catch (IOException e) {
                    throw new IllegalStateException(e.getMessage());
                }
            });
            while (reports.isEmpty()) {
                assertFalse(reader.isDone());
                LockSupport.parkNanos(1_000_000);
            }
            source.interrupt();
            ExecutionException failure =
                    assertThrows(ExecutionException.class, () -> reader.get(120, TimeUnit.SECONDS));
            assertEquals(
                    server.url() + ": reading was interrupted",
                    failure.getCause().getMessage());
        }
    }

    @Test
    void endsWithItsServerIfToldTo() throws Exception {
        try (LiveServer server = new LiveServer("video/mp2t", transportStream);
                FfmpegSource source = FfmpegSource.open(server.url(), RAW)) {
            assertTrue(source.advance());
            server.stop();
            try {
                while (source.advance()) {
                    source.format();
                }
            } catch (IOException e) {
                assertTrue(e.getMessage().startsWith(server.url() + ": "), e.getMessage());
            }
        }
    }

    @Test
    void passesTheImagesOfAWebCameraOn() throws Exception {
        byte[] jpeg = SyntheticPictures.jpeg(SyntheticPictures.photograph(160, 120), 90);
        ByteArrayOutputStream part = new ByteArrayOutputStream();
        part.write(("--frame\r\nContent-Type: image/jpeg\r\nContent-Length: " + jpeg.length + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
        part.write(jpeg);
        part.write("\r\n".getBytes(StandardCharsets.US_ASCII));
        SourceOptions options = new SourceOptions().reconnect(true).report(reports::add);
        try (LiveServer server = new LiveServer("multipart/x-mixed-replace; boundary=frame", part.toByteArray());
                FfmpegSource source = FfmpegSource.open(server.url(), options)) {
            for (int round = 0; round < 2; round++) {
                for (int i = 0; i < 20; i++) {
                    assertTrue(source.advance());
                    assertEquals(FrameFormat.jpeg(160, 120), source.format());
                    ByteBuffer target = ByteBuffer.allocateDirect(source.maxPayloadLength());
                    byte[] passed = new byte[source.write(target)];
                    target.get(0, passed);
                    assertArrayEquals(jpeg, passed);
                }
                if (round == 0) {
                    CompletableFuture<Void> back = awayForAWhile(server);
                    while (reports.size() < 2) {
                        assertTrue(source.advance());
                    }
                    back.get();
                }
            }
        }
    }

    @Test
    void waitsForDatagramsThatStayAway() throws Exception {
        int port;
        try (DatagramSocket free = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        AtomicBoolean isSending = new AtomicBoolean(true);
        AtomicBoolean isOver = new AtomicBoolean();
        CompletableFuture<Void> sender = CompletableFuture.runAsync(() -> send(port, isSending, isOver));
        String url = "udp://127.0.0.1:" + port;
        SourceOptions options = RAW.copy().reconnect(true).report(line -> {
            reports.add(line);
            isSending.set(true); // there again as soon as it was missed
        });
        try (FfmpegSource source = FfmpegSource.open(url, options, 1_000_000_000L)) {
            assertTrue(source.isLive());
            assertTrue(source.advance());
            isSending.set(false);
            while (reports.size() < 2) {
                assertTrue(source.advance());
            }
            assertEquals(url + ": nothing came for 1.0 s; going on when it is back", reports.get(0));
        } finally {
            isOver.set(true);
            sender.get(120, TimeUnit.SECONDS);
        }
    }

    /** As a camera does: a piece of the stream every few milliseconds. */
    private static void send(int port, AtomicBoolean isSending, AtomicBoolean isOver) {
        int length = 7 * 188;
        try (DatagramSocket socket = new DatagramSocket()) {
            for (int at = 0; !isOver.get(); at = at + 2 * length > transportStream.length ? 0 : at + length) {
                while (!isSending.get() && !isOver.get()) {
                    LockSupport.parkNanos(1_000_000);
                }
                socket.send(new DatagramPacket(transportStream, at, length, InetAddress.getLoopbackAddress(), port));
                LockSupport.parkNanos(2_000_000);
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
