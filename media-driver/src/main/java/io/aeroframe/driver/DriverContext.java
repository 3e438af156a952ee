package io.aeroframe.driver;

import io.aeron.logbuffer.LogBufferDescriptor;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ThreadFactory;
import java.util.function.Supplier;
import org.agrona.ErrorHandler;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.IdleStrategy;

/**
 * Settings of {@link FrameDriver#join(DriverContext)}. Not thread-safe. Used once: joining or attaching concludes it,
 * and a concluded context is refused.
 */
public final class DriverContext {

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
    private Supplier<? extends IdleStrategy> idleStrategy = DriverContext::usualIdleStrategy;
    private ThreadFactory threadFactory;
    private ErrorHandler errorHandler;
    private boolean isConcluded;

    /** Settings with their defaults. */
    public DriverContext() {}

    /**
     * Validates the settings, fills in the defaults, and lets nobody use them again.
     *
     * @throws IllegalStateException    if they were concluded before.
     * @throws IllegalArgumentException if a setting is out of range, or two exclude each other.
     */
    void conclude() {
        validate();
        isConcluded = true;
    }

    /** Validates the settings and fills in the defaults, for a use that may fail. */
    void validate() {
        if (isConcluded) {
            throw new IllegalStateException("this DriverContext was used before: make another for each driver");
        }
        if (aeronDirectory != null && isPrivate) {
            throw new IllegalArgumentException("aeronDirectory=" + aeronDirectory
                    + " and privateDriver=true exclude each other: a private driver runs in this process, one in"
                    + " an Aeron directory does not");
        }
        if (maxTermLength < LogBufferDescriptor.TERM_MIN_LENGTH || maxImagesPerChannel < 1) {
            throw new IllegalArgumentException("maxTermLength=" + maxTermLength + " is under "
                    + LogBufferDescriptor.TERM_MIN_LENGTH + " or maxImagesPerChannel=" + maxImagesPerChannel
                    + " is under 1");
        }
        if (idleStrategy == null) {
            throw new IllegalArgumentException("idleStrategy=null: give a supplier of idle strategies");
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
     * The directory by which the processes of this host find each other.
     *
     * @param value the directory, created for this user alone if it does not exist; default {@code AEROFRAME_DIR},
     *              else {@code /dev/shm/aeroframe-USER}, else the same name in the temporary directory.
     * @return this.
     */
    public DriverContext baseDirectory(Path value) {
        baseDirectory = value;
        return this;
    }

    /**
     * The directory by which the processes of this host find each other.
     *
     * @return the directory; null for the default before {@link FrameDriver#join(DriverContext)}.
     */
    public Path baseDirectory() {
        return baseDirectory;
    }

    /**
     * The directory of an external driver, one that another program runs. It is used, but never changed or deleted.
     *
     * @param value the directory as the driver was configured; null (the default) for Aeroframe's own driver.
     * @return this.
     */
    public DriverContext aeronDirectory(Path value) {
        aeronDirectory = value;
        return this;
    }

    /**
     * The directory of an external driver.
     *
     * @return the directory, or null.
     */
    public Path aeronDirectory() {
        return aeronDirectory;
    }

    /**
     * Whether to run a driver that no other process finds.
     *
     * @param value default false.
     * @return this.
     */
    public DriverContext privateDriver(boolean value) {
        isPrivate = value;
        return this;
    }

    /**
     * Whether to run a driver that no other process finds.
     *
     * @return true for a private driver.
     */
    public boolean isPrivate() {
        return isPrivate;
    }

    /**
     * Whether to take over when the driver owner has ended. Turn it off in a process that may end without effect
     * on others: it then waits until another process has taken over.
     *
     * @param value default true.
     * @return this.
     */
    public DriverContext takesOver(boolean value) {
        takesOver = value;
        return this;
    }

    /**
     * Whether to take over when the driver owner has ended.
     *
     * @return true if so.
     */
    public boolean takesOver() {
        return takesOver;
    }

    /**
     * Whether a JVM shutdown hook closes the driver in this process and removes its files. Turn it off if your own
     * hook has to call {@link FrameDriver#close()} in a certain order.
     *
     * @param value default true.
     * @return this.
     */
    public DriverContext closeOnShutdown(boolean value) {
        closeOnShutdown = value;
        return this;
    }

    /**
     * Whether a shutdown hook closes the driver in this process.
     *
     * @return true if so.
     */
    public boolean closeOnShutdown() {
        return closeOnShutdown;
    }

    /**
     * How long {@link FrameDriver#join(DriverContext)} waits for the driver owner's driver to answer.
     *
     * @param value default 10 s.
     * @return this.
     */
    public DriverContext joinTimeout(Duration value) {
        joinTimeout = value;
        return this;
    }

    /**
     * How long {@link FrameDriver#join(DriverContext)} waits for the driver owner's driver to answer.
     *
     * @return the longest wait.
     */
    public Duration joinTimeout() {
        return joinTimeout;
    }

    /**
     * How long {@link FrameDriver#close()} may wait in total in the driver owner: up to two fifths for closed
     * publications to drain to their subscribers, then until three fifths have passed for lossless publications to
     * stop sending, then the rest for their frames to be read. It waits only while there is something to wait for.
     *
     * @param value default 5 s; zero for no wait.
     * @return this.
     */
    public DriverContext closeTimeout(Duration value) {
        closeTimeout = value;
        return this;
    }

    /**
     * How long {@link FrameDriver#close()} may wait in total in the driver owner.
     *
     * @return the longest wait.
     */
    public Duration closeTimeout() {
        return closeTimeout;
    }

    /** Spins a little, then sleeps for at most 0.1 ms: what the driver adds to a frame's latency when it was idle. */
    private static IdleStrategy usualIdleStrategy() {
        return new BackoffIdleStrategy(10, 20, 1_000, 100_000);
    }

    /**
     * How the threads of the driver in this process idle when there is nothing to do. Each thread gets a strategy of
     * its own. Takes effect in the driver owner.
     *
     * @param value the supplier of strategies; default: spins briefly, then sleeps for at most 0.1 ms.
     * @return this.
     */
    public DriverContext idleStrategy(Supplier<? extends IdleStrategy> value) {
        idleStrategy = value;
        return this;
    }

    /**
     * How the threads of the driver in this process idle.
     *
     * @return the supplier of strategies.
     */
    public Supplier<? extends IdleStrategy> idleStrategy() {
        return idleStrategy;
    }

    /**
     * Makes the threads of the driver in this process, so that they can be pinned, named or given a priority. Takes
     * effect in the driver owner.
     *
     * @param value the factory, called on a thread of the library's; null (the default) for daemon threads with Aeron's
     *              names.
     * @return this.
     */
    public DriverContext threadFactory(ThreadFactory value) {
        threadFactory = value;
        return this;
    }

    /**
     * Makes the threads of the driver in this process.
     *
     * @return the factory; null for Aeron's.
     */
    public ThreadFactory threadFactory() {
        return threadFactory;
    }

    ImageLimits imageLimits() {
        return new ImageLimits(maxTermLength, maxImagesPerChannel, maxImageBytes);
    }

    /**
     * The longest term that a peer on the network may set up. The driver allocates three terms for each stream that
     * it receives, before the first frame. Takes effect in the driver owner.
     *
     * @param value bytes, from 65,536; default 64 MiB, the most that frames need.
     * @return this.
     */
    public DriverContext maxTermLength(int value) {
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
     * subscribed to. A stream that has ended counts until its memory is released some seconds later. Takes effect
     * in the driver owner.
     *
     * @param value the count, from 1; default 64.
     * @return this.
     */
    public DriverContext maxImagesPerChannel(int value) {
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
     * How much memory the driver may allocate for the streams that peers on the network set up, over all channels.
     * Takes effect in the driver owner.
     *
     * @param value bytes; default 4 GiB.
     * @return this.
     */
    public DriverContext maxImageBytes(long value) {
        maxImageBytes = value;
        return this;
    }

    /**
     * How much memory the driver may allocate for the streams that peers on the network set up.
     *
     * @return bytes.
     */
    public long maxImageBytes() {
        return maxImageBytes;
    }

    /**
     * Receives background errors: those of the driver in this process, on the driver's threads, and those around
     * it, such as removed files or a takeover that failed. Requests that the driver refuses are reported to the
     * client that made them instead. An exception that the handler throws is logged.
     *
     * @param value default: a warning to {@link System.Logger}.
     * @return this.
     */
    public DriverContext errorHandler(ErrorHandler value) {
        errorHandler = value;
        return this;
    }

    /**
     * Receives background errors.
     *
     * @return the handler; null for the default before {@link FrameDriver#join(DriverContext)}.
     */
    public ErrorHandler errorHandler() {
        return errorHandler;
    }
}
