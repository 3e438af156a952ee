package io.aeroframe.transport;

import io.aeroframe.driver.RunningDriver;
import io.aeron.Aeron;
import java.util.function.Predicate;

/**
 * One Aeron client: from its connection to a run of a driver until either has ended. What a publication or a subscription has there is its
 * user; the client of a session that is over is closed when the last of them has left, because its log buffers are unmapped then. Thread-safe.
 */
final class ClientSession {

    private final RunningDriver driver;
    private final Aeron aeron;
    private final LiveCounters counters;
    private int users;

    /**
     * A session.
     *
     * @param isDriverUp whether the driver still is the one that is up; looks at files.
     */
    ClientSession(RunningDriver driver, Aeron aeron, Predicate<RunningDriver> isDriverUp) {
        this.driver = driver;
        this.aeron = aeron;
        counters = new LiveCounters(aeron, () -> isDriverUp.test(driver));
    }

    RunningDriver driver() {
        return driver;
    }

    Aeron aeron() {
        return aeron;
    }

    LiveCounters counters() {
        return counters;
    }

    /** Whether the client is closed: by us, or by itself because the driver does not answer or has taken it for dead. */
    boolean isClosed() {
        return aeron.isClosed();
    }

    /**
     * Begins to use the client.
     *
     * @throws DriverLostException if it is closed.
     */
    synchronized void acquire() {
        if (aeron.isClosed()) {
            throw new DriverLostException(driver.aeronDirectoryName());
        }
        users++;
    }

    synchronized void release() {
        users--;
    }

    /** Closes the client if nobody uses it. */
    synchronized boolean closeIfUnused() {
        if (users == 0) {
            aeron.close();
        }
        return users == 0;
    }

    synchronized void close() {
        aeron.close();
    }
}
