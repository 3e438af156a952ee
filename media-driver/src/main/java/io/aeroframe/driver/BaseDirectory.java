package io.aeroframe.driver;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

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

    /** Where the media driver keeps its files, inside the base directory. */
    private static final String AERON = "aeron";

    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rwx------");

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
     * The place used unless told otherwise.
     *
     * @return {@code AEROFRAME_DIR} of the environment or {@code aeroframe.dir} of the system properties, else {@code
     *         /dev/shm/aeroframe-USER} where there is a {@code /dev/shm}, else the same name in the temporary
     *         directory.
     */
    static Path defaultPath() {
        String told = System.getProperty("aeroframe.dir", System.getenv("AEROFRAME_DIR"));
        if (told != null && !told.isBlank()) {
            return Path.of(told);
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
     * @param path of the directory; its parent must exist.
     * @return the directory.
     * @throws FrameDriverException if it is a link, is not a directory, belongs to another user or lets other users in.
     */
    static BaseDirectory open(Path path) {
        return open(path, true);
    }

    /**
     * Opens a base directory if it is there.
     *
     * @param path of the directory.
     * @return the directory, or null if there is none.
     * @throws FrameDriverException as {@link #open(Path)}.
     */
    static BaseDirectory existing(Path path) {
        return Files.exists(path, LinkOption.NOFOLLOW_LINKS) ? open(path, false) : null;
    }

    private static BaseDirectory open(Path path, boolean mayCreate) {
        Path absolute = path.toAbsolutePath().normalize();
        return FileThread.call(() -> {
            while (true) {
                try {
                    if (mayCreate) {
                        create(absolute);
                    }
                    check(absolute);
                    return new BaseDirectory(absolute, false);
                } catch (NoSuchFileException ex) {
                    // Its last user may have removed it between the two calls.
                    if (!mayCreate) {
                        return null;
                    }
                    if (!Files.isDirectory(absolute.getParent())) {
                        throw unusable(absolute, ex);
                    }
                } catch (IOException ex) {
                    throw unusable(absolute, ex);
                }
            }
        });
    }

    private static FrameDriverException unusable(Path directory, IOException ex) {
        return new FrameDriverException(
                directory + ": the base directory cannot be used: " + reason(ex)
                        + "; choose another with the environment variable AEROFRAME_DIR",
                ex);
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
        return absolute.endsWith(AERON) && parent != null && Files.exists(parent.resolve(IDENTITY))
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
        return path.resolve(AERON);
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
                throw new FrameDriverException(file + ": cannot be locked: " + reason(ex), ex);
            }
        });
    }

    /**
     * Whether some process holds the lock: the files of a host that was killed look alive for a while.
     *
     * @throws FrameDriverException if the lock file cannot be used.
     */
    boolean isHosted() {
        Path file = path.resolve(LOCK);
        try {
            return LockedFiles.isLocked(file);
        } catch (NoSuchFileException ex) {
            return false;
        } catch (IOException ex) {
            throw new FrameDriverException(file + ": cannot be locked: " + reason(ex), ex);
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
                throw new FrameDriverException(path + ": cannot be read: " + reason(ex), ex);
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
                return; // the last one who was here has just removed it: nothing to sweep
            } catch (IOException ex) {
                throw new FrameDriverException(path + ": cannot be swept: " + reason(ex), ex);
            }
        });
    }

    /**
     * Removes the directory, and the one around it if this is a nested one, as far as nothing is in them and they can
     * be removed.
     */
    void removeIfEmpty() {
        removeIfEmpty(path);
        if (isNested) {
            removeIfEmpty(path.getParent());
        }
    }

    /**
     * Removes a directory if nothing is in it. One that must stay is left: a mount point, one whose parent cannot be
     * written. Nothing of ours is in it then, and the next process uses it as it is.
     */
    static void removeIfEmpty(Path directory) {
        try {
            Files.deleteIfExists(directory);
        } catch (FileSystemException ex) {
            return; // others use it, or it must stay
        } catch (IOException ex) {
            throw new FrameDriverException(directory + ": cannot be removed: " + reason(ex), ex);
        }
    }

    /** Asks nothing of the parent if there is a directory already: the parent need not let this user write. */
    private static void create(Path directory) throws IOException {
        if (Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try {
            if (isPosix(directory)) {
                Files.createDirectory(
                        directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            } else {
                Files.createDirectory(directory);
            }
        } catch (FileAlreadyExistsException ex) {
            // what is there is validated by check()
            return;
        }
    }

    /**
     * Validates one reading of the attributes: a directory that others remove meanwhile is missing, and not something
     * else.
     */
    private static void check(Path directory) throws IOException {
        Class<? extends BasicFileAttributes> kind =
                isPosix(directory) ? PosixFileAttributes.class : BasicFileAttributes.class;
        BasicFileAttributes attributes = Files.readAttributes(directory, kind, LinkOption.NOFOLLOW_LINKS);
        if (attributes.isSymbolicLink()) {
            throw new IOException("it is a link");
        }
        if (!attributes.isDirectory()) {
            throw new IOException("it is not a directory");
        }
        if (attributes instanceof PosixFileAttributes posix) {
            if (!posix.owner().equals(ownIdentity(directory))) {
                throw new IOException("it belongs to the user " + posix.owner().getName());
            }
            Set<PosixFilePermission> open = new HashSet<>(posix.permissions());
            open.removeAll(OWNER_ONLY);
            if (!open.isEmpty() && isOfADriverAlone(directory)) {
                Files.setPosixFilePermissions(directory, OWNER_ONLY);
            } else if (!open.isEmpty()) {
                throw new IOException("other users may enter it (" + PosixFilePermissions.toString(posix.permissions())
                        + "): chmod 700 " + directory);
            }
        }
    }

    /**
     * Whether a directory was made by a media driver that was starting when the one before was removed: Aeron creates
     * the parents of its directory too, with the mode that is usual for the user. Nothing else is in such a one.
     */
    private static boolean isOfADriverAlone(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(entry -> entry.getFileName().toString()).toList().equals(List.of(AERON));
        }
    }

    private static UserPrincipal ownIdentity(Path directory) throws IOException {
        Path self = Path.of("/proc/self");
        return Files.exists(self)
                ? Files.getOwner(self)
                : directory
                        .getFileSystem()
                        .getUserPrincipalLookupService()
                        .lookupPrincipalByName(System.getProperty("user.name"));
    }

    private static boolean isPosix(Path directory) {
        return directory.getFileSystem().supportedFileAttributeViews().contains("posix");
    }

    static String reason(IOException ex) {
        if (ex instanceof NoSuchFileException) {
            return "no such directory: " + ex.getMessage();
        }
        if (ex instanceof AccessDeniedException) {
            return "permission denied: " + ex.getMessage();
        }
        return ex.getMessage();
    }
}
