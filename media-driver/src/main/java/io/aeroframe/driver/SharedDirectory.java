package io.aeroframe.driver;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Where the processes that use one driver share files in memory, each of them with one owner.
 *
 * <p>The owner holds a lock on its file, which the operating system frees when that process ends, however it ends: so anyone can
 * tell an abandoned file, and remove it. Only the user whose processes these are can read the directory. Thread-safe.
 */
public final class SharedDirectory {

    private static final String SUFFIX = ".shared";

    /** A far-off byte: on Windows a locked range cannot be read by others. */
    private static final long LOCK_POSITION = Long.MAX_VALUE - 1;

    private static final Set<OpenOption> CREATE = Set.of(
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            LinkOption.NOFOLLOW_LINKS);
    private static final Set<OpenOption> OPEN =
            Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);

    /**
     * The files that this JVM owns. POSIX drops all of a process's locks on a file when any descriptor of it is closed: one that is
     * owned here is never opened here a second time.
     */
    private static final Map<Path, SharedFile> OWNED = new HashMap<>();

    private final Path path;

    SharedDirectory(Path path) {
        this.path = path.toAbsolutePath().normalize();
    }

    /**
     * What is to be done with the open channel of a shared file.
     *
     * @param <T> what it is done for.
     */
    @FunctionalInterface
    public interface ChannelFunction<T> {

        /**
         * Uses the channel, and neither keeps nor closes it.
         *
         * @param channel for reading and writing.
         * @return what was wanted of it.
         * @throws IOException if it fails.
         */
        T apply(FileChannel channel) throws IOException;
    }

    /**
     * The directory.
     *
     * @return its path; there need not be one before there is a file in it.
     */
    public Path path() {
        return path;
    }

    /**
     * How much more the file system takes.
     *
     * @return bytes.
     * @throws FrameDriverException if it cannot be told.
     */
    public long usableBytes() {
        try {
            return Files.getFileStore(BaseDirectory.open(path).path()).getUsableSpace();
        } catch (IOException ex) {
            throw new FrameDriverException(path + ": its free space cannot be read: " + BaseDirectory.reason(ex), ex);
        }
    }

    /**
     * Makes an empty file that this process owns.
     *
     * @param name of the file, never used before.
     * @return the file; to be closed.
     * @throws FrameDriverException if it cannot be made.
     */
    public SharedFile create(String name) {
        Path file = file(name);
        while (true) {
            BaseDirectory.open(path);
            try {
                SharedFile made = tryCreate(file);
                if (made != null) {
                    return made;
                }
            } catch (NoSuchFileException ex) {
                continue; // the last user of the directory has removed it: once more
            } catch (IOException ex) {
                throw new FrameDriverException(file + ": cannot be made: " + BaseDirectory.reason(ex), ex);
            }
        }
    }

    /** Null if somebody who sweeps came in between the file and its lock, and took it for abandoned. */
    private SharedFile tryCreate(Path file) throws IOException {
        synchronized (OWNED) {
            FileChannel channel = FileChannel.open(file, CREATE, ownerOnly(file));
            boolean isKept = false;
            try {
                isKept = channel.tryLock(LOCK_POSITION, 1, false) != null && Files.exists(file);
                if (!isKept) {
                    return null;
                }
                SharedFile made = new SharedFile(this, file, channel);
                OWNED.put(file, made);
                return made;
            } finally {
                if (!isKept) {
                    channel.close();
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    /**
     * Opens a file that some process, or this one, has made.
     *
     * @param name     of the file.
     * @param function is given its channel.
     * @param <T>      what the function returns.
     * @return what the function returned; null if there is no such file.
     * @throws FrameDriverException if it cannot be opened, or the function fails.
     */
    public <T> T open(String name, ChannelFunction<T> function) {
        Path file = file(name);
        try {
            synchronized (OWNED) {
                SharedFile own = OWNED.get(file);
                if (own != null) {
                    return function.apply(own.channel());
                }
            }
            try (FileChannel channel = FileChannel.open(file, OPEN)) {
                return function.apply(channel);
            }
        } catch (NoSuchFileException ex) {
            return null;
        } catch (IOException ex) {
            throw new FrameDriverException(file + ": cannot be opened: " + BaseDirectory.reason(ex), ex);
        }
    }

    /**
     * Whether the process that owned a file is gone, or has removed it.
     *
     * @param name of the file.
     * @return true if nobody owns it any more.
     * @throws FrameDriverException if it cannot be told.
     */
    public boolean isAbandoned(String name) {
        Path file = file(name);
        synchronized (OWNED) {
            if (OWNED.containsKey(file)) {
                return false;
            }
        }
        try (FileChannel channel = FileChannel.open(file, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
                FileLock lock = channel.tryLock(LOCK_POSITION, 1, true)) {
            return lock != null;
        } catch (NoSuchFileException ex) {
            return true;
        } catch (OverlappingFileLockException ex) {
            return false; // another thread is asking: it will be told
        } catch (IOException ex) {
            throw new FrameDriverException(file + ": cannot be opened: " + BaseDirectory.reason(ex), ex);
        }
    }

    /** Removes the files of processes that are gone, and the directory if nothing is left in it. */
    public void sweep() {
        try (DirectoryStream<Path> candidates = Files.newDirectoryStream(path, "*" + SUFFIX)) {
            for (Path candidate : candidates) {
                sweep(candidate);
            }
        } catch (NoSuchFileException ex) {
            return; // nothing to sweep
        } catch (IOException ex) {
            throw new FrameDriverException(path + ": cannot be swept: " + BaseDirectory.reason(ex), ex);
        }
        removeIfEmpty();
    }

    private static void sweep(Path file) throws IOException {
        synchronized (OWNED) {
            if (OWNED.containsKey(file)) {
                return;
            }
            try (FileChannel channel = FileChannel.open(file, OPEN);
                    FileLock lock = channel.tryLock(LOCK_POSITION, 1, false)) {
                if (lock != null) {
                    Files.deleteIfExists(file);
                }
            } catch (NoSuchFileException | OverlappingFileLockException ex) {
                return; // its owner, or another who sweeps, was faster
            }
        }
    }

    void remove(SharedFile file) {
        synchronized (OWNED) {
            try {
                Files.deleteIfExists(file.path()); // first: an unlocked file counts as abandoned
                file.channel().close();
            } catch (IOException ex) {
                throw new FrameDriverException(file.path() + ": cannot be removed: " + BaseDirectory.reason(ex), ex);
            } finally {
                OWNED.remove(file.path());
            }
        }
        removeIfEmpty();
    }

    private void removeIfEmpty() {
        try {
            Files.deleteIfExists(path);
        } catch (DirectoryNotEmptyException ex) {
            return; // others use it
        } catch (IOException ex) {
            throw new FrameDriverException(path + ": cannot be removed: " + BaseDirectory.reason(ex), ex);
        }
    }

    private static FileAttribute<?>[] ownerOnly(Path file) {
        return file.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
    }

    private Path file(String name) {
        return path.resolve(name + SUFFIX);
    }
}
