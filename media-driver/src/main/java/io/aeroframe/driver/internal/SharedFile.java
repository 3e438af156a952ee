package io.aeroframe.driver.internal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A file in memory that this process owns and others may map. It goes when it is closed; if the process dies first, the
 * next {@link SharedDirectory#sweep()} of another one removes it. Memory that was mapped from it stays as long as it is
 * mapped. Thread-safe.
 */
public final class SharedFile implements AutoCloseable {

    private final SharedDirectory directory;
    private final LockedFiles.Locked file;
    private final AtomicBoolean isClosed = new AtomicBoolean();

    SharedFile(SharedDirectory directory, LockedFiles.Locked file) {
        this.directory = directory;
        this.file = file;
    }

    /**
     * Where it is. Any thread; does not block.
     *
     * @return its path.
     */
    public Path path() {
        return file.path();
    }

    /**
     * Reads, writes or maps the file. Any thread. The function runs on a thread of this library's own, because an
     * interrupt of the thread that uses a channel closes the channel, and the file would then count as abandoned. The
     * caller waits until the function has returned, even if it is interrupted; its interrupt flag stays set.
     *
     * @param function is given the channel that holds the lock.
     * @param <T>      what the function returns.
     * @return what the function returned.
     * @throws IOException what the function throws; {@link java.nio.channels.ClosedChannelException} if this is closed.
     */
    public <T> T use(SharedDirectory.ChannelFunction<T> function) throws IOException {
        return FileThread.call(() -> function.apply(file.channel()));
    }

    /**
     * Removes the file, and its directory if nothing else is in it. Does nothing the second time. Any thread; waits for
     * file operations alone, and is not ended by an interrupt.
     *
     * @throws io.aeroframe.driver.FrameDriverException if the file cannot be removed; it counts as abandoned
     *                                                  nevertheless.
     */
    @Override
    public void close() {
        if (isClosed.compareAndSet(false, true)) {
            directory.remove(file);
        }
    }
}
