package io.aeroframe.apps;

import java.io.OutputStream;
import java.io.PrintStream;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/**
 * {@code aeroframe startup-training}: runs the common commands in one JVM, so that the build can record which classes
 * they load. The archive made from the record halves the start time of the command line.
 */
@Command(name = "startup-training", hidden = true, description = "Exercise the common commands, for the build.")
final class StartupTraining implements Callable<Integer> {

    private static final String STREAM = "training";

    private final StopSignal stop;

    StartupTraining(StopSignal stop) {
        this.stop = stop;
    }

    /** Publishes and subscribes for about a second, on the host's media driver. */
    @Override
    public Integer call() throws InterruptedException {
        PrintStream quiet = new PrintStream(OutputStream.nullOutputStream());
        System.setOut(quiet);
        System.setErr(quiet);
        run("--version");
        run("--help");
        Thread publisher = new Thread(
                () -> run(
                        "publish",
                        "pattern:64x48@100",
                        STREAM,
                        "--await-subscriber",
                        "--frames",
                        "150",
                        "--seconds",
                        "20"),
                "training-publisher");
        publisher.start();
        run("subscribe", STREAM, "digest:", "--frames", "30", "--timeout", "20s");
        run("subscribe", STREAM, "null:", "--idle", "spin", "--frames", "30", "--timeout", "20s", "--json");
        run("subscribe", STREAM, "null:", "--timeout", "20s", "--frames", "30");
        run("list");
        run("list", "--json");
        run("info", STREAM);
        run("hz", STREAM, "--seconds", "200ms");
        publisher.join();
        return 0;
    }

    private void run(String... args) {
        Main.commandLine(stop).execute(args);
    }
}
