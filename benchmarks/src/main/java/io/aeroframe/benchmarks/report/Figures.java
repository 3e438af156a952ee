package io.aeroframe.benchmarks.report;

import io.aeroframe.benchmarks.harness.Latencies;
import io.aeroframe.benchmarks.harness.Report;
import io.aeroframe.benchmarks.options.Plan;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * The figures of one run, or the medians of several. Names of times end in {@code _us} or {@code _s}. A figure that
 * does not apply is NaN.
 *
 * @param plan        the plan of the run
 * @param subscribers the number of subscribers
 * @param values      the figures by their names in JSON, in the order in which they are printed
 * @param spreads     how far several runs were apart, for each figure; empty for one run
 */
public record Figures(Plan plan, int subscribers, Map<String, Double> values, Map<String, Spread> spreads) {

    public static final String FPS = "fps";
    static final String PUBLISHED = "published";
    public static final String SENT = "sent";
    public static final String DROPPED = "dropped";
    public static final String RECEIVED = "received";
    public static final String LOST = "lost";
    public static final String MISMATCHED = "mismatched";
    public static final String PUBLISHER_CPU = "cpu_publisher_percent";
    public static final String SUBSCRIBER_CPU = "cpu_subscriber_percent";
    static final String DRIVER_CPU = "cpu_driver_percent";
    static final String PUBLISHER_ALLOCATION = "alloc_publisher_bytes_per_frame";
    static final String SUBSCRIBER_ALLOCATION = "alloc_subscriber_bytes_per_frame";
    public static final String BYTES = "bytes";

    /** The number of measured frames that the slow reader received. */
    static final String SLOW_RECEIVED = "slow_received";

    /** The age of the slow reader's oldest frame when it was delivered. */
    public static final String SLOW_OLDEST = "slow_oldest_us";

    /** The prefix of the latency from the stamp right before the commit to the handler. */
    static final String STAMPED = "";

    /** The prefix of the latency from the scheduled time to the handler. */
    static final String SCHEDULED = "scheduled_";

    /** The prefix of the latency from the stamp to the last byte read. */
    static final String TOUCHED = "touched_";

    /** The prefix of the time from before the claim to after the commit. */
    public static final String PUBLISH = "publish_";

    /** The suffix of each percentile's name, and the percentile. */
    public static final Map<String, Double> PERCENTILES = percentiles();

    private static Map<String, Double> percentiles() {
        Map<String, Double> percentiles = new LinkedHashMap<>();
        percentiles.put("p50_us", 50.0);
        percentiles.put("p90_us", 90.0);
        percentiles.put("p99_us", 99.0);
        percentiles.put("p999_us", 99.9);
        percentiles.put("p9999_us", 99.99);
        percentiles.put("max_us", 100.0);
        return percentiles;
    }

    /**
     * Combines the reports of a run.
     *
     * @param slowRead the report of a slow reader; null if there was none
     * @param cpuNs    the processor time of the driver's process in the measured part
     */
    public static Figures of(
            Plan plan,
            int subscribers,
            Report.Written written,
            List<Report.Read> read,
            Report.SlowRead slowRead,
            long cpuNs) {
        Histogram stamped = Latencies.histogram();
        Histogram scheduled = Latencies.histogram();
        Histogram touched = Latencies.histogram();
        Report.SubscriptionCounts undelivered = Report.SubscriptionCounts.NONE;
        long received = 0;
        long mismatched = 0;
        double readerCpuNs = 0;
        double readerCores = 0;
        double readerBytes = 0;
        for (Report.Read reader : read) {
            stamped.add(reader.stamped());
            scheduled.add(reader.scheduled());
            touched.add(reader.touched());
            undelivered = undelivered.plus(reader.counts());
            received += reader.received();
            mismatched += reader.mismatched();
            readerCpuNs += reader.usage().cpuNs();
            readerCores += (double) reader.usage().cpuNs() / reader.usage().elapsedNs();
            readerBytes += reader.usage().allocatedBytes();
        }
        Report.PublicationCounts sent = written.counts();
        Map<String, Double> values = new LinkedHashMap<>();
        putLatencies(values, STAMPED, stamped);
        putLatencies(values, SCHEDULED, scheduled);
        putLatencies(values, TOUCHED, touched);
        putLatencies(values, PUBLISH, written.cost());
        values.put(PUBLISHED, (double) sent.published());
        values.put(SENT, (double) sent.sent());
        values.put(DROPPED, (double) (sent.published() - sent.sent()));
        values.put("dropped_back_pressure", (double) sent.droppedBackPressure());
        values.put("dropped_no_slot", (double) sent.droppedNoSlot());
        values.put("dropped_no_subscriber", (double) sent.droppedNoSubscriber());
        values.put(RECEIVED, (double) received);
        values.put(LOST, (double) (sent.sent() * subscribers - received));
        values.put("lost_on_the_way", (double) undelivered.lost());
        values.put("overrun", (double) undelivered.overrun());
        values.put("superseded", (double) undelivered.superseded());
        values.put("expired", (double) undelivered.expired());
        values.put("invalid", (double) undelivered.invalid());
        values.put(MISMATCHED, (double) mismatched);
        double fps = received / plan.seconds() / subscribers;
        values.put(FPS, fps);
        values.put("mb_per_s", fps * written.payloadLength() / 1e6);
        values.put("cpu_publisher_s", written.usage().cpuNs() / 1e9);
        values.put("cpu_subscriber_s", readerCpuNs / 1e9);
        values.put("cpu_driver_s", cpuNs / 1e9);
        values.put(
                PUBLISHER_CPU, 100.0 * written.usage().cpuNs() / written.usage().elapsedNs());
        values.put(SUBSCRIBER_CPU, 100.0 * readerCores);
        values.put(DRIVER_CPU, cpuNs / 1e7 / plan.seconds());
        values.put(PUBLISHER_ALLOCATION, (double) written.usage().allocatedBytes() / sent.published());
        values.put(SUBSCRIBER_ALLOCATION, readerBytes / received);
        values.put(BYTES, (double) written.payloadLength());
        if (slowRead != null) {
            values.put(SLOW_RECEIVED, (double) slowRead.age().getTotalCount());
            values.put(SLOW_OLDEST, slowRead.age().getMaxValue() / 1e3);
        }
        return new Figures(plan, subscribers, values, Map.of());
    }

    private static void putLatencies(Map<String, Double> values, String prefix, Histogram histogram) {
        PERCENTILES.forEach(
                (name, percentile) -> values.put(prefix + name, Latencies.microseconds(histogram, percentile)));
    }

    /** Returns a figure by its name. */
    public double get(String name) {
        return values.get(name);
    }

    /** Returns how far several runs were apart in a figure. */
    public Spread spread(String name) {
        Spread spread = spreads.get(name);
        return spread == null ? Spread.of(get(name)) : spread;
    }

    /** Returns the median of each figure over several runs. */
    public static Figures medians(List<Figures> runs) {
        Figures first = runs.get(0);
        Map<String, Double> medians = new LinkedHashMap<>();
        Map<String, Spread> spreads = new LinkedHashMap<>();
        for (String name : first.values.keySet()) {
            Spread spread =
                    Spread.of(runs.stream().mapToDouble(run -> run.get(name)).toArray());
            medians.put(name, spread.median());
            if (runs.size() > 1) {
                spreads.put(name, spread);
            }
        }
        return new Figures(first.plan, first.subscribers, medians, spreads);
    }
}
