package io.aeroframe.benchmarks.plot;

import io.aeroframe.benchmarks.plot.Results.Result;
import io.aeroframe.benchmarks.plot.Results.Workload;
import java.awt.BasicStroke;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;

/** Draws results: latency by percentile, latency by frame size, frames per second, all on logarithmic scales. */
final class Charts {

    /** A bound that many times below the fastest is left out, because it would compress the rest of the chart. */
    private static final double FARTHEST_LIMIT = 1_000;

    /** The x value of each percentile: the number of frames of which one takes longer. */
    private static final Map<String, Double> NINES = nines();

    private Charts() {}

    private static Map<String, Double> nines() {
        Map<String, Double> nines = new LinkedHashMap<>();
        nines.put("p50_us", 2.0);
        nines.put("p90_us", 10.0);
        nines.put("p99_us", 100.0);
        nines.put("p999_us", 1e3);
        nines.put("p9999_us", 1e4);
        return nines;
    }

    /** Draws latency by percentile, a chart for each workload that was measured at least two ways. */
    static Map<Workload, XYChart> percentiles(Results results) {
        Map<Workload, XYChart> charts = new LinkedHashMap<>();
        results.results().stream()
                .filter(result -> !result.figures().isEmpty())
                .collect(Collectors.groupingBy(Result::workload, LinkedHashMap::new, Collectors.toList()))
                .forEach((workload, ofWorkload) -> {
                    Map<String, List<Result>> byLabel = byLabel(ofWorkload);
                    if (byLabel.size() > 1) {
                        charts.put(workload, percentiles(workload, byLabel, limits(results, ofWorkload)));
                    }
                });
        return charts;
    }

    /**
     * Returns lower bounds of the latency: one copy of as many bytes, if it was measured, and the core-to-core time.
     */
    private static Map<String, Double> limits(Results results, List<Result> shown) {
        Map<String, Double> limits = new LinkedHashMap<>();
        shown.stream()
                .map(result -> results.copies().get(result.bytes()))
                .filter(copyUs -> copyUs != null)
                .findFirst()
                .ifPresent(copyUs -> limits.put("one copy of the frame", copyUs));
        if (!Double.isNaN(results.coreToCore())) {
            limits.put("one word from core to core", results.coreToCore());
        }
        return limits;
    }

    private static XYChart percentiles(
            Workload workload, Map<String, List<Result>> byLabel, Map<String, Double> limits) {
        List<Double> all = new ArrayList<>();
        double most = byLabel.values().stream()
                .flatMap(runs -> NINES.entrySet().stream()
                        .filter(nine -> !Double.isNaN(median(runs, nine.getKey())))
                        .map(Map.Entry::getValue))
                .max(Comparator.naturalOrder())
                .orElse(1e4);
        XYChart chart = ChartStyle.lineChart(
                "Latency of a frame from process to process: " + workload.describe(),
                "one of so many frames takes longer: 2 is the median, 10 p90, 100 p99"
                        + (most > 100 ? ", 1,000 p99.9" : "") + (most > 1e3 ? ", 10,000 p99.99" : ""),
                "latency in µs, lower is better");
        chart.getStyler().setXAxisMin(1.0).setXAxisMax(most);
        sortedByMedian(byLabel).forEach(label -> {
            List<Double> xs = new ArrayList<>();
            List<Double> ys = new ArrayList<>();
            NINES.forEach((name, x) -> {
                double us = median(byLabel.get(label), name);
                if (!Double.isNaN(us)) {
                    xs.add(x);
                    ys.add(us);
                }
            });
            all.addAll(ys);
            if (!xs.isEmpty()) {
                ChartStyle.style(
                        chart.addSeries(label, xs, ys), chart.getSeriesMap().size() - 1, ChartStyle.SOLID);
            }
        });
        double fastest = all.stream().min(Comparator.naturalOrder()).orElse(1.0);
        BasicStroke stroke = ChartStyle.DASHED;
        for (Map.Entry<String, Double> limit : limits.entrySet()) {
            double us = limit.getValue();
            if (us * FARTHEST_LIMIT > fastest) {
                ChartStyle.limit(chart, limit.getKey(), List.of(1.0, most), List.of(us, us), stroke);
                all.add(us);
            }
            stroke = ChartStyle.DOTTED;
        }
        ChartStyle.yDecades(chart.getStyler(), all);
        return chart;
    }

    /** Draws latency by frame size, for raw frames of at least two sizes; null if there are none. */
    static XYChart bySize(Results results) {
        Map<String, List<Result>> byLabel = byLabel(withSize(results));
        byLabel.values()
                .removeIf(ofLabel ->
                        ofLabel.stream().mapToDouble(Result::bytes).distinct().count() < 2);
        if (byLabel.isEmpty()) {
            return null;
        }
        XYChart chart = ChartStyle.lineChart(
                "Latency of a raw frame from process to process, by its size",
                "bytes of the frame",
                "latency in µs, lower is better");
        List<Double> all = new ArrayList<>();
        List<Double> sizes = new ArrayList<>();
        int number = 0;
        for (String label : sortedByMedian(byLabel)) {
            for (String name : List.of("p50_us", "p99_us")) {
                Map<Double, Double> points = new TreeMap<>();
                byLabel.get(label).stream()
                        .collect(Collectors.groupingBy(Result::bytes))
                        .forEach((bytes, same) -> points.put(bytes, median(same, name)));
                points.values().removeIf(us -> Double.isNaN(us));
                if (!points.isEmpty()) {
                    XYSeries series = chart.addSeries(
                            label + (name.equals("p50_us") ? ", median" : ", p99"),
                            List.copyOf(points.keySet()),
                            List.copyOf(points.values()));
                    ChartStyle.style(series, number, name.equals("p50_us") ? ChartStyle.SOLID : ChartStyle.DOTTED);
                    all.addAll(points.values());
                    sizes.addAll(points.keySet());
                }
            }
            number++;
        }
        addLimits(chart, results, all, sizes);
        ChartStyle.yDecades(chart.getStyler(), all);
        ChartStyle.xDecades(chart.getStyler(), sizes);
        return chart;
    }

    /** Returns the results that can be drawn by size. */
    static List<Result> withSize(Results results) {
        return results.results().stream()
                .filter(result -> !result.isMax() && !Double.isNaN(result.bytes()))
                .filter(result -> result.workload().encoding().equals("raw"))
                .filter(result -> result.figures().containsKey("p50_us"))
                .toList();
    }

    private static void addLimits(XYChart chart, Results results, List<Double> all, List<Double> sizes) {
        double least = sizes.stream().min(Comparator.naturalOrder()).orElseThrow();
        double most = sizes.stream().max(Comparator.naturalOrder()).orElseThrow();
        Map<Double, Double> copies = new TreeMap<>(results.copies());
        copies.keySet().removeIf(bytes -> bytes < least || bytes > most);
        if (copies.size() > 1) {
            ChartStyle.limit(
                    chart,
                    "one copy of the frame",
                    List.copyOf(copies.keySet()),
                    List.copyOf(copies.values()),
                    ChartStyle.DASHED);
            all.addAll(copies.values());
        }
        if (!Double.isNaN(results.coreToCore())) {
            ChartStyle.limit(
                    chart,
                    "one word from core to core",
                    List.of(least, most),
                    List.of(results.coreToCore(), results.coreToCore()),
                    ChartStyle.DOTTED);
            all.add(results.coreToCore());
        }
    }

    /** Draws frames per second, a chart for each workload that was measured without a rate. */
    static Map<Workload, CategoryChart> rates(Results results) {
        Map<Workload, CategoryChart> charts = new LinkedHashMap<>();
        results.results().stream()
                .filter(result -> result.isMax() && result.fps() > 0)
                .collect(Collectors.groupingBy(Result::workload, LinkedHashMap::new, Collectors.toList()))
                .forEach((workload, ofWorkload) -> charts.put(workload, rates(workload, byLabel(ofWorkload))));
        return charts;
    }

    private static CategoryChart rates(Workload workload, Map<String, List<Result>> byLabel) {
        Map<String, Double> rates = new LinkedHashMap<>();
        byLabel.forEach((label, runs) ->
                rates.put(label, median(runs.stream().map(Result::fps).toList())));
        List<String> labels = byLabel.keySet().stream()
                .sorted(Comparator.comparing(rates::get).reversed())
                .toList();
        List<Double> values = labels.stream().map(rates::get).toList();
        return ChartStyle.barChart(
                "Frames per second from process to process: " + workload.describe(),
                "frames per second, higher is better",
                labels,
                values);
    }

    private static Map<String, List<Result>> byLabel(List<Result> results) {
        return results.stream().collect(Collectors.groupingBy(Result::label, LinkedHashMap::new, Collectors.toList()));
    }

    private static List<String> sortedByMedian(Map<String, List<Result>> byLabel) {
        return byLabel.keySet().stream()
                .sorted(Comparator.comparing((String label) -> median(byLabel.get(label), "p50_us"))
                        .reversed())
                .toList();
    }

    private static double median(List<Result> runs, String name) {
        return median(runs.stream()
                .map(run -> run.figures().get(name))
                .filter(us -> us != null)
                .toList());
    }

    private static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.isEmpty()
                ? Double.NaN
                : sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }
}
