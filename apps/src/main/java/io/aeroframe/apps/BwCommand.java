package io.aeroframe.apps;

import io.aeroframe.apps.monitor.FrameFollower;
import io.aeroframe.apps.monitor.Spread;
import io.aeroframe.transport.StreamStatus;
import java.io.IOException;
import java.util.Locale;
import picocli.CommandLine.Command;

/** {@code aeroframe bw}: how many bytes a stream has. */
@Command(
        name = "bw",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        description = {
            "Show the bandwidth of a stream, and the size of its frames.",
            "Counts payload where it is published, or delivered if that is on another host. Nobody subscribes."
        })
final class BwCommand extends FrameRateCommand {

    BwCommand(StopSignal stop) {
        super(stop);
    }

    @Override
    void report(MonitorOptions to, StreamStatus status, FrameFollower follower) throws IOException {
        Spread sizes = follower.sizes();
        Spread intervals = follower.intervals();
        double bytesPerSecond = sizes.mean() / intervals.mean();
        if (to.isJson()) {
            to.print(json -> {
                json.writeStartObject();
                json.writeStringField("stream", status.stream().value());
                json.writeNumberField("pid", status.processId());
                json.writeNumberField("bytes_per_second", bytesPerSecond);
                json.writeNumberField("mean_bytes", sizes.mean());
                json.writeNumberField("min_bytes", sizes.min());
                json.writeNumberField("max_bytes", sizes.max());
                json.writeNumberField("window", sizes.count());
                json.writeNumberField("missed", follower.missed());
                json.writeEndObject();
            });
            return;
        }
        to.print(bytes(bytesPerSecond) + "/s from " + sizes.count() + " frames");
        to.print("    size mean: " + bytes(sizes.mean()) + " min: " + bytes(sizes.min()) + " max: "
                + bytes(sizes.max()));
    }

    private static String bytes(double count) {
        if (count < 1e4) {
            return String.format(Locale.ROOT, "%.0f B", count);
        }
        return count < 1e6
                ? String.format(Locale.ROOT, "%.2f KB", count / 1e3)
                : String.format(Locale.ROOT, "%.2f MB", count / 1e6);
    }
}
