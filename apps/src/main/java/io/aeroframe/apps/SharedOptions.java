package io.aeroframe.apps;

import io.aeroframe.apps.bridge.BridgeOptions;
import io.aeroframe.apps.bridge.pipe.PipeOptions;
import io.aeroframe.apps.options.DurationConverter;
import io.aeroframe.apps.options.Idle;
import io.aeroframe.driver.DriverContext;
import io.aeroframe.transport.FrameChannel;
import io.aeroframe.transport.WaitIdleStrategy;
import io.aeroframe.vision.NativeLibraries;
import io.aeroframe.vision.jpeg.JpegCodecs;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.agrona.ErrorHandler;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/** Options that publishing and subscribing share. */
final class SharedOptions {

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = "--aeron-dir",
            paramLabel = "DIR",
            description = "Use the Aeron media driver that runs in DIR instead of Aeroframe's own.")
    private Path aeronDirectory;

    @Option(
            names = "--idle",
            paramLabel = "HOW",
            description = "While there is nothing to do: ${COMPLETION-CANDIDATES}. Default: wait on IPC, else backoff.")
    private Idle idle;

    @Option(names = "--frames", paramLabel = "N", description = "Stop after N frames.")
    private long frames;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            converter = DurationConverter.class,
            description = "Stop after N seconds, or a time such as 2min or 1:30:00. Opening a source counts.")
    private Duration seconds;

    @Mixin
    private PipeOptions pipe = new PipeOptions();

    @Option(names = "--json", description = "One JSON object a line on standard output; the last one is the summary.")
    private boolean json;

    @Option(
            names = "--strict",
            description = "Refuse JPEG images that can be decoded only with a warning, such as bytes too many.")
    private boolean strict;

    @Option(names = "--verbose", description = "Say more, and show stack traces.")
    private boolean verbose;

    void validate() {
        if (spec.commandLine().getParseResult().hasMatchedOption("--frames") && frames < 1) {
            throw new ParameterException(spec.commandLine(), "--frames " + frames + ": give 1 or more");
        }
        if (verbose) {
            System.setProperty("aeroframe.verbose", "true");
        }
        if (strict) {
            System.setProperty(JpegCodecs.STRICT_PROPERTY, "true");
        }
        NativeLibraries.prepare();
        if (verbose && WaitIdleStrategy.unavailable() != null) {
            say("waiting takes short naps, because " + WaitIdleStrategy.unavailable());
        }
    }

    /** Checks the options that are for some sources or sinks alone. */
    void validateFor(String end) {
        try {
            pipe.validateFor(end);
        } catch (IllegalArgumentException ex) {
            throw usage(ex.getMessage());
        }
    }

    /**
     * The settings of bridges.
     *
     * @param streamName the name of the stream.
     * @param channels   its channels.
     * @param isPaced    whether frames are asked for at a rate.
     * @param report     takes a line for the user at a time.
     */
    BridgeOptions bridgeOptions(
            String streamName, List<FrameChannel> channels, boolean isPaced, Consumer<String> report) {
        return new BridgeOptions(streamName, channels, pipe, isPaced, frameLimit(), this::driverContext, report);
    }

    DriverContext driverContext() {
        return new DriverContext()
                .aeronDirectory(aeronDirectory)
                .closeOnShutdown(false) // the stop signal closes everything, in order
                .errorHandler(errorHandler());
    }

    /** Reports background errors to the user, one line each. */
    ErrorHandler errorHandler() {
        return error -> {
            say(error.getMessage() == null ? error.toString() : error.getMessage());
            if (verbose) {
                error.printStackTrace(err());
                err().flush();
            }
        };
    }

    /** Prints a line for the user on standard error. Any thread. */
    void say(String text) {
        StatusLine.ofProcess().print(err(), "aeroframe: " + text);
    }

    Idle idle(boolean isIpc) {
        return idle == null ? Idle.defaultFor(isIpc) : idle;
    }

    /** Frames to stop after, {@link Long#MAX_VALUE} for no limit. */
    long frameLimit() {
        return frames > 0 ? frames : Long.MAX_VALUE;
    }

    /** When to stop, on the clock of {@link System#nanoTime()}, counted from now. */
    long deadlineNs() {
        long now = System.nanoTime();
        return seconds == null ? now + Long.MAX_VALUE / 2 : now + seconds.toNanos();
    }

    boolean isJson() {
        return json;
    }

    boolean isVerbose() {
        return verbose;
    }

    /** Standard error if there is more to be said, else null. */
    PrintWriter verboseErr() {
        return verbose ? err() : null;
    }

    /** Reports, with {@code --verbose}, which library encodes and decodes JPEG frames. */
    void sayJpegCodec() throws IOException {
        if (verbose) {
            say("JPEG by " + JpegCodecs.describe());
        }
    }

    /** What was typed as the value of an option, null if it was not typed. */
    String typed(String option) {
        ParseResult parsed = spec.commandLine().getParseResult();
        return parsed.hasMatchedOption(option)
                ? parsed.matchedOption(option).originalStringValues().get(0)
                : null;
    }

    PrintWriter err() {
        return spec.commandLine().getErr();
    }

    ParameterException usage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
