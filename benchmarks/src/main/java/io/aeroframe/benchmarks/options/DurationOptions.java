package io.aeroframe.benchmarks.options;

import io.aeroframe.apps.options.FrameRate;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options for how long a run takes, as a mixin. */
public class DurationOptions {

    private final int maxSeconds;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            description = "Seconds that each run is measured. Default: ${DEFAULT-VALUE}.")
    private double seconds;

    @Option(
            names = "--warmup",
            paramLabel = "N",
            description = "Seconds of warm-up before that. Default: ${DEFAULT-VALUE}.")
    private double warmup;

    /**
     * Creates the options.
     *
     * @param seconds    the default length of the measured part
     * @param warmup     the default length of the warm-up
     * @param maxSeconds the longest that either may be
     */
    public DurationOptions(double seconds, double warmup, int maxSeconds) {
        this.seconds = seconds;
        this.warmup = warmup;
        this.maxSeconds = maxSeconds;
    }

    /**
     * Checks the options.
     *
     * @throws ParameterException if one is out of range
     */
    public final void check() {
        if (!(seconds > 0 && seconds <= maxSeconds)) {
            throw usageError("--seconds=" + seconds + " is not above 0 and at most " + maxSeconds);
        }
        if (!(warmup >= 0 && warmup <= maxSeconds)) {
            throw usageError("--warmup=" + warmup + " is not within 0 to " + maxSeconds);
        }
    }

    /** Returns the length of the measured part. */
    public final double seconds() {
        return seconds;
    }

    /** Returns the length of the warm-up. */
    public final double warmup() {
        return warmup;
    }

    /**
     * Checks the options, and that the measured part has a frame.
     *
     * @throws ParameterException if an option is out of range, or no frame is measured at that rate
     */
    public final void check(FrameRate rate) {
        check();
        if (!rate.isMax() && rate.perSecond() * seconds < 1) {
            throw usageError(
                    "--seconds " + seconds + " at --fps " + rate + " is less than one frame; use more --seconds");
        }
    }

    /** Creates an exception for a wrong use of the command. */
    public final ParameterException usageError(String message) {
        return new ParameterException(command.commandLine(), message);
    }
}
