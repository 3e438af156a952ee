package io.aeroframe.benchmarks.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.aeroframe.apps.options.FrameRate;
import io.aeroframe.benchmarks.Bench;
import io.aeroframe.benchmarks.BenchProcess;
import io.aeroframe.benchmarks.Json;
import io.aeroframe.benchmarks.options.Plan;
import io.aeroframe.benchmarks.options.StreamOptions;
import io.aeroframe.benchmarks.python.Python;
import io.aeroframe.transport.FrameEncoding;
import io.aeroframe.vision.source.PictureSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** Short runs of {@code bench peers}, peers that are missing or fail, and the end of their processes. */
@Timeout(600)
class PeersTest {

    private static final Path SHARED_MEMORY = Path.of("/dev/shm");

    @Test
    void printsOneJsonObjectWithNumbersThatAgree() throws Exception {
        Json all = run(
                "--only",
                "unix-socket,mmap,mmap-in-place,pool",
                "--size",
                "320x240",
                "--seconds",
                "1",
                "--warmup",
                "0.3");
        assertEquals("peers", all.get("benchmark"));
        assertEquals("pool", all.get("baseline"));
        assertEquals(List.of(), all.get("missing"));
        assertEquals(List.of(), all.get("failed"));
        List<Json> peers = peers(all);
        assertEquals(
                List.of("pool", "unix-socket", "mmap", "mmap-in-place"),
                peers.stream().map(peer -> peer.get("name")).toList());
        for (Json peer : peers) {
            assertAgrees(peer, 60);
            assertEquals(320 * 240 * 3, peer.number("bytes"));
            assertEquals(peer.number("p50_us"), peer.number("p50_lowest_us"), "of one run");
            assertEquals(peer.number("p50_us"), peer.number("p50_highest_us"), "of one run");
            assertEquals(
                    peer.number("p50_us") / peers.get(0).number("p50_us"),
                    ((Json) peer.get("ratios")).number("p50_us"),
                    0.001);
        }
        for (Json peer : peers) {
            assertTrue(peer.number("received") > 0, peers::toString);
        }
        assertTrue(peers.get(2).get("remark").toString().contains("may change"), peers::toString);
    }

    @ParameterizedTest
    @ValueSource(strings = {"pool,udp,log,unix-socket,named-pipe,jeromq"})
    void aJpegFrameIsEncodedAndDecodedOnEveryPath(String names) throws Exception {
        Json all = run("--only", names, "--encoding", "jpeg", "--size", "160x120", "--seconds", "1", "--warmup", "0.5");
        List<Json> peers = peers(all);
        assertEquals(6, peers.size(), all::toString);
        for (Json peer : peers) {
            assertAgrees(peer, 30);
            assertTrue(peer.number("received") > 0, peer::toString);
            assertTrue(peer.number("bytes") < 160 * 120 * 3, peer::toString);
            assertEquals(peers.get(0).number("bytes"), peer.number("bytes"), peers::toString);
        }
    }

    @Test
    void roundsAreRepeatedAndThePathsOfAeronTakePart() throws Exception {
        Json all = run(
                "--only",
                "log,aeron,pool-spin",
                "--runs",
                "2",
                "--fps",
                "max",
                "--size",
                "64x48",
                "--seconds",
                "0.3",
                "--warmup",
                "0.3");
        assertEquals(2, all.number("runs"));
        assertEquals("max", all.get("target_fps"));
        assertEquals("pool-spin", all.get("baseline"));
        for (Json peer : peers(all)) {
            assertEquals(peer.number("sent"), peer.number("received"), peer::toString);
        }
    }

    @Test
    void aMissingPeerThatIsAskedForIsNamedWithItsPackage(@TempDir Path nothing) throws Exception {
        try (BenchProcess bench = BenchProcess.start(nothing.toString(), new String[] {"peers", "--only", "pyzmq"})) {
            assertEquals(1, bench.awaitEnd());
            assertEquals(
                    "bench: pyzmq is not installed: apt-get install python3 python3-zmq python3-numpy",
                    bench.errors().strip());
            assertEquals("", bench.output());
        }
    }

    @Test
    void theReportNamesWhatIsMissingAndWhatFailed() throws Exception {
        Plan plan = new StreamOptions(new PictureSize(64, 48), new FrameRate(60), 1).plan();
        PeersReport report = new PeersReport(plan, 1);
        Peer pipe = Peer.named("python-pipe").orElseThrow();
        report.missing(Peer.named("diskcache").orElseThrow(), "apt-get install python3-diskcache");
        report.expect(pipe);
        report.failed(pipe, "the writer was not ready");
        assertEquals(List.of(), report.expected());
        assertTrue(report.hasFailed());
        assertTrue(
                report.table().contains("missing: Python diskcache: apt-get install python3-diskcache"), report::table);
        assertTrue(report.table().contains("failed: Python pipe: the writer was not ready"), report::table);
        CommandLine line = Bench.commandLine();
        line.parseArgs("peers", "--runs", "3");
        Json json = Json.only(report.json(line));
        assertEquals("bench peers --runs 3", json.get("command"));
        assertEquals(
                "apt-get install python3-diskcache", ((Json) ((List<?>) json.get("missing")).get(0)).get("install"));
        assertEquals("python-pipe", ((Json) ((List<?>) json.get("failed")).get(0)).get("name"));
    }

    @Test
    void aPeerThatFailsIsReportedWithItsLastErrorAndTheOthersGoOn(@TempDir Path directory) throws Exception {
        Path python = directory.resolve("python3");
        Files.writeString(python, """
                #!/bin/sh
                if [ "$1" = -c ]; then echo "$0"; echo numpy; exit 0; fi
                echo 'before' >&2
                echo 'ImportError: no luck' >&2
                exit 3
                """);
        Files.setPosixFilePermissions(python, PosixFilePermissions.fromString("rwx------"));
        String searchPath = directory + ":" + System.getenv("PATH");
        String[] arguments = {
            "peers", "--only", "pool,python-pipe", "--size", "64x48", "--seconds", "0.3", "--warmup", "0.2", "--json"
        };
        try (BenchProcess bench = BenchProcess.start(searchPath, arguments)) {
            assertEquals(1, bench.awaitEnd(), bench.errors());
            assertEquals(1, bench.errors().lines().count(), bench.errors());
            Json all = Json.only(bench.output());
            assertEquals("pool", peers(all).get(0).get("name"));
            String reason =
                    ((Json) ((List<?>) all.get("failed")).get(0)).get("reason").toString();
            assertTrue(reason.matches("the (reader|writer) ended with status 3 .*: ImportError: no luck"), reason);
            assertNothingIsLeft(bench);
        }
    }

    @Test
    void aCommandThatIsEndedTakesItsPeersWithIt() throws Exception {
        try (BenchProcess bench = BenchProcess.start("peers", "--only", "unix-socket", "--seconds", "600")) {
            List<ProcessHandle> children = List.of(bench.awaitChild("reader"), bench.awaitChild("writer"));
            bench.interrupt();
            assertEquals(128 + 15, bench.awaitEnd());
            for (ProcessHandle child : children) {
                child.onExit().get();
            }
            assertEquals("", bench.errors());
            assertNothingIsLeft(bench);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"shared-memory", "iceoryx", "gstreamer"})
    void aCommandThatIsEndedTakesItsPeersInOtherLanguagesWithIt(String name) throws Exception {
        assumeInstalled(Peer.named(name).orElseThrow(), FrameEncoding.RAW);
        try (BenchProcess bench = BenchProcess.start("peers", "--only", name, "--seconds", "600")) {
            List<ProcessHandle> children = List.of(bench.awaitChild("reader"), bench.awaitChild("writer"));
            bench.interrupt();
            assertEquals(128 + 15, bench.awaitEnd());
            for (ProcessHandle child : children) {
                child.onExit().get();
            }
            assertNothingIsLeft(bench);
        }
    }

    /** All peers in other languages with {@code -Dstress=true}; if not, one of each kind, and each encoding. */
    static Stream<Arguments> programs() {
        Stream<Arguments> some = Stream.of(
                arguments("python-pipe", FrameEncoding.RAW),
                arguments("shared-memory", FrameEncoding.RAW),
                arguments("shared-memory-in-place", FrameEncoding.RAW),
                arguments("diskcache", FrameEncoding.RAW),
                arguments("pyzmq-base64", FrameEncoding.JPEG),
                arguments("rospy", FrameEncoding.JPEG),
                arguments("zeromq", FrameEncoding.RAW),
                arguments("gstreamer", FrameEncoding.RAW),
                arguments("iceoryx", FrameEncoding.RAW));
        return Boolean.getBoolean("stress")
                ? Stream.concat(
                        some,
                        Stream.of(
                                arguments("pyzmq", FrameEncoding.RAW),
                                arguments("iceoryx-spin", FrameEncoding.RAW),
                                arguments("rospy", FrameEncoding.RAW),
                                arguments("python-pipe", FrameEncoding.JPEG)))
                : some;
    }

    @ParameterizedTest
    @MethodSource("programs")
    void aPeerInAnotherLanguageCarriesFrames(String name, FrameEncoding encoding) throws Exception {
        Peer peer = Peer.named(name).orElseThrow();
        assumeInstalled(peer, encoding);
        Json all = run(
                "--only",
                name,
                "--encoding",
                encoding.name(),
                "--size",
                "160x120",
                "--fps",
                "30",
                "--seconds",
                "1",
                "--warmup",
                "0.2");
        Json figures = peers(all).get(0);
        assertAgrees(figures, 30);
        assertTrue(figures.number("received") > 0, figures::toString);
        assertEquals(0, figures.number("mismatched"), figures::toString);
        int rawLength = 160 * 120 * 3;
        assertEquals(encoding == FrameEncoding.RAW, figures.number("bytes") == rawLength, figures::toString);
        assertEquals(null, all.get("baseline"));
    }

    private static void assumeInstalled(Peer peer, FrameEncoding encoding) throws InterruptedException {
        Optional<String> missing = peer.missing(encoding, Python.onSearchPath());
        missing.ifPresent(command -> System.err.println("skipped: " + peer.name() + ": " + command));
        assumeTrue(missing.isEmpty(), () -> missing.get());
    }

    private static void assertAgrees(Json peer, double frames) {
        assertEquals(frames, peer.number("sent") + peer.number("dropped"), 1, peer::toString);
        assertEquals(peer.number("sent"), peer.number("received") + peer.number("lost"), peer::toString);
        assertTrue(peer.number("p50_us") <= peer.number("p90_us"), peer::toString);
        assertTrue(peer.number("p90_us") <= peer.number("max_us"), peer::toString);
        assertEquals(null, peer.get("p99_us"), "of fewer than 1,000 frames");
        assertTrue(peer.number("p50_us") > 0, peer::toString);
    }

    private static List<Json> peers(Json all) {
        return ((List<?>) all.get("peers")).stream().map(Json.class::cast).toList();
    }

    private static Json run(String... arguments) throws Exception {
        String[] all = Stream.concat(Stream.of("peers", "--json"), Stream.of(arguments))
                .toArray(String[]::new);
        try (BenchProcess bench = BenchProcess.start(all)) {
            assertEquals(0, bench.awaitEnd(), bench.errors());
            assertEquals("", bench.errors());
            assertNothingIsLeft(bench);
            return Json.only(bench.output());
        }
    }

    private static void assertNothingIsLeft(BenchProcess bench) throws IOException {
        assertEquals(List.of(), bench.leftovers());
        for (Path directory : List.of(SHARED_MEMORY, Path.of("/tmp"))) {
            try (Stream<Path> files = Files.list(directory)) {
                String prefix = "aeroframe-bench-" + bench.pid() + "-";
                assertEquals(
                        List.of(),
                        files.filter(file -> file.getFileName().toString().startsWith(prefix))
                                .toList());
            }
        }
    }
}
