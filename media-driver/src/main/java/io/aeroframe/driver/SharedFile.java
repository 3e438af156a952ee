package io.aeroframe.driver;

import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A file in memory that this process owns and others may map. It goes when it is closed; if the process dies first, the next
 * {@link SharedDirectory#sweep()} of another one removes it. Memory that was mapped from it stays as long as it is mapped.
 */
public final class SharedFile implements AutoCloseable {

    private final SharedDirectory directory;
    private final Path path;
    private final FileChannel channel;
    private final AtomicBoolean isClosed = new AtomicBoolean();

    SharedFile(SharedDirectory directory, Path path, FileChannel channel) {
        this.directory = directory;
        this.path = path;
        this.channel = channel;
    }

    /**
     * Where it is.
     *
     * @return its path.
     */
    public Path path() {
        return path;
    }

    /**
     * Reads, writes and maps it. Not to be closed.
     *
     * @return the channel that holds the lock.
     */
    public FileChannel channel() {
        return channel;
    }

    /** Removes the file, and its directory if nothing else is in it. */
    @Override
    public void close() {
        if (isClosed.compareAndSet(false, true)) {
            directory.remove(this);
        }
    }
}
