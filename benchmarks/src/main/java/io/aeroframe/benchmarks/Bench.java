package io.aeroframe.benchmarks;

import io.aeroframe.benchmarks.commands.CostCommand;
import io.aeroframe.benchmarks.commands.IsolationCommand;
import io.aeroframe.benchmarks.commands.LatencyCommand;
import io.aeroframe.benchmarks.commands.LimitsCommand;
import io.aeroframe.benchmarks.commands.SelfcheckCommand;
import io.aeroframe.benchmarks.commands.WindowCommand;
import io.aeroframe.benchmarks.harness.BenchException;
import io.aeroframe.benchmarks.jmh.JmhCommand;
import io.aeroframe.benchmarks.jpeg.JpegCommand;
import io.aeroframe.benchmarks.peers.PeersCommand;
import io.aeroframe.benchmarks.plot.PlotCommand;
import io.aeroframe.benchmarks.stages.StagesCommand;
import io.aeroframe.benchmarks.video.VideoCommand;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command line {@code bench}. Exit status: 0 done, 1 failed, 2 wrong usage, 130 interrupted. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "Measure Aeroframe on this machine. Run it while nothing else runs.",
        footer = {
            "",
            "Examples:",
            "  bench latency --path log --beside aeron --runs 3",
            "  bench latency --fps max --touch --json",
            "  bench cost --subscribers 1,2,8,50 --size 320x240",
            "  bench isolation --hold 100 --runs 3",
            "  bench peers --runs 5",
            "  bench video clip.mp4 --runs 5",
            "  bench stages pattern:1280x720@60 --encoding jpeg",
            "  bench jpeg --size 1920x1080",
            "  bench window --size 1920x1080 --fps 60",
            "  bench limits --json",
            "  bench plot results --out docs/images",
            "  bench selfcheck",
            "",
            "'bench COMMAND --help' describes a command."
        },
        subcommands = {
            LatencyCommand.class,
            StagesCommand.class,
            WindowCommand.class,
            CostCommand.class,
            IsolationCommand.class,
            PeersCommand.class,
            JpegCommand.class,
            VideoCommand.class,
            LimitsCommand.class,
            PlotCommand.class,
            SelfcheckCommand.class,
            JmhCommand.class,
            HelpCommand.class
        })
public final class Bench implements Runnable {

    private static final int HELP_WIDTH = 110;

    @Spec
    private CommandSpec spec;

    private Bench() {}

    /**
     * Runs one command and ends the JVM with its exit status.
     *
     * @param args the command line
     */
    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    /** Creates the command line. */
    public static CommandLine commandLine() {
        return new CommandLine(new Bench())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpWidth(HELP_WIDTH)
                .setParameterExceptionHandler((ex, args) -> reportUsage(ex))
                .setExecutionExceptionHandler((ex, line, parsed) -> reportFailure(ex, line));
    }

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getErr());
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }

    private static int reportUsage(ParameterException ex) {
        PrintWriter err = ex.getCommandLine().getErr();
        err.println("bench: " + oneLine(ex.getMessage()));
        err.println("Try '" + ex.getCommandLine().getCommandSpec().qualifiedName() + " --help'.");
        return CommandLine.ExitCode.USAGE;
    }

    private static int reportFailure(Exception ex, CommandLine line) {
        if (ex instanceof InterruptedException) {
            return 128 + 2;
        }
        line.getErr().println("bench: " + oneLine(ex.getMessage() == null ? ex.toString() : ex.getMessage()));
        if (BenchException.isBug(ex)) {
            ex.printStackTrace(line.getErr());
        }
        return CommandLine.ExitCode.SOFTWARE;
    }

    private static String oneLine(String message) {
        return message.lines().map(String::strip).reduce((a, b) -> a + " " + b).orElse("");
    }
}
