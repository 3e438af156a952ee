package io.aeroframe.driver;

import io.aeroframe.driver.internal.FileThread;
import io.aeroframe.driver.internal.GuardedErrorHandler;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.agrona.ErrorHandler;

/**
 * This process's access to the host's media driver. Exactly one process, the driver owner, runs the driver embedded;
 * the others attach to it.
 *
 * <p>No process has to be started first. {@link #join()} runs the driver if no process of this user on this host does,
 * and attaches to it otherwise. A file lock in the base directory decides which process is the owner; the operating
 * system frees it when that process ends for any reason. Then another process takes over with a new driver, and {@link
 * #running()} returns the new driver from then on. If the base directory or a part of it is removed while in use, the
 * driver ends and all processes join one new driver.
 *
 * <p>Thread-safe. The library uses files on its own threads, so interrupting a calling thread never closes one. The
 * driver's threads are daemon threads. Close this last, after everything that uses its Aeron directory.
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
     * Type id of the counter with which an Aeron client acknowledges a hand-over. A client with lossless publications
     * has one counter of this type: 0 while its publications may still send, 1 once they have stopped after the driver
     * owner withdrew its announcement ({@link #isHandingOver()}). The owner waits until each live client that has such
     * a counter shows 1, and then until what was sent has been read. It does not wait for clients without the counter.
     */
    public static final int HAND_OVER_COUNTER_TYPE_ID = 17_003;

    /** After this long without a sign of life the driver counts as dead. */
    static final long DRIVER_TIMEOUT_MS = 3_000;

    private static final long POLL_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(5);

    /** By then the others use another driver, so there is little to wait for. */
    private static final long LOST_CLOSE_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(1);

    private final DriverContext context;
    private final String aeronDirectoryName;
    private final Path sharedDirectory;
    private final DriverProbe probe;

    /** Null for a driver that another program runs. */
    private final BaseDirectory base;

    /** Null if this process neither owns a driver nor takes over. */
    private final TakeoverWatch watch;

    private final ErrorHandler errorHandler;
    private volatile OwnedDriver owned;

    /** Whether this process lost the files of its driver: it then takes over even if {@code takesOver} is false. */
    private boolean hasLostDriver;

    private Thread shutdownHook;
    private volatile boolean isClosed;

    private FrameDriver(DriverContext context, BaseDirectory base, OwnedDriver owned) {
        this.context = context;
        this.base = base;
        errorHandler = GuardedErrorHandler.of(FrameDriver.class, context.errorHandler());
        aeronDirectoryName = base.aeron().toString();
        sharedDirectory = base.path();
        probe = DriverProbe.of(base);
        if (owned != null) {
            own(owned);
        }
        watch = owned == null && !context.takesOver() ? null : new TakeoverWatch(this::look, errorHandler);
    }

    /** Attaches to a driver that another program runs. */
    private FrameDriver(DriverContext context) {
        this.context = context;
        base = null;
        errorHandler = GuardedErrorHandler.of(FrameDriver.class, context.errorHandler());
        aeronDirectoryName = context.aeronDirectory().toString();
        sharedDirectory = BaseDirectory.sharedBeside(context.aeronDirectory());
        probe = DriverProbe.of(context.aeronDirectory());
        watch = null;
    }

    /**
     * Joins the host's driver with default settings.
     *
     * @return access to the driver, as its owner or attached.
     * @throws FrameDriverException as {@link #join(DriverContext)}.
     */
    public static FrameDriver join() {
        return join(new DriverContext());
    }

    /**
     * Joins the host's driver: starts it if no process runs it, else attaches to it. Any thread. Starting takes about
     * 0.2 s; attaching waits for the owner's driver to answer, for at most {@link DriverContext#joinTimeout()}.
     *
     * @param context the settings; concluded here, and not to be used again.
     * @return access to the driver, as its owner or attached.
     * @throws FrameDriverException if the base directory cannot be used, there is no room for the driver's files, no
     *                              driver answers within {@link DriverContext#joinTimeout()}, or the thread is
     *                              interrupted while it waits; its interrupt flag stays set.
     */
    public static FrameDriver join(DriverContext context) {
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
                        FrameDriverException.Reason.NOT_RUNNING,
                        base.path() + ": the process that holds its lock has not started a media driver within "
                                + context.joinTimeout().toMillis() + " ms; end that process, and start again");
            }
            if (Thread.currentThread().isInterrupted()) {
                throw new FrameDriverException(
                        FrameDriverException.Reason.INTERRUPTED,
                        base.path() + ": interrupted while waiting for the media driver");
            }
            LockSupport.parkNanos(POLL_INTERVAL_NS);
        }
    }

    /**
     * Where the processes that join a driver share files in memory, as {@link #sharedDirectory()} of one that has
     * joined. Any thread; neither joins nor starts a driver, and makes no directory.
     *
     * @param context the settings to find the driver by; concluded here, and not to be used again.
     * @return the directory, absolute; it need not exist.
     */
    public static Path sharedDirectory(DriverContext context) {
        context.conclude();
        return context.aeronDirectory() == null
                ? context.baseDirectory().toAbsolutePath().normalize()
                : BaseDirectory.sharedBeside(context.aeronDirectory());
    }

    private static BaseDirectory directory(DriverContext context) {
        BaseDirectory base = BaseDirectory.open(context.baseDirectory());
        if (!context.isPrivate()) {
            return base;
        }
        base.sweepPrivateDirectories(); // removes the base itself, too, if it becomes empty
        return BaseDirectory.open(context.baseDirectory())
                .nested(ProcessHandle.current().pid() + "-" + Long.toHexString(System.nanoTime()));
    }

    /** Null if another process holds the lock, but its driver does not answer yet. */
    private static FrameDriver tryJoin(DriverContext context, BaseDirectory base) {
        DriverLock lock = base.tryLock();
        if (lock != null) {
            OwnedDriver owned = OwnedDriver.launch(
                    base, lock, context, GuardedErrorHandler.of(FrameDriver.class, context.errorHandler()));
            return owned == null ? null : new FrameDriver(context, base, owned);
        }
        return DriverProbe.runningIn(base) == null ? null : new FrameDriver(context, base, null);
    }

    /**
     * Attaches to the host's driver if a process runs it. A process that only receives from its own host needs no
     * driver until a sender starts one, and can leave without affecting others unless it took over meanwhile. Any
     * thread; does not wait for other processes.
     *
     * @param context the settings; may be used again as long as this returns empty.
     * @return access to the driver; empty if no process runs it.
     * @throws FrameDriverException if the base directory cannot be used.
     */
    public static Optional<FrameDriver> tryAttach(DriverContext context) {
        context.validate();
        if (context.aeronDirectory() != null) {
            context.conclude();
            return Optional.of(attachExternal(context));
        }
        BaseDirectory base = BaseDirectory.existing(context.baseDirectory());
        if (base == null || DriverProbe.runningIn(base) == null) {
            return Optional.empty();
        }
        context.conclude();
        return Optional.of(start(new FrameDriver(context, base, null)));
    }

    private static FrameDriver start(FrameDriver driver) {
        if (driver.watch != null) {
            driver.watch.start();
        }
        return driver;
    }

    private static FrameDriver attachExternal(DriverContext context) {
        FrameDriver driver = new FrameDriver(context);
        if (driver.running().isEmpty()) {
            driver.close();
            throw new FrameDriverException(
                    FrameDriverException.Reason.NOT_RUNNING,
                    context.aeronDirectory()
                            + ": no media driver is running there; start it first, or leave the Aeron directory out");
        }
        return driver;
    }

    /** Called by the watch. */
    private void look() {
        OwnedDriver driver = owned;
        if (driver != null) {
            lookAfter(driver);
        } else if (context.takesOver() || hasLostDriver) {
            DriverLock lock = base.isOwned() ? null : base.tryLock();
            if (lock != null) {
                takeOver(lock);
            } else if (hasLostDriver && running().isPresent()) {
                hasLostDriver = false; // attached to another process's
            }
        }
    }

    /** Calls the user's error handler without holding a lock. */
    private void lookAfter(OwnedDriver driver) {
        switch (repair(driver)) {
            case INTACT -> {
                return;
            }
            case UNANNOUNCED ->
                errorHandler.onError(new FrameDriverException(
                        FrameDriverException.Reason.FILES_REMOVED,
                        base.path()
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

    /** Checks the driver's files and repairs what can be repaired. The caller closes a driver that is LOST. */
    private synchronized OwnedDriver.Condition repair(OwnedDriver driver) {
        if (isClosed) {
            return OwnedDriver.Condition.INTACT;
        }
        OwnedDriver.Condition condition = driver.condition();
        if (condition == OwnedDriver.Condition.UNANNOUNCED) {
            driver.announce();
        } else if (condition == OwnedDriver.Condition.LOST) {
            owned = null;
            hasLostDriver = true;
        }
        return condition;
    }

    private FrameDriverException lossOfFiles() {
        return new FrameDriverException(
                FrameDriverException.Reason.FILES_REMOVED,
                base.path()
                        + ": files of the media driver in this process were removed or replaced while it was running;"
                        + " the driver ends, and this process joins again (exclude the directory from cleaners of"
                        + " temporary files)");
    }

    /**
     * Starts a driver: no other process runs one, and this process holds the lock.
     *
     * @throws FrameDriverException if the driver does not start; the lock is free again.
     */
    private synchronized void takeOver(DriverLock lock) {
        if (isClosed) {
            lock.removeAndRelease();
            return;
        }
        OwnedDriver launched = OwnedDriver.launch(base, lock, context, errorHandler);
        if (launched != null) {
            hasLostDriver = false;
            own(launched);
        }
    }

    private synchronized void own(OwnedDriver started) {
        owned = started;
        if (context.closeOnShutdown() && shutdownHook == null) {
            shutdownHook = new Thread(this::stop, "aeroframe-driver-shutdown");
            try {
                Runtime.getRuntime().addShutdownHook(shutdownHook);
            } catch (IllegalStateException ex) {
                stop(); // the JVM is shutting down: another process takes over
            }
        }
    }

    /**
     * The directory for {@code Aeron.Context.aeronDirectoryName}. Any thread; does not block.
     *
     * @return the path.
     */
    public String aeronDirectoryName() {
        return aeronDirectoryName;
    }

    /**
     * The driver that is running now. It changes when another process takes over, or when an external driver restarts;
     * clients of the previous driver have to connect again. Any thread; cheap enough to call many times a second: reads
     * the attributes of two files and a few bytes, and waits for no process. Detects within 250 ms that the owner was
     * killed.
     *
     * @return the driver; empty while none is running.
     * @throws FrameDriverException if its files cannot be read.
     */
    public Optional<RunningDriver> running() {
        return Optional.ofNullable(probe.running());
    }

    /**
     * Whether the driver owner has announced that it is about to end the driver. Lossless publications then pause until
     * a new driver is up; see {@link #HAND_OVER_COUNTER_TYPE_ID}. Any thread; reads a file, and waits for no process.
     *
     * @return true from the announcement until another process has taken over; always false for an external driver.
     * @throws FrameDriverException if the base directory cannot be read.
     */
    public boolean isHandingOver() {
        return base != null && base.announced() == null;
    }

    /**
     * Whether the driver's sockets are in this process's network namespace. Containers may share a base directory, and
     * thus a driver, without sharing a network: IPC works between them, but a UDP channel would send and receive in the
     * driver owner's network. Any thread; reads files, and waits for no process.
     *
     * @return false if the driver runs in another network namespace; true if it runs in this one or if that is unknown:
     *         no driver is running, the system has no network namespaces, or the driver is external.
     * @throws FrameDriverException if the driver's files cannot be read.
     */
    public boolean sharesNetwork() {
        return running().isEmpty() || probe.sharesNetwork();
    }

    /**
     * Where the processes that use this driver share files in memory: the base directory or, for an external driver, a
     * directory next to the driver's, with {@code -aeroframe-USER} appended to its name. Any thread; does not block.
     *
     * @return the directory, absolute; it need not exist as long as no file is shared.
     */
    public Path sharedDirectory() {
        return sharedDirectory;
    }

    /**
     * Whether this process runs the driver. This can change at any time: by taking over, or if the driver's files are
     * removed. Any thread; does not block.
     *
     * @return true if closing this ends the driver for all processes until one of them has taken over.
     */
    public boolean isOwner() {
        return owned != null;
    }

    /**
     * The number of Aeron clients of the driver in this process, including this process's own. The driver counts a
     * client from its first publication or subscription on. Any thread; does not block.
     *
     * @return the count; 0 if this process is not the driver owner.
     */
    public int clientCount() {
        OwnedDriver driver = owned;
        return driver == null ? 0 : driver.clientCount();
    }

    /**
     * How often the driver in this process refused a stream because a peer on the network asked for too much memory;
     * see {@link DriverContext#maxTermLength(int)}, {@link DriverContext#maxImagesPerChannel(int)} and {@link
     * DriverContext#maxImageBytes(long)}. The reasons are reported to the error handler at most once a second. Any
     * thread; does not block.
     *
     * @return the count since this driver started; 0 if this process is not the driver owner.
     */
    public long refusedSetups() {
        OwnedDriver driver = owned;
        return driver == null ? 0 : driver.refusedSetups();
    }

    /**
     * A warning for users who send frames over UDP on a host that limits socket buffers. Any thread; opens and
     * closes a socket.
     *
     * @return one line that names the sysctl to set; empty if the buffers are large enough.
     * @throws FrameDriverException if no socket can be opened.
     */
    public Optional<String> socketBufferWarning() {
        return FileThread.call(SocketBuffers::probe).warning();
    }

    /**
     * Waits until {@link #clientCount()} is 0. Returns at once if this process is not the driver owner. Any thread.
     *
     * @param timeout the longest wait.
     * @return true if no client is left; false after the timeout or an interrupt, whose flag stays set.
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
     * Whether this was closed. Any thread; does not block.
     *
     * @return true once {@link #close()} was called; this process no longer takes over.
     */
    public boolean isClosed() {
        return isClosed;
    }

    /**
     * Leaves. The driver owner first lets closed publications drain to their subscribers. Then it hands over: it
     * withdraws the driver's announcement, waits until lossless publications have stopped sending and their frames have
     * been read, ends the driver and removes its files. Another process takes over. This takes at most {@link
     * DriverContext#closeTimeout()}, plus a few tenths of a second to end the driver. In an attached process nothing
     * else happens. Any thread; a second call only waits for the first to return. An interrupt does not end the waits;
     * its flag stays set.
     *
     * @throws FrameDriverException if the driver's files cannot be removed; the driver has ended anyway.
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
     * One thread stops, any other waits for it: if a shutdown hook returned at once, the JVM could end halfway.
     */
    private synchronized void stop() {
        if (!isClosed) {
            isClosed = true;
            if (watch != null) {
                watch.stop();
            }
            probe.close();
            if (owned != null) {
                owned.close(context.closeTimeout().toNanos());
            }
        }
    }

    private synchronized void removeHook() {
        if (shutdownHook != null && Thread.currentThread() != shutdownHook) {
            try {
                Runtime.getRuntime().removeShutdownHook(shutdownHook);
            } catch (IllegalStateException ex) {
                // The JVM is shutting down already; the hook finds nothing left to do.
                return;
            }
        }
    }
}
