package io.aeroframe.apps;

import io.aeroframe.apps.monitor.FrameFollower;
import io.aeroframe.apps.monitor.Spread;
import io.aeroframe.transport.StreamStatus;
import java.io.IOException;
import java.util.Locale;
import picocli.CommandLine.Command;

/** {@code aeroframe hz}: how often the frames of a stream come. */
@Command(
        name = "hz",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        description = {
            "Show how often the frames of a stream come, and how evenly.",
            "Counts frames where they are published, or delivered if that is on another host. Nobody subscribes."
        })
final class HzCommand extends FrameRateCommand {

    HzCommand(StopSignal stop) {
        super(stop);
    }

    @Override
    void report(MonitorOptions to, StreamStatus status, FrameFollower follower) throws IOException {
        Spread intervals = follower.intervals();
        double rate = 1 / intervals.mean();
        if (to.isJson()) {
            to.print(json -> {
                json.writeStartObject();
                json.writeStringField("stream", status.stream().value());
                json.writeNumberField("pid", status.processId());
                json.writeNumberField("fps", rate);
                json.writeNumberField("min_s", intervals.min());
                json.writeNumberField("max_s", intervals.max());
                json.writeNumberField("std_dev_s", intervals.deviation());
                json.writeNumberField("window", intervals.count() + 1);
                json.writeNumberField("missed", follower.missed());
                json.writeEndObject();
            });
            return;
        }
        to.print(String.format(Locale.ROOT, "average rate: %.3f", rate));
        to.print(String.format(
                Locale.ROOT,
                "    min: %.6fs max: %.6fs std dev: %.6fs window: %d",
                intervals.min(),
                intervals.max(),
                intervals.deviation(),
                intervals.count() + 1));
    }
}
