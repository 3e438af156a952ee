package io.aeroframe.apps;

import io.aeroframe.driver.DriverContext;
import io.aeroframe.driver.FrameDriver;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code aeroframe driver}: a media driver that outlives publishers and subscribers. */
@Command(
        name = "driver",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        description = {
            "Host the media driver in a process of its own, until Ctrl-C.",
            "Not needed: the first publisher hosts it, and another process takes over when that one goes. "
                    + "With it, publishers come and go"
                    + " without a pause for the others."
        })
final class DriverCommand implements Callable<Integer> {

    private static final long POLL_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(50);

    private final StopSignal stop;

    @Spec
    private CommandSpec spec;

    @Option(names = "--verbose", description = "Say more, and show stack traces.")
    private boolean verbose;

    DriverCommand(StopSignal stop) {
        this.stop = stop;
    }

    @Override
    public Integer call() {
        try (FrameDriver driver =
                FrameDriver.join(new DriverContext().closeOnShutdown(false).errorHandler(error -> {
                    spec.commandLine().getErr().println("aeroframe: media driver: " + error.getMessage());
                    if (verbose) {
                        error.printStackTrace(spec.commandLine().getErr());
                    }
                }))) {
            if (!driver.isOwner()) {
                throw new IllegalStateException(driver.aeronDirectoryName()
                        + ": another process hosts the media driver already; streams can use that one");
            }
            spec.commandLine()
                    .getErr()
                    .println("aeroframe: hosting the media driver in " + driver.aeronDirectoryName() + " until Ctrl-C");
            spec.commandLine().getErr().flush();
            while (!stop.isRequested()) {
                LockSupport.parkNanos(POLL_INTERVAL_NS);
            }
            stop.beginCleanup();
        }
        return 0;
    }
}
