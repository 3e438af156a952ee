package io.aeroframe.benchmarks.commands;

import io.aeroframe.apps.options.FrameRate;
import io.aeroframe.benchmarks.measurement.Measurement;
import io.aeroframe.benchmarks.measurement.Role;
import io.aeroframe.benchmarks.options.FramePath;
import io.aeroframe.benchmarks.options.Plan;
import io.aeroframe.benchmarks.options.RunsOption;
import io.aeroframe.benchmarks.options.StreamOptions;
import io.aeroframe.benchmarks.report.Figures;
import io.aeroframe.benchmarks.report.FiguresJson;
import io.aeroframe.benchmarks.report.FiguresTable;
import io.aeroframe.benchmarks.report.Machine;
import io.aeroframe.transport.Delivery;
import io.aeroframe.vision.source.PictureSize;
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

/** {@code bench isolation}: how much a slow reader delays a fast one. */
@Command(
        name = "isolation",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Measure how much a slow reader delays a fast one: the fast reader's latency alone and beside the slow "
                    + "one, in turn.",
            "",
            "The writer, each reader and the driver are processes of their own. The slow reader sleeps while it holds "
                    + "a frame. Its figure is the age of the oldest frame when it was delivered, from the stamp right "
                    + "before the commit."
        })
public final class IsolationCommand implements Callable<Integer> {

    private static final long MAX_HOLD_MS = 60_000;
    private static final List<String> PRINTED = List.of("p50_us", "p90_us", "p99_us", "p999_us", "max_us");
    private static final List<String> COMPARED = List.of("p50_us", "p99_us");

    @Spec
    private CommandSpec spec;

    @Mixin
    private StreamOptions stream = new StreamOptions(new PictureSize(1280, 688), new FrameRate(60), 20);

    @Option(
            names = "--hold",
            paramLabel = "MS,MS...",
            split = ",",
            description = "How long the slow reader holds a frame, one measurement each. Default: 10,100,2500.")
    private List<Long> holdMs = List.of(10L, 100L, 2_500L);

    @Option(
            names = "--delivery",
            paramLabel = "latest|every",
            description = "The slow reader's delivery. Default: ${DEFAULT-VALUE}.")
    private Delivery delivery = Delivery.LATEST;

    @Mixin
    private RunsOption runs = new RunsOption(1, 1_000);

    @Option(names = "--json", description = "Print one JSON object instead of a table.")
    private boolean isJson;

    @Override
    public Integer call() throws InterruptedException {
        Plan plan = stream.plan();
        for (long ms : holdMs) {
            if (ms < 1 || ms > MAX_HOLD_MS) {
                throw stream.usageError("--hold=" + ms + " is not within 1 to " + MAX_HOLD_MS);
            }
        }
        if (plan.path() == FramePath.aeron) {
            throw stream.usageError("--path aeron has no slow reader; use pool or log");
        }
        int rounds = runs.count();
        Cores.warn(plan, 1, spec.commandLine().getErr());
        List<Figures> alone = new ArrayList<>();
        Map<Long, List<Figures>> beside = new LinkedHashMap<>();
        try (Measurement measurement = new Measurement()) {
            for (int i = 0; i < rounds; i++) {
                alone.add(measurement.run(plan, 1, 1));
                for (long ms : holdMs) {
                    List<String> more = List.of("--hold-ms", Long.toString(ms), "--delivery", delivery.name());
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
                "%s; the fast reader's latency from the stamp, in microseconds, beside a slow reader of %s frame; "
                        + "medians of %d run%s",
                plan.path().title(),
                delivery == Delivery.LATEST ? "the latest" : "every",
                runs.count(),
                runs.count() == 1 ? "" : "s");
        table.line(
                "%-16s%s%s%s%s%s",
                "slow reader",
                PRINTED.stream()
                        .map(name -> FiguresTable.right(FiguresTable.label(name)))
                        .collect(Collectors.joining()),
                FiguresTable.right("p99 ratio"),
                FiguresTable.right("dropped"),
                FiguresTable.right("lost"),
                FiguresTable.right("max age"));
        print(table, "none", alone, alone);
        beside.forEach((ms, figures) -> print(table, "holds " + ms + " ms", figures, alone));
        spec.commandLine().getOut().flush();
    }

    private static void print(FiguresTable table, String title, Figures figures, Figures alone) {
        table.line("%s", row(title, figures, alone));
        if (!figures.spreads().isEmpty()) {
            table.line("%-16s%s", "  of the runs", FiguresTable.ranges(figures, "", PRINTED));
        }
    }

    private static String row(String title, Figures figures, Figures alone) {
        double oldest = figures.values().getOrDefault(Figures.SLOW_OLDEST, Double.NaN);
        return String.format(
                Locale.ROOT,
                "%-16s%s%11s%11.0f%11.0f%s",
                title,
                PRINTED.stream()
                        .map(name -> FiguresTable.right(FiguresTable.number(figures.get(name))))
                        .collect(Collectors.joining()),
                FiguresTable.ratio(figures.get("p99_us") / alone.get("p99_us")),
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
            FiguresJson.write(json, alone, runs.count());
            json.writeArrayFieldStart("beside");
            for (Map.Entry<Long, Figures> entry : beside.entrySet()) {
                json.writeStartObject();
                json.writeNumberField("hold_ms", entry.getKey());
                FiguresJson.write(json, entry.getValue(), runs.count());
                FiguresJson.writeRatios(json, entry.getValue(), alone, COMPARED);
                json.writeEndObject();
            }
            json.writeEndArray();
        }));
        out.flush();
    }
}
