package io.aeroframe.driver;

import io.aeroframe.driver.internal.FileThread;
import io.aeroframe.driver.internal.LockedFiles;
import io.aeroframe.driver.internal.OwnedDirectory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * The directory that the processes of one user on one host share: {@code driver.lock} and the driver's {@code aeron/}.
 *
 * <p>The holder of the lock on {@code driver.lock} may write and delete here. The operating system frees the lock when
 * its holder exits for any reason, so that a lock never outlives its process.
 *
 * <p>A directory that exists is used as it is, if it is the user's own and lets nobody else in: also one that is a
 * mount point, or in which a service manager has put it. At the end it is removed if that can be done, and left empty
 * otherwise. Thread-safe; file operations run on a {@link FileThread}.
 */
final class BaseDirectory {

    private static final String LOCK = "driver.lock";
    private static final String IDENTITY = "driver.id";
    private static final String PRIVATE_PREFIX = "private-";

    private final Path path;
    private final boolean isNested;

    private BaseDirectory(Path path, boolean isNested) {
        this.path = path;
        this.isNested = isNested;
    }

    /**
     * The default place.
     *
     * @return {@code AEROFRAME_DIR} of the environment or {@code aeroframe.dir} of the system properties, else {@code
     *         /dev/shm/aeroframe-USER} where there is a {@code /dev/shm}, else the same name in the temporary
     *         directory.
     */
    static Path defaultPath() {
        String named = System.getProperty("aeroframe.dir", System.getenv("AEROFRAME_DIR"));
        if (named != null && !named.isBlank()) {
            return Path.of(named);
        }
        Path memory = Path.of("/dev/shm");
        Path parent = Files.isDirectory(memory) && Files.isWritable(memory)
                ? memory
                : Path.of(System.getProperty("java.io.tmpdir"));
        return parent.resolve("aeroframe-" + user());
    }

    /** The user's name; the numeric id where it has none, as in a container that is run with one. */
    static String user() {
        String name = System.getProperty("user.name", "");
        if (name.isBlank() || name.equals("?")) {
            try {
                return Files.getAttribute(Path.of("/proc/self"), "unix:uid").toString();
            } catch (IOException | UnsupportedOperationException | IllegalArgumentException ex) {
                return "user"; // a system without numeric ids
            }
        }
        return name.replaceAll("[^A-Za-z0-9._-]", "_");
    }

    /**
     * Opens a base directory, creating it for its owner alone if need be.
     *
     * @param path the directory; its parent must exist.
     * @return the directory.
     * @throws FrameDriverException if it is a link, is not a directory, belongs to another user or lets other users in.
     */
    static BaseDirectory open(Path path) {
        return new BaseDirectory(OwnedDirectory.open(path), false);
    }

    /**
     * Opens a base directory if it is there.
     *
     * @param path the directory.
     * @return the directory, or null if there is none.
     * @throws FrameDriverException as {@link #open(Path)}.
     */
    static BaseDirectory existing(Path path) {
        Path existing = OwnedDirectory.openExisting(path);
        return existing == null ? null : new BaseDirectory(existing, false);
    }

    /**
     * A directory of its own for a driver that is not to be shared, inside this one.
     *
     * @param name distinct among the live processes of the host.
     * @return the nested base directory.
     */
    BaseDirectory nested(String name) {
        return new BaseDirectory(open(path.resolve(PRIVATE_PREFIX + name)).path, true);
    }

    /** The base directory that an Aeron directory is in; null if it is not in one. */
    static BaseDirectory around(Path aeronDirectory) {
        Path absolute = aeronDirectory.toAbsolutePath().normalize();
        Path parent = absolute.getParent();
        return absolute.endsWith(OwnedDirectory.AERON) && parent != null && Files.exists(parent.resolve(IDENTITY))
                ? new BaseDirectory(parent, false)
                : null;
    }

    /**
     * Where the processes share files that use the driver of an Aeron directory: if that is in a base directory, there,
     * with those that found it by the base directory; else beside it, in a directory of the user's own.
     */
    static Path sharedBeside(Path aeronDirectory) {
        BaseDirectory base = around(aeronDirectory);
        Path absolute = aeronDirectory.toAbsolutePath().normalize();
        return base == null ? absolute.resolveSibling(absolute.getFileName() + "-aeroframe-" + user()) : base.path;
    }

    Path path() {
        return path;
    }

    Path aeron() {
        return path.resolve(OwnedDirectory.AERON);
    }

    Path announcement() {
        return path.resolve(IDENTITY);
    }

    Path newAnnouncement() {
        return path.resolve(IDENTITY + ".new");
    }

    /**
     * Tries to get the right to host. Makes the directory if it has been removed.
     *
     * @return the lock, or null if another process, or this one, holds it.
     * @throws FrameDriverException if the directory or its lock file cannot be used.
     */
    DriverLock tryLock() {
        Path file = path.resolve(LOCK);
        return FileThread.call(() -> {
            if (isNested) {
                open(path.getParent());
            }
            open(path);
            try {
                LockedFiles.makeIfMissing(file);
                LockedFiles.Locked locked = LockedFiles.tryLock(file);
                return locked == null ? null : new DriverLock(this, locked);
            } catch (NoSuchFileException | FileAlreadyExistsException ex) {
                return null; // the last holder is removing it, or another process is making it: the caller comes again
            } catch (IOException ex) {
                throw new FrameDriverException(
                        FrameDriverException.Reason.DIRECTORY,
                        file + ": cannot be locked: " + OwnedDirectory.reason(ex),
                        ex);
            }
        });
    }

    /**
     * Whether some process holds the lock: the files of a host that was killed look alive for a while.
     *
     * @throws FrameDriverException if the lock file cannot be used.
     */
    boolean isOwned() {
        Path file = path.resolve(LOCK);
        try {
            return LockedFiles.isLocked(file);
        } catch (NoSuchFileException ex) {
            return false;
        } catch (IOException ex) {
            throw new FrameDriverException(
                    FrameDriverException.Reason.DIRECTORY,
                    file + ": cannot be locked: " + OwnedDirectory.reason(ex),
                    ex);
        }
    }

    /**
     * Which driver is up here, as the process that hosts it has announced.
     *
     * @return the announcement, or null if there is none.
     * @throws FrameDriverException if it cannot be read.
     */
    String announced() {
        return FileThread.call(() -> {
            try {
                return Files.readString(announcement(), StandardCharsets.ISO_8859_1); // whatever is in it
            } catch (NoSuchFileException ex) {
                return null;
            } catch (IOException ex) {
                throw new FrameDriverException(
                        FrameDriverException.Reason.DIRECTORY,
                        path + ": cannot be read: " + OwnedDirectory.reason(ex),
                        ex);
            }
        });
    }

    /** Removes the private directories of processes that are gone. */
    void sweepPrivateDirectories() {
        FileThread.run(() -> {
            try (DirectoryStream<Path> candidates = Files.newDirectoryStream(path, PRIVATE_PREFIX + "*")) {
                for (Path candidate : candidates) {
                    DriverLock lock = Files.isDirectory(candidate, LinkOption.NOFOLLOW_LINKS)
                            ? new BaseDirectory(candidate, true).tryLock()
                            : null;
                    if (lock != null) {
                        lock.removeAndRelease();
                    }
                }
            } catch (NoSuchFileException ex) {
                return; // its last user has just removed it: nothing to sweep
            } catch (IOException ex) {
                throw new FrameDriverException(
                        FrameDriverException.Reason.DIRECTORY,
                        path + ": cannot be swept: " + OwnedDirectory.reason(ex),
                        ex);
            }
        });
    }

    /**
     * Removes the directory, and the one around it if this is a nested one, as far as nothing is in them and they can
     * be removed.
     */
    void removeIfEmpty() {
        OwnedDirectory.removeIfEmpty(path);
        if (isNested) {
            OwnedDirectory.removeIfEmpty(path.getParent());
        }
    }
}
