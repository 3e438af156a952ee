package io.aeroframe.benchmarks.report;

import java.util.Arrays;

/**
 * A figure of several runs.
 *
 * @param median  the middle value; of an even number of runs the mean of the two in the middle
 * @param lowest  the lowest value
 * @param highest the highest value
 */
public record Spread(double median, double lowest, double highest) {

    /** Returns the spread of one or more values; NaN if one of them is. */
    public static Spread of(double... values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        double median = sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        double highest = sorted[sorted.length - 1]; // sorting puts NaN last
        return Double.isNaN(highest)
                ? new Spread(Double.NaN, Double.NaN, Double.NaN)
                : new Spread(median, sorted[0], highest);
    }

    /** Formats microseconds: the median, and where there are several values the lowest and highest. */
    public String describe() {
        return lowest == highest ? FiguresTable.number(median) : FiguresTable.number(median) + " (" + range() + ")";
    }

    /** Formats microseconds: the lowest and the highest value. */
    public String range() {
        return Double.isNaN(median) ? "-" : FiguresTable.number(lowest) + "-" + FiguresTable.number(highest);
    }
}
