package io.aeroframe.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.aeroframe.benchmarks.jmh.RoundTripBenchmark;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The output of short runs, and the end of their processes. */
@Timeout(600)
class BenchTest {

    private static final List<String> ASCENDING = List.of("p50_us", "p90_us", "max_us");

    @ParameterizedTest
    @ValueSource(strings = {"log", "pool"})
    void printsOneJsonObjectWithNumbersThatAgree(String path) throws Exception {
        Json figures = run(
                "latency",
                "--json",
                "--path",
                path,
                "--size",
                "160x100",
                "--fps",
                "200",
                "--touch",
                "--subscribers",
                "2",
                "--idle",
                "backoff",
                "--seconds",
                "1",
                "--warmup",
                "0.3",
                "--beside",
                "aeron");
        assertAgree(figures, path);
        assertEquals(160 * 100 * 3, figures.number("bytes"));
        assertTrue(figures.number("touched_p50_us") >= figures.number("p50_us"), figures::toString);
        Json peer = (Json) figures.get("beside");
        assertAgree(peer, "aeron");
        assertEquals(
                figures.fields().keySet().stream().filter(peer::has).toList(),
                List.copyOf(peer.fields().keySet()));
        assertEquals(
                figures.number("p50_us") / peer.number("p50_us"),
                ((Json) figures.get("ratios")).number("p50_us"),
                0.001);
    }

    private static void assertAgree(Json figures, String path) {
        assertEquals(path, figures.get("path"));
        assertEquals(2, figures.number("subscribers"));
        assertEquals(200, figures.number("published"), figures.toString());
        assertEquals(figures.number("published"), figures.number("sent") + figures.number("dropped"));
        assertEquals(2 * figures.number("sent"), figures.number("received") + figures.number("lost"));
        assertEquals(figures.number("received") / 2, figures.number("fps"));
        assertTrue(figures.number("received") > 0);
        assertEquals(0, figures.number("mismatched"));
        for (String prefix : List.of("", "scheduled_", "touched_", "publish_")) {
            for (int i = 1; i < ASCENDING.size(); i++) {
                double lower = figures.number(prefix + ASCENDING.get(i - 1));
                assertTrue(lower > 0 && lower <= figures.number(prefix + ASCENDING.get(i)), figures::toString);
            }
        }
        // A frame cannot be delivered before its scheduled time.
        assertTrue(figures.number("scheduled_max_us") >= figures.number("max_us"), figures::toString);
        for (String side : List.of("publisher", "subscriber")) {
            assertTrue(figures.number("cpu_" + side + "_s") > 0, figures::toString);
            assertTrue(figures.number("alloc_" + side + "_bytes_per_frame") >= 0, figures::toString);
        }
    }

    @Test
    void withoutAScheduleGivesNoLatencyFromOne() throws Exception {
        Json figures = run(
                "latency",
                "--json",
                "--path",
                "log",
                "--size",
                "64x48",
                "--fps",
                "max",
                "--encoding",
                "jpeg",
                "--fill",
                "--seconds",
                "0.3",
                "--warmup",
                "0.3",
                "--idle",
                "yield");
        assertNull(figures.get("scheduled_p50_us"));
        assertNull(figures.get("touched_p50_us"));
        assertTrue(figures.number("p50_us") > 0);
        assertEquals(0, figures.number("dropped"));
        assertEquals(0, figures.number("lost"));
        assertTrue(figures.number("bytes") < 64 * 48 * 3, figures::toString);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void everyFrameOfTheHistogramHasACause() throws Exception {
        Json all = run(
                "latency",
                "--causes",
                "--json",
                "--size",
                "64x48",
                "--fps",
                "200",
                "--idle",
                "wait",
                "--seconds",
                "1",
                "--warmup",
                "0.3");
        double frames = 0;
        for (Object row : (List<?>) all.get("late_causes")) {
            for (String cause : List.of("gc", "run_queue", "jit", "idle_state")) {
                frames += ((Json) row).number(cause);
            }
        }
        // The first frame has none before it.
        assertEquals(all.number("received") - 1, frames, all.toString());
    }

    @Test
    void freshProcessesAreMeasuredFromTheirFirstFrame() throws Exception {
        Json all = run(
                "latency",
                "--cold",
                "--json",
                "--size",
                "64x48",
                "--idle",
                "backoff",
                "--seconds",
                "2.5",
                "--runs",
                "2",
                "--jitter",
                "1ms");
        assertCold(all, 2);
        assertEquals(1_000, all.number("jitter_us"));
        assertEquals(List.of(1.0, 10.0, 60.0), numbers(all, "frames", "frame"));
    }

    @Test
    void theCommandsAreMeasuredAsUsersRunThem() throws Exception {
        Path command = Path.of("..", "apps", "bin", "aeroframe");
        assumeTrue(
                Files.exists(Path.of("..", "apps", "target", "aeroframe", "built")),
                "the build has not packed the program yet");
        Json all = run(
                "latency",
                "--cold",
                "--cli",
                "--json",
                "--size",
                "64x48",
                "--idle",
                "wait",
                "--seconds",
                "2",
                "--aeroframe",
                command.toString());
        assertCold(all, 1);
        assertEquals(List.of(1.0), numbers(all, "frames", "frame"));
    }

    private static void assertCold(Json all, int runs) {
        assertEquals(true, all.get("cold"));
        assertEquals(runs, all.number("runs"));
        assertEquals(List.of(1.0, 2.0), numbers(all, "seconds", "second"));
        for (String list : List.of("frames", "seconds")) {
            for (Object row : (List<?>) all.get(list)) {
                String figure = list.equals("frames") ? "latency" : "p50";
                double median = ((Json) row).number(figure + "_us");
                assertTrue(median > 0, all::toString);
                assertTrue(((Json) row).number(figure + "_lowest_us") <= median, all::toString);
                assertTrue(((Json) row).number(figure + "_highest_us") >= median, all::toString);
            }
        }
    }

    private static List<Double> numbers(Json all, String list, String name) {
        return ((List<?>) all.get(list))
                .stream().map(row -> ((Json) row).number(name)).toList();
    }

    @Test
    void costIsReportedForEachNumberOfSubscribers() throws Exception {
        Json all = run(
                "cost",
                "--json",
                "--subscribers",
                "1,5",
                "--size",
                "64x48",
                "--idle",
                "backoff",
                "--seconds",
                "0.3",
                "--warmup",
                "0.3");
        List<?> costs = (List<?>) all.get("costs");
        assertEquals(2, costs.size());
        for (int i = 0; i < 2; i++) {
            Json cost = (Json) costs.get(i);
            assertEquals(i == 0 ? 1 : 5, cost.number("subscribers"));
            assertEquals(60, cost.number("published"));
            assertEquals(
                    cost.number("subscribers") * cost.number("sent"), cost.number("received") + cost.number("lost"));
            assertTrue(cost.number("publish_p50_us") <= cost.number("publish_max_us"), cost::toString);
        }
    }

    @Test
    void aSlowReaderIsReportedApartFromTheMeasuredReader() throws Exception {
        Json all = run(
                "isolation",
                "--json",
                "--hold",
                "50",
                "--size",
                "64x48",
                "--idle",
                "backoff",
                "--seconds",
                "1",
                "--warmup",
                "0.3");
        assertEquals(60, all.number("received") + all.number("lost"), all.toString());
        assertTrue(!all.has("slow_received"), all::toString);
        Json beside = (Json) ((List<?>) all.get("beside")).get(0);
        assertEquals(50, beside.number("hold_ms"));
        assertEquals(60, beside.number("received") + beside.number("lost"), beside.toString());
        double slow = beside.number("slow_received");
        assertTrue(
                slow >= 1 && slow < beside.number("received"), beside::toString); // it holds a frame for three periods
        assertTrue(beside.number("slow_oldest_us") > 0, beside::toString);
        assertEquals(
                beside.number("p50_us") / all.number("p50_us"), ((Json) beside.get("ratios")).number("p50_us"), 0.001);
    }

    @Test
    void jpegIsReportedForEachInstalledLibrary() throws Exception {
        try (BenchProcess bench =
                BenchProcess.start("jpeg", "--json", "--size", "160x100", "--seconds", "0.1", "--runs", "2")) {
            assertEquals(0, bench.awaitEnd(), bench.errors());
            assertTrue(bench.errors().lines().allMatch(line -> line.startsWith("bench: warning: no ")), bench.errors());
            Json all = Json.only(bench.output());
            assertTrue(all.number("bytes") > 1_000, all::toString);
            List<?> codecs = (List<?>) all.get("codecs");
            assertTrue(codecs.size() >= 2, all::toString);
            for (Object codec : codecs) {
                Json figures = (Json) codec;
                assertTrue(figures.number("encode_us") > 0 && figures.number("decode_us") > 0, all::toString);
                assertTrue(figures.number("encode_ratio") > 0 && figures.number("decode_ratio") > 0, all::toString);
            }
            assertEquals(1, ((Json) codecs.get(0)).number("encode_ratio"));
        }
    }

    @Test
    void jmhTakesItsOwnOptions() throws Exception {
        try (BenchProcess bench = BenchProcess.start("jmh", "-l")) {
            assertEquals(0, bench.awaitEnd(), bench.errors());
            assertTrue(bench.output().contains(RoundTripBenchmark.class.getName()), bench.output());
        }
    }

    @Test
    void aReaderThatDiesFailsTheCommandAtOnce() throws Exception {
        try (BenchProcess bench = BenchProcess.start("latency", "--size", "64x48", "--seconds", "600")) {
            bench.awaitChild("reader").destroyForcibly();
            assertEquals(1, bench.awaitEnd());
            assertTrue(bench.errors().contains("bench: the reader ended with status 137"), bench.errors());
            assertEquals(List.of(), bench.leftovers());
        }
    }

    @Test
    void aWriterThatFailsFailsTheCommandWithItsMessage() throws Exception {
        try (BenchProcess bench =
                BenchProcess.start("latency", "--path", "aeron", "--size", "3840x2160", "--seconds", "600", "--json")) {
            assertEquals(1, bench.awaitEnd());
            assertEquals(1, bench.errors().lines().count(), bench.errors());
            assertTrue(
                    bench.errors().startsWith("bench: writer: plain Aeron cannot send a frame of 24883200 bytes"),
                    bench.errors());
            assertEquals("", bench.output());
        }
    }

    @Test
    void aCommandThatIsEndedTakesItsProcessesWithIt() throws Exception {
        try (BenchProcess bench = BenchProcess.start("latency", "--size", "64x48", "--seconds", "600")) {
            List<ProcessHandle> children = List.of(bench.awaitChild("reader"), bench.awaitChild("writer"));
            bench.interrupt();
            assertEquals(128 + 15, bench.awaitEnd());
            for (ProcessHandle child : children) {
                child.onExit().get();
            }
            assertEquals("", bench.errors());
            assertEquals(List.of(), bench.leftovers());
        }
    }

    private static Json run(String... arguments) throws Exception {
        try (BenchProcess bench = BenchProcess.start(arguments)) {
            assertEquals(0, bench.awaitEnd(), bench.errors());
            assertEquals("", bench.errors());
            assertEquals(List.of(), bench.leftovers());
            return Json.only(bench.output());
        }
    }
}
