package io.aeroframe.benchmarks.cold;

import com.fasterxml.jackson.core.JsonGenerator;
import io.aeroframe.benchmarks.options.Plan;
import io.aeroframe.benchmarks.report.FiguresJson;
import io.aeroframe.benchmarks.report.FiguresTable;
import io.aeroframe.benchmarks.report.Spread;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.function.ToDoubleFunction;

/** Prints the figures of runs of fresh processes: medians, with the lowest and the highest of the runs. */
public final class ColdReport {

    private final Plan plan;
    private final String what;
    private final List<ColdRun> runs;

    ColdReport(Plan plan, String what, List<ColdRun> runs) {
        this.plan = plan;
        this.what = what;
        this.runs = runs;
    }

    /** Prints a table. */
    public void print(FiguresTable table) {
        table.line("%s", plan.describe());
        table.line(
                "%s; %s, idle %s; microseconds, %s",
                plan.path().title(),
                what,
                plan.idle(),
                runs.size() == 1 ? "one run" : "medians of " + runs.size() + " runs (lowest and highest)");
        table.line("  %-12s %s", "", "latency");
        for (int frame : runs.get(0).frames().keySet()) {
            table.line("  %-12s %s", "frame " + frame, frame(frame).describe());
        }
        boolean hasP99 = runs.get(0).seconds().values().stream().anyMatch(second -> !Double.isNaN(second.p99Us()));
        table.line("  %-12s %-24s %s%s", "", "p50", hasP99 ? String.format("%-24s ", "p99") : "", "max");
        for (int second : runs.get(0).seconds().keySet()) {
            table.line(
                    "  %-12s %-24s %s%s",
                    "second " + second,
                    second(second, ColdRun.Second::p50Us).describe(),
                    hasP99
                            ? String.format(
                                    "%-24s ",
                                    second(second, ColdRun.Second::p99Us).describe())
                            : "",
                    second(second, ColdRun.Second::maxUs).describe());
        }
    }

    /** Writes the fields of a JSON object. */
    public void write(JsonGenerator json) throws IOException {
        json.writeStringField("processes", what);
        json.writeStringField("path", plan.path().name());
        json.writeStringField("channel", plan.channel().uri());
        json.writeStringField("size", plan.size().toString());
        FiguresJson.writeRate(json, plan.rate());
        FiguresJson.writeNumber(json, "jitter_us", plan.jitterNs() / 1e3);
        json.writeStringField("idle", plan.idle().name());
        json.writeNumberField("runs", runs.size());
        json.writeArrayFieldStart("frames");
        for (int frame : runs.get(0).frames().keySet()) {
            json.writeStartObject();
            json.writeNumberField("frame", frame);
            write(json, "latency_us", frame(frame));
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayFieldStart("seconds");
        for (int second : runs.get(0).seconds().keySet()) {
            json.writeStartObject();
            json.writeNumberField("second", second);
            write(json, "p50_us", second(second, ColdRun.Second::p50Us));
            write(json, "p99_us", second(second, ColdRun.Second::p99Us));
            write(json, "max_us", second(second, ColdRun.Second::maxUs));
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void write(JsonGenerator json, String name, Spread spread) throws IOException {
        FiguresJson.writeNumber(json, name, spread.median());
        FiguresJson.writeNumber(json, name.replace("_us", "_lowest_us"), spread.lowest());
        FiguresJson.writeNumber(json, name.replace("_us", "_highest_us"), spread.highest());
    }

    private Spread frame(int number) {
        return Spread.of(runs.stream()
                .map(run -> run.frames().get(number))
                .filter(Objects::nonNull)
                .mapToDouble(Double::doubleValue)
                .toArray());
    }

    private Spread second(int number, ToDoubleFunction<ColdRun.Second> figure) {
        return Spread.of(runs.stream()
                .map(run -> run.seconds().get(number))
                .filter(Objects::nonNull)
                .mapToDouble(figure)
                .toArray());
    }
}
