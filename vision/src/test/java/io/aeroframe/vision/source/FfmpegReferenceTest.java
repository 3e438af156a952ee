package io.aeroframe.vision.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import io.aeroframe.vision.source.SourceOptions.EncodingChoice;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Playlists and session descriptions, which only name what is to be read, and options of FFmpeg's own. */
@Timeout(600)
class FfmpegReferenceTest {

    private static final SourceOptions NATIVE =
            new SourceOptions().pixelFormat(null).encoding(EncodingChoice.RAW);

    private static final int SEGMENTS = 4;
    private static final int FRAMES = 25 * SEGMENTS;
    private static final long TIMEOUT_NS = TimeUnit.SECONDS.toNanos(1);

    /** Of a live playlist; longer than an address may be silent. */
    private static final long PAUSE_NS = 3 * TIMEOUT_NS;

    @TempDir
    private static Path directory;

    private final AtomicLong firstListNs = new AtomicLong();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private HttpServer server;
    private String base;

    @BeforeEach
    void serve() throws Exception {
        FfmpegTool.assumeInstalled();
        if (!Files.exists(directory.resolve("s0.ts"))) {
            FfmpegTool.clip(
                    directory.resolve("list.m3u8"),
                    "320x240",
                    25,
                    FRAMES,
                    "-c:v",
                    "mpeg2video",
                    "-g",
                    "25",
                    "-f",
                    "hls",
                    "-hls_time",
                    "1",
                    "-hls_list_size",
                    "0",
                    "-hls_segment_filename",
                    directory.resolve("s%d.ts").toString());
        }
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1);
        base = "http://127.0.0.1:" + server.getAddress().getPort() + "/";
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            try (exchange) {
                String name = exchange.getRequestURI().getPath().substring(1);
                byte[] body = name.equals("live.m3u8") ? liveList() : bytes(name);
                exchange.sendResponseHeaders(body.length == 0 ? 404 : 200, body.length == 0 ? -1 : body.length);
                exchange.getResponseBody().write(body);
            }
        });
        server.start();
    }

    @AfterEach
    void stop() {
        if (server != null) {
            server.stop(0);
        }
        threads.shutdownNow();
    }

    private static byte[] bytes(String name) throws IOException {
        Path file = directory.resolve(name);
        return Files.exists(file) ? Files.readAllBytes(file) : new byte[0];
    }

    /** All segments but the last; the last one only after a pause. */
    private byte[] liveList() {
        firstListNs.compareAndSet(0, System.nanoTime());
        boolean isWhole = System.nanoTime() - firstListNs.get() > PAUSE_NS;
        return list("", isWhole ? SEGMENTS : SEGMENTS - 1, isWhole).getBytes(StandardCharsets.US_ASCII);
    }

    private static String list(String prefix, int segments, boolean isWhole) {
        StringBuilder text = new StringBuilder("#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:1\n");
        for (int i = 0; i < segments; i++) {
            text.append("#EXTINF:1.0,\n").append(prefix).append('s').append(i).append(".ts\n");
        }
        return text.append(isWhole ? "#EXT-X-ENDLIST\n" : "").toString();
    }

    private static Path listFile(String name, String prefix) throws IOException {
        return Files.writeString(directory.resolve(name), list(prefix, SEGMENTS, true));
    }

    private static int frames(String input, SourceOptions options) throws Exception {
        try (FfmpegSource source = FfmpegSource.open(input, options, TIMEOUT_NS)) {
            return Frames.md5(source, Integer.MAX_VALUE).size();
        }
    }

    private static String failureOf(String input, SourceOptions options) {
        return assertThrows(IOException.class, () -> frames(input, options)).getMessage();
    }

    @ParameterizedTest
    @CsvSource({"near.m3u8, ''", "far.m3u8, http"})
    void aPlaylistFileNamesFilesAndAddresses(String name, String scheme) throws Exception {
        Path list = listFile(name, scheme.isEmpty() ? "" : base);
        assertEquals(FRAMES, frames(list.toString(), NATIVE));
    }

    @Test
    void aLivePlaylistIsWaitedForLongerThanAnAddress() throws Exception {
        assertEquals(FRAMES, frames(base + "live.m3u8", NATIVE));
        assertTrue(System.nanoTime() - firstListNs.get() > PAUSE_NS);
    }

    @Test
    void aPlaylistFromTheNetworkMayNotReadFiles() throws Exception {
        listFile("files.m3u8", "file:" + directory + "/");
        SourceException failure = assertThrows(SourceException.class, () -> frames(base + "files.m3u8", NATIVE));
        assertEquals(SourceException.Reason.PROTOCOL_NOT_ALLOWED, failure.reason());
        assertTrue(
                failure.getMessage()
                        .startsWith(base + "files.m3u8: refers to file:" + directory
                                + "/s0.ts, but the protocol 'file' is not allowed there, only http,https,"),
                failure.getMessage());
        SourceOptions wider = NATIVE.copy().protocolWhitelist("http,tcp,file,crypto,data");
        assertEquals(FRAMES, frames(base + "files.m3u8", wider));
    }

    @Test
    void aNarrowerWhitelistCounts() throws Exception {
        Path list = listFile("narrow.m3u8", base);
        String message = failureOf(list.toString(), NATIVE.copy().protocolWhitelist("file"));
        assertTrue(
                message.startsWith(list + ": refers to " + base
                        + "s0.ts, but the protocol 'http' is not allowed there, only file;"),
                message);
    }

    @Test
    void aSegmentThatIsMissingIsNamedWithoutItsSecrets() throws Exception {
        Path list = directory.resolve("missing.m3u8");
        Files.writeString(
                list,
                "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n" + base.replace("//", "//me:SECRET@")
                        + "none.ts?token=SECRET\n#EXT-X-ENDLIST\n");
        String message = failureOf(list.toString(), NATIVE);
        assertTrue(message.startsWith(list + ": " + base + "none.ts?...: HTTP error 404"), message);
        assertFalse(message.contains("SECRET"), message);
    }

    @Test
    void aServerOfSegmentsThatIsAwayIsNamed() throws Exception {
        Path list = listFile("away.m3u8", base);
        server.stop(0);
        String message = failureOf(list.toString(), NATIVE);
        assertTrue(message.startsWith(list + ": " + base + "s0.ts: Connection to tcp://"), message);
        assertTrue(message.contains("Connection refused; check the address"), message);
    }

    @Test
    void aSessionDescriptionIsALiveAddress() throws Exception {
        int port = freeEvenPort();
        Path description = directory.resolve("camera.sdp");
        Files.writeString(
                description,
                "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=camera\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=video " + port
                        + " RTP/AVP 26\r\n");
        assertEquals(SourceKind.LIVE_ADDRESS, SourceKind.of(description.toString()));
        Process sender = new ProcessBuilder(
                        "ffmpeg",
                        "-v",
                        "error",
                        "-nostdin",
                        "-re",
                        "-f",
                        "lavfi",
                        "-i",
                        "testsrc2=size=320x240:rate=25",
                        "-c:v",
                        "mjpeg",
                        "-pix_fmt",
                        "yuvj420p",
                        "-huffman",
                        "default",
                        "-force_duplicated_matrix",
                        "1",
                        "-f",
                        "rtp",
                        "rtp://127.0.0.1:" + port)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (FfmpegSource source = FfmpegSource.open(description.toString(), NATIVE, 60 * TIMEOUT_NS)) {
            assertTrue(source.isLive());
            for (int i = 0; i < 5; i++) {
                assertTrue(source.advance());
            }
            assertEquals(320, source.format().width());
        } finally {
            sender.destroyForcibly().waitFor();
        }
    }

    @Test
    void aSessionThatNobodySendsToIsReported() throws Exception {
        Path description = directory.resolve("silent.sdp");
        Files.writeString(
                description,
                "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=camera\nc=IN IP4 127.0.0.1\nt=0 0\nm=video " + freeEvenPort()
                        + " RTP/AVP 26\n");
        String message = failureOf(description.toString(), NATIVE);
        assertTrue(message.startsWith(description + ": nothing came for 1.0 s"), message);
    }

    private static int freeEvenPort() throws IOException {
        while (true) {
            try (DatagramSocket free = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
                if (free.getLocalPort() % 2 == 0) {
                    return free.getLocalPort();
                }
            }
        }
    }

    @Test
    void optionsReachTheProtocolTheContainerAndTheDecoder() throws Exception {
        List<String> agents = new CopyOnWriteArrayList<>();
        server.createContext("/agent.ts", exchange -> {
            try (exchange) {
                agents.add(exchange.getRequestHeaders().getFirst("User-Agent"));
                byte[] body = bytes("s0.ts");
                exchange.sendResponseHeaders(200, body.length);
                exchange.getResponseBody().write(body);
            }
        });
        SourceOptions options = NATIVE.copy()
                .inputOptions(Map.of("user_agent", "camera viewer", "probesize", "500000", "skip_frame", "nokey"));
        assertEquals(1, frames(base + "agent.ts", options));
        assertEquals("camera viewer", agents.get(0));
    }

    @Test
    void anOptionThatNothingTookIsNamed() throws Exception {
        String input = directory.resolve("s0.ts").toString();
        SourceException failure = assertThrows(
                SourceException.class, () -> frames(input, NATIVE.copy().inputOptions(Map.of("nope", "SECRET"))));
        assertEquals(SourceException.Reason.UNUSED_INPUT_OPTION, failure.reason());
        assertEquals(
                input + ": FFmpeg has no option 'nope' for this input; check its name, or leave it out",
                failure.getMessage());
    }

    @Test
    void aValueThatAnOptionDoesNotTakeIsNotShown() {
        String input = directory.resolve("s0.ts").toString();
        String message = failureOf(input, NATIVE.copy().inputOptions(Map.of("probesize", "SECRET")));
        assertEquals(input + ": Invalid argument (its option 'probesize' does not take this value)", message);
    }
}
