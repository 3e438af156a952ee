package io.aeroframe.driver;

import io.aeron.logbuffer.LogBufferDescriptor;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.agrona.ErrorHandler;

/**
 * This process's part in the host's media driver: the process that hosts it, embedded, or one that is attached to it.
 *
 * <p>No process is in charge. {@link #join()} hosts the driver if no process of this user on this host does, and
 * attaches to it otherwise; the start order does not matter. A file lock in the base directory says which process
 * hosts, and the operating system frees it when that process ends, however it ends. Then one of the others takes over,
 * with a fresh driver; {@link #running()} returns that one from then on. If the base directory, or a part of it, is
 * removed while it is in use, the driver in it ends, and all processes join one new driver.
 *
 * <p>Thread-safe. Files are used on threads of this library's own: an interrupt of the calling thread never closes one
 * of them. Threads of a hosted driver are daemon threads. Close this after everything that uses its Aeron directory.
 *
 * <pre>{@code
 * try (FrameDriver driver = FrameDriver.join();
 *         Aeroframe aeroframe = Aeroframe.connect(driver)) {
 *     ...
 * }
 * }</pre>
 */
public final class FrameDriver implements AutoCloseable {

    /**
     * Type of the counter by which an Aeron client answers when the driver's host is about to end it. A client with
     * lossless publications has one counter of this type, its own: 0 while its publications may still send, 1 when they
     * have stopped since the announcement of the driver was withdrawn ({@link #isHandingOver()}). The host waits for
     * the 1 of every live client that has such a counter before it waits for what was sent to be read; for clients
     * without it, it does not wait.
     */
    public static final int HAND_OVER_COUNTER_TYPE_ID = 17_003;

    /** After this long without a sign of life the driver counts as dead. */
    static final long DRIVER_TIMEOUT_MS = 3_000;

    private static final long POLL_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(5);

    /** Others have another driver by then: there is not much to wait for. */
    private static final long LOST_CLOSE_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(1);

    private final Context context;
    private final String aeronDirectoryName;
    private final SharedDirectory sharedDirectory;
    private final DriverProbe probe;

    /** Null where the driver is somebody else's. */
    private final BaseDirectory base;

    /** Null where there is nothing to take over or to look after. */
    private final TakeoverWatch watch;

    private final ErrorHandler errorHandler;
    private volatile HostedDriver hosted;

    /** Whether this hosted a driver that it has lost: then it takes over even if it would not otherwise. */
    private boolean hasLostDriver;

    private Thread shutdownHook;
    private volatile boolean isClosed;

    private FrameDriver(Context context, BaseDirectory base, HostedDriver hosted) {
        this.context = context;
        this.base = base;
        errorHandler = new GuardedErrorHandler(context.errorHandler());
        aeronDirectoryName = base.aeron().toString();
        sharedDirectory = new SharedDirectory(base.path());
        probe = DriverProbe.of(base);
        if (hosted != null) {
            hostFromNowOn(hosted);
        }
        watch = hosted == null && !context.takesOver() ? null : new TakeoverWatch(this::look, errorHandler);
    }

    /** Attached to somebody else's. */
    private FrameDriver(Context context) {
        this.context = context;
        base = null;
        errorHandler = new GuardedErrorHandler(context.errorHandler());
        aeronDirectoryName = context.aeronDirectory().toString();
        sharedDirectory = new SharedDirectory(BaseDirectory.sharedBeside(context.aeronDirectory()));
        probe = DriverProbe.of(context.aeronDirectory());
        watch = null;
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
     * Joins the host's driver: hosts it if no process does, else attaches to it. Any thread. Takes about 0.2 s if it
     * hosts the driver; otherwise waits for the process that does, for {@link Context#joinTimeout()} at most.
     *
     * @param context settings; concluded here, not to be used again.
     * @return the driver, hosted or attached.
     * @throws FrameDriverException if the base directory cannot be used, there is no room for the driver's files, no
     *                              driver answers within {@link Context#joinTimeout()}, or the thread is interrupted
     *                              while it waits; its interrupt flag stays set. An interrupt that comes while nothing
     *                              has to be waited for has no effect here.
     */
    public static FrameDriver join(Context context) {
        context.conclude();
        if (context.aeronDirectory() != null) {
            return attachExternal(context);
        }
        BaseDirectory base = directory(context);
        long deadlineNs = System.nanoTime() + context.joinTimeout().toNanos();
        while (true) {
            FrameDriver joined = FileThread.call(() -> tryJoin(context, base));
            if (joined != null) {
                return start(joined);
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

    private static BaseDirectory directory(Context context) {
        BaseDirectory base = BaseDirectory.open(context.baseDirectory());
        if (!context.isPrivate()) {
            return base;
        }
        base.sweepPrivateDirectories(); // and the base itself, if nothing is left in it
        return BaseDirectory.open(context.baseDirectory())
                .nested(ProcessHandle.current().pid() + "-" + Long.toHexString(System.nanoTime()));
    }

    /** Null if another process holds the lock, but its driver does not answer yet. */
    private static FrameDriver tryJoin(Context context, BaseDirectory base) {
        DriverLock lock = base.tryLock();
        if (lock != null) {
            HostedDriver hosted = HostedDriver.launch(
                    base, lock, context.imageLimits(), new GuardedErrorHandler(context.errorHandler()));
            return hosted == null ? null : new FrameDriver(context, base, hosted);
        }
        return DriverProbe.runningIn(base) == null ? null : new FrameDriver(context, base, null);
    }

    /**
     * Attaches to the host's driver if some process hosts it. One that only receives from the same host can do without
     * a driver until there is a sender, and can then leave without disturbing anyone, unless it has had to take over.
     * Any thread; does not wait for other processes.
     *
     * @param context settings; may be used again while this returns nothing.
     * @return the driver; empty if no process hosts it.
     * @throws FrameDriverException if the base directory cannot be used.
     */
    public static Optional<FrameDriver> tryAttach(Context context) {
        context.conclude();
        if (context.aeronDirectory() != null) {
            return Optional.of(attachExternal(context));
        }
        BaseDirectory base = BaseDirectory.existing(context.baseDirectory());
        return base != null && DriverProbe.runningIn(base) != null
                ? Optional.of(start(new FrameDriver(context, base, null)))
                : Optional.empty();
    }

    private static FrameDriver start(FrameDriver driver) {
        if (driver.watch != null) {
            driver.watch.start();
        }
        return driver;
    }

    private static FrameDriver attachExternal(Context context) {
        FrameDriver driver = new FrameDriver(context);
        if (driver.running().isEmpty()) {
            driver.close();
            throw new FrameDriverException(context.aeronDirectory()
                    + ": no media driver is running there; start it first, or leave the Aeron directory out");
        }
        return driver;
    }

    /** Called by the watch. */
    private void look() {
        HostedDriver driver = hosted;
        if (driver != null) {
            lookAfter(driver);
        } else if (context.takesOver() || hasLostDriver) {
            DriverLock lock = base.isHosted() ? null : base.tryLock();
            if (lock != null) {
                takeOver(lock);
            } else if (hasLostDriver && running().isPresent()) {
                hasLostDriver = false; // attached to another process's
            }
        }
    }

    /** The error handler, a user's, is called without any lock. */
    private void lookAfter(HostedDriver driver) {
        switch (mended(driver)) {
            case INTACT -> {
                return;
            }
            case UNANNOUNCED ->
                errorHandler.onError(new FrameDriverException(base.path()
                        + ": the announcement of the media driver in this process was removed or changed;"
                        + " it has been announced again"));
            case LOST -> {
                try {
                    errorHandler.onError(lossOfFiles());
                } finally {
                    driver.close(Math.min(context.closeTimeout().toNanos(), LOST_CLOSE_TIMEOUT_NS));
                }
            }
        }
    }

    /** What was found, and mended unless the driver is lost: then it is the caller's to close. */
    private synchronized HostedDriver.Condition mended(HostedDriver driver) {
        if (isClosed) {
            return HostedDriver.Condition.INTACT;
        }
        HostedDriver.Condition condition = driver.condition();
        if (condition == HostedDriver.Condition.UNANNOUNCED) {
            driver.announce();
        } else if (condition == HostedDriver.Condition.LOST) {
            hosted = null;
            hasLostDriver = true;
        }
        return condition;
    }

    private FrameDriverException lossOfFiles() {
        return new FrameDriverException(base.path()
                + ": files of the media driver in this process were removed or replaced while it was running;"
                + " it ends, and this process joins again (do cleaners of temporary files spare the"
                + " directory?)");
    }

    /**
     * No process hosts the driver any more, and this one has got the lock.
     *
     * @throws FrameDriverException if the driver does not start; the lock is free again.
     */
    private synchronized void takeOver(DriverLock lock) {
        if (isClosed) {
            lock.removeAndRelease();
            return;
        }
        HostedDriver launched = HostedDriver.launch(base, lock, context.imageLimits(), errorHandler);
        if (launched != null) {
            hasLostDriver = false;
            hostFromNowOn(launched);
        }
    }

    private synchronized void hostFromNowOn(HostedDriver started) {
        hosted = started;
        if (context.closeOnShutdown() && shutdownHook == null) {
            shutdownHook = new Thread(this::stop, "aeroframe-driver-shutdown");
            try {
                Runtime.getRuntime().addShutdownHook(shutdownHook);
            } catch (IllegalStateException ex) {
                stop(); // the JVM is going down: let another process have it
            }
        }
    }

    /**
     * The directory that an Aeron client is to be given. Any thread; does not block.
     *
     * @return a path.
     */
    public String aeronDirectoryName() {
        return aeronDirectoryName;
    }

    /**
     * The driver that is up at present. It changes when another process takes over, or when somebody else's driver is
     * started again; what was connected to the one before has to connect again. Any thread; meant to be asked many
     * times a second: reads the attributes of two files and a few bytes, and waits for no process. A driver whose
     * process was killed is missed a quarter of a second later at most.
     *
     * @return empty while there is none, or its process does not run.
     * @throws FrameDriverException if its files cannot be read.
     */
    public Optional<RunningDriver> running() {
        return Optional.ofNullable(probe.running());
    }

    /**
     * Whether the process that hosts the driver has announced that it is about to end it. A sender that must lose
     * nothing pauses until another is up; see {@link #HAND_OVER_COUNTER_TYPE_ID}. Any thread; reads a file, and waits
     * for no process.
     *
     * @return true from then on until another process has taken over; false for somebody else's driver.
     * @throws FrameDriverException if the base directory cannot be read.
     */
    public boolean isHandingOver() {
        return base != null && base.announced() == null;
    }

    /**
     * Whether the driver's sockets are in this process's network. Containers may share a base directory, and so a
     * driver, without sharing a network: IPC works between them, but UDP channels would send and receive in the network
     * of the process that hosts the driver, which is not the one that the channel's author had in mind. Any thread;
     * reads files, and waits for no process.
     *
     * @return false if the driver that is up runs in another network namespace; true if it runs in this one, or that is
     *         not known: no driver is up, the system has no such namespaces, or the driver is somebody else's.
     * @throws FrameDriverException if the driver's files cannot be read.
     */
    public boolean sharesNetwork() {
        return running().isEmpty() || probe.sharesNetwork();
    }

    /**
     * Where the processes that use this driver share files in memory: the base directory; for somebody else's driver, a
     * directory of the user's own beside that driver's, with {@code -aeroframe-USER} behind its name. Any thread; does
     * not block.
     *
     * @return the directory.
     */
    public SharedDirectory sharedDirectory() {
        return sharedDirectory;
    }

    /**
     * Whether the driver runs in this process. It may begin to at any time, by taking over, and cease to, if its files
     * are removed. Any thread; does not block.
     *
     * @return true if closing this takes the driver away from everyone else, until one of them has taken over.
     */
    public boolean isHost() {
        return hosted != null;
    }

    /**
     * Aeron clients that use the driver that this process hosts, its own included. The driver knows a client from the
     * first publication or subscription that it makes. Any thread; does not block.
     *
     * @return the count; 0 if this process does not host.
     */
    public int clientCount() {
        HostedDriver driver = hosted;
        return driver == null ? 0 : driver.clientCount();
    }

    /**
     * How often the driver that this process hosts has refused what a peer on the network asked it to allocate, see
     * {@link Context#maxTermLength(int)}, {@link Context#maxImagesPerChannel(int)} and {@link
     * Context#maxImageBytes(long)}. The error handler gets the reasons, at most once a second. Any thread; does not
     * block.
     *
     * @return the count since this process has hosted this driver; 0 if it does not host.
     */
    public long refusedSetups() {
        HostedDriver driver = hosted;
        return driver == null ? 0 : driver.refusedSetups();
    }

    /**
     * A hint for people who send frames over UDP on a host whose kernel grants small socket buffers. Any thread; opens
     * and closes a socket.
     *
     * @return one line that names the sysctl; empty if the buffers are large enough.
     * @throws FrameDriverException if no socket can be opened.
     */
    public Optional<String> socketBufferWarning() {
        return FileThread.call(SocketBuffers::probe).warning();
    }

    /**
     * Waits until no Aeron client uses the driver that this process hosts, as {@link #clientCount()} counts them.
     * Returns at once if it does not host. Any thread.
     *
     * @param timeout the longest wait.
     * @return true if there are none left; false after the timeout, or if the thread is interrupted, whose interrupt
     *         flag stays set.
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
     * Whether this process has left. Any thread; does not block.
     *
     * @return true after {@link #close()}: it takes nothing over any more.
     */
    public boolean isClosed() {
        return isClosed;
    }

    /**
     * Leaves. A host first lets closed publications drain to their subscribers, then hands over: it withdraws the
     * announcement of the driver, waits until lossless publications have stopped sending and what they sent has been
     * read, ends the driver and removes its files; another process that uses the driver takes over. All that takes
     * {@link Context#closeTimeout()} at most, and some tenths of a second to end the driver. An attached process
     * changes nothing. Any thread; does nothing the second time but wait until the first has returned. An interrupt
     * does not end the waits, and the interrupt flag stays set.
     *
     * @throws FrameDriverException if the driver's files cannot be removed; the driver has ended nevertheless.
     */
    @Override
    public void close() {
        stop();
        if (watch != null) {
            watch.join();
        }
        removeHook();
    }

    /**
     * One thread stops, any other waits until it has: a shutdown hook that returned at once would let the JVM end in
     * the middle.
     */
    private synchronized void stop() {
        if (!isClosed) {
            isClosed = true;
            if (watch != null) {
                watch.stop();
            }
            probe.close();
            if (hosted != null) {
                hosted.close(context.closeTimeout().toNanos());
            }
        }
    }

    private synchronized void removeHook() {
        if (shutdownHook != null && Thread.currentThread() != shutdownHook) {
            try {
                Runtime.getRuntime().removeShutdownHook(shutdownHook);
            } catch (IllegalStateException ex) {
                // The JVM is going down already: the hook has found, or will find, nothing left to do.
                return;
            }
        }
    }

    /** Settings of {@link #join(Context)}. Not thread-safe; used once. */
    public static final class Context {
        private Path baseDirectory;
        private Path aeronDirectory;
        private boolean isPrivate;
        private boolean takesOver = true;
        private boolean closeOnShutdown = true;
        private Duration joinTimeout = Duration.ofSeconds(10);
        private Duration closeTimeout = Duration.ofSeconds(5);
        private int maxTermLength = 64 << 20;
        private int maxImagesPerChannel = 64;
        private long maxImageBytes = 4L << 30;
        private ErrorHandler errorHandler;

        /** Settings with their defaults. */
        public Context() {}

        private void conclude() {
            if (aeronDirectory != null && isPrivate) {
                throw new IllegalArgumentException("aeronDirectory=" + aeronDirectory
                        + " and isPrivate=true: a private driver is hosted here, an Aeron directory belongs to"
                        + " someone else");
            }
            if (maxTermLength < LogBufferDescriptor.TERM_MIN_LENGTH || maxImagesPerChannel < 1) {
                throw new IllegalArgumentException("maxTermLength=" + maxTermLength + " is under "
                        + LogBufferDescriptor.TERM_MIN_LENGTH + " or maxImagesPerChannel=" + maxImagesPerChannel
                        + " is under 1");
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
         * @param value a directory, created for this user alone if it does not exist; default {@code AEROFRAME_DIR},
         *              else {@code /dev/shm/aeroframe-USER}, else the same name in the temporary directory.
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
         * Whether to take over when the process that hosts the driver has ended. Turn it off in a process that is to
         * leave no trace when it is closed: it then waits for another one to take over.
         *
         * @param value default true.
         * @return this.
         */
        public Context takesOver(boolean value) {
            takesOver = value;
            return this;
        }

        /**
         * Whether to take over when the process that hosts the driver has ended.
         *
         * @return true if so.
         */
        public boolean takesOver() {
            return takesOver;
        }

        /**
         * Whether a hosted driver is closed, and its files removed, by a JVM shutdown hook. Turn it off if a hook of
         * your own calls {@link FrameDriver#close()} in an order that matters.
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
         * How long {@link FrameDriver#close()} waits in all when it hosts the driver: two fifths at most for closed
         * publications to drain to their subscribers, then up to three fifths for lossless publications to stop
         * sending, then the rest for what they sent to be read. It waits only as long as there is something to wait for.
         *
         * @param value default 5 s; zero for no wait.
         * @return this.
         */
        public Context closeTimeout(Duration value) {
            closeTimeout = value;
            return this;
        }

        /**
         * How long {@link FrameDriver#close()} waits in all when it hosts the driver.
         *
         * @return the longest wait.
         */
        public Duration closeTimeout() {
            return closeTimeout;
        }

        private ImageLimits imageLimits() {
            return new ImageLimits(maxTermLength, maxImagesPerChannel, maxImageBytes);
        }

        /**
         * The longest term that a peer on the network may set up. The driver allocates three terms for each stream that
         * it receives, before the first frame. Counts where this process hosts the driver.
         *
         * @param value bytes, from 65,536; default 64 MiB, the most that frames need.
         * @return this.
         */
        public Context maxTermLength(int value) {
            maxTermLength = value;
            return this;
        }

        /**
         * The longest term that a peer on the network may set up.
         *
         * @return bytes.
         */
        public int maxTermLength() {
            return maxTermLength;
        }

        /**
         * How many streams peers on the network may set up on one channel at a time, of all stream ids that are
         * subscribed to. One that has ended counts until its memory is released, some seconds later. Counts where this
         * process hosts the driver.
         *
         * @param value from 1; default 64.
         * @return this.
         */
        public Context maxImagesPerChannel(int value) {
            maxImagesPerChannel = value;
            return this;
        }

        /**
         * How many streams peers on the network may set up on one channel at a time.
         *
         * @return the count.
         */
        public int maxImagesPerChannel() {
            return maxImagesPerChannel;
        }

        /**
         * How much memory the driver may allocate for all that peers on the network set up, on all channels. Counts
         * where this process hosts the driver.
         *
         * @param value bytes; default 4 GiB.
         * @return this.
         */
        public Context maxImageBytes(long value) {
            maxImageBytes = value;
            return this;
        }

        /**
         * How much memory the driver may allocate for all that peers on the network set up.
         *
         * @return bytes.
         */
        public long maxImageBytes() {
            return maxImageBytes;
        }

        /**
         * Takes what goes wrong inside a hosted driver, on the driver's threads, and around it: that its files were
         * removed, or that it cannot be taken over. Not what it refuses to a client, which gets that itself. What the
         * handler throws is logged.
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
