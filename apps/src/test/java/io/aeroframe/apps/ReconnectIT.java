package io.aeroframe.apps;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpServer;
import io.aeroframe.testing.Await;
import io.aeroframe.testing.Programs;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A live source whose server goes away: the stream stays, and resumes by itself. */
class ReconnectIT {

    private static final int SIGINT_STATUS = 130;
    private static final long AWAY_MS = 2_000;

    @RegisterExtension
    final Sandbox sandbox = new Sandbox();

    @TempDir
    private Path directory;

    @Test
    void theStreamResumesWhenTheServerIsBack() throws Exception {
        assumeTrue(Programs.isInstalled("ffmpeg"), "ffmpeg is not installed");
        byte[] film =
                Files.readAllBytes(Pictures.film(directory.resolve("live.ts"), "320x240", 100, "-c:v", "mpeg2video"));
        ExecutorService threads = Executors.newCachedThreadPool();
        HttpServer server = serve(film, 0, threads);
        int port = server.getAddress().getPort();
        try {
            AeroframeProcess publisher =
                    sandbox.start("publish", "http://127.0.0.1:" + port + "/live", "s", "--fps", "50");
            AeroframeProcess subscriber = sandbox.start("subscribe", "s", "digest:");
            subscriber.awaitOutputLines(10);
            server.stop(0);
            publisher.awaitError("; going on when it is back");
            assertTrue(!publisher.endsWithin(AWAY_MS), publisher::toString);
            int before = subscriber.outputLines().size();
            server = serve(film, port, threads);
            publisher.awaitError(": is back after ");
            subscriber.awaitOutputLines(before + 50);
            assertTrue(subscriber.isAlive(), subscriber::toString);
            server.stop(0);
            Await.until(
                    "it is away again",
                    () -> publisher.errors().split("going on when it is back", -1).length == 3,
                    publisher::toString);
            publisher.interrupt(); // ends at once, also while it waits
            publisher.expectExit(SIGINT_STATUS);
            subscriber.expectExit(0);
        } finally {
            server.stop(0);
            threads.shutdownNow();
        }
    }

    @Test
    void endsInTimeWhileTheServerIsAway() throws Exception {
        assumeTrue(Programs.isInstalled("ffmpeg"), "ffmpeg is not installed");
        byte[] film =
                Files.readAllBytes(Pictures.film(directory.resolve("live.ts"), "320x240", 100, "-c:v", "mpeg2video"));
        ExecutorService threads = Executors.newCachedThreadPool();
        HttpServer server = serve(film, 0, threads);
        try {
            AeroframeProcess publisher = sandbox.start(
                    "publish", "http://127.0.0.1:" + server.getAddress().getPort() + "/live", "s", "--seconds", "8");
            sandbox.awaitDriver();
            server.stop(0);
            publisher.expectExit(0);
            assertTrue(publisher.errors().contains("; going on when it is back"), publisher::toString);
        } finally {
            server.stop(0);
            threads.shutdownNow();
        }
    }

    /** The same film over and over, in chunks without an end, as long as it is taken. */
    private static HttpServer serve(byte[] film, int port, ExecutorService threads) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1);
        server.setExecutor(threads);
        server.createContext("/live", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            try (OutputStream body = exchange.getResponseBody()) {
                while (true) {
                    body.write(film);
                }
            } catch (IOException ex) {
                exchange.close(); // the client has gone, or the server was stopped
            }
        });
        server.start();
        return server;
    }
}
