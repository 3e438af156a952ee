package io.aeroframe.apps.monitor;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.aeroframe.transport.FrameFormat;
import io.aeroframe.transport.LatencyCounts;
import io.aeroframe.transport.PoolUse;
import io.aeroframe.transport.StreamStatus;
import java.io.IOException;
import java.io.StringWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Streams as JSON. */
public final class StreamJson {

    private static final JsonFactory JSON = new JsonFactory();

    private StreamJson() {}

    /**
     * The list of streams as a document.
     *
     * @param rows the streams.
     * @return {@code {"streams":[...]}}, in one line.
     */
    public static String list(List<StreamRow> rows) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            json.writeArrayFieldStart("streams");
            for (StreamRow row : rows) {
                write(json, row);
            }
            json.writeEndArray();
            json.writeEndObject();
        } catch (IOException ex) {
            throw new IllegalStateException("JSON into memory failed", ex);
        }
        return text.toString();
    }

    private static void write(JsonGenerator json, StreamRow row) throws IOException {
        json.writeStartObject();
        json.writeStringField("stream", row.stream().value());
        json.writeStringField("channel", row.channel());
        writeFormat(json, row.format());
        json.writeNumberField("fps", rounded(row.rates().fps()));
        json.writeNumberField("bytes_per_second", Math.round(row.rates().bytesPerSecond()));
        json.writeNumberField("subscribers", row.subscriptions().size());
        json.writeStringField("state", row.state());
        if (row.rates().silentNs() >= 0) {
            json.writeNumberField("last_frame_age_ms", row.rates().silentNs() / 1_000_000);
        } else {
            json.writeNullField("last_frame_age_ms");
        }
        if (row.publication() == null) {
            json.writeNullField("publisher");
        } else {
            json.writeObjectFieldStart("publisher");
            writeProcess(json, row.publication());
            json.writeEndObject();
        }
        json.writeArrayFieldStart("subscriptions");
        for (StreamStatus subscription : row.subscriptions()) {
            json.writeStartObject();
            writeProcess(json, subscription);
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void writeFormat(JsonGenerator json, FrameFormat format) throws IOException {
        if (format == null) {
            json.writeNullField("format");
            return;
        }
        json.writeStringField("format", format.describe());
        json.writeNumberField("width", format.width());
        json.writeNumberField("height", format.height());
    }

    private static void writeProcess(JsonGenerator json, StreamStatus status) throws IOException {
        json.writeNumberField("pid", status.processId());
        json.writeStringField("process", ProcessName.of(status.processId()));
    }

    /**
     * Writes the fields of a publication or subscription.
     *
     * @param json   takes them, inside an object.
     * @param status the publication or subscription.
     * @param pool   its pool.
     * @throws IOException if that fails.
     */
    public static void writeDetails(JsonGenerator json, StreamStatus status, Optional<PoolUse> pool)
            throws IOException {
        writeProcess(json, status);
        json.writeStringField("state", status.state().name().toLowerCase(Locale.ROOT));
        json.writeNumberField("frames", status.frameCount());
        json.writeNumberField("bytes", status.bytes());
        if (status.copies() >= 0) {
            json.writeNumberField("copies", status.copies());
        }
        json.writeObjectFieldStart("ledger");
        for (Map.Entry<String, Long> number : status.ledger().entrySet()) {
            json.writeNumberField(number.getKey().replace(' ', '_'), number.getValue());
        }
        json.writeEndObject();
        LatencyCounts latencies = status.latencies();
        if (latencies.total() > 0) {
            json.writeObjectFieldStart("latency_us");
            json.writeNumberField("p50", latencies.percentileNs(50) / 1e3);
            json.writeNumberField("p99", latencies.percentileNs(99) / 1e3);
            json.writeNumberField("max", latencies.percentileNs(100) / 1e3);
            json.writeEndObject();
        }
        if (pool.isPresent()) {
            json.writeObjectFieldStart("pool");
            json.writeNumberField("slots", pool.get().slots());
            json.writeNumberField("slot_bytes", pool.get().slotLength());
            json.writeNumberField("held", pool.get().held());
            json.writeNumberField("retained", pool.get().retained());
            json.writeNumberField("members", pool.get().members());
            json.writeEndObject();
        }
    }

    private static double rounded(double value) {
        return Math.round(value * 1000) / 1000.0;
    }
}
