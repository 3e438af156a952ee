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

/** {@code bench plot}: draws what other commands measured. */
@Command(
        name = "plot",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Draw what other commands measured, as PNG and SVG.",
            "",
            "The files are the output of 'bench latency --json', 'bench peers --json' and 'bench limits --json'. The "
                    + "charts are latency by percentile, where two ways carried the same frames at the same rate; "
                    + "latency by frame size, where there are two sizes; and frames per second, where --fps was max. "
                    + "If one way was measured several times, the median is drawn. The machine, versions and commands "
                    + "are printed below each chart."
        })
public final class PlotCommand implements Callable<Integer> {

    /** The kinds of charts. */
    enum Kind {
        percentiles,
        size,
        rate
    }

    @Spec
    private CommandSpec spec;

    @Parameters(
            arity = "1..*",
            paramLabel = "FILE",
            description = "JSON files, or directories of .json and .jsonl files.")
    private List<Path> inputs = List.of();

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Directory to write to; created if missing. Default: ${DEFAULT-VALUE}.")
    private Path directory = Path.of(".");

    @Option(
            names = "--only",
            paramLabel = "percentiles|size|rate",
            split = ",",
            description = "Draw only these. Default: all for which there are figures.")
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
            for (Map.Entry<Workload, XYChart> chart :
                    Charts.percentiles(results).entrySet()) {
                write(chart.getValue(), "percentiles-" + chart.getKey().fileName(), of(chart.getKey()));
            }
        }
        XYChart bySize = kinds.contains(Kind.size) ? Charts.bySize(results) : null;
        if (bySize != null) {
            write(bySize, "latency-by-size", Charts.withSize(results));
        }
        if (kinds.contains(Kind.rate)) {
            for (var chart : Charts.rates(results).entrySet()) {
                write(chart.getValue(), "frames-a-second-" + chart.getKey().fileName(), of(chart.getKey()));
            }
        }
        if (drawn == 0) {
            throw new BenchException("there is nothing to draw in " + inputs
                    + ": a chart needs two ways that carried the same frames, two sizes, or --fps max");
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

    private List<Result> of(Workload workload) {
        return results.results().stream()
                .filter(result -> result.workload().equals(workload))
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
