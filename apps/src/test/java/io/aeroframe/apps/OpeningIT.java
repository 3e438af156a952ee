package io.aeroframe.apps;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.aeroframe.testing.Await;
import io.aeroframe.testing.Programs;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A source that does not open, or delivers nothing, can be ended: by a signal, and by {@code --seconds}. */
class OpeningIT {

    private static final int FAILED = 1;

    /** Less than the 5 s after which a silent address fails by itself; it takes a tenth of a second. */
    private static final long EARLY_MS = 4_000;

    @RegisterExtension
    final Sandbox sandbox = new Sandbox();

    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource({"rtsp, INT, 130", "rtsp, TERM, 143", "http, INT, 130", "http, TERM, 143", "tcp, INT, 130"})
    void aSignalEndsTheWaitForASilentServer(String scheme, String signal, int status) throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            AeroframeProcess publisher = sandbox.start("publish", url(scheme, server), "s");
            try (Socket connection = server.accept()) {
                expectEnd(publisher, signal, status);
                assertTrue(connection.isConnected());
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"INT, 130", "TERM, 143"})
    void aSignalEndsTheWaitForTheWriterOfANamedPipe(String signal, int status) throws Exception {
        Path pipe = namedPipe();
        AeroframeProcess publisher = sandbox.start("publish", pipe, "s");
        awaitOpen(publisher, pipe);
        expectEnd(publisher, signal, status);
    }

    @ParameterizedTest
    @CsvSource({"INT, 130", "TERM, 143"})
    void aSignalEndsTheWaitForASilentNamedPipe(String signal, int status) throws Exception {
        Path pipe = namedPipe();
        AeroframeProcess publisher = sandbox.start("publish", pipe, "s");
        try (OutputStream writer = Files.newOutputStream(pipe)) {
            writer.flush();
            expectEnd(publisher, signal, status);
        }
    }

    /** What came is not enough to know what it is. */
    @Test
    void aSignalEndsTheWaitForTheRestOfANamedPipe() throws Exception {
        Path pipe = namedPipe();
        AeroframeProcess publisher = sandbox.start("publish", pipe, "s");
        try (OutputStream writer = Files.newOutputStream(pipe)) {
            writer.write(new byte[100]);
            writer.flush();
            expectEnd(publisher, "INT", 130);
        }
    }

    @ParameterizedTest
    @CsvSource({"INT, 130", "TERM, 143"})
    void aSignalEndsTheWaitForStandardInput(String signal, int status) throws Exception {
        AeroframeProcess publisher = sandbox.start("publish", "-", "s", "--verbose");
        publisher.awaitError("source: standard input");
        expectEnd(publisher, signal, status);
    }

    private static void expectEnd(AeroframeProcess publisher, String signal, int status) throws InterruptedException {
        publisher.signal(signal);
        assertTrue(publisher.endsWithin(EARLY_MS), publisher::toString);
        publisher.expectExit(status);
        assertTrue(publisher.errorLines().stream().noneMatch(line -> line.contains("fail")), publisher::toString);
    }

    @ParameterizedTest
    @ValueSource(strings = {"rtsp", "http", "tcp"})
    void secondsEndTheWaitForASilentServer(String scheme) throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            expectNoFrame(url(scheme, server), url(scheme, server));
        }
    }

    @Test
    void secondsEndTheWaitForANamedPipe() throws Exception {
        Path pipe = namedPipe();
        expectNoFrame(pipe.toString(), pipe.toString());
    }

    @Test
    void secondsEndTheWaitForStandardInput() throws Exception {
        expectNoFrame("-", "standard input");
    }

    private void expectNoFrame(String source, String name) throws Exception {
        AeroframeProcess publisher = sandbox.start("publish", source, "s", "--seconds", "500ms");
        publisher.expectExit(FAILED);
        assertEquals(
                List.of("aeroframe: " + name + ": no frame came within --seconds 500ms; check that it delivers frames,"
                        + " or allow more time"),
                publisher.errorLines());
    }

    @Test
    void aNamedPipeIsPublishedToItsEnd() throws Exception {
        assumeTrue(Programs.isInstalled("ffmpeg"), "ffmpeg is not installed");
        byte[] clip =
                Files.readAllBytes(Pictures.film(directory.resolve("clip.ts"), "320x240", 50, "-c:v", "mpeg2video"));
        Path pipe = namedPipe();
        AeroframeProcess publisher = sandbox.start("publish", pipe, "s", "--fps", "max", "--json");
        CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> {
            try (OutputStream output = Files.newOutputStream(pipe)) {
                output.write(clip);
            } catch (IOException ex) {
                throw new IllegalStateException(ex);
            }
        });
        assertEquals(50, Report.of(publisher).number("published"));
        writer.get(Await.PATIENCE_S, TimeUnit.SECONDS);
    }

    private static String url(String scheme, ServerSocket server) {
        return scheme + "://127.0.0.1:" + server.getLocalPort() + "/x";
    }

    private Path namedPipe() throws Exception {
        assumeTrue(System.getProperty("os.name").equals("Linux"), "named pipes can be interrupted on Linux only");
        Path pipe = directory.resolve("pipe");
        assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
        return pipe;
    }

    private static void awaitOpen(AeroframeProcess process, Path file) {
        Path descriptors = Path.of("/proc", Long.toString(process.handle().pid()), "fd");
        Await.until(
                file + " to be open",
                () -> {
                    try (Stream<Path> open = Files.list(descriptors)) {
                        return open.anyMatch(descriptor -> isLinkTo(descriptor, file));
                    } catch (IOException ex) {
                        return false;
                    }
                },
                process::toString);
    }

    private static boolean isLinkTo(Path link, Path file) {
        try {
            return Files.readSymbolicLink(link).equals(file.toRealPath());
        } catch (IOException ex) {
            return false; // closed meanwhile
        }
    }
}
