package io.aeroframe.benchmarks.plot;

import io.aeroframe.benchmarks.plot.Results.Result;
import io.aeroframe.benchmarks.plot.Results.Workload;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.AxesChartStyler;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Charts of results: percentiles, latency by the size of the frame, frames a second. All of them on logarithmic scales. */
final class Plots {

    static final int WIDTH = 1120;
    static final int HEIGHT = 640;

    private static final String COUNT = "#,##0";

    /** Okabe and Ito's colours, which people who do not see all colours can tell apart; yellow is left out: it is too light for lines. */
    private static final Color[] COLORS = {
        new Color(0x0072B2),
        new Color(0xD55E00),
        new Color(0x009E73),
        new Color(0xCC79A7),
        new Color(0xE69F00),
        new Color(0x56B4E9),
        new Color(0x7A4B00),
        new Color(0x5A3D8A)
    };

    private static final Marker[] MARKERS = {
        SeriesMarkers.CIRCLE, SeriesMarkers.SQUARE, SeriesMarkers.DIAMOND, SeriesMarkers.TRIANGLE_UP
    };
    private static final Color LIMIT = new Color(0x707070);
    private static final Color GRID = new Color(0xE2E2E2);
    private static final Color TEXT = new Color(0x222222);
    private static final float LINE_WIDTH = 2.4f;
    private static final BasicStroke SOLID = new BasicStroke(LINE_WIDTH, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND);
    private static final BasicStroke DASHED = dashed(1.8f, 8, 6);
    private static final BasicStroke DOTTED = dashed(1.6f, 2, 5);

    /** A limit so many times below the fastest would only squeeze what is to be seen; it is left out. */
    private static final double FARTHEST_LIMIT = 1_000;

    /** Where a percentile is drawn: at the number of frames of which one takes longer. */
    private static final Map<String, Double> NINES = nines();

    private Plots() {}

    private static BasicStroke dashed(float width, float dash, float gap) {
        return new BasicStroke(width, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1, new float[] {dash, gap}, 0);
    }

    private static Map<String, Double> nines() {
        Map<String, Double> nines = new LinkedHashMap<>();
        nines.put("p50_us", 2.0);
        nines.put("p90_us", 10.0);
        nines.put("p99_us", 100.0);
        nines.put("p999_us", 1e3);
        nines.put("p9999_us", 1e4);
        return nines;
    }

    /** Latency by percentile, of all that carried the same; empty if less than two did. */
    static Map<Workload, XYChart> percentiles(Results results) {
        Map<Workload, XYChart> charts = new LinkedHashMap<>();
        results.results().stream()
                .filter(result -> !result.figures().isEmpty())
                .collect(Collectors.groupingBy(Result::load, LinkedHashMap::new, Collectors.toList()))
                .forEach((load, ofLoad) -> {
                    Map<String, List<Result>> byLabel = byLabel(ofLoad);
                    if (byLabel.size() > 1) {
                        charts.put(load, percentiles(load, byLabel, limits(results, ofLoad)));
                    }
                });
        return charts;
    }

    /** What bounds the latency of these frames: a copy, if one of as many bytes was measured, and a hand-over. */
    private static Map<String, Double> limits(Results results, List<Result> shown) {
        Map<String, Double> limits = new LinkedHashMap<>();
        shown.stream()
                .map(result -> results.copies().get(result.bytes()))
                .filter(copyUs -> copyUs != null)
                .findFirst()
                .ifPresent(copyUs -> limits.put("one copy of the frame", copyUs));
        if (!Double.isNaN(results.handOver())) {
            limits.put("one core-to-core hand-over", results.handOver());
        }
        return limits;
    }

    private static XYChart percentiles(Workload load, Map<String, List<Result>> byLabel, Map<String, Double> limits) {
        List<Double> all = new ArrayList<>();
        double most = byLabel.values().stream()
                .flatMap(runs -> NINES.entrySet().stream()
                        .filter(nine -> !Double.isNaN(median(runs, nine.getKey())))
                        .map(Map.Entry::getValue))
                .max(Comparator.naturalOrder())
                .orElse(1e4);
        XYChart chart = xyChart(
                "Latency of a frame from process to process: " + load.describe(),
                "of so many frames one takes longer: 2 is the median, 10 p90, 100 p99"
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
                style(chart.addSeries(label, xs, ys), chart.getSeriesMap().size() - 1, SOLID);
            }
        });
        double fastest = all.stream().min(Comparator.naturalOrder()).orElse(1.0);
        BasicStroke stroke = DASHED;
        for (Map.Entry<String, Double> limit : limits.entrySet()) {
            double us = limit.getValue();
            if (us * FARTHEST_LIMIT > fastest) {
                limit(chart, limit.getKey(), List.of(1.0, most), List.of(us, us), stroke);
                all.add(us);
            }
            stroke = DOTTED;
        }
        decades(chart.getStyler(), all);
        return chart;
    }

    /** Latency by size, of all that carried raw frames of at least two sizes at one rate; null if nothing did. */
    static XYChart bySize(Results results) {
        Map<String, List<Result>> byLabel = byLabel(withSize(results));
        byLabel.values()
                .removeIf(ofLabel ->
                        ofLabel.stream().mapToDouble(Result::bytes).distinct().count() < 2);
        if (byLabel.isEmpty()) {
            return null;
        }
        XYChart chart = xyChart(
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
                    style(series, number, name.equals("p50_us") ? SOLID : DOTTED);
                    all.addAll(points.values());
                    sizes.addAll(points.keySet());
                }
            }
            number++;
        }
        addLimits(chart, results, all, sizes);
        decades(chart.getStyler(), all);
        chart.getStyler()
                .setXAxisMin(decadeBelow(
                        sizes.stream().min(Comparator.naturalOrder()).orElseThrow()))
                .setXAxisMax(decadeAbove(
                        sizes.stream().max(Comparator.naturalOrder()).orElseThrow()));
        return chart;
    }

    /** What can be drawn by its size. */
    static List<Result> withSize(Results results) {
        return results.results().stream()
                .filter(result -> !result.isMax() && !Double.isNaN(result.bytes()))
                .filter(result -> result.load().encoding().equals("raw"))
                .filter(result -> result.figures().containsKey("p50_us"))
                .toList();
    }

    private static void addLimits(XYChart chart, Results results, List<Double> all, List<Double> sizes) {
        double least = sizes.stream().min(Comparator.naturalOrder()).orElseThrow();
        double most = sizes.stream().max(Comparator.naturalOrder()).orElseThrow();
        Map<Double, Double> copies = new TreeMap<>(results.copies());
        copies.keySet().removeIf(bytes -> bytes < least || bytes > most);
        if (copies.size() > 1) {
            limit(chart, "one copy of the frame", List.copyOf(copies.keySet()), List.copyOf(copies.values()), DASHED);
            all.addAll(copies.values());
        }
        if (!Double.isNaN(results.handOver())) {
            limit(
                    chart,
                    "one core-to-core hand-over",
                    List.of(least, most),
                    List.of(results.handOver(), results.handOver()),
                    DOTTED);
            all.add(results.handOver());
        }
    }

    /** Frames a second, flat out; empty if nothing was. */
    static Map<Workload, CategoryChart> rates(Results results) {
        Map<Workload, CategoryChart> charts = new LinkedHashMap<>();
        results.results().stream()
                .filter(result -> result.isMax() && result.fps() > 0)
                .collect(Collectors.groupingBy(Result::load, LinkedHashMap::new, Collectors.toList()))
                .forEach((load, ofLoad) -> charts.put(load, rates(load, byLabel(ofLoad))));
        return charts;
    }

    private static CategoryChart rates(Workload load, Map<String, List<Result>> byLabel) {
        Map<String, Double> rates = new LinkedHashMap<>();
        byLabel.forEach((label, runs) ->
                rates.put(label, median(runs.stream().map(Result::fps).toList())));
        List<String> labels = byLabel.keySet().stream()
                .sorted(Comparator.comparing(rates::get).reversed())
                .toList();
        List<Double> values = labels.stream().map(rates::get).toList();
        CategoryChart chart = new CategoryChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title("Frames a second from process to process: " + load.describe())
                .yAxisTitle("frames a second, higher is better")
                .build();
        style(chart.getStyler());
        chart.getStyler()
                .setAvailableSpaceFill(labels.size() > 6 ? 0.9 : 0.6)
                .setLabelsVisible(true)
                .setLabelsPosition(1.0)
                .setLabelsFont(font(Font.BOLD, labels.size() > 6 ? 11 : 14))
                .setLabelsFontColor(Color.WHITE)
                .setLabelsFontColorAutomaticEnabled(false)
                .setLegendVisible(false);
        chart.getStyler()
                .setYAxisLogarithmic(true)
                .setPlotGridVerticalLinesVisible(false)
                .setXAxisLabelRotation(labels.size() > 6 ? 30 : 0)
                .setYAxisDecimalPattern(COUNT)
                .setYAxisMin(1.0)
                .setYAxisMax(decadeAbove(values.get(0)));
        chart.getStyler().setDecimalPattern(COUNT);
        chart.addSeries("frames a second", labels, values).setFillColor(COLORS[0]);
        return chart;
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

    private static XYChart xyChart(String title, String xTitle, String yTitle) {
        XYChart chart = new XYChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(title)
                .xAxisTitle(xTitle)
                .yAxisTitle(yTitle)
                .build();
        style(chart.getStyler());
        chart.getStyler()
                .setXAxisLogarithmic(true)
                .setYAxisLogarithmic(true)
                .setXAxisLogarithmicDecadeOnly(true)
                .setYAxisLogarithmicDecadeOnly(true)
                .setXAxisDecimalPattern(COUNT)
                .setYAxisDecimalPattern("#,##0.###");
        chart.getStyler().setMarkerSize(8);
        return chart;
    }

    private static void style(AxesChartStyler styler) {
        styler.setChartBackgroundColor(Color.WHITE)
                .setPlotBackgroundColor(Color.WHITE)
                .setPlotBorderVisible(false)
                .setChartFontColor(TEXT)
                .setChartTitleBoxVisible(false)
                .setChartTitleFont(font(Font.BOLD, 18))
                .setLegendFont(font(Font.PLAIN, 14))
                .setLegendPosition(LegendPosition.OutsideE)
                .setLegendBorderColor(Color.WHITE)
                .setLegendSeriesLineLength(30)
                .setChartPadding(16)
                .setAntiAlias(true);
        styler.setAxisTitleFont(font(Font.PLAIN, 14))
                .setAxisTickLabelsFont(font(Font.PLAIN, 13))
                .setAxisTickLabelsColor(TEXT)
                .setPlotGridLinesColor(GRID)
                .setPlotGridLinesStroke(new BasicStroke(1))
                .setAxisTickMarksColor(GRID)
                .setLocale(Locale.ROOT);
    }

    static Font font(int style, int size) {
        return new Font(Font.SANS_SERIF, style, size);
    }

    private static void style(XYSeries series, int number, BasicStroke stroke) {
        Color color = COLORS[number % COLORS.length];
        series.setMarker(stroke == SOLID ? MARKERS[number % MARKERS.length] : SeriesMarkers.NONE)
                .setMarkerColor(color)
                .setLineColor(color)
                .setLineStyle(number < COLORS.length || stroke != SOLID ? stroke : DASHED);
    }

    private static void limit(XYChart chart, String name, List<Double> xs, List<Double> ys, BasicStroke stroke) {
        chart.addSeries(name, xs, ys)
                .setMarker(SeriesMarkers.NONE)
                .setLineColor(LIMIT)
                .setLineStyle(stroke);
    }

    private static void decades(AxesChartStyler styler, List<Double> values) {
        styler.setYAxisMin(
                decadeBelow(values.stream().min(Comparator.naturalOrder()).orElse(1.0)));
        styler.setYAxisMax(
                decadeAbove(values.stream().max(Comparator.naturalOrder()).orElse(1.0)));
    }

    private static double decadeBelow(double value) {
        return Math.pow(10, Math.floor(Math.log10(value)));
    }

    private static double decadeAbove(double value) {
        return Math.pow(10, Math.ceil(Math.log10(value)));
    }
}
