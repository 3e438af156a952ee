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
import io.aeroframe.transport.Delivery;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bench isolation}: what a slow reader costs the one beside it. */
@Command(
        name = "isolation",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "What a slow reader costs a fast one beside it: the fast one's latency alone and with the slow one, in turn.",
            "",
            "Writer, both readers and the driver are processes of their own. The slow reader sleeps for some time with each frame in its hands, and "
                    + "tells how old frames are when it gets them, from the stamp right before the commit."
        })
public final class IsolationCommand implements Callable<Integer> {

    private static final long MOST_MS = 60_000;
    private static final int MOST_RUNS = 1_000;
    private static final List<String> TOLD = List.of("p50_us", "p90_us", "p99_us", "p999_us", "max_us");
    private static final List<String> COMPARED = List.of("p50_us", "p99_us");

    @Spec
    private CommandSpec spec;

    @Mixin
    private StreamOptions stream = new StreamOptions(new Size(1280, 688), new FrameRate(60), 10);

    @Option(
            names = "--takes",
            paramLabel = "MS,MS...",
            split = ",",
            description = "How long the slow reader takes for a frame, one measurement each. Default: 10,100,2500.")
    private List<Long> takesMs = List.of(10L, 100L, 2_500L);

    @Option(
            names = "--delivery",
            paramLabel = "latest|every",
            description = "What the slow reader asks for. Default: ${DEFAULT-VALUE}.")
    private Delivery delivery = Delivery.LATEST;

    @Option(
            names = "--runs",
            paramLabel = "N",
            description = "Rounds of all of them in turn; the median of each figure counts. Default: ${DEFAULT-VALUE}.")
    private int runs = 1;

    @Option(names = "--json", description = "Print one JSON object instead of a table.")
    private boolean isJson;

    @Override
    public Integer call() throws InterruptedException {
        Plan plan = stream.plan();
        for (long ms : takesMs) {
            if (ms < 1 || ms > MOST_MS) {
                throw stream.mistake("--takes=" + ms + " is not within 1 to " + MOST_MS);
            }
        }
        if (runs < 1 || runs > MOST_RUNS) {
            throw stream.mistake("--runs=" + runs + " is not within 1 to " + MOST_RUNS);
        }
        if (plan.path() == FramePath.aeron) {
            throw stream.mistake("--path aeron has no slow reader; use pool or log");
        }
        Cores.warn(plan, 1, spec.commandLine().getErr());
        List<Figures> alone = new ArrayList<>();
        Map<Long, List<Figures>> beside = new LinkedHashMap<>();
        try (Measurement measurement = new Measurement()) {
            for (int i = 0; i < runs; i++) {
                alone.add(measurement.run(plan, 1, 1));
                for (long ms : takesMs) {
                    List<String> more = List.of("--takes-ms", Long.toString(ms), "--delivery", delivery.name());
                    beside.computeIfAbsent(ms, key -> new ArrayList<>())
                            .add(measurement.run(plan, 1, 1, Map.of(Role.slow, more)));
                }
            }
        }
        Map<Long, Figures> medians = new LinkedHashMap<>();
        beside.forEach((ms, figures) -> medians.put(ms, Figures.medians(figures)));
        if (isJson) {
            printJson(Figures.medians(alone), medians);
        } else {
            printTable(plan, Figures.medians(alone), medians);
        }
        return 0;
    }

    private void printTable(Plan plan, Figures alone, Map<Long, Figures> beside) {
        FiguresTable table = new FiguresTable(spec.commandLine().getOut());
        table.line("%s", plan.describe());
        table.line(
                "%s; the fast reader's latency from the stamp, beside one that takes its time for the %s frame; microseconds, medians of %d run%s",
                plan.path().title(), delivery.name().toLowerCase(Locale.ROOT), runs, runs == 1 ? "" : "s");
        table.line(
                "%-16s%s%s%s%s%s",
                "the slow one",
                TOLD.stream()
                        .map(name -> FiguresTable.right(FiguresTable.label(name)))
                        .collect(Collectors.joining()),
                FiguresTable.right("p99, times"),
                FiguresTable.right("dropped"),
                FiguresTable.right("lost"),
                FiguresTable.right("its oldest"));
        table.line("%s", row("not there", alone, alone));
        beside.forEach((ms, figures) -> table.line("%s", row(ms + " ms a frame", figures, alone)));
        spec.commandLine().getOut().flush();
    }

    private static String row(String title, Figures figures, Figures alone) {
        double oldest = figures.values().getOrDefault(Figures.SLOW_OLDEST, Double.NaN);
        return String.format(
                Locale.ROOT,
                "%-16s%s%11.2f%11.0f%11.0f%s",
                title,
                TOLD.stream()
                        .map(name -> FiguresTable.right(FiguresTable.number(figures.get(name))))
                        .collect(Collectors.joining()),
                figures.get("p99_us") / alone.get("p99_us"),
                figures.get(Figures.DROPPED),
                figures.get(Figures.LOST),
                FiguresTable.right(Double.isNaN(oldest) ? "-" : FiguresTable.number(oldest)));
    }

    private void printJson(Figures alone, Map<Long, Figures> beside) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(FiguresJson.object(json -> {
            json.writeStringField("benchmark", "isolation");
            Machine.write(json, spec.commandLine());
            json.writeStringField("delivery", delivery.name().toLowerCase(Locale.ROOT));
            FiguresJson.write(json, alone, runs);
            json.writeArrayFieldStart("beside");
            for (Map.Entry<Long, Figures> entry : beside.entrySet()) {
                json.writeStartObject();
                json.writeNumberField("takes_ms", entry.getKey());
                FiguresJson.write(json, entry.getValue(), runs);
                FiguresJson.writeRatios(json, entry.getValue(), alone, COMPARED);
                json.writeEndObject();
            }
            json.writeEndArray();
        }));
        out.flush();
    }
}
