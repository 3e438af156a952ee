package io.aeroframe.driver;

import io.aeron.CncFileDescriptor;
import io.aeron.CommonContext;
import io.aeron.driver.MediaDriver;
import java.io.File;
import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.agrona.BufferUtil;
import org.agrona.CloseHelper;
import org.agrona.ErrorHandler;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.status.CountersReader;

/**
 * This process's part in the host's media driver: the process that hosts it, embedded, or one that is attached to it.
 *
 * <p>No process is in charge. {@link #join()} hosts the driver if no process of this user on this host does, and attaches to it
 * otherwise; the start order does not matter. A file lock in the base directory says who hosts, and the operating system
 * frees it when that process ends, however it ends.
 *
 * <p>Thread-safe. Close it after everything that uses its Aeron directory.
 *
 * <pre>{@code
 * try (FrameDriver driver = FrameDriver.join()) {
 *     Aeron aeron = Aeron.connect(new Aeron.Context().aeronDirectoryName(driver.aeronDirectoryName()));
 * }
 * }</pre>
 */
public final class FrameDriver implements AutoCloseable {

    /** After this long without a sign of life the driver counts as dead. */
    static final long DRIVER_TIMEOUT_MS = 3_000;

    /** A driver beats every 0.1 s; one that has been silent for this long is not joined. */
    private static final long HEARTBEAT_TIMEOUT_MS = 1_000;

    /** Command, counter, error and loss files of the driver, 12 MiB, and some room for a first small stream. */
    private static final long REQUIRED_BYTES = 20L << 20;

    private static final long POLL_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(5);

    private final Context context;
    private final String aeronDirectoryName;
    private final SharedDirectory sharedDirectory;
    private final BaseDirectory.Lock lock;
    private final MediaDriver mediaDriver;
    private final Thread shutdownHook;
    private final AtomicBoolean closed = new AtomicBoolean();

    private FrameDriver(
            Context context,
            String aeronDirectoryName,
            Path sharedDirectory,
            BaseDirectory.Lock lock,
            MediaDriver mediaDriver) {
        this.context = context;
        this.aeronDirectoryName = aeronDirectoryName;
        this.sharedDirectory = new SharedDirectory(sharedDirectory);
        this.lock = lock;
        this.mediaDriver = mediaDriver;
        this.shutdownHook = mediaDriver != null && context.closeOnShutdown()
                ? new Thread(this::stopHosting, "aeroframe-driver-shutdown")
                : null;
        if (shutdownHook != null) {
            Runtime.getRuntime().addShutdownHook(shutdownHook);
        }
    }

    /**
     * Joins the host's driver with default settings.
     *
     * @return the driver, hosted or attached.
     * @throws FrameDriverException as {@link #join(Context)}.
     */
    public static FrameDriver join() {
        return join(new Context());
    }

    /**
     * Joins the host's driver: hosts it if nobody does, else attaches to it.
     *
     * @param context settings; concluded here, not to be used again.
     * @return the driver, hosted or attached.
     * @throws FrameDriverException if the base directory cannot be used, there is no room for the driver's files, or no driver answers
     *                              within {@link Context#joinTimeout()}.
     */
    public static FrameDriver join(Context context) {
        context.conclude();
        if (context.aeronDirectory() != null) {
            return attachExternal(context);
        }
        BaseDirectory base = BaseDirectory.open(context.baseDirectory());
        if (context.isPrivate()) {
            base.sweepPrivateDirectories(); // and the base itself, if nothing is left in it
            base = BaseDirectory.open(context.baseDirectory())
                    .nested(ProcessHandle.current().pid() + "-" + Long.toHexString(System.nanoTime()));
        }
        long deadlineNs = System.nanoTime() + context.joinTimeout().toNanos();
        while (true) {
            BaseDirectory.Lock lock = base.tryLock();
            if (lock != null) {
                return host(context, base, lock);
            }
            if (isReady(base)) {
                return new FrameDriver(context, base.aeron().toString(), base.path(), null, null);
            }
            if (System.nanoTime() - deadlineNs > 0) {
                throw new FrameDriverException(
                        base.path() + ": the process that holds its lock has not started a media driver within "
                                + context.joinTimeout().toMillis() + " ms; end that process, and start again");
            }
            if (Thread.currentThread().isInterrupted()) {
                throw new FrameDriverException(base.path() + ": interrupted while waiting for the media driver");
            }
            LockSupport.parkNanos(POLL_INTERVAL_NS);
        }
    }

    /**
     * Attaches to the host's driver if some process hosts it. One that only receives from the same host can do without a driver until
     * there is a sender, and can then leave without taking the driver along.
     *
     * @param context settings; may be used again while this returns nothing.
     * @return the driver; empty if nobody hosts it.
     * @throws FrameDriverException if the base directory cannot be used.
     */
    public static Optional<FrameDriver> tryAttach(Context context) {
        context.conclude();
        if (context.aeronDirectory() != null) {
            return Optional.of(attachExternal(context));
        }
        BaseDirectory base = BaseDirectory.existing(context.baseDirectory());
        return base != null && isReady(base)
                ? Optional.of(new FrameDriver(context, base.aeron().toString(), base.path(), null, null))
                : Optional.empty();
    }

    private static FrameDriver attachExternal(Context context) {
        File directory = context.aeronDirectory().toFile();
        boolean active;
        try {
            active = CommonContext.isDriverActive(directory, DRIVER_TIMEOUT_MS, message -> {});
        } catch (RuntimeException ex) {
            throw new FrameDriverException(
                    directory + ": the media driver there does not answer: " + ex.getMessage(), ex);
        }
        if (!active) {
            throw new FrameDriverException(
                    directory + ": no media driver is running there; start it first, or leave the Aeron directory out");
        }
        return new FrameDriver(
                context, directory.getPath(), BaseDirectory.sharedBeside(directory.toPath()), null, null);
    }

    private static FrameDriver host(Context context, BaseDirectory base, BaseDirectory.Lock lock) {
        MediaDriver mediaDriver = null;
        boolean isHosting = false;
        try {
            base.sweepPrivateDirectories();
            new SharedDirectory(base.path()).sweep();
            lock.clear();
            checkRoom(base);
            mediaDriver = MediaDriver.launch(MediaDriverSettings.forVideo(base.aeron())
                    .errorHandler(new UnansweredErrors(context.errorHandler())));
            lock.announce(identity(base.aeron()));
            isHosting = true;
            return new FrameDriver(context, base.aeron().toString(), base.path(), lock, mediaDriver);
        } catch (FrameDriverException ex) {
            throw ex;
        } catch (RuntimeException ex) {
            throw new FrameDriverException(base.aeron() + ": the media driver does not start: " + ex.getMessage(), ex);
        } finally {
            if (!isHosting) {
                CloseHelper.quietClose(mediaDriver);
                lock.removeAndRelease();
            }
        }
    }

    private static void checkRoom(BaseDirectory base) {
        try {
            long usable = Files.getFileStore(base.path()).getUsableSpace();
            if (usable < REQUIRED_BYTES) {
                throw new FrameDriverException(base.path() + ": the media driver needs " + REQUIRED_BYTES / (1 << 20)
                        + " MiB for its files and " + usable / (1 << 20)
                        + " MiB are free; make room (in a container: --shm-size),"
                        + " or choose another place with the environment variable AEROFRAME_DIR");
            }
        } catch (IOException ex) {
            throw new FrameDriverException(base.path() + ": its free space cannot be read: " + ex.getMessage(), ex);
        }
    }

    private static boolean isReady(BaseDirectory base) {
        String announced = base.announcedIdentity();
        MappedByteBuffer mapped = announced == null || !base.isHosted() ? null : mapCncFile(base.aeron());
        if (mapped == null) {
            return false;
        }
        try {
            return announced.equals(identity(mapped))
                    && CommonContext.isDriverActive(HEARTBEAT_TIMEOUT_MS, message -> {}, mapped);
        } finally {
            BufferUtil.free(mapped);
        }
    }

    /** The driver's process and start time, as its own file says: tells a live driver's files from a dead one's. */
    private static String identity(Path aeronDirectory) {
        MappedByteBuffer mapped = mapCncFile(aeronDirectory);
        if (mapped == null) {
            throw new FrameDriverException(
                    aeronDirectory + ": the media driver's files have been removed; start again");
        }
        try {
            return identity(mapped);
        } finally {
            BufferUtil.free(mapped);
        }
    }

    private static String identity(MappedByteBuffer mapped) {
        UnsafeBuffer metaData = CncFileDescriptor.createMetaDataBuffer(mapped);
        return CncFileDescriptor.pid(metaData) + " " + CncFileDescriptor.startTimestampMs(metaData);
    }

    /** Maps it once and judges the mapping: its host may remove the file, or make it anew, at any moment. */
    private static MappedByteBuffer mapCncFile(Path aeronDirectory) {
        Path file = aeronDirectory.resolve(CncFileDescriptor.CNC_FILE);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long length = channel.size();
            return length <= CncFileDescriptor.META_DATA_LENGTH
                    ? null
                    : channel.map(FileChannel.MapMode.READ_ONLY, 0, length);
        } catch (NoSuchFileException ex) {
            return null;
        } catch (IOException ex) {
            throw new FrameDriverException(file + ": cannot be read: " + ex.getMessage(), ex);
        }
    }

    /**
     * The directory that an Aeron client is to be given.
     *
     * @return a path.
     */
    public String aeronDirectoryName() {
        return aeronDirectoryName;
    }

    /**
     * Where the processes that use this driver share files in memory: the base directory; for somebody else's driver, a directory of
     * the user's own beside that driver's, with {@code -aeroframe} behind its name.
     *
     * @return the directory.
     */
    public SharedDirectory sharedDirectory() {
        return sharedDirectory;
    }

    /**
     * Whether the driver runs in this process.
     *
     * @return true if closing this takes the driver away from everyone else.
     */
    public boolean isHost() {
        return mediaDriver != null;
    }

    /**
     * Aeron clients that use the driver that this process hosts, its own included. The driver knows a client from the first publication
     * or subscription that it makes.
     *
     * @return the count; 0 if this process does not host.
     */
    public int clientCount() {
        return mediaDriver == null || closed.get() ? 0 : DriverCounters.clientCount(counters());
    }

    /**
     * A hint for people who send frames over UDP on a host whose kernel grants small socket buffers.
     *
     * @return one line that names the sysctl; empty if the buffers are large enough.
     */
    public Optional<String> socketBufferWarning() {
        return SocketBuffers.probe().warning();
    }

    /**
     * Waits until no Aeron client uses the driver that this process hosts, as {@link #clientCount()} counts them. Returns at once if it does not host.
     *
     * @param timeout the longest wait.
     * @return true if there are none left.
     */
    public boolean awaitNoClients(Duration timeout) {
        long deadlineNs = System.nanoTime() + timeout.toNanos();
        while (clientCount() > 0) {
            if (System.nanoTime() - deadlineNs > 0 || Thread.currentThread().isInterrupted()) {
                return false;
            }
            LockSupport.parkNanos(POLL_INTERVAL_NS);
        }
        return true;
    }

    /**
     * Leaves. A host first lets closed publications drain to their subscribers (at most two seconds), then ends the driver and removes its
     * files. An attached process changes nothing.
     */
    @Override
    public void close() {
        stopHosting();
        if (shutdownHook != null && Thread.currentThread() != shutdownHook) {
            removeHook();
        }
    }

    /** One thread stops, any other waits until it has: a shutdown hook that returned at once would let the JVM end in the middle. */
    private synchronized void stopHosting() {
        if (mediaDriver == null || !closed.compareAndSet(false, true)) {
            return;
        }
        long deadlineNs = System.nanoTime() + 2 * MediaDriverSettings.PUBLICATION_LINGER_NS;
        while (DriverCounters.hasUnsentPublications(counters()) && System.nanoTime() - deadlineNs < 0) {
            LockSupport.parkNanos(POLL_INTERVAL_NS);
        }
        try {
            mediaDriver.close();
        } finally {
            lock.removeAndRelease();
        }
    }

    private void removeHook() {
        try {
            Runtime.getRuntime().removeShutdownHook(shutdownHook);
        } catch (IllegalStateException ex) {
            // The JVM is going down already: the hook has found, or will find, nothing left to do.
            return;
        }
    }

    private CountersReader counters() {
        return mediaDriver.context().countersManager();
    }

    /** Settings of {@link #join(Context)}. Not thread-safe; used once. */
    public static final class Context {
        private Path baseDirectory;
        private Path aeronDirectory;
        private boolean isPrivate;
        private boolean closeOnShutdown = true;
        private Duration joinTimeout = Duration.ofSeconds(10);
        private ErrorHandler errorHandler;

        /** Settings with their defaults. */
        public Context() {}

        private void conclude() {
            if (aeronDirectory != null && isPrivate) {
                throw new IllegalArgumentException(
                        "aeronDirectory=" + aeronDirectory
                                + " and isPrivate=true: a private driver is hosted here, an Aeron directory belongs to someone else");
            }
            if (baseDirectory == null) {
                baseDirectory = BaseDirectory.defaultPath();
            }
            if (errorHandler == null) {
                System.Logger logger = System.getLogger(FrameDriver.class.getName());
                errorHandler = error -> logger.log(System.Logger.Level.WARNING, "media driver: " + error.getMessage());
            }
        }

        /**
         * Where the processes of this host meet.
         *
         * @param value a directory, created for this user alone if it does not exist; default {@code AEROFRAME_DIR}, else
         *              {@code /dev/shm/aeroframe-USER}, else the same name in the temporary directory.
         * @return this.
         */
        public Context baseDirectory(Path value) {
            baseDirectory = value;
            return this;
        }

        /**
         * Where the processes of this host meet.
         *
         * @return the directory; null for the default before {@link FrameDriver#join(Context)}.
         */
        public Path baseDirectory() {
            return baseDirectory;
        }

        /**
         * The directory of a driver that somebody else runs. It is used, and never changed or deleted.
         *
         * @param value as its owner configured it; null (the default) for Aeroframe's own driver.
         * @return this.
         */
        public Context aeronDirectory(Path value) {
            aeronDirectory = value;
            return this;
        }

        /**
         * The directory of a driver that somebody else runs.
         *
         * @return the directory, or null.
         */
        public Path aeronDirectory() {
            return aeronDirectory;
        }

        /**
         * Whether to host a driver that no other process finds.
         *
         * @param value default false.
         * @return this.
         */
        public Context isPrivate(boolean value) {
            isPrivate = value;
            return this;
        }

        /**
         * Whether to host a driver that no other process finds.
         *
         * @return true for a private driver.
         */
        public boolean isPrivate() {
            return isPrivate;
        }

        /**
         * Whether a hosted driver is closed, and its files removed, by a JVM shutdown hook. Turn it off if a hook of your own calls
         * {@link FrameDriver#close()} in an order that matters.
         *
         * @param value default true.
         * @return this.
         */
        public Context closeOnShutdown(boolean value) {
            closeOnShutdown = value;
            return this;
        }

        /**
         * Whether a shutdown hook closes a hosted driver.
         *
         * @return true if so.
         */
        public boolean closeOnShutdown() {
            return closeOnShutdown;
        }

        /**
         * How long to wait for another process's driver to answer.
         *
         * @param value default 10 s.
         * @return this.
         */
        public Context joinTimeout(Duration value) {
            joinTimeout = value;
            return this;
        }

        /**
         * How long to wait for another process's driver to answer.
         *
         * @return the longest wait.
         */
        public Duration joinTimeout() {
            return joinTimeout;
        }

        /**
         * Takes what goes wrong inside a hosted driver, on the driver's threads; not what it refuses to a client, which is told itself.
         *
         * @param value default: a warning to {@link System.Logger}.
         * @return this.
         */
        public Context errorHandler(ErrorHandler value) {
            errorHandler = value;
            return this;
        }

        /**
         * Takes what goes wrong inside a hosted driver.
         *
         * @return the handler; null for the default before {@link FrameDriver#join(Context)}.
         */
        public ErrorHandler errorHandler() {
            return errorHandler;
        }
    }
}
