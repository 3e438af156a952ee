package io.aeroframe.benchmarks.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeroframe.apps.options.FrameRate;
import io.aeroframe.benchmarks.harness.Latencies;
import io.aeroframe.benchmarks.harness.Meter;
import io.aeroframe.benchmarks.harness.Report;
import io.aeroframe.benchmarks.options.Plan;
import io.aeroframe.benchmarks.options.StreamOptions;
import io.aeroframe.vision.source.PictureSize;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

/** How the reports of processes become figures. */
class FiguresTest {

    private static final Plan PLAN = new StreamOptions(new PictureSize(64, 48), new FrameRate(60), 2).plan();

    @Test
    void readersAreSummedAndLossesAreCountedByReason() {
        Report.PublicationCounts sent = new Report.PublicationCounts(120, 110, 6, 3, 1);
        Figures figures = Figures.of(
                PLAN,
                2,
                new Report.Written(9_216, sent, new Meter.Usage(500, 1_000, 240), histogram(5_000)),
                List.of(
                        read(110, new Report.SubscriptionCounts(0, 0, 0, 0, 0), 1_000),
                        read(100, new Report.SubscriptionCounts(7, 3, 0, 0, 1), 3_000)),
                null,
                20_000_000);
        assertEquals(120, figures.get("published"));
        assertEquals(10, figures.get("dropped"));
        assertEquals(210, figures.get("received"));
        assertEquals(10, figures.get("lost"));
        assertEquals(7, figures.get("lost_on_the_way"));
        assertEquals(3, figures.get("overrun"));
        assertEquals(52.5, figures.get("fps"));
        assertEquals(50, figures.get("cpu_publisher_percent"));
        assertEquals(60, figures.get("cpu_subscriber_percent"), 1e-9);
        assertEquals(1, figures.get("cpu_driver_percent"), 1e-9);
        assertEquals(2, figures.get("alloc_publisher_bytes_per_frame"));
        assertEquals(1, figures.get("p50_us"), 0.001);
        assertEquals(3, figures.get("max_us"), 0.003);
        assertEquals(5, figures.get("publish_p50_us"), 0.005);
        assertTrue(Double.isNaN(figures.get("touched_p50_us")));
    }

    @Test
    void theMedianOfEachFigureIsItsOwn() {
        Figures medians = Figures.medians(List.of(run(1_000, 100), run(9_000, 120), run(2_000, 110)));
        assertEquals(2, medians.get("p50_us"), 0.002);
        assertEquals(110, medians.get("received"));
        Figures ofTwo = Figures.medians(List.of(run(1_000, 100), run(2_000, 101)));
        assertEquals(1.5, ofTwo.get("p50_us"), 0.002);
    }

    @Test
    void aReportArrivesAsItWasSent() {
        Report.Read sent = read(3, Report.SubscriptionCounts.NONE, 1_000);
        Report.Read received = (Report.Read) Report.parse(sent.line());
        assertEquals(sent, received);
        assertEquals(null, Report.parse("WARNING: something else"));
    }

    private static Figures run(long latencyNs, long received) {
        return Figures.of(
                PLAN,
                1,
                new Report.Written(
                        9_216,
                        new Report.PublicationCounts(120, 120, 0, 0, 0),
                        new Meter.Usage(1, 1, 0),
                        histogram(1_000)),
                List.of(read(received, Report.SubscriptionCounts.NONE, latencyNs)),
                null,
                0);
    }

    private static Report.Read read(long received, Report.SubscriptionCounts missed, long latencyNs) {
        return new Report.Read(
                received,
                0,
                missed,
                new Meter.Usage(300, 1_000, 0),
                histogram(latencyNs),
                histogram(2 * latencyNs),
                Latencies.histogram(),
                0);
    }

    private static Histogram histogram(long value) {
        Histogram histogram = Latencies.histogram();
        Latencies.record(histogram, value);
        return histogram;
    }
}
