package io.aeroframe.benchmarks;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;

/** The command line {@code bench}. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description = "Measurements of Aeroframe on this machine.",
        subcommands = {LatencyCommand.class, LatencyRole.class, JmhCommand.class, HelpCommand.class})
public final class Bench {

    private Bench() {}

    /**
     * Runs one command and ends the JVM with its exit status.
     *
     * @param args as typed.
     */
    public static void main(String[] args) {
        System.exit(new CommandLine(new Bench())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .execute(args));
    }
}
