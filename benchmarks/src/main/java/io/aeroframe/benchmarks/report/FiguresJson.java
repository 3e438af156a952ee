package io.aeroframe.benchmarks.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.aeroframe.apps.options.FrameRate;
import io.aeroframe.benchmarks.options.Plan;
import io.aeroframe.transport.FrameEncoding;
import java.io.IOException;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;

/** Writes figures as one JSON object. */
public final class FiguresJson {

    private static final String MICROSECONDS = "_us";
    private static final JsonFactory FACTORY = new JsonFactory();

    private FiguresJson() {}

    /** Writes the fields of an object. */
    public interface Content {
        public void write(JsonGenerator json) throws IOException;
    }

    /** Returns an object in one line. */
    public static String object(Content content) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = FACTORY.createGenerator(text)) {
            json.writeStartObject();
            content.write(json);
            json.writeEndObject();
        } catch (IOException ex) {
            throw new IllegalStateException("JSON into memory failed", ex);
        }
        return text.toString();
    }

    /** Writes the fields of one measurement. */
    public static void write(JsonGenerator json, Figures figures, int runs) throws IOException {
        Plan plan = figures.plan();
        json.writeStringField("path", plan.path().name());
        json.writeStringField("channel", plan.channel().uri());
        json.writeStringField("size", plan.size().toString());
        json.writeStringField("encoding", plan.encoding() == FrameEncoding.JPEG ? "jpeg" : "raw");
        writeRate(json, plan.rate());
        json.writeStringField("idle", plan.idle().name());
        json.writeNumberField("subscribers", figures.subscribers());
        json.writeBooleanField("fill", plan.isFilled());
        json.writeBooleanField("touch", plan.isTouched());
        writeNumber(json, "warmup_s", plan.warmupSeconds());
        writeNumber(json, "seconds", plan.seconds());
        json.writeNumberField("runs", runs);
        for (Map.Entry<String, Double> figure : figures.values().entrySet()) {
            writeNumber(json, figure.getKey(), figure.getValue());
        }
        if (!figures.spreads().isEmpty()) {
            writeSpreads(json, figures);
        }
    }

    /** Writes the lowest and the highest of the runs for each latency. */
    private static void writeSpreads(JsonGenerator json, Figures figures) throws IOException {
        for (Map.Entry<String, Spread> entry : figures.spreads().entrySet()) {
            if (entry.getKey().endsWith(MICROSECONDS)) {
                String name = entry.getKey().substring(0, entry.getKey().length() - MICROSECONDS.length());
                writeNumber(
                        json, name + "_lowest" + MICROSECONDS, entry.getValue().lowest());
                writeNumber(
                        json, name + "_highest" + MICROSECONDS, entry.getValue().highest());
            }
        }
    }

    /** Writes the rate that was asked for: a number, or {@code max}. */
    public static void writeRate(JsonGenerator json, FrameRate rate) throws IOException {
        if (rate.isMax()) {
            json.writeStringField("target_fps", "max");
        } else {
            writeNumber(json, "target_fps", rate.perSecond());
        }
    }

    /** Writes the ratios of figures to those of another measurement. */
    public static void writeRatios(JsonGenerator json, Figures figures, Figures peer, List<String> names)
            throws IOException {
        json.writeObjectFieldStart("ratios");
        for (String name : names) {
            writeNumber(json, name, figures.get(name) / peer.get(name));
        }
        json.writeEndObject();
    }

    /** Writes a number with up to three decimals, which for microseconds is the clock's resolution; null for NaN. */
    public static void writeNumber(JsonGenerator json, String name, double value) throws IOException {
        if (!Double.isFinite(value)) {
            json.writeNullField(name);
        } else if (value == Math.rint(value)) {
            json.writeNumberField(name, (long) value);
        } else {
            json.writeNumberField(name, Math.round(value * 1e3) / 1e3);
        }
    }
}
