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
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A source that fails, here because a web server breaks off: subscribers know that the stream has not ended. */
class FailedSourceIT {

    @RegisterExtension
    final Sandbox sandbox = new Sandbox();

    @TempDir
    private Path directory;

    private ServerSocket server;
    private byte[] film;
    private String address;

    @BeforeEach
    void serve() throws Exception {
        assumeTrue(Programs.isInstalled("ffmpeg"), "ffmpeg is not installed");
        film = Files.readAllBytes(Pictures.film(directory.resolve("film.mkv"), "320x240", 90, "-g", "10"));
        server = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
        address = "http://127.0.0.1:" + server.getLocalPort() + "/film.mkv";
        new Thread(this::serveHalf, "server").start();
    }

    @AfterEach
    void stopServing() throws IOException {
        if (server != null) {
            server.close();
        }
    }

    private void serveHalf() {
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

    private Report publish(String channel) throws Exception {
        AeroframeProcess publisher = sandbox.start(
                "publish", address, "s", "--channel", channel, "--lossless", "--await-subscriber", "--json");
        publisher.expectExit(1);
        assertTrue(publisher.errors().contains("its server broke off after "), publisher::toString);
        return Report.ofOutput(publisher);
    }

    /** Whichever process hosts the driver. */
    @ParameterizedTest
    @CsvSource({"ipc, false", "ipc, true", "aeron:ipc?pool=off, false", "udp, true"})
    void aSubscriberThatDoesNotFollowFails(String media, boolean hasDriver) throws Exception {
        String channel = media.equals("udp") ? Pictures.freeChannel() : media;
        AeroframeProcess driver = hasDriver ? sandbox.start("driver") : null;
        if (driver != null) {
            driver.awaitError("hosting the media driver");
        }
        AeroframeProcess subscriber =
                sandbox.start("subscribe", "s", "digest:", "--channel", channel, "--no-follow", "--json");
        long published = publish(channel).number("published");
        subscriber.expectExit(1);
        assertTrue(published > 10, () -> published + " frames");
        assertEquals(published, Report.ofOutput(subscriber).number("received"));
        assertTrue(subscriber.errors().contains("its publisher vanished without ending it"), subscriber::toString);
        if (driver != null) {
            driver.interrupt();
            driver.expectExit(130);
        }
    }

    @Test
    void aSubscriberThatFollowsGoesOnWithTheNextPublisher() throws Exception {
        AeroframeProcess subscriber = sandbox.start("subscribe", "s", "digest:", "--follow");
        long first = publish("ipc").number("published");
        AeroframeProcess next =
                sandbox.start("publish", "pattern:64x48@50", "s", "--frames", 20, "--lossless", "--await-subscriber");
        subscriber.awaitOutputLines((int) first + 20);
        subscriber.interrupt();
        subscriber.expectExit(130);
        next.expectExit(0);
        assertEquals(first + 20, subscriber.outputLines().size());
    }
}
