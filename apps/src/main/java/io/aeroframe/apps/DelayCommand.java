package io.aeroframe.apps;

import com.fasterxml.jackson.core.JsonGenerator;
import io.aeroframe.apps.monitor.FrameFollower;
import io.aeroframe.apps.monitor.Spread;
import io.aeroframe.apps.monitor.StreamRow;
import io.aeroframe.transport.StreamStatus;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.agrona.concurrent.SystemEpochNanoClock;
import picocli.CommandLine.Command;

/** {@code aeroframe delay}: how old the frames of a stream are when they are delivered. */
@Command(
        name = "delay",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        description = {
            "Show how old the frames of a stream are when its subscribers on this host get them.",
            "The age counts from capture, as the publisher stamped it; the latency from publishing, where that is on "
                    + "this host. Nobody subscribes: a stream without a subscriber has no delay."
        })
final class DelayCommand extends FrameRateCommand {

    private static final int CLOCK_ATTEMPTS = 10;

    DelayCommand(StopSignal stop) {
        super(stop);
    }

    @Override
    List<StreamStatus> followed(StreamRow row) {
        return row.subscriptions();
    }

    @Override
    void report(MonitorOptions to, StreamStatus status, FrameFollower follower) throws IOException {
        Spread ages = follower.ages(epochOffsetNs());
        Spread latencies = follower.latencies();
        if (to.isJson()) {
            to.print(json -> {
                json.writeStartObject();
                json.writeStringField("stream", status.stream().value());
                json.writeNumberField("pid", status.processId());
                write(json, "age_us", ages);
                write(json, "latency_us", latencies);
                json.writeNumberField("window", ages.count());
                json.writeNumberField("missed", follower.missed());
                json.writeEndObject();
            });
            return;
        }
        to.print(String.format(Locale.ROOT, "average delay: %.6f", ages.mean()));
        to.print("    age:     " + describe(ages));
        if (latencies.count() > 0) {
            to.print("    latency: " + describe(latencies));
        }
    }

    /** What to add to the monotonic clock for the time of day: of several attempts, the one that took least. */
    private static long epochOffsetNs() {
        long offsetNs = 0;
        long shortestNs = Long.MAX_VALUE;
        for (int i = 0; i < CLOCK_ATTEMPTS; i++) {
            long beforeNs = System.nanoTime();
            long epochNs = SystemEpochNanoClock.INSTANCE.nanoTime();
            long tookNs = System.nanoTime() - beforeNs;
            if (tookNs < shortestNs) {
                shortestNs = tookNs;
                offsetNs = epochNs - beforeNs - tookNs / 2;
            }
        }
        return offsetNs;
    }

    private static void write(JsonGenerator json, String name, Spread spread) throws IOException {
        if (spread.count() == 0) {
            json.writeNullField(name);
            return;
        }
        json.writeObjectFieldStart(name);
        json.writeNumberField("mean", spread.mean() * 1e6);
        json.writeNumberField("p50", spread.percentile(50) * 1e6);
        json.writeNumberField("p90", spread.percentile(90) * 1e6);
        json.writeNumberField("p99", spread.percentile(99) * 1e6);
        json.writeNumberField("min", spread.min() * 1e6);
        json.writeNumberField("max", spread.max() * 1e6);
        json.writeEndObject();
    }

    private static String describe(Spread spread) {
        return String.format(
                Locale.ROOT,
                "min: %.6fs p50: %.6fs p90: %.6fs p99: %.6fs max: %.6fs std dev: %.6fs window: %d",
                spread.min(),
                spread.percentile(50),
                spread.percentile(90),
                spread.percentile(99),
                spread.max(),
                spread.deviation(),
                spread.count());
    }
}
