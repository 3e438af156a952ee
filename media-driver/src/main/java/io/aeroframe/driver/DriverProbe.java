package io.aeroframe.driver;

import io.aeroframe.driver.internal.FileThread;
import io.aeroframe.driver.internal.LockedFiles;
import io.aeroframe.driver.internal.OwnedDirectory;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.agrona.concurrent.EpochClock;
import org.agrona.concurrent.SystemEpochClock;

/**
 * Looks which driver is up in an Aeron directory, by what its owner has announced and by the driver's own file. Meant
 * to be asked many times a second: while nothing changes it reads the attributes of two files and a few bytes of one,
 * which it keeps open. Thread-safe; waits for file operations, and for other threads that ask.
 */
final class DriverProbe implements AutoCloseable {

    /** A driver beats every 0.1 s; one that has been silent for this long is not joined. */
    private static final long HEARTBEAT_TIMEOUT_MS = 1_000;

    /** A driver that beat this recently is alive. Otherwise the lock says at once whether its process is. */
    private static final long RECENT_MS = 250;

    private final Path aeronDirectory;

    /** Where there may be an announcement of the driver; null where there is none. */
    private final BaseDirectory base;

    private final boolean isOurs;
    private CommandFile commandFile;
    private FileStamp announcementStamp;
    private Announcement announcement;
    private RunningDriver last;
    private boolean isClosed;

    private DriverProbe(Path aeronDirectory, BaseDirectory base, boolean isOurs) {
        this.aeronDirectory = aeronDirectory;
        this.base = base;
        this.isOurs = isOurs;
    }

    /** Of the driver of a base directory. */
    static DriverProbe of(BaseDirectory base) {
        return new DriverProbe(base.aeron(), base, true);
    }

    /**
     * Probes an external driver. If its directory lies in a base directory, and the driver announced there is
     * the one that it holds, the announced clock is the driver's; otherwise the driver uses the system's, as Aeron does
     * by default.
     */
    static DriverProbe of(Path aeronDirectory) {
        return new DriverProbe(aeronDirectory, BaseDirectory.around(aeronDirectory), false);
    }

    /** Asks once. */
    static RunningDriver runningIn(BaseDirectory base) {
        try (DriverProbe probe = of(base)) {
            return probe.running();
        }
    }

    /**
     * The driver that is up.
     *
     * @return null if none is.
     * @throws FrameDriverException if the directory cannot be read.
     */
    RunningDriver running() {
        return FileThread.call(() -> {
            synchronized (this) {
                try {
                    last = isOurs ? ours() : foreign();
                    return last;
                } catch (NoSuchFileException ex) {
                    last = null;
                    return null; // being removed, or made
                } catch (IOException ex) {
                    throw new FrameDriverException(
                            FrameDriverException.Reason.DIRECTORY,
                            aeronDirectory + ": cannot be read: " + OwnedDirectory.reason(ex),
                            ex);
                } finally {
                    if (last == null || isClosed) {
                        closeFile();
                    }
                }
            }
        });
    }

    private RunningDriver ours() throws IOException {
        readAnnouncement();
        if (announcement == null
                || !readCommandFile()
                || !announcement.identity().equals(commandFile.identity())) {
            return null;
        }
        long silentMs = announcement.clock().time() - commandFile.heartbeatMs();
        // One that was not up before is not believed by its heartbeat alone: it may have been killed a moment ago.
        boolean isRecent = last != null && silentMs >= -RECENT_MS && silentMs <= RECENT_MS;
        boolean isAlive = isRecent || silentMs <= HEARTBEAT_TIMEOUT_MS && base.isOwned();
        return isAlive ? running(announcement.clock()) : null;
    }

    private RunningDriver foreign() throws IOException {
        if (!readCommandFile()) {
            return null;
        }
        if (base != null) {
            readAnnouncement();
        }
        boolean isAnnounced = announcement != null && announcement.identity().equals(commandFile.identity());
        EpochClock clock = isAnnounced ? announcement.clock() : SystemEpochClock.INSTANCE;
        return clock.time() - commandFile.heartbeatMs() <= FrameDriver.DRIVER_TIMEOUT_MS ? running(clock) : null;
    }

    /** The same object as long as it is the same driver. */
    private RunningDriver running(EpochClock clock) {
        return last != null
                        && last.identity().equals(commandFile.identity())
                        && last.epochClock().equals(clock)
                ? last
                : new RunningDriver(aeronDirectory.toString(), commandFile.identity(), clock);
    }

    private void readAnnouncement() {
        FileStamp stamp = FileStamp.of(base.announcement());
        if (stamp == null || !stamp.equals(announcementStamp)) {
            announcement = stamp == null ? null : Announcement.parse(base.announced());
            announcementStamp = stamp;
        }
    }

    private boolean readCommandFile() throws IOException {
        if (commandFile == null || !commandFile.key().equals(LockedFiles.key(CommandFile.path(aeronDirectory)))) {
            closeFile();
            commandFile = CommandFile.open(aeronDirectory, CommandFile.OpenFor.READING);
            last = null;
        }
        return commandFile.read();
    }

    /**
     * Whether the sockets of the driver that was up when it was last asked are in this process's network, as far as is
     * known.
     */
    synchronized boolean sharesNetwork() {
        boolean isKnown =
                last != null && announcement != null && announcement.identity().equals(last.identity());
        return !isKnown || announcement.sharesNetwork();
    }

    private void closeFile() {
        try {
            if (commandFile != null) {
                commandFile.close();
            }
        } catch (IOException ex) {
            throw new FrameDriverException(
                    FrameDriverException.Reason.DIRECTORY,
                    aeronDirectory + ": cannot be closed: " + ex.getMessage(),
                    ex);
        } finally {
            commandFile = null;
        }
    }

    /** Keeps no file open from now on; it may be asked nevertheless. */
    @Override
    public void close() {
        FileThread.run(() -> {
            synchronized (this) {
                isClosed = true;
                closeFile();
            }
        });
    }
}
