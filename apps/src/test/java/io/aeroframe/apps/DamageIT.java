package io.aeroframe.apps;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.aeroframe.testing.Programs;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Damaged input: the rest goes on, what is damaged is named once and counted, and the exit status says so. */
class DamageIT {

    private static final int DAMAGED = 3;

    @RegisterExtension
    final Sandbox sandbox = new Sandbox();

    @TempDir
    private Path directory;

    @Test
    void oneBadPictureOfManyIsNamedOnce() throws Exception {
        for (int i = 1; i <= 4; i++) {
            Pictures.write(directory.resolve(i + ".png"), Pictures.photograph(80, 40, i));
        }
        cut(directory.resolve("2.png"), 0.5);
        cut(directory.resolve("3.png"), 0.3);
        AeroframeProcess publisher =
                sandbox.start("publish", directory, "s", "--fps", "max", "--json", "--loop", "--frames", 7);
        publisher.expectExit(DAMAGED);
        Report report = Report.ofOutput(publisher);
        assertEquals(7, report.number("published"));
        assertEquals(2, report.number("ledger.bad_frames"));
        for (String name : new String[] {"2.png", "3.png"}) {
            assertEquals(
                    1,
                    publisher.errorLines().stream()
                            .filter(line -> line.contains("/" + name + ": truncated"))
                            .count(),
                    publisher::toString);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"mkv", "avi", "ts"})
    void halfADownloadIsPlayedAndSaid(String container) throws Exception {
        assumeTrue(Programs.isInstalled("ffmpeg"), "ffmpeg is not installed");
        Path film = Pictures.film(directory.resolve("film." + container), "320x240", 90, "-g", "10");
        cut(film, 0.4);
        AeroframeProcess publisher = sandbox.start("publish", film, "s", "--fps", "max", "--json");
        boolean isLengthKnown = !container.equals("ts"); // a transport stream does not say how long it is
        publisher.expectExit(isLengthKnown ? DAMAGED : 0);
        Report report = Report.ofOutput(publisher);
        assertTrue(report.number("published") > 10, publisher::toString);
        if (isLengthKnown) {
            assertTrue(report.number("ledger.decode_errors") > 0, publisher::toString);
            assertTrue(publisher.errors().contains("film." + container + ": its last "), publisher::toString);
        }
    }

    @Test
    void aServerThatBreaksOffIsNamed() throws Exception {
        assumeTrue(Programs.isInstalled("ffmpeg"), "ffmpeg is not installed");
        byte[] film = Files.readAllBytes(Pictures.film(directory.resolve("film.mkv"), "320x240", 90, "-g", "10"));
        try (ServerSocket server = new ServerSocket(0, 8, InetAddress.getLoopbackAddress())) {
            Thread serving = new Thread(() -> serveHalf(server, film), "server");
            serving.start();
            String address = "http://127.0.0.1:" + server.getLocalPort() + "/film.mkv";
            AeroframeProcess publisher = sandbox.start("publish", address, "s", "--fps", "max", "--json");
            publisher.expectExit(1);
            assertTrue(
                    publisher.errors().contains("aeroframe: " + address + ": its server broke off after "),
                    publisher::toString);
            assertTrue(publisher.errors().contains(" of " + film.length + " bytes"), publisher::toString);
            assertTrue(Report.ofOutput(publisher).number("published") > 10, publisher::toString);
        }
    }

    private static void serveHalf(ServerSocket server, byte[] film) {
        while (!server.isClosed()) {
            try (Socket client = server.accept();
                    OutputStream out = client.getOutputStream()) {
                client.getInputStream().read(new byte[8192]);
                String head = "HTTP/1.1 200 OK\r\nContent-Length: " + film.length + "\r\nConnection: close\r\n\r\n";
                out.write(head.getBytes(StandardCharsets.US_ASCII));
                out.write(film, 0, film.length / 2);
            } catch (IOException ex) {
                continue; // the client has gone, or the test is over
            }
        }
    }

    /** Stray bytes, as in the images of some cameras: shown and counted, or refused. */
    @Test
    void imagesDecodedWithAWarningAreCounted() throws Exception {
        Path source = Files.createDirectories(directory.resolve("in")).resolve("1.jpg");
        byte[] image = Files.readAllBytes(Pictures.write(source, Pictures.photograph(80, 40, 1)));
        ByteBuffer stray = ByteBuffer.allocate(image.length + 40);
        stray.put(image, 0, image.length - 2).put(new byte[40]).put(image, image.length - 2, 2);
        Files.write(source, stray.array());
        for (String strict : new String[] {"--verbose", "--strict"}) {
            Path out = directory.resolve(strict);
            AeroframeProcess subscriber = sandbox.start("subscribe", "s", out + "/%d.png", "--json", strict);
            AeroframeProcess publisher =
                    sandbox.start("publish", source, "s", "--encoding", "jpeg", "--lossless", "--await-subscriber");
            publisher.expectExit(0);
            subscriber.expectExit(0);
            boolean isStrict = strict.equals("--strict");
            assertEquals(isStrict ? 0 : 1, Report.ofOutput(subscriber).number("ledger.decoded_with_warnings"));
            assertEquals(!isStrict, Files.exists(out.resolve("0.png")) || Files.exists(out.resolve("1.png")));
            assertEquals(isStrict, subscriber.errors().contains("damaged JPEG image"), subscriber::toString);
        }
    }

    private static void cut(Path file, double part) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, (int) (bytes.length * part)));
    }
}
