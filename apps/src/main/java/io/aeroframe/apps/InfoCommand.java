package io.aeroframe.apps;

import io.aeroframe.apps.monitor.ProcessName;
import io.aeroframe.apps.monitor.StreamJson;
import io.aeroframe.apps.monitor.StreamRow;
import io.aeroframe.transport.LatencyCounts;
import io.aeroframe.transport.PoolUse;
import io.aeroframe.transport.StreamMonitor;
import io.aeroframe.transport.StreamName;
import io.aeroframe.transport.StreamStatus;
import io.aeroframe.transport.StreamStatus.Role;
import java.io.IOException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code aeroframe info}: everything that is known of a stream. */
@Command(
        name = "info",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        description = {
            "Show everything that is known of a stream on this host: its publishers and subscribers, what became of "
                    + "their frames, latency and shared memory.",
            "Nobody subscribes, and they do not notice."
        })
final class InfoCommand implements Callable<Integer> {

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT).withZone(ZoneId.systemDefault());

    @Parameters(paramLabel = "STREAM", description = "The name of the stream.")
    private String stream;

    @Mixin
    private MonitorOptions options;

    @Override
    public Integer call() throws IOException {
        StreamName name = options.streamName(stream);
        try (StreamMonitor monitor = options.open()) {
            List<StreamRow> all = StreamRow.of(monitor.look(), System.nanoTime());
            List<StreamRow> rows =
                    all.stream().filter(row -> row.stream().equals(name)).toList();
            if (rows.isEmpty()) {
                throw new StreamFailure(MonitorOptions.noSuchStream(name, all));
            }
            for (StreamRow row : rows) {
                if (options.isJson()) {
                    options.print(json -> {
                        json.writeStartObject();
                        json.writeStringField("stream", row.stream().value());
                        json.writeStringField("channel", row.channel());
                        json.writeStringField("state", row.state());
                        json.writeNumberField("fps", row.rates().fps());
                        if (row.format() != null) {
                            json.writeStringField("format", row.format().describe());
                        }
                        if (row.publication() != null) {
                            json.writeObjectFieldStart("publication");
                            StreamJson.writeDetails(json, row.publication(), pool(monitor, row.publication()));
                            json.writeEndObject();
                        }
                        json.writeArrayFieldStart("subscriptions");
                        for (StreamStatus subscription : row.subscriptions()) {
                            json.writeStartObject();
                            StreamJson.writeDetails(json, subscription, Optional.empty());
                            json.writeEndObject();
                        }
                        json.writeEndArray();
                        json.writeEndObject();
                    });
                } else {
                    print(row, monitor);
                }
            }
        }
        return 0;
    }

    private static Optional<PoolUse> pool(StreamMonitor monitor, StreamStatus status) {
        return status.poolId() == 0 ? Optional.empty() : monitor.poolUse(status.poolId());
    }

    private void print(StreamRow row, StreamMonitor monitor) throws IOException {
        options.print(row.stream() + " on " + row.channel() + ": " + row.state());
        if (row.format() != null) {
            options.print(String.format(
                    Locale.ROOT,
                    "  %s, %.1f fps, %.1f MB/s",
                    row.format().describe(),
                    row.rates().fps(),
                    row.rates().bytesPerSecond() / 1e6));
        }
        if (row.publication() != null) {
            print(row.publication(), pool(monitor, row.publication()));
        } else {
            options.print("  no publication on this host");
        }
        for (StreamStatus subscription : row.subscriptions()) {
            print(subscription, Optional.empty());
        }
        options.flush();
    }

    private void print(StreamStatus status, Optional<PoolUse> pool) {
        boolean isPublication = status.role() == Role.PUBLICATION;
        options.print("  " + (isPublication ? "publication" : "subscription") + " in process " + status.processId()
                + bracketed(ProcessName.of(status.processId())) + " since "
                + TIME.format(Instant.ofEpochSecond(0, status.madeTimeNs())));
        options.print("    channel     " + status.channel());
        options.print("    path        " + path(status));
        options.print("    frames      "
                + status.ledger().entrySet().stream()
                        .filter(number ->
                                number.getValue() != 0 || number.getKey().equals("published"))
                        .map(number -> number.getKey() + " " + number.getValue())
                        .collect(Collectors.joining(", ")));
        LatencyCounts latencies = status.latencies();
        if (latencies.total() > 0) {
            options.print(String.format(
                    Locale.ROOT,
                    "    latency     p50 %.0f us, p99 %.0f us, max %.0f us since it subscribed",
                    latencies.percentileNs(50) / 1e3,
                    latencies.percentileNs(99) / 1e3,
                    latencies.percentileNs(100) / 1e3));
        }
        if (status.copies() >= 0) {
            options.print("    copies      " + status.copies() + " of each frame by the application");
        }
        pool.ifPresent(use -> options.print(String.format(
                Locale.ROOT,
                "    pool        %d slots of %.1f MiB, %d held, %d retained, %d subscribers",
                use.slots(),
                use.slotLength() / 1048576.0,
                use.held(),
                use.retained(),
                use.members())));
    }

    private static String path(StreamStatus status) {
        String path = status.poolId() != 0 ? "shared memory" : "log";
        String kind = status.role() == Role.PUBLICATION
                ? status.isLossless() ? ", lossless" : ", drops frames for slow subscribers"
                : status.delivery() == io.aeroframe.transport.Delivery.LATEST ? ", latest frame" : ", every frame";
        return (status.frameCount() == 0 ? "no frame yet" : path) + kind;
    }

    private static String bracketed(String text) {
        return text.isEmpty() ? "" : " (" + text + ")";
    }
}
