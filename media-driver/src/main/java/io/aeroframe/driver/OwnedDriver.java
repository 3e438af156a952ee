package io.aeroframe.driver;

import io.aeroframe.driver.internal.FileThread;
import io.aeroframe.driver.internal.LockedFiles;
import io.aeroframe.driver.internal.SharedDirectory;
import io.aeron.driver.Configuration;
import io.aeron.driver.MediaDriver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.agrona.CloseHelper;
import org.agrona.ErrorHandler;
import org.agrona.collections.Long2LongHashMap;
import org.agrona.concurrent.status.CountersReader;

/**
 * The media driver in this process, and the lock that gives the right to it. Its owner calls one method at a time, and
 * {@link #close(long)} once; {@link #clientCount()} and {@link #refusedSetups()} any thread.
 *
 * <p>The driver never deletes its directory itself: by then it may be another's. That is the lock's to do, which knows.
 */
final class OwnedDriver {

    /** Command, counter, error and loss files of the driver, 12 MiB, and some room for a first small stream. */
    private static final long REQUIRED_BYTES = 20L << 20;

    private static final long POLL_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(5);

    private final BaseDirectory base;
    private final DriverLock lock;
    private final MediaDriver mediaDriver;
    private final RefusedSetups refused;
    private final DutyCycles cycles;
    private final String announced;

    /** Which file the driver's command file is. */
    private final Object commandFileKey;

    private FileStamp announcement;
    private volatile boolean isClosed;

    /** How what belongs to a hosted driver was found. */
    enum Condition {
        INTACT,
        /** The announcement is gone or is another: announcing again mends it. */
        UNANNOUNCED,
        /** The driver's own files, or the lock file, are gone or are others: the driver must end. */
        LOST
    }

    private OwnedDriver(
            BaseDirectory base,
            DriverLock lock,
            MediaDriver mediaDriver,
            RefusedSetups refused,
            DutyCycles cycles,
            String announced)
            throws IOException {
        this.base = base;
        this.lock = lock;
        this.mediaDriver = mediaDriver;
        this.refused = refused;
        this.cycles = cycles;
        this.announced = announced;
        commandFileKey = LockedFiles.key(CommandFile.path(base.aeron()));
        announce();
    }

    /**
     * Sweeps what others have left behind, starts a driver and announces it. On a {@link FileThread}, so that the
     * driver's threads are daemon threads outside of the caller's thread group.
     *
     * @param lock   the lock of the directory; released if this fails.
     * @param context the settings of the driver.
     * @return null if the directory was removed meanwhile: the caller may try again.
     * @throws FrameDriverException if there is no room, or the driver does not start.
     */
    static OwnedDriver launch(BaseDirectory base, DriverLock lock, DriverContext context, ErrorHandler errorHandler) {
        return FileThread.call(() -> {
            MediaDriver mediaDriver = null;
            boolean isOwning = false;
            try {
                base.sweepPrivateDirectories();
                new SharedDirectory(base.path()).sweep();
                lock.clear();
                checkRoom(base);
                DriverClock clock = DriverClock.startingNow();
                ImageLimits limits = context.imageLimits();
                RefusedSetups refused = new RefusedSetups(limits, errorHandler);
                DutyCycles cycles = new DutyCycles(context.idleStrategy().get());
                ImageBudget budget = new ImageBudget(limits, Configuration.congestionControlSupplier());
                mediaDriver = MediaDriver.launch(
                        MediaDriverSettings.forVideo(base.aeron(), clock, budget, refused, cycles, context)
                                .errorHandler(new UnsolicitedErrors(errorHandler)));
                String announced =
                        Announcement.of(numbered(base.aeron()), clock).text();
                OwnedDriver owned = new OwnedDriver(base, lock, mediaDriver, refused, cycles, announced);
                isOwning = true;
                return owned;
            } catch (IOException | RuntimeException ex) {
                if (!lock.isInPlace()) {
                    return null;
                }
                if (ex instanceof FrameDriverException refusal) {
                    throw refusal;
                }
                throw new FrameDriverException(
                        FrameDriverException.Reason.START_FAILED,
                        base.aeron() + ": the media driver does not start: " + ex.getMessage(),
                        ex);
            } finally {
                if (!isOwning) {
                    CloseHelper.quietClose(mediaDriver);
                    lock.removeAndRelease();
                }
            }
        });
    }

    /** Gives the driver's log buffers names of their own, and returns its identity. */
    private static String numbered(Path aeronDirectory) throws IOException {
        try (CommandFile file = CommandFile.open(aeronDirectory, CommandFile.OpenFor.NUMBERING)) {
            if (!file.read()) {
                throw new IOException("its file " + CommandFile.path(aeronDirectory) + " is damaged");
            }
            file.numberFrom(ThreadLocalRandom.current().nextLong(1L << 32, 1L << 62));
            return file.identity();
        }
    }

    private static void checkRoom(BaseDirectory base) {
        try {
            long usable = Files.getFileStore(base.path()).getUsableSpace();
            if (usable < REQUIRED_BYTES) {
                throw new FrameDriverException(
                        FrameDriverException.Reason.NO_ROOM,
                        base.path() + ": the media driver needs " + REQUIRED_BYTES / (1 << 20)
                                + " MiB for its files and " + usable / (1 << 20)
                                + " MiB are free; make room (in a container: give it more shared memory),"
                                + " or choose another place with the environment variable AEROFRAME_DIR");
            }
        } catch (IOException ex) {
            throw new FrameDriverException(
                    FrameDriverException.Reason.DIRECTORY,
                    base.path() + ": its free space cannot be read: " + ex.getMessage(),
                    ex);
        }
    }

    /** Announces the driver, also after the announcement was removed. */
    void announce() {
        lock.announce(announced);
        announcement = FileStamp.of(base.announcement());
    }

    /** Looks whether what belongs to the driver is still at its path: three reads of file attributes. */
    Condition condition() {
        return FileThread.call(() -> {
            if (!lock.isInPlace() || !isCommandFileInPlace()) {
                return Condition.LOST;
            }
            FileStamp now = FileStamp.of(base.announcement());
            return now != null && now.equals(announcement) ? Condition.INTACT : Condition.UNANNOUNCED;
        });
    }

    private boolean isCommandFileInPlace() {
        try {
            return commandFileKey.equals(LockedFiles.key(CommandFile.path(base.aeron())));
        } catch (IOException ex) {
            return false; // whatever is there is not what this driver uses
        }
    }

    long refusedSetups() {
        return refused.count();
    }

    int clientCount() {
        return isClosed ? 0 : DriverCounters.clientCount(counters());
    }

    /**
     * Ends the driver: lets closed publications drain to their subscribers, withdraws the announcement, waits until all
     * clients have answered that their lossless publications have stopped sending, and until what those sent has been
     * read; then closes the driver and removes its files, as far as they are still its own.
     *
     * @param timeoutNs the timeout for all waits: the first ends after two fifths of it, the second after three; what
     *                  one does not use is the next one's.
     */
    void close(long timeoutNs) {
        isClosed = true;
        FileThread.run(() -> {
            long startNs = System.nanoTime();
            long fifthNs = timeoutNs / 5;
            drain(startNs + 2 * fifthNs, () -> DriverCounters.hasUnsentPublications(counters()));
            try {
                lock.withdraw(); // first: a process that sees its streams disconnected is to know why
                if (DriverCounters.clientCount(counters()) > 0) {
                    // Clients that find their driver closed unmap its logs at once, with what was not read yet.
                    drain(startNs + 3 * fifthNs, () -> !DriverCounters.haveStoppedSending(counters()));
                    // Positions are sampled: those of a cycle that begins now are of what has stopped.
                    long sampled = cycles.count() + 2;
                    drain(startNs + timeoutNs, () -> cycles.count() < sampled);
                    Long2LongHashMap positions = DriverCounters.publisherPositions(counters());
                    drain(startNs + timeoutNs, () -> DriverCounters.arePausedUnread(counters(), positions));
                }
                mediaDriver.close();
            } finally {
                lock.removeAndRelease();
            }
        });
    }

    private static void drain(long deadlineNs, BooleanSupplier isUndrained) {
        while (isUndrained.getAsBoolean() && System.nanoTime() - deadlineNs < 0) {
            LockSupport.parkNanos(POLL_INTERVAL_NS);
        }
    }

    private CountersReader counters() {
        return mediaDriver.context().countersManager();
    }
}
