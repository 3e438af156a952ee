package io.aeroframe.apps;

import io.aeroframe.apps.bridge.pipe.ReaderGoneException;
import java.io.PrintWriter;
import java.lang.reflect.Constructor;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * The command line {@code aeroframe}. Exit status: 0 done, 1 failed, 2 wrong usage, 3 done but
 * damaged parts of the source were left out, 130 interrupted.
 */
@Command(
        name = "aeroframe",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        synopsisSubcommandLabel = "COMMAND",
        description = "Live video frames between processes, over Aeron.",
        footer = {
            "",
            "Start with a test picture in a window, which needs neither a camera nor a file:",
            "  aeroframe demo",
            "",
            "Then in two terminals:",
            "  aeroframe view camera_A",
            "  aeroframe publish clip.mp4 camera_A",
            "",
            "Processes of one user on one host find each other by the stream's name. 'aeroframe COMMAND "
                    + "--help' explains a command."
        },
        subcommands = {
            DemoCommand.class,
            PublishCommand.class,
            SubscribeCommand.class,
            ViewCommand.class,
            ListCommand.class,
            InfoCommand.class,
            HzCommand.class,
            BwCommand.class,
            DelayCommand.class,
            TopCommand.class,
            DoctorCommand.class,
            DriverCommand.class,
            PythonPathCommand.class,
            CommandLine.HelpCommand.class,
            AutoComplete.GenerateCompletion.class,
            StartupTraining.class
        })
public final class Main implements Runnable {

    private static final int HELP_WIDTH = 110;

    private static final int INTERRUPTED = 130;

    /** As of a program that the signal SIGPIPE ends, such as {@code yes | head}. */
    private static final int READER_GONE = 128 + 13;

    @Spec
    private CommandSpec spec;

    private Main() {}

    /**
     * Runs one command and ends the JVM with its exit status.
     *
     * @param args the arguments as typed.
     */
    public static void main(String[] args) {
        StopSignal stop = StopSignal.install();
        if (stop.isRequested()) {
            System.exit(INTERRUPTED); // waits for the shutdown under way; to return would make the status 1 at times
        }
        IgnoredInterrupt.heed(INTERRUPTED);
        int status = CommandLine.ExitCode.SOFTWARE;
        try {
            status = commandLine(stop).execute(FileArguments.escaped(args));
        } catch (OutOfMemoryError ex) {
            System.err.println("aeroframe: not enough memory: " + oneLine(String.valueOf(ex.getMessage()))
                    + "; use smaller frames, or give Java more with AEROFRAME_OPTS=-Xmx4g");
        } catch (LinkageError ex) {
            // After a stop, a library that wants a shutdown hook of its own cannot be loaded: it is not needed then.
            status = stop.isRequested() ? INTERRUPTED : reportCrash(ex, args);
        } catch (Error ex) {
            status = reportCrash(ex, args);
        } finally {
            stop.finished(); // also when a JVM error ends the thread: the shutdown would wait for it until its timeout
        }
        System.exit(status);
    }

    /** An error of the JVM. One of a library that cannot be loaded explains itself; the others need a trace. */
    private static int reportCrash(Error ex, String[] args) {
        boolean isMissing = ex instanceof LinkageError;
        Throwable cause = ex instanceof ExceptionInInitializerError && ex.getCause() != null ? ex.getCause() : ex;
        System.err.println("aeroframe: "
                + (isMissing ? "a library cannot be loaded: " : "ended by an error of its own: ")
                + oneLine(cause.toString())
                + (isMissing ? "; install Aeroframe again, or what is missing" : ""));
        if (!isMissing || List.of(args).contains("--verbose")) {
            ex.printStackTrace();
        }
        return CommandLine.ExitCode.SOFTWARE;
    }

    static CommandLine commandLine(StopSignal stop) {
        CommandLine line = new CommandLine(new Main(), new CommandFactory(stop))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpWidth(HELP_WIDTH)
                .setParameterExceptionHandler(Main::reportUsage)
                .setExecutionExceptionHandler((ex, command, parsed) -> {
                    boolean isVerbose = parsed.originalArgs().contains("--verbose");
                    if (ex instanceof ReaderGoneException) {
                        return READER_GONE;
                    }
                    if (!stop.isRequested() || isVerbose || !isInterruption(ex)) {
                        reportFailure(ex, command, isVerbose);
                    }
                    return CommandLine.ExitCode.SOFTWARE;
                });
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
        err.println("aeroframe: " + usageMistake(ex, args));
        err.println(
                args.length == 0
                        ? "Try 'aeroframe demo', or 'aeroframe --help'."
                        : "Try '" + ex.getCommandLine().getCommandSpec().qualifiedName() + " --help'.");
        return CommandLine.ExitCode.USAGE;
    }

    /** Picocli speaks of what is missing before what it does not know, and calls a mistyped command an argument. */
    private static String usageMistake(ParameterException ex, String[] args) {
        CommandSpec command = ex.getCommandLine().getCommandSpec();
        if (ex instanceof CommandLine.MissingParameterException) {
            for (String arg : args) {
                if (arg.equals("--")) {
                    break;
                }
                String name = arg.split("=", 2)[0];
                if (FileArguments.looksLikeFile(arg)) {
                    return "'" + arg + "' begins like an option: a file of this name is written ./" + arg;
                }
                if (name.startsWith("--") && !command.optionsMap().containsKey(name)) {
                    return "Unknown option: '" + name + "'";
                }
            }
        }
        if (ex instanceof CommandLine.UnmatchedArgumentException unmatched
                && command.parent() == null
                && !unmatched.getUnmatched().get(0).startsWith("-")) {
            return "there is no command '" + unmatched.getUnmatched().get(0) + "'; there are "
                    + command.subcommands().entrySet().stream()
                            .filter(entry -> !entry.getValue()
                                    .getCommandSpec()
                                    .usageMessage()
                                    .hidden())
                            .map(Map.Entry::getKey)
                            .collect(Collectors.joining(", "));
        }
        return oneLine(ex.getMessage());
    }

    /** A user who pressed Ctrl-C need not read what it interrupted. Most libraries say so only in their messages. */
    private static boolean isInterruption(Throwable thrown) {
        for (Throwable ex = thrown; ex != null; ex = ex.getCause()) {
            if (ex.toString().toLowerCase(Locale.ROOT).contains("interrupt")) {
                return true;
            }
        }
        return false;
    }

    private static void reportFailure(Exception ex, CommandLine line, boolean isVerbose) {
        PrintWriter err = line.getErr();
        String hint = OptionHint.of(ex);
        err.println("aeroframe: " + oneLine(ex.getMessage() == null ? ex.toString() : ex.getMessage())
                + (hint.isEmpty() ? "" : " (" + hint + ")"));
        if (isVerbose || isUnforeseen(ex)) {
            ex.printStackTrace(err);
        }
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

    /** Makes commands. Those with a constructor for the stop signal are given it. */
    private record CommandFactory(StopSignal stop) implements CommandLine.IFactory {

        @Override
        public <K> K create(Class<K> type) throws Exception {
            for (Constructor<?> constructor : type.getDeclaredConstructors()) {
                if (Arrays.equals(constructor.getParameterTypes(), new Class<?>[] {StopSignal.class})) {
                    return type.cast(constructor.newInstance(stop));
                }
            }
            return CommandLine.defaultFactory().create(type);
        }
    }
}
