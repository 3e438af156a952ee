package io.aeroframe.apps;

import io.aeroframe.apps.monitor.FrameFollower;
import io.aeroframe.apps.monitor.ProcessName;
import io.aeroframe.apps.monitor.StreamRow;
import io.aeroframe.apps.options.DurationConverter;
import io.aeroframe.transport.StreamMonitor;
import io.aeroframe.transport.StreamName;
import io.aeroframe.transport.StreamStatus;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What {@code hz}, {@code bw} and {@code delay} share: they follow the frames of a stream, and report each second. */
abstract class FrameRateCommand implements Callable<Integer> {

    /** Often enough that a thousand frames a second have not gone again between two looks. */
    private static final long LOOK_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(50);

    private static final long REPORT_INTERVAL_NS = TimeUnit.SECONDS.toNanos(1);

    private final StopSignal stop;

    @Parameters(paramLabel = "STREAM", description = "The name of the stream.")
    private String stream;

    @Option(
            names = "--window",
            paramLabel = "N",
            defaultValue = "10000",
            description = "Take the last N frames into account. Default: ${DEFAULT-VALUE}.")
    private int window;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            converter = DurationConverter.class,
            description = "Stop after N seconds, or a time such as 2min. Default: at Ctrl-C.")
    private Duration seconds;

    @Mixin
    private MonitorOptions options;

    private final Map<Long, FrameFollower> followers = new LinkedHashMap<>();
    private final Map<Long, StreamStatus> last = new LinkedHashMap<>();

    FrameRateCommand(StopSignal stop) {
        this.stop = stop;
    }

    @Override
    public Integer call() throws IOException {
        if (window < 2) {
            throw options.usage("--window " + window + ": give 2 or more");
        }
        StreamName name = options.streamName(stream);
        long startNs = System.nanoTime();
        long endNs = startNs + (seconds == null ? Long.MAX_VALUE / 2 : seconds.toNanos());
        long reportNs = startNs + REPORT_INTERVAL_NS;
        boolean hasReported = false;
        boolean hasSaidWaiting = false;
        boolean hasSaidSilence = false;
        try (StreamMonitor monitor = options.open()) {
            while (!stop.isRequested()) {
                List<StreamRow> all = StreamRow.of(monitor.look(), System.nanoTime());
                List<StreamRow> rows =
                        all.stream().filter(row -> row.stream().equals(name)).toList();
                if (rows.isEmpty() && !hasSaidWaiting) {
                    hasSaidWaiting = true;
                    options.say("waiting: " + MonitorOptions.noSuchStream(name, all));
                }
                look(rows);
                long nowNs = System.nanoTime();
                boolean isEnd = nowNs - endNs >= 0;
                if (nowNs - reportNs >= 0 || isEnd) {
                    reportNs += REPORT_INTERVAL_NS;
                    hasReported |= reportAll();
                    if (!hasReported && !rows.isEmpty() && !hasSaidSilence) {
                        hasSaidSilence = true;
                        options.say("waiting for frames of '" + name + "': " + describe(rows));
                    }
                }
                if (isEnd) {
                    break;
                }
                LockSupport.parkNanos(Math.min(LOOK_INTERVAL_NS, Math.max(1, endNs - nowNs)));
            }
        }
        if (!hasReported && !stop.isRequested()) {
            throw new StreamFailure("stream '" + name + "': no frame came in " + seconds.toSeconds() + " s");
        }
        return 0;
    }

    private static String describe(List<StreamRow> rows) {
        return rows.stream()
                .map(row -> row.state() + ", " + row.subscriptions().size() + " subscribers on this host")
                .collect(Collectors.joining("; "));
    }

    private void look(List<StreamRow> rows) {
        for (StreamRow row : rows) {
            for (StreamStatus status : followed(row)) {
                followers
                        .computeIfAbsent(status.id(), id -> new FrameFollower(window))
                        .look(status);
                last.put(status.id(), status);
            }
        }
    }

    /** Whose frames are followed: by default the publication's; where it is on another host, a subscription's. */
    List<StreamStatus> followed(StreamRow row) {
        return List.of(row.source());
    }

    private boolean reportAll() throws IOException {
        boolean hasFrames = false;
        for (Map.Entry<Long, FrameFollower> follower : followers.entrySet()) {
            if (follower.getValue().frames().size() >= 2) {
                hasFrames = true;
                StreamStatus status = last.get(follower.getKey());
                if (followers.size() > 1 && !options.isJson()) {
                    String process = ProcessName.of(status.processId());
                    options.print(status.stream() + ", process " + status.processId()
                            + (process.isEmpty() ? "" : " (" + process + ")"));
                }
                report(options, status, follower.getValue());
            }
        }
        options.flush();
        return hasFrames;
    }

    /** Prints what is known of the frames of one publication or subscription. */
    abstract void report(MonitorOptions to, StreamStatus status, FrameFollower follower) throws IOException;
}
