package io.aeroframe.driver;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.agrona.IoUtil;

/**
 * The directory that the processes of one user on one host share: {@code driver.lock} and the driver's {@code aeron/}.
 *
 * <p>Whoever holds the lock on {@code driver.lock} may write and delete here. The operating system frees the lock when its holder
 * exits for any reason, so that a lock never outlives its process.
 */
final class BaseDirectory {

    /** Where the media driver keeps its files, inside the base directory. */
    private static final String AERON = "aeron";

    private static final String LOCK = "driver.lock";
    private static final String IDENTITY = "driver.id";
    private static final String PRIVATE_PREFIX = "private-";

    /** A far-off byte: on Windows a locked range cannot be read, and the start of the file is to stay readable. */
    private static final long LOCK_POSITION = Long.MAX_VALUE - 1;

    /**
     * Lock files held by this JVM. POSIX drops all of a process's locks on a file when any descriptor of it is closed, so a file that
     * this JVM has locked must not be opened a second time.
     */
    private static final Set<Path> HELD = new HashSet<>();

    private final Path path;
    private final boolean isNested;

    private BaseDirectory(Path path, boolean isNested) {
        this.path = path;
        this.isNested = isNested;
    }

    /**
     * The place used unless told otherwise.
     *
     * @return {@code AEROFRAME_DIR} of the environment or {@code aeroframe.dir} of the system properties, else
     *     {@code /dev/shm/aeroframe-USER} where there is a {@code /dev/shm}, else the same name in the temporary directory.
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
        String user = System.getProperty("user.name", "user").replaceAll("[^A-Za-z0-9._-]", "_");
        return parent.resolve("aeroframe-" + user);
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
        try {
            if (mayCreate) {
                create(absolute);
            }
            check(absolute);
        } catch (NoSuchFileException ex) {
            // Its last user may have removed it between the two calls.
            if (!mayCreate) {
                return null;
            }
            if (!Files.isDirectory(absolute.getParent())) {
                throw unusable(absolute, ex);
            }
            return open(path, true);
        } catch (IOException ex) {
            throw unusable(absolute, ex);
        }
        return new BaseDirectory(absolute, false);
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

    /**
     * Where those share files who use the driver of an Aeron directory: if it is in a base directory, there, with those who
     * found it by the base directory; else beside it.
     */
    static Path sharedBeside(Path aeronDirectory) {
        Path absolute = aeronDirectory.toAbsolutePath().normalize();
        Path base = absolute.getParent();
        return absolute.endsWith(AERON) && base != null && Files.exists(base.resolve(IDENTITY))
                ? base
                : absolute.resolveSibling(absolute.getFileName() + "-aeroframe");
    }

    Path path() {
        return path;
    }

    Path aeron() {
        return path.resolve(AERON);
    }

    /**
     * Tries to become the one who hosts.
     *
     * @return the lock, or null if another process, or this one, holds it.
     * @throws FrameDriverException if the lock file cannot be used.
     */
    Lock tryLock() {
        Path file = path.resolve(LOCK);
        synchronized (HELD) {
            if (HELD.contains(file)) {
                return null;
            }
            try {
                create(path);
                check(path);
                Lock lock = lockOrNull(file);
                if (lock != null) {
                    HELD.add(file);
                }
                return lock;
            } catch (NoSuchFileException ex) {
                return null; // the last holder is removing the directory: the caller comes again
            } catch (IOException ex) {
                throw new FrameDriverException(file + ": cannot be locked: " + reason(ex), ex);
            }
        }
    }

    /**
     * Whether somebody holds the lock: the files of a host that was killed look alive for a while.
     *
     * @throws FrameDriverException if the lock file cannot be used.
     */
    boolean isHosted() {
        Path file = path.resolve(LOCK);
        synchronized (HELD) {
            if (HELD.contains(file)) {
                return true;
            }
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
                    FileLock lock = channel.tryLock(LOCK_POSITION, 1, true)) {
                return lock == null;
            } catch (NoSuchFileException ex) {
                return false;
            } catch (OverlappingFileLockException ex) {
                return true;
            } catch (IOException ex) {
                throw new FrameDriverException(file + ": cannot be locked: " + reason(ex), ex);
            }
        }
    }

    /**
     * Which driver is up here, as its host announced.
     *
     * @return the announcement, or null if there is none.
     */
    String announced() {
        try {
            return Files.readString(path.resolve(IDENTITY), StandardCharsets.ISO_8859_1); // whatever is in it
        } catch (NoSuchFileException ex) {
            return null;
        } catch (IOException ex) {
            throw new FrameDriverException(path + ": cannot be read: " + reason(ex), ex);
        }
    }

    private Lock lockOrNull(Path file) throws IOException {
        if (!Files.exists(file)) {
            Files.write(file, new byte[0], StandardOpenOption.CREATE);
        }
        Object keyBefore = fileKey(file);
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
        boolean kept = false;
        try {
            FileLock fileLock = channel.tryLock(LOCK_POSITION, 1, false);
            // The last holder deletes the file before it lets go: what was locked may be a file without a name.
            kept = fileLock != null && Objects.equals(keyBefore, fileKey(file));
            return kept ? new Lock(file, channel) : null;
        } catch (OverlappingFileLockException ex) {
            return null;
        } finally {
            if (!kept) {
                channel.close();
            }
        }
    }

    private static Object fileKey(Path file) throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    }

    /** Removes the private directories of processes that are gone. */
    void sweepPrivateDirectories() {
        try (DirectoryStream<Path> candidates = Files.newDirectoryStream(path, PRIVATE_PREFIX + "*")) {
            for (Path candidate : candidates) {
                Lock lock = Files.isDirectory(candidate, LinkOption.NOFOLLOW_LINKS)
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
    }

    private static void create(Path directory) throws IOException {
        try {
            if (isPosix(directory)) {
                Files.createDirectory(
                        directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            } else {
                Files.createDirectory(directory);
            }
        } catch (FileAlreadyExistsException ex) {
            // what is there is judged by check()
            return;
        }
    }

    /** Judges one reading of the attributes: a directory that others remove meanwhile is missing, and not something else. */
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
            open.removeAll(PosixFilePermissions.fromString("rwx------"));
            if (!open.isEmpty()) {
                throw new IOException("other users may enter it (" + PosixFilePermissions.toString(posix.permissions())
                        + "): chmod 700 " + directory);
            }
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

    /** The right to host, until released or until the process ends. */
    final class Lock {
        private final Path file;
        private final FileChannel channel;

        private Lock(Path file, FileChannel channel) {
            this.file = file;
            this.channel = channel;
        }

        /**
         * Tells the others that the driver is up and which one it is.
         *
         * @param announcement to be read whole, or not at all.
         */
        void announce(String announcement) {
            try {
                Path written = Files.writeString(path.resolve(IDENTITY + ".new"), announcement);
                Files.move(written, path.resolve(IDENTITY), StandardCopyOption.ATOMIC_MOVE);
            } catch (IOException ex) {
                throw new FrameDriverException(path + ": cannot be written: " + reason(ex), ex);
            }
        }

        /** Takes back the word that a driver is up. */
        void withdraw() {
            try {
                Files.deleteIfExists(path.resolve(IDENTITY));
                Files.deleteIfExists(path.resolve(IDENTITY + ".new"));
            } catch (IOException ex) {
                throw new FrameDriverException(path + ": cannot be cleared: " + reason(ex), ex);
            }
        }

        /** Removes what a driver has left here, first of all the word that it is up. */
        void clear() {
            withdraw();
            IoUtil.delete(aeron().toFile(), true);
        }

        /** Removes the driver's files, the lock file and the directory, then lets the next one in. */
        void removeAndRelease() {
            try {
                clear();
                new SharedDirectory(path).sweep();
                Files.deleteIfExists(file);
                removeIfEmpty(path);
                if (isNested) {
                    removeIfEmpty(path.getParent());
                }
            } catch (DirectoryNotEmptyException | NoSuchFileException ex) {
                // Another process came in between: it owns the directory now.
                return;
            } catch (IOException ex) {
                throw new FrameDriverException(path + ": cannot be removed: " + reason(ex), ex);
            } finally {
                release();
            }
        }

        private static void removeIfEmpty(Path directory) throws IOException {
            boolean isEmpty;
            try (Stream<Path> entries = Files.list(directory)) {
                isEmpty = entries.findAny().isEmpty();
            }
            if (isEmpty) {
                Files.deleteIfExists(directory);
            }
        }

        private void release() {
            synchronized (HELD) {
                try {
                    channel.close();
                } catch (IOException ex) {
                    throw new FrameDriverException(file + ": cannot be unlocked: " + reason(ex), ex);
                } finally {
                    HELD.remove(file);
                }
            }
        }
    }
}
