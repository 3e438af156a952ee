package io.aeroframe.apps;

import io.aeroframe.apps.options.DurationConverter;
import io.aeroframe.vision.sink.WindowSink;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code aeroframe demo}: the main job on this machine, with a publisher and a viewer in processes of their own. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        description = {
            "Publish a moving test picture in one process and show it in a window of another.",
            "Without a display the last frame is saved as a picture."
        })
final class DemoCommand implements Callable<Integer> {

    private static final String SOURCE = "pattern:1280x720@60";
    private static final String PICTURE = "aeroframe-demo.png";
    private static final long POLL_MS = 50;
    private static final long END_TIMEOUT_S = 10;

    private final StopSignal stop;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            converter = DurationConverter.class,
            description = "Stop after N seconds. Default: when the window is closed; 5 without a display.")
    private Duration seconds;

    @Mixin
    private DemoOptions options;

    /** Kept apart so that the help lists them last. */
    static final class DemoOptions {
        @Option(names = "--verbose", description = "Say more, and show stack traces.")
        private boolean verbose;
    }

    DemoCommand(StopSignal stop) {
        this.stop = stop;
    }

    @Override
    public Integer call() throws Exception {
        PrintWriter err = spec.commandLine().getErr();
        boolean hasDisplay = WindowSink.isAvailable();
        if (seconds == null && !hasDisplay) {
            seconds = Duration.ofSeconds(5);
        }
        Path picture = Path.of(PICTURE).toAbsolutePath();
        err.println(
                hasDisplay
                        ? "aeroframe: a publisher process, a viewer process, and their frames between them; "
                                + "Esc closes the window"
                        : "aeroframe: there is no display here: the last frame will be saved in " + picture);
        err.flush();
        String stream = "demo-" + ProcessHandle.current().pid();
        Process publisher = start(false, publisherArguments(stream));
        Process viewer = null;
        try {
            viewer = start(
                    true,
                    hasDisplay
                            ? List.of("view", stream, "--timeout", "20s", "--no-follow")
                            : List.of("subscribe", stream, picture.toString(), "--latest", "--timeout", "20s"));
            boolean isStopped = !awaitEither(publisher, viewer);
            if (!isStopped && !publisher.isAlive()) {
                viewer.waitFor(END_TIMEOUT_S, TimeUnit.SECONDS);
            }
            boolean isPublisherDone = !publisher.isAlive();
            stop.beginCleanup();
            end(viewer);
            end(publisher);
            if (isStopped) {
                return 0;
            }
            if (viewer.exitValue() != 0 || (isPublisherDone && publisher.exitValue() != 0)) {
                throw new IOException("the demo failed: " + (viewer.exitValue() != 0 ? "its viewer" : "its publisher")
                        + " said why above");
            }
        } finally {
            stop.beginCleanup();
            if (viewer != null) {
                end(viewer);
            }
            end(publisher);
        }
        if (!hasDisplay) {
            err.println("aeroframe: the last frame is in " + picture);
        }
        return 0;
    }

    private List<String> publisherArguments(String stream) {
        List<String> arguments = new ArrayList<>(List.of("publish", SOURCE, stream, "--await-subscriber"));
        if (seconds != null) {
            arguments.addAll(List.of("--seconds", seconds.toMillis() + "ms"));
        }
        return arguments;
    }

    /** Starts this program again, with the same Java, flags and class path. */
    private Process start(boolean showsStatus, List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(System.getProperty("java.home") + File.separator + "bin" + File.separator + "java");
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        if (!showsStatus) {
            command.add("-Daeroframe.terminal=false");
        }
        String classPath = System.getProperty("java.class.path");
        command.addAll(isJar(classPath) ? List.of("-jar", classPath) : List.of("-cp", classPath, Main.class.getName()));
        command.addAll(arguments);
        if (options.verbose) {
            command.add("--verbose");
        }
        return new ProcessBuilder(command).inheritIO().start();
    }

    /** Whether this JVM was started with {@code -jar}: the manifest then has the rest of the class path. */
    private static boolean isJar(String classPath) {
        return classPath.endsWith(".jar") && !classPath.contains(File.pathSeparator);
    }

    /**
     * Waits until one of the two ends.
     *
     * @return false if this process is to stop first.
     */
    private boolean awaitEither(Process publisher, Process viewer) {
        while (!stop.isRequested()) {
            try {
                if (viewer.waitFor(POLL_MS, TimeUnit.MILLISECONDS) || !publisher.isAlive()) {
                    return true;
                }
            } catch (InterruptedException ex) {
                return false; // the stop signal
            }
        }
        return false;
    }

    /** Ends a process that is still there: politely, then for sure. */
    private static void end(Process process) throws InterruptedException {
        process.destroy();
        if (!process.waitFor(END_TIMEOUT_S, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
    }
}
