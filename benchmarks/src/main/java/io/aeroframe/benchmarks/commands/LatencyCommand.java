package io.aeroframe.benchmarks.commands;

import io.aeroframe.apps.options.FrameRate;
import io.aeroframe.benchmarks.cold.ColdReport;
import io.aeroframe.benchmarks.cold.ColdRuns;
import io.aeroframe.benchmarks.harness.LateCauses;
import io.aeroframe.benchmarks.measurement.Measurement;
import io.aeroframe.benchmarks.measurement.Role;
import io.aeroframe.benchmarks.options.FramePath;
import io.aeroframe.benchmarks.options.Plan;
import io.aeroframe.benchmarks.options.RunsOption;
import io.aeroframe.benchmarks.options.StreamOptions;
import io.aeroframe.benchmarks.report.CausesReport;
import io.aeroframe.benchmarks.report.Figures;
import io.aeroframe.benchmarks.report.FiguresJson;
import io.aeroframe.benchmarks.report.FiguresTable;
import io.aeroframe.benchmarks.report.Machine;
import io.aeroframe.vision.source.PictureSize;
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

/** {@code bench latency}: measures frames from one process to others, on one path or on two in turn. */
@Command(
        name = "latency",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Measure latency, throughput, losses, processor time and allocation of frames from one process to others.",
            "",
            "The writer, each reader and the driver (in the command's process) are processes of their own. The writer "
                    + "follows an open-loop schedule; all processes share the host's monotonic clock. There are two "
                    + "latencies: from the scheduled time of a frame (which travels as its capture time), so that a "
                    + "stall counts for every frame that it delays, and from the stamp right before the commit. Both "
                    + "end at the first statement of the reader's handler. A frame is measured if its scheduled time "
                    + "is in the measured part. 'received' and 'lost' are sums over all subscribers, 'fps' is that of "
                    + "one; 'lost' are the frames sent and not received. In the first half of the warm-up frames go at "
                    + "up to 10,000 per second, so that the code is compiled before it is measured.",
            "",
            "With --cold nothing is warmed up: writer and reader have just started, and the latencies of single frames "
                    + "and of single seconds are reported, which is what users see of a camera."
        })
public final class LatencyCommand implements Callable<Integer> {

    /** The most subscribers of a pool. */
    private static final int MAX_SUBSCRIBERS = 63;

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

    /** What is measured in turn with the path that was asked for. */
    enum Beside {
        log,
        aeron,
        none
    }

    @Spec
    private CommandSpec spec;

    @Mixin
    private StreamOptions stream = new StreamOptions(new PictureSize(1280, 688), new FrameRate(60), 20);

    @Option(
            names = "--subscribers",
            paramLabel = "N",
            description = "Number of readers, each a process. Default: ${DEFAULT-VALUE}.")
    private int subscribers = 1;

    @Mixin
    private RunsOption runs = new RunsOption(1, 1_000);

    @Option(
            names = "--beside",
            paramLabel = "log|aeron|none",
            description = {
                "Also measure that, in turn on the same driver, and print the ratios. aeron: Publication.offer of a "
                        + "picture in memory, FragmentAssembler, default settings. Default: ${DEFAULT-VALUE}."
            })
    private Beside beside = Beside.none;

    @Option(
            names = "--raw-file",
            paramLabel = "FILE",
            description = {
                "Also write a line for each frame, in nanoseconds: its scheduled time from the start of the measured "
                        + "part, its latency from the stamp, its latency from the scheduled time. For one run and one "
                        + "subscriber."
            })
    private Path rawFile;

    @Option(
            names = "--causes",
            description = {
                "Also print why frames were late, as a histogram of the latencies from the stamp: garbage collection, "
                        + "a wait in the run queue, compilation, or none of these: a core in an idle state. For one "
                        + "subscriber on Linux; of all runs together."
            })
    private boolean isExplained;

    @Option(
            names = "--cold",
            description = "Measure fresh processes from their first frame on, without warm-up, at the stream's pace.")
    private boolean isCold;

    @Option(
            names = "--cli",
            description = "With --cold: run the commands 'aeroframe publish' and 'aeroframe subscribe' themselves.")
    private boolean isCli;

    @Option(
            names = "--aeroframe",
            paramLabel = "FILE",
            description = "With --cli: the command to run. Default: the one of this source tree.")
    private Path aeroframe = Path.of(System.getProperty("aeroframe.command", "apps/bin/aeroframe"));

    @Option(names = "--json", description = "Print one JSON object instead of tables.")
    private boolean isJson;

    private final LateCauses causes = new LateCauses();

    @Override
    public Integer call() throws InterruptedException {
        Plan plan = stream.plan();
        Plan peer = peer(plan);
        if (subscribers < 1 || subscribers > MAX_SUBSCRIBERS) {
            throw stream.usageError("--subscribers=" + subscribers + " is not within 1 to " + MAX_SUBSCRIBERS);
        }
        if (rawFile != null && (runs.count() > 1 || subscribers > 1 || peer != null)) {
            throw stream.usageError(
                    "--raw-file is for one run of one subscriber: leave out --runs, --subscribers and --beside");
        }
        if (isCold || isCli) {
            return runCold(plan);
        }
        if (isExplained && (subscribers > 1 || peer != null)) {
            throw stream.usageError("--causes is for one subscriber: leave out --subscribers and --beside");
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
            for (int i = 1; i <= runs.count(); i++) {
                asked.add(run(measurement, plan, i, table));
                if (peer != null) {
                    others.add(run(measurement, peer, i, table));
                }
            }
        }
        print(Figures.medians(asked), peer == null ? null : Figures.medians(others), table);
        return 0;
    }

    private int runCold(Plan asked) throws InterruptedException {
        if (!isCold) {
            throw stream.usageError("--cli is for --cold: the commands are measured from their start");
        }
        if (asked.rate().isMax() || subscribers > 1 || beside != Beside.none || rawFile != null || isExplained) {
            throw stream.usageError("--cold is for one subscriber at a given --fps: leave out --subscribers, --beside,"
                    + " --raw-file and --causes");
        }
        if (isCli && asked.jitterNs() > 0) {
            throw stream.usageError("--jitter is not for --cli: the commands' test picture is on time");
        }
        Plan plan = asked.withoutWarmup();
        ColdReport report =
                isCli ? ColdRuns.ofCommands(plan, runs.count(), aeroframe) : ColdRuns.ofPlan(plan, runs.count());
        PrintWriter out = spec.commandLine().getOut();
        if (isJson) {
            out.println(FiguresJson.object(json -> {
                json.writeStringField("benchmark", "latency");
                json.writeBooleanField("cold", true);
                Machine.write(json, spec.commandLine());
                report.write(json);
            }));
        } else {
            report.print(new FiguresTable(out));
        }
        out.flush();
        return 0;
    }

    private Plan peer(Plan plan) {
        if (beside == Beside.none) {
            return null;
        }
        FramePath path = beside == Beside.log ? FramePath.log : FramePath.aeron;
        if (path == plan.path()) {
            throw stream.usageError("--beside " + beside + " is the path that is measured anyway; use another --path");
        }
        return plan.on(path);
    }

    private Figures run(Measurement measurement, Plan plan, int number, FiguresTable table)
            throws InterruptedException {
        List<String> more = new ArrayList<>();
        if (rawFile != null) {
            more.addAll(List.of("--raw-file", rawFile.toAbsolutePath().toString()));
        }
        Path causesFile = measurement.directory().resolve("causes");
        if (isExplained) {
            more.addAll(List.of("--causes-file", causesFile.toString()));
        }
        Figures figures = measurement.run(plan, subscribers, 1, Map.of(Role.reader, more));
        if (isExplained) {
            causes.add(LateCauses.read(causesFile));
        }
        if (table != null) {
            table.print(
                    (runs.count() > 1 ? "run " + number + ": " : "")
                            + plan.path().title(),
                    figures);
        }
        return figures;
    }

    private void print(Figures asked, Figures other, FiguresTable table) {
        if (table == null) {
            PrintWriter out = spec.commandLine().getOut();
            out.println(FiguresJson.object(json -> {
                json.writeStringField("benchmark", "latency");
                Machine.write(json, spec.commandLine());
                FiguresJson.write(json, asked, runs.count());
                if (other != null) {
                    json.writeObjectFieldStart("beside");
                    FiguresJson.write(json, other, runs.count());
                    json.writeEndObject();
                    FiguresJson.writeRatios(json, asked, other, COMPARED);
                }
                if (isExplained) {
                    new CausesReport(causes).write(json);
                }
            }));
            out.flush();
            return;
        }
        if (runs.count() > 1) {
            table.print(
                    "medians of " + runs.count() + " runs: "
                            + asked.plan().path().title(),
                    asked);
            if (other != null) {
                table.print(
                        "medians of " + runs.count() + " runs: "
                                + other.plan().path().title(),
                        other);
            }
        }
        if (other != null) {
            table.printRatios(asked, other, COMPARED);
        }
        if (isExplained) {
            new CausesReport(causes).print(table);
        }
        if (Double.isNaN(asked.get("p9999_us"))) {
            table.line("-: too few frames; p99 takes 1,000, p99.9 10,000, p99.99 100,000");
        }
    }
}
