package io.aeroframe.benchmarks.commands;

import io.aeroframe.apps.options.FrameRate;
import io.aeroframe.benchmarks.measurement.Measurement;
import io.aeroframe.benchmarks.options.Plan;
import io.aeroframe.benchmarks.options.RunsOption;
import io.aeroframe.benchmarks.options.StreamOptions;
import io.aeroframe.benchmarks.report.Figures;
import io.aeroframe.benchmarks.report.FiguresJson;
import io.aeroframe.benchmarks.report.FiguresTable;
import io.aeroframe.vision.source.PictureSize;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bench cost}: the time that publishing a frame takes, by the number of subscribers. */
@Command(
        name = "cost",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Measure how long publishing a frame takes, from before the claim to after the commit, by the number of "
                    + "subscribers.",
            "",
            "All subscribers are in one process, and one thread polls them in turn: with a JVM for each, the scheduler "
                    + "would be measured. With --fill the cost includes writing the pixels, at --fps max the wait for "
                    + "room."
        })
public final class CostCommand implements Callable<Integer> {

    /** The most subscribers of a pool. */
    private static final int MAX_SUBSCRIBERS = 63;

    private static final List<String> PRINTED = List.of("p50_us", "p90_us", "p99_us", "p999_us", "max_us");

    @Spec
    private CommandSpec spec;

    @Mixin
    private StreamOptions stream = new StreamOptions(new PictureSize(320, 240), new FrameRate(200), 5);

    @Option(
            names = "--subscribers",
            paramLabel = "N,N...",
            split = ",",
            description = "Numbers of subscribers, one measurement each. Default: 1,2,8,50.")
    private List<Integer> subscribers = List.of(1, 2, 8, 50);

    @Mixin
    private RunsOption runs = new RunsOption(1, 1_000);

    @Option(names = "--json", description = "Print one JSON object instead of a table.")
    private boolean isJson;

    @Override
    public Integer call() throws InterruptedException {
        Plan plan = stream.plan();
        for (int count : subscribers) {
            if (count < 1 || count > MAX_SUBSCRIBERS) {
                throw stream.usageError("--subscribers=" + count + " is not within 1 to " + MAX_SUBSCRIBERS);
            }
        }
        int rounds = runs.count();
        Cores.warn(plan, 1, spec.commandLine().getErr());
        FiguresTable table = new FiguresTable(spec.commandLine().getOut());
        if (!isJson) {
            printHead(table, plan);
        }
        List<Figures> all = new ArrayList<>();
        try (Measurement measurement = new Measurement()) {
            for (int count : subscribers) {
                List<Figures> ofCount = new ArrayList<>();
                for (int i = 0; i < rounds; i++) {
                    ofCount.add(measurement.run(plan, 1, count));
                }
                Figures figures = Figures.medians(ofCount);
                all.add(figures);
                if (!isJson) {
                    printRow(table, figures);
                }
            }
        }
        if (isJson) {
            printJson(all);
        }
        return 0;
    }

    private void printHead(FiguresTable table, Plan plan) {
        table.line("%s", plan.describe());
        table.line(
                "%s; one process has all subscribers, one thread polls them; claim to commit in microseconds",
                plan.path().title());
        table.line(
                "%s%s%s%s%s",
                FiguresTable.right("subscribers"),
                PRINTED.stream()
                        .map(name -> FiguresTable.right(FiguresTable.label(name)))
                        .collect(Collectors.joining()),
                FiguresTable.right("sent"),
                FiguresTable.right("dropped"),
                FiguresTable.right("lost"));
        spec.commandLine().getOut().flush();
    }

    private void printRow(FiguresTable table, Figures figures) {
        table.line(
                "%11d%s%11.0f%11.0f%11.0f",
                figures.subscribers(),
                PRINTED.stream()
                        .map(name -> FiguresTable.right(FiguresTable.number(figures.get(Figures.PUBLISH + name))))
                        .collect(Collectors.joining()),
                figures.get(Figures.SENT),
                figures.get(Figures.DROPPED),
                figures.get(Figures.LOST));
        if (!figures.spreads().isEmpty()) {
            table.line("%11s%s", "of the runs", FiguresTable.ranges(figures, Figures.PUBLISH, PRINTED));
        }
        spec.commandLine().getOut().flush();
    }

    private void printJson(List<Figures> all) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(FiguresJson.object(json -> {
            json.writeStringField("benchmark", "cost");
            json.writeStringField(
                    "note", "one process has all subscribers, one thread polls them; publish_*_us is claim to commit");
            json.writeArrayFieldStart("costs");
            for (Figures figures : all) {
                json.writeStartObject();
                FiguresJson.write(json, figures, runs.count());
                json.writeEndObject();
            }
            json.writeEndArray();
        }));
        out.flush();
    }
}
