package io.aeroframe.benchmarks.cold;

import io.aeroframe.benchmarks.harness.Latencies;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The latencies of one pair of fresh processes, in microseconds.
 *
 * @param frames  the latency of some of the first frames, by their number from 1
 * @param seconds the latencies of some seconds, by their number from 1
 */
record ColdRun(Map<Integer, Double> frames, Map<Integer, Second> seconds) {

    private static final List<Integer> FRAMES = List.of(1, 10, 60, 600);
    private static final List<Integer> SECONDS = List.of(1, 2, 5, 10, 60);

    /**
     * The latencies of one second.
     *
     * @param p50Us the median
     * @param p99Us the 99th percentile; NaN if there are fewer than 1,000 frames
     * @param maxUs the highest
     */
    record Second(double p50Us, double p99Us, double maxUs) {}

    /**
     * Picks the figures of a run.
     *
     * @param arrived a line of the stamp log for each frame: its scheduled time and its latency, in ns
     */
    static ColdRun of(List<long[]> arrived) {
        Map<Integer, Double> frames = new LinkedHashMap<>();
        for (int number : FRAMES) {
            if (number <= arrived.size()) {
                frames.put(number, arrived.get(number - 1)[1] / 1e3);
            }
        }
        Map<Integer, Second> seconds = new LinkedHashMap<>();
        for (int number : SECONDS) {
            long[] latencies = arrived.stream()
                    .filter(frame -> Math.floorDiv(frame[0], 1_000_000_000L) == number - 1)
                    .mapToLong(frame -> frame[1])
                    .sorted()
                    .toArray();
            if (latencies.length > 0) {
                seconds.put(number, second(latencies));
            }
        }
        return new ColdRun(frames, seconds);
    }

    private static Second second(long[] sorted) {
        double[] us = Arrays.stream(sorted).mapToDouble(ns -> ns / 1e3).toArray();
        double p99 = Latencies.isEnough(us.length, 99) ? us[(int) Math.ceil(us.length * 0.99) - 1] : Double.NaN;
        return new Second(us[(us.length - 1) / 2], p99, us[us.length - 1]);
    }

    /** Whether a second is among those that are reported. */
    static boolean isReported(int second) {
        return SECONDS.contains(second);
    }
}
