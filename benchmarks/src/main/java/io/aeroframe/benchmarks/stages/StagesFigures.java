package io.aeroframe.benchmarks.stages;

import com.fasterxml.jackson.core.JsonGenerator;
import io.aeroframe.benchmarks.harness.Latencies;
import io.aeroframe.benchmarks.harness.Report;
import io.aeroframe.benchmarks.report.FiguresJson;
import io.aeroframe.benchmarks.report.FiguresTable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;

/** The figures of {@code bench stages}: the stages of both processes, and the frames of the measured part. */
final class StagesFigures {

    private final List<Histogram> stages = new ArrayList<>();
    private final long published;
    private final long sent;
    private final Report.Stages receiver;

    StagesFigures(StagesPublisher publisher, Report.Stages receiver) {
        this.receiver = receiver;
        published = publisher.published();
        sent = publisher.sent();
        for (Stage stage : Stage.values()) {
            stages.add((stage.isPublishers() ? publisher.stages() : receiver.stages()).get(stage.ordinal()));
        }
    }

    /** Whether the frames were painted in a window. */
    boolean isShown() {
        return receiver.isShown();
    }

    /** Prints a line for each stage, then the frames. */
    void print(FiguresTable table) {
        table.line("%-10s%11s%11s%11s%9s   %s", "stage", "p50 us", "p99 us", "max us", "of total", "what it is");
        double total = microseconds(stages.get(Stage.total.ordinal()), 50);
        for (Stage stage : Stage.values()) {
            Histogram histogram = stages.get(stage.ordinal());
            if (histogram.getTotalCount() > 0) {
                double median = microseconds(histogram, 50);
                table.line(
                        "%-10s%11s%11s%11s%8.1f%%   %s",
                        stage.name(),
                        FiguresTable.number(median),
                        FiguresTable.number(microseconds(histogram, 99)),
                        FiguresTable.number(microseconds(histogram, 100)),
                        100 * median / total,
                        stage.meaning());
            }
        }
        table.line("frames: published %d, dropped %d, received %d", published, published - sent, receiver.received());
    }

    /** Writes the frames and the stages as fields of an object. */
    void write(JsonGenerator json) throws IOException {
        json.writeBooleanField("shown", receiver.isShown());
        json.writeNumberField("published", published);
        json.writeNumberField("sent", sent);
        json.writeNumberField("received", receiver.received());
        json.writeObjectFieldStart("stages");
        for (Stage stage : Stage.values()) {
            Histogram histogram = stages.get(stage.ordinal());
            if (histogram.getTotalCount() > 0) {
                json.writeObjectFieldStart(stage.name());
                FiguresJson.writeNumber(json, "p50_us", microseconds(histogram, 50));
                FiguresJson.writeNumber(json, "p99_us", microseconds(histogram, 99));
                FiguresJson.writeNumber(json, "max_us", microseconds(histogram, 100));
                json.writeEndObject();
            }
        }
        json.writeEndObject();
    }

    private static double microseconds(Histogram histogram, double percentile) {
        return Latencies.microseconds(histogram, percentile);
    }
}
