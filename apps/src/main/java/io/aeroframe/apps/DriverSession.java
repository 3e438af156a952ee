package io.aeroframe.apps;

import io.aeroframe.driver.FrameDriver;
import io.aeroframe.transport.Aeroframe;
import io.aeroframe.transport.ConnectionContext;
import io.aeroframe.transport.ConnectionState;
import java.time.Duration;

/**
 * The driver and the Aeroframe client of one command, and how to leave them cleanly: a process that owns the driver
 * stays until the others that use it have left, so that they lose no frame, unless the user stops it: then one of them
 * takes over.
 */
final class DriverSession implements AutoCloseable {

    private static final Duration QUIET_WAIT = Duration.ofMillis(1_000);
    private static final Duration WAIT_STEP = Duration.ofMillis(100);

    /** After Ctrl-C the others have this long to read the end of the stream. */
    private static final Duration STOPPED_WAIT = Duration.ofMillis(500);

    private final FrameDriver driver;
    private final Aeroframe aeroframe;
    private final StopSignal stop;
    private final SharedOptions options;
    private boolean waitsForOthers = true;

    private DriverSession(FrameDriver driver, SharedOptions options, StopSignal stop) {
        this.driver = driver;
        this.stop = stop;
        this.options = options;
        try {
            aeroframe = Aeroframe.connect(
                    driver,
                    new ConnectionContext().errorHandler(options.errorHandler()).stateListener(this::report));
        } catch (RuntimeException ex) {
            driver.close();
            throw ex;
        }
    }

    private void report(ConnectionState state) {
        if (options.isVerbose() && state != ConnectionState.CLOSED) {
            options.say(
                    state == ConnectionState.RECONNECTING
                            ? "the media driver has gone"
                            : "connected to the next media driver, "
                                    + (driver.isOwner() ? "which this process hosts" : "which another process hosts"));
        }
    }

    /** Hosts the driver, or attaches to the process that does. */
    static DriverSession join(SharedOptions options, StopSignal stop) {
        return new DriverSession(FrameDriver.join(options.driverContext()), options, stop);
    }

    /** Attaches to the process that hosts the driver, or returns null if there is none yet. */
    static DriverSession tryAttach(SharedOptions options, StopSignal stop) {
        return FrameDriver.tryAttach(options.driverContext())
                .map(driver -> new DriverSession(driver, options, stop))
                .orElse(null);
    }

    Aeroframe aeroframe() {
        return aeroframe;
    }

    /**
     * Sets whether {@link #close()} waits for the others. Default: true. A command that failed hands the driver over to
     * one of them, or its message would come when the last of them has left.
     */
    void waitsForOthers(boolean newWaitsForOthers) {
        waitsForOthers = newWaitsForOthers;
    }

    /** Closes the client, waits for the others if this process hosts their driver, and leaves the driver. */
    @Override
    public void close() {
        aeroframe.close();
        if (driver.isOwner()) {
            boolean isLeaving = stop.isRequested() || !waitsForOthers;
            boolean isAlone = driver.awaitNoClients(isLeaving ? STOPPED_WAIT : QUIET_WAIT);
            if (!isAlone && !isLeaving) {
                options.say("done; still hosting the media driver for " + driver.clientCount()
                        + " other process(es) until they leave; Ctrl-C hands it over to one of them");
                while (!isAlone && !stop.isRequested()) {
                    isAlone = driver.awaitNoClients(WAIT_STEP);
                }
            }
        }
        driver.close();
    }
}
