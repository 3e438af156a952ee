package io.aeroframe.benchmarks.plot;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.AxesChartStyler;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Creates charts in one style: sizes, colours, fonts, strokes and logarithmic axes. */
final class ChartStyle {

    static final int WIDTH = 1120;
    static final int HEIGHT = 640;

    private static final String COUNT = "#,##0";

    /**
     * The colours of Okabe and Ito, which colour-blind readers can distinguish, without yellow, which is too light for
     * lines.
     */
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
    static final BasicStroke SOLID = new BasicStroke(LINE_WIDTH, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND);
    static final BasicStroke DASHED = dashed(1.8f, 8, 6);
    static final BasicStroke DOTTED = dashed(1.6f, 2, 5);

    private ChartStyle() {}

    private static BasicStroke dashed(float width, float dash, float gap) {
        return new BasicStroke(width, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1, new float[] {dash, gap}, 0);
    }

    /** Creates a chart without series, with logarithmic axes. */
    static XYChart lineChart(String title, String xTitle, String yTitle) {
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

    /** Creates a chart with a bar for each label, from the highest value to the lowest. */
    static CategoryChart barChart(String title, String yTitle, List<String> labels, List<Double> values) {
        CategoryChart chart = new CategoryChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(title)
                .yAxisTitle(yTitle)
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
        chart.addSeries(yTitle, labels, values).setFillColor(COLORS[0]);
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

    /** Styles the line of one way to carry frames; ways differ by colour and marker. */
    static void style(XYSeries series, int number, BasicStroke stroke) {
        Color color = COLORS[number % COLORS.length];
        series.setMarker(stroke == SOLID ? MARKERS[number % MARKERS.length] : SeriesMarkers.NONE)
                .setMarkerColor(color)
                .setLineColor(color)
                .setLineStyle(number < COLORS.length || stroke != SOLID ? stroke : DASHED);
    }

    /** Adds a line for a lower bound. */
    static void limit(XYChart chart, String name, List<Double> xs, List<Double> ys, BasicStroke stroke) {
        chart.addSeries(name, xs, ys)
                .setMarker(SeriesMarkers.NONE)
                .setLineColor(LIMIT)
                .setLineStyle(stroke);
    }

    /** Sets the y axis to the decades that contain the values. */
    static void yDecades(AxesChartStyler styler, List<Double> values) {
        styler.setYAxisMin(
                decadeBelow(values.stream().min(Comparator.naturalOrder()).orElse(1.0)));
        styler.setYAxisMax(
                decadeAbove(values.stream().max(Comparator.naturalOrder()).orElse(1.0)));
    }

    /** Sets the x axis to the decades that contain the values. */
    static void xDecades(AxesChartStyler styler, List<Double> values) {
        styler.setXAxisMin(
                decadeBelow(values.stream().min(Comparator.naturalOrder()).orElse(1.0)));
        styler.setXAxisMax(
                decadeAbove(values.stream().max(Comparator.naturalOrder()).orElse(1.0)));
    }

    static Font font(int style, int size) {
        return new Font(Font.SANS_SERIF, style, size);
    }

    private static double decadeBelow(double value) {
        return Math.pow(10, Math.floor(Math.log10(value)));
    }

    private static double decadeAbove(double value) {
        return Math.pow(10, Math.ceil(Math.log10(value)));
    }
}
