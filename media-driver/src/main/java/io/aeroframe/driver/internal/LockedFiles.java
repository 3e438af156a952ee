package io.aeroframe.driver.internal;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The one place where files are locked, and where those that may be locked are opened: at most once in a process,
 * whatever the class loader and however the path is spelled.
 *
 * <p>POSIX frees all of a process's locks on a file as soon as the process closes any descriptor of that file. So the
 * process keeps a table of the files that it has locked, or has open without a lock, by device and inode:
 *
 * <ul>
 * <li>a file that is locked here is never opened a second time: its owner's channel is used instead;
 * <li>a file that is open here is not locked until it has been closed.
 * </ul>
 *
 * <p>Looking a file up, opening it and locking it are one step under the table's monitor, as is closing it. What is
 * done with an open file is not: mapping a gigabyte holds up nobody else. The table is made of classes of the JDK and
 * lies in the system properties, which all class loaders see. Thread-safe; may block while another thread opens or
 * closes a file, and never while a file is used.
 *
 * <p>See {@code docs/explanation/decisions/0007-file-locks.md}.
 */
public final class LockedFiles {

    private static final String PROPERTY = "io.aeroframe.driver.files";

    /** A far-off byte: on Windows a locked range cannot be read by others. */
    private static final long LOCK_POSITION = Long.MAX_VALUE - 1;

    private static final Set<OpenOption> CREATE = Set.of(
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            LinkOption.NOFOLLOW_LINKS);
    private static final Set<OpenOption> OPEN =
            Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
    private static final Set<OpenOption> READ = Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);

    /**
     * By file key: the {@link FileChannel} that has it locked, or an {@link Integer}, how often it is open. Its own
     * monitor guards it.
     */
    private static final Map<Object, Object> FILES = ofThisProcess();

    private LockedFiles() {}

    @SuppressWarnings("unchecked")
    private static Map<Object, Object> ofThisProcess() {
        return (Map<Object, Object>)
                System.getProperties().computeIfAbsent(PROPERTY, key -> new ConcurrentHashMap<Object, Object>());
    }

    /**
     * A file that this process has locked.
     *
     * @param path    where it was.
     * @param key     which file it is.
     * @param channel that holds the lock.
     */
    public record Locked(Path path, Object key, FileChannel channel) {

        /** Whether the file at the path is still this one. */
        public boolean isInPlace() {
            try {
                return key.equals(LockedFiles.key(path));
            } catch (IOException ex) {
                return false; // whatever is there cannot be shown to be ours
            }
        }

        /** Removes the file if it is in its place, then frees the lock. */
        public void remove() throws IOException {
            FileThread.call(() -> {
                synchronized (FILES) {
                    try {
                        if (isInPlace()) {
                            Files.deleteIfExists(path); // first: a file without a lock counts as abandoned
                        }
                    } finally {
                        release();
                    }
                }
                return null;
            });
        }

        /** Frees the lock, and leaves the file. */
        public void release() throws IOException {
            FileThread.call(() -> {
                synchronized (FILES) {
                    try {
                        channel.close();
                    } finally {
                        FILES.remove(key, channel);
                    }
                }
                return null;
            });
        }
    }

    /**
     * Makes a file and locks it.
     *
     * @return null if another process that sweeps, or asks, was faster than the lock: the file is gone again.
     * @throws java.nio.file.FileAlreadyExistsException if there is one.
     */
    public static Locked create(Path file) throws IOException {
        return FileThread.call(() -> {
            synchronized (FILES) {
                Locked made = locked(file, FileChannel.open(file, CREATE, ownerOnly(file)), null);
                if (made == null) {
                    Files.deleteIfExists(file);
                }
                return made;
            }
        });
    }

    /** Makes an empty file if there is none. */
    public static void makeIfMissing(Path file) throws IOException {
        FileThread.call(() -> {
            synchronized (FILES) {
                if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                    FileChannel.open(file, CREATE, ownerOnly(file)).close(); // of a new file, which has no lock to lose
                }
            }
            return null;
        });
    }

    /**
     * Locks a file.
     *
     * @return null if another process, or this one, has it locked, or this one has it open.
     * @throws NoSuchFileException if there is none.
     */
    public static Locked tryLock(Path file) throws IOException {
        return FileThread.call(() -> {
            synchronized (FILES) {
                Object key = key(file);
                return FILES.containsKey(key) ? null : locked(file, FileChannel.open(file, OPEN), key);
            }
        });
    }

    /** Locks what has just been opened, if it is still there; closes it otherwise. */
    private static Locked locked(Path file, FileChannel channel, Object keyBefore) throws IOException {
        assert Thread.holdsLock(FILES) && Thread.currentThread() instanceof FileThread;
        boolean isKept = false;
        try {
            Object key = keyBefore == null ? key(file) : keyBefore;
            // The last holder deletes the file before freeing it: what was locked may be a file without a name.
            isKept = channel.tryLock(LOCK_POSITION, 1, false) != null && key.equals(key(file));
            if (!isKept) {
                return null;
            }
            FILES.put(key, channel);
            return new Locked(file, key, channel);
        } catch (OverlappingFileLockException ex) {
            return null; // locked in this process, past this table
        } catch (NoSuchFileException ex) {
            return null;
        } finally {
            if (!isKept) {
                channel.close();
            }
        }
    }

    /**
     * Whether some process, or this one, has a file locked.
     *
     * @throws NoSuchFileException if there is none.
     */
    public static boolean isLocked(Path file) throws IOException {
        return FileThread.call(() -> {
            synchronized (FILES) {
                if (FILES.get(key(file)) instanceof FileChannel) {
                    return true;
                }
                try (FileChannel channel = FileChannel.open(file, READ);
                        FileLock lock = channel.tryLock(LOCK_POSITION, 1, true)) {
                    return lock == null;
                } catch (OverlappingFileLockException ex) {
                    return true;
                }
            }
        });
    }

    /**
     * Uses a file: through its owner's channel if that is in this process. The table is not locked meanwhile.
     *
     * @throws NoSuchFileException if there is none, or its owner in this process has just removed it.
     */
    public static <T> T use(Path file, SharedDirectory.ChannelFunction<T> function) throws IOException {
        return FileThread.call(() -> {
            Object key;
            FileChannel own;
            FileChannel opened = null;
            synchronized (FILES) {
                key = key(file);
                own = FILES.get(key) instanceof FileChannel channel ? channel : null;
                if (own == null) {
                    opened = openUnlocked(file, key);
                    int count = FILES.get(key) instanceof Integer openings ? openings : 0;
                    FILES.put(key, count + 1);
                }
            }
            if (own != null) {
                return useOwn(file, own, function);
            }
            try {
                return function.apply(opened);
            } finally {
                synchronized (FILES) {
                    try {
                        opened.close();
                    } finally {
                        int count = (Integer) FILES.remove(key);
                        if (count > 1) {
                            FILES.put(key, count - 1);
                        }
                    }
                }
            }
        });
    }

    private static FileChannel openUnlocked(Path file, Object key) throws IOException {
        FileChannel channel = FileChannel.open(file, OPEN);
        boolean isRight = false;
        try {
            isRight = key.equals(key(file));
        } finally {
            if (!isRight) {
                channel.close();
            }
        }
        if (!isRight) {
            throw new NoSuchFileException(file.toString(), null, "it has just been replaced");
        }
        return channel;
    }

    private static <T> T useOwn(Path file, FileChannel own, SharedDirectory.ChannelFunction<T> function)
            throws IOException {
        try {
            return function.apply(own);
        } catch (ClosedChannelException ex) {
            NoSuchFileException gone = new NoSuchFileException(file.toString());
            gone.initCause(ex);
            throw gone;
        }
    }

    /** Device and inode; where there are none, the path that all spellings lead to. */
    public static Object key(Path file) throws IOException {
        Object key = Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .fileKey();
        return key == null ? file.toRealPath() : key;
    }

    private static FileAttribute<?>[] ownerOnly(Path file) {
        return file.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
    }
}
