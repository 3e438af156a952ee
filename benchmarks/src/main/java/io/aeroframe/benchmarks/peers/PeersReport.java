package io.aeroframe.benchmarks.peers;

import com.fasterxml.jackson.core.JsonGenerator;
import io.aeroframe.benchmarks.options.FramePath;
import io.aeroframe.benchmarks.options.Plan;
import io.aeroframe.benchmarks.report.Figures;
import io.aeroframe.benchmarks.report.FiguresJson;
import io.aeroframe.benchmarks.report.FiguresTable;
import io.aeroframe.benchmarks.report.Machine;
import io.aeroframe.transport.FrameEncoding;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;

/** The result of each peer: its figures, the package that is missing, or why it failed. For one thread. */
final class PeersReport {

    /** The figures of a peer in JSON, in order. */
    private static final List<String> FIGURES = List.of(
            "p50_us",
            "p90_us",
            "p99_us",
            "p999_us",
            "max_us",
            Figures.SENT,
            Figures.DROPPED,
            Figures.RECEIVED,
            Figures.LOST,
            Figures.MISMATCHED,
            Figures.FPS,
            "cpu_publisher_s",
            "cpu_subscriber_s",
            Figures.BYTES);

    private static final List<String> PERCENTILES = List.of("p50_us", "p90_us", "p99_us", "p999_us", "max_us");

    private final Plan plan;
    private final int runs;
    private final Map<Peer, List<Figures>> figures = new LinkedHashMap<>();
    private final Map<Peer, String> missing = new LinkedHashMap<>();
    private final Map<Peer, String> failed = new LinkedHashMap<>();

    PeersReport(Plan plan, int runs) {
        this.plan = plan;
        this.runs = runs;
    }

    /** Adds a peer that will be run. */
    void expect(Peer peer) {
        figures.put(peer, new ArrayList<>());
    }

    /**
     * Adds a peer that is not installed.
     *
     * @param way the command that installs it
     */
    void missing(Peer peer, String way) {
        missing.put(peer, way);
    }

    /** Adds a peer's figures of one run. */
    void add(Peer peer, Figures run) {
        figures.get(peer).add(run);
    }

    /** Marks a peer as failed. It is not run again and has no figures, because medians need all runs. */
    void failed(Peer peer, String reason) {
        figures.remove(peer);
        failed.put(peer, reason);
    }

    /** Returns the peers that are still to be run. */
    List<Peer> expected() {
        return List.copyOf(figures.keySet());
    }

    boolean hasFailed() {
        return !failed.isEmpty();
    }

    private Map<Peer, Figures> medians() {
        Map<Peer, Figures> medians = new LinkedHashMap<>();
        figures.forEach((peer, all) -> medians.put(peer, Figures.medians(all)));
        return medians;
    }

    /** Returns the peer that the others are compared with: the first of Aeroframe's that has run. */
    private static Optional<Peer> baseline(Map<Peer, Figures> medians) {
        return medians.keySet().stream()
                .filter(peer ->
                        peer.implementation() instanceof Peer.AeroframePeer means && means.path() != FramePath.aeron)
                .findFirst();
    }

    /** Returns the result as a table. */
    String table() {
        Map<Peer, Figures> medians = medians();
        Optional<Peer> baseline = baseline(medians);
        StringBuilder text = new StringBuilder();
        line(text, "%s", title());
        line(
                text,
                "%-28s %9s %9s %9s %9s %9s %8s %9s %7s  %-17s %s",
                "microseconds",
                "p50",
                "p90",
                "p99",
                "p99.9",
                "max",
                "fps",
                "received",
                "lost",
                runs == 1 ? "" : "p50 of the runs",
                baseline.map(peer -> "p50 / p50 of " + peer.name()).orElse(""));
        medians.forEach((peer, own) -> line(
                text,
                "%-28s %9s %9s %9s %9s %9s %8.1f %9.0f %7.0f  %-17s %s",
                peer.title() + (peer.remark().isEmpty() ? "" : " *"),
                FiguresTable.number(own.get("p50_us")),
                FiguresTable.number(own.get("p90_us")),
                FiguresTable.number(own.get("p99_us")),
                FiguresTable.number(own.get("p999_us")),
                FiguresTable.number(own.get("max_us")),
                own.get(Figures.FPS),
                own.get(Figures.RECEIVED),
                own.get(Figures.LOST),
                runs == 1 ? "" : own.spread("p50_us").range(),
                baseline.map(base -> String.format(Locale.ROOT, "%.2f", ratio("p50_us", own, medians.get(base))))
                        .orElse("")));
        medians.keySet().stream()
                .map(Peer::remark)
                .filter(remark -> !remark.isEmpty())
                .distinct()
                .forEach(remark -> line(text, "* %s", remark));
        missing.forEach((peer, way) -> line(text, "missing: %s: %s", peer.title(), way));
        failed.forEach((peer, reason) -> line(text, "failed: %s: %s", peer.title(), reason));
        return text.toString();
    }

    private String title() {
        return String.format(
                Locale.ROOT,
                "%s %s at %s fps%s, %s, one writer, one reader",
                plan.encoding() == FrameEncoding.JPEG ? "JPEG" : "raw BGR",
                plan.size(),
                plan.rate(),
                plan.encoding() == FrameEncoding.JPEG ? ", encoded and decoded" : "",
                runs == 1
                        ? "1 run of " + plan.seconds() + " s"
                        : "medians of " + runs + " runs of " + plan.seconds() + " s");
    }

    private static void line(StringBuilder text, String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values).stripTrailing()).append(System.lineSeparator());
    }

    private static double ratio(String name, Figures figures, Figures baseline) {
        return figures.get(name) / baseline.get(name);
    }

    /**
     * Returns the result as one JSON object in a line.
     *
     * @param line the command line
     */
    String json(CommandLine line) {
        Map<Peer, Figures> medians = medians();
        Optional<Peer> baseline = baseline(medians);
        String object = FiguresJson.object(json -> {
            json.writeStringField("benchmark", "peers");
            json.writeStringField("size", plan.size().toString());
            json.writeStringField("encoding", plan.encoding() == FrameEncoding.JPEG ? "jpeg" : "raw");
            FiguresJson.writeRate(json, plan.rate());
            FiguresJson.writeNumber(json, "warmup_s", plan.warmupSeconds());
            FiguresJson.writeNumber(json, "seconds", plan.seconds());
            json.writeNumberField("runs", runs);
            json.writeStringField("baseline", baseline.map(Peer::name).orElse(null));
            json.writeArrayFieldStart("peers");
            for (Map.Entry<Peer, Figures> entry : medians.entrySet()) {
                write(json, entry.getKey(), entry.getValue(), baseline.map(medians::get));
            }
            json.writeEndArray();
            writeReasons(json, "missing", "install", missing);
            writeReasons(json, "failed", "reason", failed);
            Machine.write(json, line);
        });
        return object + System.lineSeparator();
    }

    private static void write(JsonGenerator json, Peer peer, Figures figures, Optional<Figures> baseline)
            throws IOException {
        json.writeStartObject();
        json.writeStringField("name", peer.name());
        json.writeStringField("title", peer.title());
        json.writeStringField("remark", peer.remark());
        for (String name : FIGURES) {
            FiguresJson.writeNumber(json, name, figures.get(name));
        }
        FiguresJson.writeNumber(json, "p50_lowest_us", figures.spread("p50_us").lowest());
        FiguresJson.writeNumber(json, "p50_highest_us", figures.spread("p50_us").highest());
        if (baseline.isPresent()) {
            FiguresJson.writeRatios(json, figures, baseline.get(), PERCENTILES);
        }
        json.writeEndObject();
    }

    private static void writeReasons(JsonGenerator json, String name, String field, Map<Peer, String> reasons)
            throws IOException {
        json.writeArrayFieldStart(name);
        for (Map.Entry<Peer, String> entry : reasons.entrySet()) {
            json.writeStartObject();
            json.writeStringField("name", entry.getKey().name());
            json.writeStringField(field, entry.getValue());
            json.writeEndObject();
        }
        json.writeEndArray();
    }
}
