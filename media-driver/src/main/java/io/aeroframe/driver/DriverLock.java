package io.aeroframe.driver;

import io.aeroframe.driver.internal.FileThread;
import io.aeroframe.driver.internal.LockedFiles;
import io.aeroframe.driver.internal.OwnedDirectory;
import io.aeroframe.driver.internal.SharedDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.agrona.IoUtil;

/**
 * The right to host the driver of a base directory, until released or until the process ends: the lock on its {@code
 * driver.lock}.
 *
 * <p>A cleaner may remove the directory, or a part of it, while the lock is held, and another process may then host a
 * driver at the same path. The lock gives a right to what is there only as long as the lock file at the path is the one
 * that was locked; each step that deletes asks that first. One thread at a time.
 */
final class DriverLock {

    private final BaseDirectory base;
    private final LockedFiles.Locked file;

    DriverLock(BaseDirectory base, LockedFiles.Locked file) {
        this.base = base;
        this.file = file;
    }

    /** Whether what is at the path is this lock's to change and to delete. */
    boolean isInPlace() {
        return FileThread.call(file::isInPlace);
    }

    /**
     * Announces to other processes that the driver is up and which one it is.
     *
     * @param announcement is read whole, or not at all.
     * @throws FrameDriverException if it cannot be written, or is not this lock's to write.
     */
    void announce(String announcement) {
        FileThread.run(() -> {
            if (!isInPlace()) {
                throw new FrameDriverException(
                        FrameDriverException.Reason.FILES_REMOVED,
                        file.path() + ": was removed or replaced while it was locked");
            }
            try {
                Path written = Files.writeString(base.newAnnouncement(), announcement);
                Files.move(written, base.announcement(), StandardCopyOption.ATOMIC_MOVE);
            } catch (IOException ex) {
                throw new FrameDriverException(
                        FrameDriverException.Reason.DIRECTORY,
                        base.path() + ": cannot be written: " + OwnedDirectory.reason(ex),
                        ex);
            }
        });
    }

    /** Takes back the word that a driver is up. */
    void withdraw() {
        FileThread.run(() -> {
            try {
                if (isInPlace()) {
                    Files.deleteIfExists(base.announcement());
                    Files.deleteIfExists(base.newAnnouncement());
                }
            } catch (IOException ex) {
                throw new FrameDriverException(
                        FrameDriverException.Reason.DIRECTORY,
                        base.path() + ": cannot be cleared: " + OwnedDirectory.reason(ex),
                        ex);
            }
        });
    }

    /** Removes what a driver has left here, first of all the word that it is up. */
    void clear() {
        withdraw();
        FileThread.run(() -> {
            if (isInPlace()) {
                IoUtil.delete(base.aeron().toFile(), true);
            }
        });
    }

    /**
     * Removes the driver's files, the lock file, and the directory if it is empty and can be removed; then lets the
     * next one in.
     */
    void removeAndRelease() {
        FileThread.run(() -> {
            try {
                clear();
                if (isInPlace()) {
                    new SharedDirectory(base.path()).sweep();
                }
                if (isInPlace()) {
                    Files.deleteIfExists(file.path());
                    base.removeIfEmpty();
                }
            } catch (NoSuchFileException ex) {
                return; // removed by somebody else meanwhile
            } catch (IOException ex) {
                throw new FrameDriverException(
                        FrameDriverException.Reason.DIRECTORY,
                        base.path() + ": cannot be removed: " + OwnedDirectory.reason(ex),
                        ex);
            } finally {
                release();
            }
        });
    }

    private void release() {
        try {
            file.release();
        } catch (IOException ex) {
            throw new FrameDriverException(
                    FrameDriverException.Reason.DIRECTORY,
                    file.path() + ": cannot be unlocked: " + OwnedDirectory.reason(ex),
                    ex);
        }
    }
}
