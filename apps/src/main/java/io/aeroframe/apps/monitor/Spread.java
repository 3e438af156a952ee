package io.aeroframe.apps.monitor;

import java.util.Arrays;

/** How numbers are spread: mean, extremes, deviation and percentiles. Immutable. */
public final class Spread {

    private final double[] sorted;
    private final double mean;
    private final double deviation;

    private Spread(double[] sorted) {
        this.sorted = sorted;
        mean = Arrays.stream(sorted).average().orElse(Double.NaN);
        deviation = Math.sqrt(Arrays.stream(sorted)
                .map(value -> (value - mean) * (value - mean))
                .average()
                .orElse(Double.NaN));
    }

    /**
     * Of some numbers.
     *
     * @param values the numbers, in any order.
     * @return their spread.
     */
    public static Spread of(double... values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return new Spread(sorted);
    }

    /**
     * How many numbers there are.
     *
     * @return the number; if it is 0, everything else is not a number.
     */
    public int count() {
        return sorted.length;
    }

    /**
     * The mean.
     *
     * @return in the unit of the numbers.
     */
    public double mean() {
        return mean;
    }

    /**
     * The standard deviation of the numbers themselves.
     *
     * @return in the unit of the numbers.
     */
    public double deviation() {
        return deviation;
    }

    /**
     * A percentile.
     *
     * @param percentile 0, the smallest, to 100, the largest.
     * @return one of the numbers: so many percent are not larger.
     */
    public double percentile(double percentile) {
        if (sorted.length == 0) {
            return Double.NaN;
        }
        int rank = (int) Math.ceil(sorted.length * percentile / 100);
        return sorted[Math.max(0, Math.min(sorted.length, rank) - 1)];
    }

    /**
     * The smallest number.
     *
     * @return in the unit of the numbers.
     */
    public double min() {
        return percentile(0);
    }

    /**
     * The largest number.
     *
     * @return in the unit of the numbers.
     */
    public double max() {
        return percentile(100);
    }

    /**
     * The sum.
     *
     * @return in the unit of the numbers.
     */
    public double sum() {
        return Arrays.stream(sorted).sum();
    }
}
