package io.aeroframe.benchmarks.commands;

import io.aeroframe.benchmarks.measurement.Measurement;
import io.aeroframe.benchmarks.measurement.Role;
import io.aeroframe.benchmarks.options.FramePath;
import io.aeroframe.benchmarks.options.FrameRate;
import io.aeroframe.benchmarks.options.Plan;
import io.aeroframe.benchmarks.options.Size;
import io.aeroframe.benchmarks.options.StreamOptions;
import io.aeroframe.benchmarks.report.Figures;
import io.aeroframe.benchmarks.report.FiguresJson;
import io.aeroframe.benchmarks.report.FiguresTable;
import io.aeroframe.benchmarks.report.Machine;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bench latency}: frames from one process to others, on one path alone or on two in turn. */
@Command(
        name = "latency",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Latency, throughput, losses, processor time and allocation of frames from one process to others.",
            "",
            "Writer, each reader and the driver (which is in the command's own process) are processes of their own. The writer follows "
                    + "an open-loop schedule; all processes share the host's monotonic clock. Latency is given from the time that a frame was due "
                    + "(which travels as its capture time), so that a stall counts for all frames that it delays, and from the stamp right "
                    + "before the commit; both end at the first statement of the reader's handler. Frames belong to the measured part by the time "
                    + "they were due; received and lost are over all subscribers, fps is of one, and lost is what was sent and not received."
        })
public final class LatencyCommand implements Callable<Integer> {

    /** The most that the pool path knows apart. */
    private static final int MOST_SUBSCRIBERS = 63;

    private static final int MOST_RUNS = 1_000;

    private static final List<String> COMPARED = List.of(
            "p50_us",
            "p90_us",
            "p99_us",
            "p999_us",
            "p9999_us",
            "max_us",
            Figures.FPS,
            Figures.PUBLISHER_CPU,
            Figures.SUBSCRIBER_CPU);

    /** What is measured in turn with the path asked for. */
    enum Beside {
        log,
        aeron,
        none
    }

    @Spec
    private CommandSpec spec;

    @Mixin
    private StreamOptions stream = new StreamOptions(new Size(1280, 688), new FrameRate(60), 10);

    @Option(
            names = "--subscribers",
            paramLabel = "N",
            description = "Readers, a process each. Default: ${DEFAULT-VALUE}.")
    private int subscribers = 1;

    @Option(
            names = "--runs",
            paramLabel = "N",
            description =
                    "Runs, each with processes of its own; the median of each figure counts. Default: ${DEFAULT-VALUE}.")
    private int runs = 1;

    @Option(
            names = "--beside",
            paramLabel = "log|aeron|none",
            description = {
                "Measure that, too, in turn and on the same driver, and print the ratios. aeron: Publication.offer of a picture "
                        + "that lies in memory, FragmentAssembler, default settings. Default: ${DEFAULT-VALUE}."
            })
    private Beside beside = Beside.none;

    @Option(
            names = "--raw-file",
            paramLabel = "FILE",
            description = {
                "Also write the latencies of each frame, one line each, in nanoseconds: when it was due (from the begin of the measured "
                        + "part), from the stamp, from the time due. For one run and one subscriber."
            })
    private Path rawFile;

    @Option(names = "--json", description = "Print one JSON object instead of tables.")
    private boolean isJson;

    @Override
    public Integer call() throws InterruptedException {
        Plan plan = stream.plan();
        Plan peer = peer(plan);
        if (subscribers < 1 || subscribers > MOST_SUBSCRIBERS) {
            throw stream.mistake("--subscribers=" + subscribers + " is not within 1 to " + MOST_SUBSCRIBERS);
        }
        if (runs < 1 || runs > MOST_RUNS) {
            throw stream.mistake("--runs=" + runs + " is not within 1 to " + MOST_RUNS);
        }
        if (rawFile != null && (runs > 1 || subscribers > 1 || peer != null)) {
            throw stream.mistake(
                    "--raw-file is for one run of one subscriber: leave out --runs, --subscribers and --beside");
        }
        PrintWriter err = spec.commandLine().getErr();
        Cores.warn(plan, subscribers, err);
        FiguresTable table = isJson ? null : new FiguresTable(spec.commandLine().getOut());
        if (table != null) {
            table.line("%s", plan.describe());
        }
        List<Figures> asked = new ArrayList<>();
        List<Figures> others = new ArrayList<>();
        try (Measurement measurement = new Measurement()) {
            for (int i = 1; i <= runs; i++) {
                asked.add(run(measurement, plan, i, table));
                if (peer != null) {
                    others.add(run(measurement, peer, i, table));
                }
            }
        }
        tell(Figures.medians(asked), peer == null ? null : Figures.medians(others), table);
        return 0;
    }

    private Plan peer(Plan plan) {
        if (beside == Beside.none) {
            return null;
        }
        FramePath path = beside == Beside.log ? FramePath.log : FramePath.aeron;
        if (path == plan.path()) {
            throw stream.mistake("--beside " + beside + " is the path that is measured anyway; choose another --path");
        }
        return plan.on(path);
    }

    private Figures run(Measurement measurement, Plan plan, int number, FiguresTable table)
            throws InterruptedException {
        Map<Role, List<String>> more = rawFile == null
                ? Map.of()
                : Map.of(
                        Role.reader,
                        List.of("--raw-file", rawFile.toAbsolutePath().toString()));
        Figures figures = measurement.run(plan, subscribers, 1, more);
        if (table != null) {
            table.print((runs > 1 ? "run " + number + ": " : "") + plan.path().title(), figures);
        }
        return figures;
    }

    private void tell(Figures asked, Figures other, FiguresTable table) {
        if (table == null) {
            PrintWriter out = spec.commandLine().getOut();
            out.println(FiguresJson.object(json -> {
                json.writeStringField("benchmark", "latency");
                Machine.write(json, spec.commandLine());
                FiguresJson.write(json, asked, runs);
                if (other != null) {
                    json.writeObjectFieldStart("beside");
                    FiguresJson.write(json, other, runs);
                    json.writeEndObject();
                    FiguresJson.writeRatios(json, asked, other, COMPARED);
                }
            }));
            out.flush();
            return;
        }
        if (runs > 1) {
            table.print("medians of " + runs + " runs: " + asked.plan().path().title(), asked);
            if (other != null) {
                table.print(
                        "medians of " + runs + " runs: " + other.plan().path().title(), other);
            }
        }
        if (other != null) {
            table.printRatios(asked, other, COMPARED);
        }
        if (asked.get(Figures.RECEIVED) < 10_000) {
            table.line("Of fewer than 10,000 frames a run p99.99 is the maximum, of fewer than 1,000 p99.9.");
        }
    }
}
