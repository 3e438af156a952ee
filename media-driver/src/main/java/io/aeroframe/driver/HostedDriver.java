package io.aeroframe.driver;

import io.aeron.driver.MediaDriver;
import java.io.IOException;
import java.nio.file.Files;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.agrona.CloseHelper;
import org.agrona.ErrorHandler;
import org.agrona.collections.Long2LongHashMap;
import org.agrona.concurrent.status.CountersReader;

/** The media driver in this process, and the lock that gives the right to it. Its owner calls {@link #close()} once. */
final class HostedDriver implements AutoCloseable {

    /** Command, counter, error and loss files of the driver, 12 MiB, and some room for a first small stream. */
    private static final long REQUIRED_BYTES = 20L << 20;

    private static final long POLL_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(5);

    private static final long DRAIN_TIMEOUT_NS = 2 * MediaDriverSettings.PUBLICATION_LINGER_NS;

    /** In which every process has seen that the announcement is withdrawn: they look each 40 ms. */
    private static final long PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(150);

    private final BaseDirectory.Lock lock;
    private final MediaDriver mediaDriver;
    private volatile boolean isClosed;

    private HostedDriver(BaseDirectory.Lock lock, MediaDriver mediaDriver) {
        this.lock = lock;
        this.mediaDriver = mediaDriver;
    }

    /**
     * Sweeps what others have left behind, starts a driver and announces it.
     *
     * @param lock of the directory; released if this fails.
     * @throws FrameDriverException if there is no room, or the driver does not start.
     */
    static HostedDriver launch(BaseDirectory base, BaseDirectory.Lock lock, ErrorHandler errorHandler) {
        MediaDriver mediaDriver = null;
        boolean isHosting = false;
        try {
            base.sweepPrivateDirectories();
            new SharedDirectory(base.path()).sweep();
            lock.clear();
            checkRoom(base);
            DriverClock clock = DriverClock.startingNow();
            mediaDriver = MediaDriver.launch(
                    MediaDriverSettings.forVideo(base.aeron(), clock).errorHandler(new UnansweredErrors(errorHandler)));
            lock.announce(DriverFiles.announcement(base.aeron(), clock));
            isHosting = true;
            return new HostedDriver(lock, mediaDriver);
        } catch (FrameDriverException ex) {
            throw ex;
        } catch (RuntimeException ex) {
            throw new FrameDriverException(base.aeron() + ": the media driver does not start: " + ex.getMessage(), ex);
        } finally {
            if (!isHosting) {
                CloseHelper.quietClose(mediaDriver);
                lock.removeAndRelease();
            }
        }
    }

    private static void checkRoom(BaseDirectory base) {
        try {
            long usable = Files.getFileStore(base.path()).getUsableSpace();
            if (usable < REQUIRED_BYTES) {
                throw new FrameDriverException(base.path() + ": the media driver needs " + REQUIRED_BYTES / (1 << 20)
                        + " MiB for its files and " + usable / (1 << 20)
                        + " MiB are free; make room (in a container: --shm-size),"
                        + " or choose another place with the environment variable AEROFRAME_DIR");
            }
        } catch (IOException ex) {
            throw new FrameDriverException(base.path() + ": its free space cannot be read: " + ex.getMessage(), ex);
        }
    }

    int clientCount() {
        return isClosed ? 0 : DriverCounters.clientCount(counters());
    }

    /**
     * Lets closed publications, and those that pause because this ends, drain to their subscribers (at most two seconds each), ends the driver and
     * removes its files.
     */
    @Override
    public void close() {
        isClosed = true;
        drain(() -> DriverCounters.hasUnsentPublications(counters()));
        try {
            lock.withdraw(); // first: who sees its streams disconnected is to know why
            if (DriverCounters.clientCount(counters()) > 0) {
                drainPaused();
            }
            mediaDriver.close();
        } finally {
            lock.removeAndRelease();
        }
    }

    /** Clients that find their driver closed unmap its logs at once, with what was not read yet: lossless publications have stopped sending before. */
    private void drainPaused() {
        long untilNs = System.nanoTime() + PAUSE_NS;
        drain(() -> System.nanoTime() - untilNs < 0);
        Long2LongHashMap positions = DriverCounters.publisherPositions(counters());
        drain(() -> DriverCounters.arePausedUnread(counters(), positions));
    }

    private static void drain(BooleanSupplier isUndrained) {
        long deadlineNs = System.nanoTime() + DRAIN_TIMEOUT_NS;
        while (isUndrained.getAsBoolean() && System.nanoTime() - deadlineNs < 0) {
            LockSupport.parkNanos(POLL_INTERVAL_NS);
        }
    }

    private CountersReader counters() {
        return mediaDriver.context().countersManager();
    }
}
