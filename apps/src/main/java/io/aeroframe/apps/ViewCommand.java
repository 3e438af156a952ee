package io.aeroframe.apps;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code aeroframe view}: subscribe into a window. */
@Command(
        name = "view",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        sortOptions = false,
        description = {
            "Show a stream in a window (the same as: subscribe STREAM window:).",
            "Esc or q closes it, s saves a picture, f toggles full screen."
        })
final class ViewCommand implements Callable<Integer> {

    private final StopSignal stop;

    @Parameters(paramLabel = "STREAM", description = "The stream's name, such as camera_A.")
    private String stream;

    @Mixin
    private SubscribeOptions options;

    ViewCommand(StopSignal stop) {
        this.stop = stop;
    }

    @Override
    public Integer call() throws Exception {
        return new SubscribeRun(stream, "window:", options, stop).call();
    }
}
