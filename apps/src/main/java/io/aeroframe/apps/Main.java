package io.aeroframe.apps;

import java.io.PrintWriter;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/** The command line {@code aeroframe}. Exit status: 0 done, 1 failed, 2 wrong usage, 130 interrupted. */
@Command(
        name = "aeroframe",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        synopsisSubcommandLabel = "COMMAND",
        description = "Live video frames between processes, over Aeron.",
        footer = {
            "",
            "Two terminals:",
            "  aeroframe view camera_A",
            "  aeroframe publish clip.mp4 camera_A",
            "",
            "Processes of one user on one host find each other by the stream's name. 'aeroframe COMMAND --help' tells more."
        },
        subcommands = {
            DemoCommand.class,
            PublishCommand.class,
            SubscribeCommand.class,
            ViewCommand.class,
            DriverCommand.class,
            AutoComplete.GenerateCompletion.class
        })
public final class Main implements Runnable {

    private static final int HELP_WIDTH = 110;

    @Spec
    private CommandSpec spec;

    private Main() {}

    /**
     * Runs one command and ends the JVM with its exit status.
     *
     * @param args as typed.
     */
    public static void main(String[] args) {
        StopSignal stop = StopSignal.install();
        int status = commandLine(stop).execute(args);
        stop.finished();
        System.exit(status);
    }

    static CommandLine commandLine(StopSignal stop) {
        CommandLine line = new CommandLine(new Main(), new CommandFactory(stop))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpWidth(HELP_WIDTH)
                .setParameterExceptionHandler(Main::reportUsage)
                .setExecutionExceptionHandler(Main::reportFailure);
        line.getSubcommands()
                .get("generate-completion")
                .getCommandSpec()
                .usageMessage()
                .hidden(false);
        return line;
    }

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getErr());
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }

    private static int reportUsage(ParameterException ex, String[] args) {
        PrintWriter err = ex.getCommandLine().getErr();
        err.println("aeroframe: " + oneLine(ex.getMessage()));
        err.println("Try '" + ex.getCommandLine().getCommandSpec().qualifiedName() + " --help'.");
        return CommandLine.ExitCode.USAGE;
    }

    private static int reportFailure(Exception ex, CommandLine line, ParseResult parsed) {
        PrintWriter err = line.getErr();
        err.println("aeroframe: " + oneLine(ex.getMessage() == null ? ex.toString() : ex.getMessage()));
        if (parsed.originalArgs().contains("--verbose") || isUnforeseen(ex)) {
            ex.printStackTrace(err);
        }
        return CommandLine.ExitCode.SOFTWARE;
    }

    /** A mistake of ours rather than of the user's or the machine's: without its trace nobody could mend it. */
    private static boolean isUnforeseen(Exception ex) {
        return ex instanceof NullPointerException
                || ex instanceof IndexOutOfBoundsException
                || ex instanceof ClassCastException;
    }

    private static String oneLine(String message) {
        return message.lines().map(String::strip).reduce((a, b) -> a + " " + b).orElse("");
    }

    /** Reads the version from the jar. */
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Main.class.getPackage().getImplementationVersion();
            return new String[] {"aeroframe " + (version == null ? "(not packaged)" : version)};
        }
    }

    /** Makes commands, which are given the stop signal. */
    private record CommandFactory(StopSignal stop) implements CommandLine.IFactory {
        @Override
        public <K> K create(Class<K> type) throws Exception {
            if (type == PublishCommand.class) {
                return type.cast(new PublishCommand(stop));
            }
            if (type == SubscribeCommand.class) {
                return type.cast(new SubscribeCommand(stop));
            }
            if (type == ViewCommand.class) {
                return type.cast(new ViewCommand(stop));
            }
            if (type == DemoCommand.class) {
                return type.cast(new DemoCommand(stop));
            }
            if (type == DriverCommand.class) {
                return type.cast(new DriverCommand(stop));
            }
            return CommandLine.defaultFactory().create(type);
        }
    }
}
