package io.aeroframe.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.aeroframe.benchmarks.peers.FaultyPeer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The bench reports what happened. */
@Timeout(600)
class TruthTest {

    @TempDir
    private Path directory;

    /** Computes percentiles by nearest rank from the sorted latencies, independently of the bench. */
    @Test
    void percentilesAreThoseOfTheLatenciesOfEachFrame() throws Exception {
        Path file = directory.resolve("stamps");
        Json figures;
        try (BenchProcess bench = BenchProcess.start(
                "latency",
                "--json",
                "--size",
                "64x48",
                "--fps",
                "1000",
                "--idle",
                "backoff",
                "--seconds",
                "1.5",
                "--warmup",
                "0.4",
                "--raw-file",
                file.toString())) {
            assertEquals(0, bench.awaitEnd(), bench.errors());
            figures = Json.only(bench.output());
        }
        List<String[]> frames =
                Files.readAllLines(file).stream().map(line -> line.split(" ")).toList();
        assertEquals(figures.number("received"), frames.size());
        for (int column = 1; column <= 2; column++) {
            int of = column;
            long[] sorted = frames.stream()
                    .mapToLong(frame -> Long.parseLong(frame[of]))
                    .sorted()
                    .toArray();
            String prefix = column == 1 ? "" : "scheduled_";
            assertPercentile(sorted, 50, figures.number(prefix + "p50_us"));
            assertPercentile(sorted, 90, figures.number(prefix + "p90_us"));
            assertPercentile(sorted, 99, figures.number(prefix + "p99_us"));
            assertPercentile(sorted, 100, figures.number(prefix + "max_us"));
        }
    }

    private static void assertPercentile(long[] sorted, int percentile, double reportedUs) {
        double us = sorted[(sorted.length * percentile + 99) / 100 - 1] / 1e3;
        assertEquals(us, reportedUs, 0.05 * us, "p" + percentile);
    }

    @ParameterizedTest
    @ValueSource(strings = {"pool", "python", "cpp"})
    void selfcheckSeesTheInjectedFaults(String part) throws Exception {
        assumeInstalled(part);
        assertEquals(0, selfcheck(part, "none"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"log", "python", "cpp"})
    void selfcheckFailsWithoutTheLoss(String part) throws Exception {
        assumeInstalled(part);
        assertEquals(1, selfcheck(part, "loss"));
    }

    private static void assumeInstalled(String part) throws Exception {
        Optional<String> missing = part.equals("python")
                ? FaultyPeer.inPython().missing()
                : part.equals("cpp") ? FaultyPeer.inCpp().missing() : Optional.empty();
        missing.ifPresent(command -> System.err.println("skipped: selfcheck --only " + part + ": " + command));
        assumeTrue(missing.isEmpty(), () -> missing.get());
    }

    /** A busy machine may stall by itself when nothing is injected, but not ten times in a row. */
    @ParameterizedTest
    @CsvSource({"pool, stall", "pool, late", "python, stall", "python, late", "cpp, stall", "cpp, late"})
    void selfcheckFailsWithoutTheFault(String part, String fault) throws Exception {
        assumeInstalled(part);
        boolean hasFailed = false;
        for (int i = 0; i < 10 && !hasFailed; i++) {
            hasFailed = selfcheck(part, fault) == 1;
        }
        assertTrue(hasFailed, "it sees a fault that was not injected");
    }

    private static int selfcheck(String part, String leftOut) throws Exception {
        try (BenchProcess bench = BenchProcess.start("selfcheck", "--only", part, "--leave-out", leftOut)) {
            int status = bench.awaitEnd();
            assertTrue(status == 0 || status == 1, bench.errors());
            assertEquals("", bench.errors());
            assertTrue(bench.output().contains(status == 0 ? "passed" : "FAILED"), bench.output());
            assertEquals(List.of(), bench.leftovers());
            return status;
        }
    }

    @ParameterizedTest
    @CsvSource({"raw, ipc", "jpeg, ipc", "jpeg, udp:127.0.0.1:40478"})
    void stagesOfRealFramesAddUp(String encoding, String channel) throws Exception {
        Json reported;
        try (BenchProcess bench = BenchProcess.start(
                "stages",
                "pattern:320x240@50",
                "--json",
                "--no-window",
                "--encoding",
                encoding,
                "--channel",
                channel,
                "--idle",
                "backoff",
                "--seconds",
                "0.6",
                "--warmup",
                "0.4")) {
            assertEquals(0, bench.awaitEnd(), bench.errors());
            reported = Json.only(bench.output());
            assertEquals(List.of(), bench.leftovers());
        }
        assertEquals("stages", reported.get("benchmark"));
        assertTrue(
                reported.number("received") > 0 && reported.number("received") <= reported.number("sent"),
                reported::toString);
        Json stages = (Json) reported.get("stages");
        assertEquals(encoding.equals("jpeg"), stages.has("decoded"));
        double total = ((Json) stages.get("total")).number("max_us");
        for (String name : List.of("capture", "claim", "write", "commit", "received", "shown")) {
            Json stage = (Json) stages.get(name);
            assertTrue(stage.number("p50_us") <= stage.number("max_us"), reported::toString);
            assertTrue(name.equals("commit") || stage.number("p50_us") <= total, reported::toString);
        }
    }

    @Test
    void aMissingSourceIsReportedInOneLine() throws Exception {
        try (BenchProcess bench =
                BenchProcess.start("stages", directory.resolve("none.mp4").toString())) {
            assertEquals(1, bench.awaitEnd());
            assertEquals(1, bench.errors().lines().count(), bench.errors());
            assertFalse(bench.errors().contains("Exception"), bench.errors());
        }
    }
}
