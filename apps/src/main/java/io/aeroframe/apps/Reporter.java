package io.aeroframe.apps;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonGenerator.Feature;
import io.aeroframe.apps.terminal.TextColumns;
import io.aeroframe.transport.FrameFormat;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * Reports how a stream is going: a status line on a terminal, a JSON object a second with {@code --json}, nothing when
 * piped; and a summary at the end. Frames may be counted on another thread than reports are made on.
 */
final class Reporter {

    private static final long INTERVAL_NS = TimeUnit.SECONDS.toNanos(1);
    private static final long HIGHEST_LATENCY_NS = TimeUnit.HOURS.toNanos(1);
    private static final int SIGNIFICANT_DIGITS = 3;
    private static final int SHORT_NAME_COLUMNS = 20;
    private static final JsonFactory JSON = new JsonFactory();

    private final String stream;
    private final String verb;
    private final boolean isJson;
    private final boolean ticks;
    private final StatusLine statusLine = StatusLine.ofProcess();
    private final OutputStream jsonOut = new FileOutputStream(FileDescriptor.out);
    private final PrintStream err;
    private final Histogram latencies = new Histogram(HIGHEST_LATENCY_NS, SIGNIFICANT_DIGITS);
    private final Histogram intervalLatencies = new Histogram(HIGHEST_LATENCY_NS, SIGNIFICANT_DIGITS);

    private long firstFrameNs;
    private long lastFrameNs;
    private long frames;
    private long tickNs = System.nanoTime();
    private long tickFrames;
    private long tickBytes;

    /**
     * A reporter for one run.
     *
     * @param verb  {@code published} or {@code received}.
     * @param ticks whether to report progress: not where a sink has the output to itself.
     */
    Reporter(String stream, String verb, boolean isJson, boolean ticks) {
        this.ticks = ticks;
        this.stream = stream;
        this.verb = verb;
        this.isJson = isJson;
        err = System.err;
    }

    /** Counts a frame, and its latency if it is known (not negative). Allocates nothing. */
    synchronized void onFrame(long latencyNs) {
        lastFrameNs = System.nanoTime();
        if (frames++ == 0) {
            firstFrameNs = lastFrameNs;
        }
        if (latencyNs >= 0) {
            long recorded = Math.min(latencyNs, HIGHEST_LATENCY_NS);
            latencies.recordValue(recorded);
            intervalLatencies.recordValue(recorded);
        }
    }

    boolean isDue(long nowNs) {
        return ticks && (isJson || statusLine.isShown()) && nowNs - tickNs >= INTERVAL_NS;
    }

    /**
     * Reports progress.
     *
     * @param copies the copies of a frame on this side, negative if unknown.
     * @throws IOException if JSON cannot be written: what reads it may have ended.
     */
    synchronized void tick(long nowNs, FrameFormat format, Account account, int copies) throws IOException {
        double seconds = (nowNs - tickNs) / 1e9;
        double fps = (account.frames() - tickFrames) / seconds;
        double bytesPerSecond = (account.bytes() - tickBytes) / seconds;
        tickNs = nowNs;
        tickFrames = account.frames();
        tickBytes = account.bytes();
        if (isJson) {
            printJson(false, fps, account, intervalLatencies, format, copies);
        } else {
            statusLine.show(statusTexts(
                    format == null ? "" : "  " + format.describe(),
                    String.format(Locale.ROOT, "  %s %d  %.1f fps", verb, account.frames(), fps),
                    String.format(Locale.ROOT, "  %.1f MB/s", bytesPerSecond / 1e6),
                    intervalLatencies,
                    "  missed " + account.missed()));
        }
        intervalLatencies.reset();
    }

    /** The texts of the status line, the longest first: a narrow terminal shows the numbers that matter most. */
    private List<String> statusTexts(String format, String frames, String bytes, Histogram latency, String missed) {
        String most = latency.getTotalCount() == 0 ? "" : "  " + percentiles(latency);
        String median = latency.getTotalCount() == 0 ? "" : "  p50 " + duration(latency.getValueAtPercentile(50));
        List<String> texts = new ArrayList<>();
        texts.add(stream + format + frames + bytes + latencyText(latency) + missed);
        texts.add(stream + format + frames + bytes + most + missed);
        texts.add(stream + frames + bytes + most + missed);
        texts.add(stream + frames + most + missed);
        texts.add(stream + frames + median + missed);
        texts.add(stream + frames + missed);
        texts.add(shortName() + frames + missed);
        texts.add(frames.strip() + missed);
        return texts;
    }

    private String shortName() {
        return TextColumns.of(stream) <= SHORT_NAME_COLUMNS
                ? stream
                : TextColumns.cut(stream, SHORT_NAME_COLUMNS - 3) + "...";
    }

    /** Shows what is being waited for, on a terminal. */
    void status(String text) {
        if (!isJson) {
            statusLine.show(text);
        }
    }

    /**
     * Reports the summary.
     *
     * @param copies how often a frame's bytes were copied on this side, negative if unknown.
     * @throws IOException if JSON cannot be written: what reads it may have ended.
     */
    synchronized void summary(FrameFormat format, Account account, int copies) throws IOException {
        double seconds = frames > 1 ? (lastFrameNs - firstFrameNs) / 1e9 : 0;
        double fps = seconds > 0 ? (frames - 1) / seconds : 0;
        statusLine.clear();
        if (isJson) {
            printJson(true, fps, account, latencies, format, copies);
            return;
        }
        err.println(String.format(
                Locale.ROOT,
                "%s %s: %d frames%s in %.1f s, %.1f fps, %.1f MB/s%s",
                verb,
                stream,
                account.frames(),
                format == null ? "" : " of " + format.describe(),
                seconds,
                fps,
                seconds > 0 ? account.bytes() / seconds / 1e6 : 0,
                latencyText(latencies)));
        err.println("  " + account.describe());
        err.flush();
    }

    private static String latencyText(Histogram histogram) {
        if (histogram.getTotalCount() == 0) {
            return "";
        }
        return "  latency " + percentiles(histogram) + " max " + duration(histogram.getMaxValue());
    }

    private static String percentiles(Histogram histogram) {
        return "p50 " + duration(histogram.getValueAtPercentile(50)) + " p99 "
                + duration(histogram.getValueAtPercentile(99));
    }

    private static String duration(long ns) {
        if (ns < 10_000_000) {
            return String.format(Locale.ROOT, "%.0f us", ns / 1e3);
        }
        return ns < 10_000_000_000L
                ? String.format(Locale.ROOT, "%.0f ms", ns / 1e6)
                : String.format(Locale.ROOT, "%.1f s", ns / 1e9);
    }

    private void printJson(
            boolean isSummary, double fps, Account account, Histogram histogram, FrameFormat format, int copies)
            throws IOException {
        StringWriter line = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(line).disable(Feature.AUTO_CLOSE_TARGET)) {
            json.writeStartObject();
            json.writeBooleanField("summary", isSummary);
            json.writeStringField("stream", stream);
            json.writeNumberField(verb, account.frames());
            json.writeNumberField("fps", Math.round(fps * 1000) / 1000.0);
            json.writeNumberField("bytes", account.bytes());
            if (format != null) {
                json.writeStringField("format", format.describe());
            }
            if (copies >= 0) {
                json.writeNumberField("copies", copies);
            } else {
                json.writeNullField("copies");
            }
            json.writeObjectFieldStart("ledger");
            account.write(json);
            json.writeEndObject();
            json.writeObjectFieldStart("latency_us");
            writeLatency(json, "p50", histogram, histogram.getValueAtPercentile(50));
            writeLatency(json, "p99", histogram, histogram.getValueAtPercentile(99));
            writeLatency(json, "max", histogram, histogram.getMaxValue());
            json.writeEndObject();
            json.writeEndObject();
        } catch (IOException ex) {
            throw new IllegalStateException("JSON into memory failed", ex);
        }
        try {
            jsonOut.write(line.append('\n').toString().getBytes(StandardCharsets.UTF_8));
        } catch (IOException ex) {
            throw new IOException(
                    "--json: no more lines can be written (" + ex.getMessage()
                            + "): what reads them has ended, or the disk they go to is full",
                    ex);
        }
    }

    private static void writeLatency(JsonGenerator json, String name, Histogram histogram, long ns) throws IOException {
        if (histogram.getTotalCount() == 0) {
            json.writeNullField(name);
        } else {
            json.writeNumberField(name, ns / 1_000.0);
        }
    }
}
