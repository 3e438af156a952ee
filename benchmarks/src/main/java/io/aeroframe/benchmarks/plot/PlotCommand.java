package io.aeroframe.benchmarks.plot;

import io.aeroframe.benchmarks.harness.BenchException;
import io.aeroframe.benchmarks.plot.Results.Result;
import io.aeroframe.benchmarks.plot.Results.Workload;
import io.aeroframe.benchmarks.report.JsonFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.internal.chartpart.Chart;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code bench plot}: pictures of what other commands measured. */
@Command(
        name = "plot",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Draw what other commands measured, as PNG and SVG.",
            "",
            "Give the files that 'bench latency --json', 'bench peers --json' and 'bench limits --json' wrote (or directories with .json and .jsonl files). Drawn is "
                    + "what they suffice for: percentiles of ways that carried the same frames at the same rate, latency by the size of the frame, and frames a "
                    + "second where --fps was max. Of several runs of one way the median counts. The machine, versions and commands are printed below."
        })
public final class PlotCommand implements Callable<Integer> {

    /** What can be drawn. */
    enum Kind {
        percentiles,
        size,
        rate
    }

    @Spec
    private CommandSpec spec;

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "Files with JSON objects, or directories of them.")
    private List<Path> inputs = List.of();

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Where the pictures go; made if it is missing. Default: ${DEFAULT-VALUE}.")
    private Path directory = Path.of(".");

    @Option(
            names = "--only",
            paramLabel = "percentiles|size|rate",
            split = ",",
            description = "Draw these alone. Default: all that the files suffice for.")
    private Set<Kind> kinds = EnumSet.allOf(Kind.class);

    private Results results;
    private int drawn;

    @Override
    public Integer call() throws IOException {
        System.setProperty("java.awt.headless", "true");
        List<Map<String, Object>> objects = new ArrayList<>();
        for (Path input : files()) {
            objects.addAll(JsonFile.read(input));
        }
        results = Results.of(objects);
        Files.createDirectories(directory);
        if (kinds.contains(Kind.percentiles)) {
            for (Map.Entry<Workload, XYChart> chart : Plots.percentiles(results).entrySet()) {
                write(chart.getValue(), "percentiles-" + chart.getKey().fileName(), of(chart.getKey()));
            }
        }
        XYChart bySize = kinds.contains(Kind.size) ? Plots.bySize(results) : null;
        if (bySize != null) {
            write(bySize, "latency-by-size", Plots.withSize(results));
        }
        if (kinds.contains(Kind.rate)) {
            for (var chart : Plots.rates(results).entrySet()) {
                write(chart.getValue(), "frames-a-second-" + chart.getKey().fileName(), of(chart.getKey()));
            }
        }
        if (drawn == 0) {
            throw new BenchException("there is nothing to draw in " + inputs
                    + ": a picture needs two ways that carried the same frames, two sizes, or --fps max");
        }
        return 0;
    }

    private List<Path> files() throws IOException {
        List<Path> files = new ArrayList<>();
        for (Path input : inputs) {
            if (Files.isDirectory(input)) {
                try (Stream<Path> inside = Files.list(input)) {
                    inside.filter(path -> path.toString().endsWith(".json")
                                    || path.toString().endsWith(".jsonl"))
                            .sorted()
                            .forEach(files::add);
                }
            } else {
                files.add(input);
            }
        }
        return files;
    }

    private List<Result> of(Workload load) {
        return results.results().stream()
                .filter(result -> result.load().equals(load))
                .toList();
    }

    private void write(Chart<?, ?> chart, String name, List<Result> shown) throws IOException {
        for (Path written : new ChartFile(results.machines(), shown).write(chart, directory, name)) {
            spec.commandLine().getOut().println(written);
        }
        spec.commandLine().getOut().flush();
        drawn++;
    }
}
