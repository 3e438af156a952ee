package io.aeroframe.driver.internal;

import io.aeroframe.driver.FrameDriverException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Where the processes that use one driver share files in memory, each of them with one owner.
 *
 * <p>The owner holds a lock on its file, which the operating system frees when that process ends, however it ends: so
 * anyone can identify an abandoned file, and remove it. Only the user whose processes these are can read the directory.
 *
 * <p>Thread-safe. All file operations run on threads of this library's own: an interrupt of the calling thread neither
 * ends them nor closes a file, and the interrupt flag stays set. None waits for another process.
 */
public final class SharedDirectory {

    private static final String SUFFIX = ".shared";

    private final Path path;

    /**
     * A directory that need not exist yet.
     *
     * @param path the directory.
     */
    public SharedDirectory(Path path) {
        this.path = path.toAbsolutePath().normalize();
    }

    /**
     * What is to be done with the open channel of a shared file. Runs on a thread of this library's own, and must not
     * wait for the thread that asked for it.
     *
     * @param <T> what it is done for.
     */
    @FunctionalInterface
    public interface ChannelFunction<T> {

        /**
         * Uses the channel, and neither keeps nor closes it. Memory that it maps may be kept.
         *
         * @param channel the channel for reading and writing.
         * @return what was wanted of it.
         * @throws IOException if it fails.
         */
        T apply(FileChannel channel) throws IOException;
    }

    /**
     * The directory. Any thread; does not block.
     *
     * @return its path; there need not be one before there is a file in it.
     */
    public Path path() {
        return path;
    }

    /**
     * How much more the file system takes. Any thread. Makes the directory if there is none.
     *
     * @return bytes.
     * @throws FrameDriverException if the directory cannot be used or its free space cannot be read.
     */
    public long usableBytes() {
        return FileThread.call(() -> {
            try {
                return Files.getFileStore(OwnedDirectory.open(path)).getUsableSpace();
            } catch (IOException ex) {
                throw new FrameDriverException(
                        FrameDriverException.Reason.DIRECTORY,
                        path + ": its free space cannot be read: " + OwnedDirectory.reason(ex),
                        ex);
            }
        });
    }

    /**
     * Makes an empty file that this process owns. Any thread. Makes the directory if there is none.
     *
     * @param name the name of the file, never used before.
     * @return the file; to be closed.
     * @throws FrameDriverException if it cannot be made.
     */
    public SharedFile create(String name) {
        Path file = path(name);
        return FileThread.call(() -> {
            while (true) {
                OwnedDirectory.open(path);
                try {
                    LockedFiles.Locked made = LockedFiles.create(file);
                    if (made != null) {
                        return new SharedFile(this, made);
                    }
                } catch (NoSuchFileException ex) {
                    continue; // the last user of the directory has removed it: once more
                } catch (IOException ex) {
                    throw new FrameDriverException(
                            FrameDriverException.Reason.DIRECTORY,
                            file + ": cannot be made: " + OwnedDirectory.reason(ex),
                            ex);
                }
            }
        });
    }

    /**
     * Opens a file that some process, or this one, has made. Any thread; waits until the function has returned, and for
     * nothing else: what the function does holds up no other thread.
     *
     * @param name     the name of the file.
     * @param function is given its channel, on a thread of this library's own.
     * @param <T>      what the function returns.
     * @return what the function returned; null if there is no such file, or its owner in this process closes it
     *         meanwhile.
     * @throws FrameDriverException if it cannot be opened, or the function throws an {@link IOException}.
     */
    public <T> T open(String name, ChannelFunction<T> function) {
        Path file = path(name);
        try {
            return LockedFiles.use(file, function);
        } catch (NoSuchFileException ex) {
            return null;
        } catch (IOException ex) {
            throw new FrameDriverException(
                    FrameDriverException.Reason.DIRECTORY,
                    file + ": cannot be opened: " + OwnedDirectory.reason(ex),
                    ex);
        }
    }

    /**
     * The files that there are, of living processes and of others. Any thread.
     *
     * @param prefix what their names begin with.
     * @return their names, in no order; none if there is no directory.
     * @throws FrameDriverException if the directory cannot be read.
     */
    public List<String> names(String prefix) {
        return FileThread.call(() -> {
            List<String> names = new ArrayList<>();
            try (DirectoryStream<Path> files = Files.newDirectoryStream(path, prefix + "*" + SUFFIX)) {
                for (Path file : files) {
                    String name = file.getFileName().toString();
                    names.add(name.substring(0, name.length() - SUFFIX.length()));
                }
            } catch (NoSuchFileException ex) {
                return names; // nobody shares anything
            } catch (IOException | DirectoryIteratorException ex) {
                throw new FrameDriverException(
                        FrameDriverException.Reason.DIRECTORY, path + ": cannot be read: " + ex.getMessage(), ex);
            }
            return names;
        });
    }

    /**
     * Whether the process that owned a file is gone, or has removed it. Any thread.
     *
     * @param name the name of the file.
     * @return true if no process owns it any more.
     * @throws FrameDriverException if the file cannot be opened.
     */
    public boolean isAbandoned(String name) {
        Path file = path(name);
        try {
            return !LockedFiles.isLocked(file);
        } catch (NoSuchFileException ex) {
            return true;
        } catch (IOException ex) {
            throw new FrameDriverException(
                    FrameDriverException.Reason.DIRECTORY,
                    file + ": cannot be opened: " + OwnedDirectory.reason(ex),
                    ex);
        }
    }

    /**
     * Removes the files of processes that are gone, and the directory if nothing is left in it. A file that this
     * process is just using stays until the next time. Any thread.
     *
     * @throws FrameDriverException if the directory cannot be read or an abandoned file cannot be removed.
     */
    public void sweep() {
        FileThread.run(() -> {
            try (DirectoryStream<Path> candidates = Files.newDirectoryStream(path, "*" + SUFFIX)) {
                for (Path candidate : candidates) {
                    sweep(candidate);
                }
            } catch (NoSuchFileException ex) {
                return; // nothing to sweep
            } catch (IOException ex) {
                throw new FrameDriverException(
                        FrameDriverException.Reason.DIRECTORY,
                        path + ": cannot be swept: " + OwnedDirectory.reason(ex),
                        ex);
            }
            OwnedDirectory.removeIfEmpty(path);
        });
    }

    private static void sweep(Path file) throws IOException {
        try {
            LockedFiles.Locked abandoned = LockedFiles.tryLock(file);
            if (abandoned != null) {
                abandoned.remove();
            }
        } catch (NoSuchFileException ex) {
            return; // its owner, or another process that sweeps, was faster
        }
    }

    void remove(LockedFiles.Locked file) {
        FileThread.run(() -> {
            try {
                file.remove();
            } catch (IOException ex) {
                throw new FrameDriverException(
                        FrameDriverException.Reason.DIRECTORY,
                        file.path() + ": cannot be removed: " + OwnedDirectory.reason(ex),
                        ex);
            }
            OwnedDirectory.removeIfEmpty(path);
        });
    }

    /**
     * Where a file is, or would be. Any thread; does not block.
     *
     * @param name the name of the file.
     * @return its path.
     */
    public Path path(String name) {
        return path.resolve(name + SUFFIX);
    }
}
