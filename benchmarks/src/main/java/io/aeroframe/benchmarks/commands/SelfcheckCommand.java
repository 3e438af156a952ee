package io.aeroframe.benchmarks.commands;

import io.aeroframe.apps.options.FrameRate;
import io.aeroframe.apps.options.Idle;
import io.aeroframe.benchmarks.harness.BenchException;
import io.aeroframe.benchmarks.harness.StampLog;
import io.aeroframe.benchmarks.measurement.Measurement;
import io.aeroframe.benchmarks.measurement.Role;
import io.aeroframe.benchmarks.options.FramePath;
import io.aeroframe.benchmarks.options.Plan;
import io.aeroframe.benchmarks.peers.FaultyPeer;
import io.aeroframe.benchmarks.report.Figures;
import io.aeroframe.benchmarks.report.FiguresTable;
import io.aeroframe.transport.FrameChannel;
import io.aeroframe.transport.FrameEncoding;
import io.aeroframe.vision.source.PictureSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bench selfcheck}: checks that the figures show faults that are injected. */
@Command(
        name = "selfcheck",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Check that the figures show faults that are injected.",
            "",
            "In a short run of 'bench latency' the writer stalls once for 10 ms when a frame is due, and the reader "
                    + "takes the time of 3 frames 5 ms late and drops 7 frames. At 1000 fps such a stall delays ten "
                    + "frames, by 10 ms, 9 ms and so on; a "
                    + "benchmark that measures from the time when a frame was sent does not show it. The exit status "
                    + "is 1 if the latency from the scheduled time does not show ten delayed frames, the latency from "
                    + "the stamp not the late ones, or 'lost' is not the number of frames dropped.",
            "",
            "The harnesses of the peers in Python and C++ are checked with a peer each, at 50 fps: the writer is 5 ms "
                    + "late after each stamp and the reader 5 ms before each of its own, so that the median must be "
                    + "10 ms or more."
        })
public final class SelfcheckCommand implements Callable<Integer> {

    private static final int FPS = 1_000;
    private static final long STALL_MS = 10;
    private static final long PERIOD_MS = 1_000 / FPS;
    private static final long LOSS = 7;
    private static final long LATE_MS = 5;
    private static final long LATE_FRAMES = 3;
    private static final double SECONDS = 1;
    private static final double WARMUP_SECONDS = 1;

    /** The counts of frames that may be missing besides those dropped on purpose. */
    private static final List<String> REASONS =
            List.of("lost_on_the_way", "overrun", "superseded", "expired", "invalid");

    /** What is injected into a run. */
    enum Fault {
        stall,
        late,
        loss,
        none
    }

    @Spec
    private CommandSpec spec;

    /** What is checked. */
    enum Part {
        pool,
        log,
        python,
        cpp
    }

    @Option(
            names = "--only",
            paramLabel = "pool|log|python|cpp",
            split = ",",
            description = "Check only these: paths, and harnesses of the peers. Default: all that are installed.")
    private List<Part> only = List.of();

    @Option(
            names = "--leave-out",
            paramLabel = "stall|late|loss|none",
            description = {"Do not inject that fault, but expect it: the check must fail. Default: ${DEFAULT-VALUE}."})
    private Fault leftOut = Fault.none;

    private FiguresTable table;
    private boolean isPassed = true;

    @Override
    public Integer call() throws IOException, InterruptedException {
        table = new FiguresTable(spec.commandLine().getOut());
        Path directory = Files.createTempDirectory("aeroframe-selfcheck-");
        Path rawFile = directory.resolve("stamps");
        try (Measurement measurement = new Measurement()) {
            for (Part part : only.isEmpty() ? List.of(Part.values()) : only) {
                switch (part) {
                    case pool -> check(measurement, FramePath.pool, rawFile);
                    case log -> check(measurement, FramePath.log, rawFile);
                    case python -> check(measurement, FaultyPeer.inPython());
                    case cpp -> check(measurement, FaultyPeer.inCpp());
                }
            }
        } finally {
            Files.deleteIfExists(rawFile);
            Files.delete(directory);
        }
        table.line("%s", isPassed ? "passed" : "FAILED: these figures cannot be trusted");
        spec.commandLine().getOut().flush();
        return isPassed ? 0 : 1;
    }

    private void check(Measurement measurement, FramePath path, Path rawFile) throws InterruptedException {
        Plan plan = new Plan(
                path,
                FrameChannel.IPC,
                new PictureSize(64, 48),
                new FrameRate(FPS),
                FrameEncoding.RAW,
                Idle.backoff,
                false,
                false,
                WARMUP_SECONDS,
                SECONDS);
        List<String> reader = new ArrayList<>(List.of("--raw-file", rawFile.toString()));
        if (leftOut != Fault.loss) {
            reader.addAll(List.of("--drop", Long.toString(LOSS)));
        }
        if (leftOut != Fault.late) {
            reader.addAll(List.of("--late-ms", Long.toString(LATE_MS)));
        }
        List<String> writer = leftOut == Fault.stall ? List.of() : List.of("--stall-ms", Long.toString(STALL_MS));
        Figures figures = measurement.run(plan, 1, 1, Map.of(Role.reader, reader, Role.writer, writer));
        table.line("%s: %s", path.title(), plan.describe());
        double attributed = REASONS.stream().mapToDouble(figures::get).sum();
        List<long[]> frames = StampLog.read(rawFile);
        checkStall(figures, attributed, frames);
        checkLateness(frames);
        checkLoss(figures, attributed);
    }

    private void check(Measurement measurement, FaultyPeer peer) throws InterruptedException {
        Optional<String> missing = peer.missing();
        if (missing.isPresent()) {
            if (!only.isEmpty()) {
                throw new BenchException("this peer is not installed: " + missing.get());
            }
            table.line("%s%n  missing: %s", peer.title(), missing.get());
            return;
        }
        Figures figures = peer.run(
                measurement,
                leftOut == Fault.stall ? 0 : LATE_MS,
                leftOut == Fault.late ? 0 : LATE_MS,
                leftOut == Fault.loss ? 0 : LOSS);
        table.line("%s", peer.title());
        long expectedMs = 2 * LATE_MS;
        expect(
                "each frame " + LATE_MS + " + " + LATE_MS + " ms late",
                "latency from the stamp, p50 >= " + expectedMs + ".0 ms",
                milliseconds(figures.get("p50_us")),
                figures.get("p50_us") >= expectedMs * 1e3);
        checkLoss(figures, 0);
    }

    private void checkStall(Figures figures, double attributed, List<long[]> frames) {
        expect(
                "a stall of " + STALL_MS + " ms",
                "latency from the scheduled time, max >= " + STALL_MS + ".0 ms",
                milliseconds(figures.get("scheduled_max_us")),
                figures.get("scheduled_max_us") >= STALL_MS * 1e3);
        long expected = STALL_MS / PERIOD_MS;
        long missing = (long) (figures.get(Figures.DROPPED) + attributed); // any of them may have been due in the stall
        long delayed = delayed(frames);
        expect(
                "",
                "frames due in the stall and delayed to its end = " + expected,
                Long.toString(delayed),
                delayed <= expected && delayed >= Math.max(1, expected - missing));
        table.line(
                "  %-24s %-58s %s",
                "", "(latency from the stamp, max: it need not show the stall)", milliseconds(figures.get("max_us")));
    }

    /** Counts the frames that were due in the stall and arrived after its end. */
    private static long delayed(List<long[]> frames) {
        long beginNs = (long) (SECONDS / 2 * 1e9);
        long endNs = beginNs + STALL_MS * 1_000_000;
        return frames.stream()
                .filter(frame -> frame[0] >= beginNs && frame[0] < endNs && frame[0] + frame[2] >= endNs)
                .count();
    }

    /** Frames behind a late one arrive late, too. */
    private void checkLateness(List<long[]> frames) {
        long late = frames.stream()
                .filter(frame -> frame[0] < SECONDS / 2 * 1e9 && frame[1] >= LATE_MS * 1_000_000)
                .count();
        expect(
                LATE_FRAMES + " frames " + LATE_MS + " ms late",
                "latency from the stamp >= " + LATE_MS + ".0 ms of " + LATE_FRAMES + " frames or more",
                Long.toString(late),
                late >= LATE_FRAMES);
    }

    private void checkLoss(Figures figures, double attributed) {
        expect(
                LOSS + " frames dropped",
                String.format(
                        Locale.ROOT,
                        attributed == 0 ? "lost = %d" : "lost = %d and %.0f that the ledgers account for",
                        LOSS,
                        attributed),
                String.format(Locale.ROOT, "%.0f", figures.get(Figures.LOST)),
                figures.get(Figures.LOST) == LOSS + attributed);
        expect(
                "",
                "received = sent - lost",
                String.format(Locale.ROOT, "%.0f of %.0f", figures.get(Figures.RECEIVED), figures.get(Figures.SENT)),
                figures.get(Figures.RECEIVED) == figures.get(Figures.SENT) - figures.get(Figures.LOST));
    }

    private void expect(String injected, String expected, String seen, boolean isSeen) {
        isPassed &= isSeen;
        table.line("  %-24s %-58s %-16s %s", injected, expected, seen, isSeen ? "ok" : "NOT SEEN");
    }

    private static String milliseconds(double microseconds) {
        return String.format(Locale.ROOT, "%.2f ms", microseconds / 1e3);
    }
}
