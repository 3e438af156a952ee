package io.aeroframe.benchmarks.options;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The option for the number of runs, as a mixin. */
public final class RunsOption {

    private final int max;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = "--runs",
            paramLabel = "N",
            description = "Number of runs; the median of each figure is reported. Default: ${DEFAULT-VALUE}.")
    private int runs;

    /**
     * Creates the option.
     *
     * @param runs the default
     * @param max  the most runs that are allowed
     */
    public RunsOption(int runs, int max) {
        this.runs = runs;
        this.max = max;
    }

    /**
     * Returns the number of runs.
     *
     * @throws ParameterException if it is out of range
     */
    public int count() {
        if (runs < 1 || runs > max) {
            throw new ParameterException(command.commandLine(), "--runs=" + runs + " is not within 1 to " + max);
        }
        return runs;
    }
}
