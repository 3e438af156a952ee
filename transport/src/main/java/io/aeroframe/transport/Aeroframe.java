package io.aeroframe.transport;

import io.aeroframe.driver.FrameDriver;
import io.aeron.Aeron;
import io.aeron.RethrowingErrorHandler;
import io.aeron.exceptions.AeronException;
import io.aeron.exceptions.TimeoutException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.agrona.ErrorHandler;
import org.agrona.concurrent.AgentTerminationException;

/**
 * Publications and subscriptions of frames, over one Aeron client.
 *
 * <p>Thread-safe; what it makes is not. Closing it closes the Aeron client and with it what is still open; close publications first, so that
 * they tell their subscribers that the stream has ended.
 */
public final class Aeroframe implements AutoCloseable {

    private static final long DRIVER_TIMEOUT_MS = 3_000;
    private static final long KEEP_ALIVE_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(250);

    private final FrameDriver driver;
    private final Context context;
    private final Aeron aeron;
    private final OpenPools pools = new OpenPools();
    private final AtomicBoolean hasLostDriver = new AtomicBoolean();
    private boolean hasWarnedOfSockets;

    private Aeroframe(FrameDriver driver, Context context) {
        this.driver = driver;
        this.context = context;
        try {
            aeron = Aeron.connect(new Aeron.Context()
                    .aeronDirectoryName(driver.aeronDirectoryName())
                    .driverTimeoutMs(DRIVER_TIMEOUT_MS)
                    .keepAliveIntervalNs(KEEP_ALIVE_INTERVAL_NS)
                    .errorHandler(this::onError) // Aeron's own would end the JVM when the driver is gone
                    .subscriberErrorHandler(RethrowingErrorHandler.INSTANCE));
        } catch (AeronException ex) {
            throw new DriverLostException(driver.aeronDirectoryName(), ex);
        }
    }

    /**
     * Connects to a driver with default settings.
     *
     * @param driver to use; it must stay open longer than this.
     * @return the connection.
     * @throws FrameTransportException if the driver does not answer.
     */
    public static Aeroframe connect(FrameDriver driver) {
        return connect(driver, new Context());
    }

    /**
     * Connects to a driver.
     *
     * @param driver  to use; it must stay open longer than this.
     * @param context settings; concluded here, not to be used again.
     * @return the connection.
     * @throws FrameTransportException if the driver does not answer.
     */
    public static Aeroframe connect(FrameDriver driver, Context context) {
        context.conclude();
        return new Aeroframe(driver, context);
    }

    /**
     * Starts to publish a stream over IPC.
     *
     * @param stream its name.
     * @param format what most frames will be.
     * @return the publication.
     * @throws FrameTransportException if there is no room for its buffers.
     */
    public FramePublication addPublication(String stream, FrameFormat format) {
        return addPublication(new FramePublication.Context().stream(stream).format(format));
    }

    /**
     * Starts to publish a stream.
     *
     * @param settings concluded here, not to be used again.
     * @return the publication.
     * @throws FrameTransportException if there is no room for its buffers, or the channel cannot be used.
     */
    public FramePublication addPublication(FramePublication.Context settings) {
        settings.conclude();
        warnOfSockets(settings.channel());
        pools.release();
        return new FramePublication(aeron, poolHost(), settings);
    }

    /**
     * Starts to receive a stream over IPC.
     *
     * @param stream its name.
     * @return the subscription.
     */
    public FrameSubscription addSubscription(String stream) {
        return addSubscription(new FrameSubscription.Context().stream(stream));
    }

    /**
     * Starts to receive a stream.
     *
     * @param settings concluded here, not to be used again.
     * @return the subscription.
     * @throws FrameTransportException if the channel cannot be used: a port in use, an address that is not this host's.
     */
    public FrameSubscription addSubscription(FrameSubscription.Context settings) {
        settings.conclude(context.errorHandler());
        warnOfSockets(settings.channel());
        return new FrameSubscription(aeron, driver.sharedDirectory(), settings);
    }

    private PoolPath.Host poolHost() {
        return new PoolPath.Host(driver.sharedDirectory(), new LiveCounters(aeron), pools, context.errorHandler());
    }

    /** Aeron tells of a lost driver more than once, and in its own terms. */
    private void onError(Throwable error) {
        if (error instanceof TimeoutException || error instanceof AgentTerminationException) {
            if (hasLostDriver.compareAndSet(false, true)) {
                context.errorHandler().onError(new DriverLostException(driver.aeronDirectoryName()));
            }
        } else {
            context.errorHandler().onError(error);
        }
    }

    private synchronized void warnOfSockets(FrameChannel channel) {
        if (!channel.isIpc() && !hasWarnedOfSockets) {
            hasWarnedOfSockets = true;
            driver.socketBufferWarning()
                    .ifPresent(warning -> context.errorHandler().onError(new FrameTransportException(warning)));
        }
    }

    /** Closes the Aeron client. Waits up to a second for subscribers that have yet to find the pool of a publication that was closed. */
    @Override
    public void close() {
        pools.close();
        aeron.close();
    }

    /** Settings of {@link Aeroframe#connect(FrameDriver, Context)}. Not thread-safe; used once. */
    public static final class Context {
        private ErrorHandler errorHandler;

        /** Settings with their defaults. */
        public Context() {}

        private void conclude() {
            if (errorHandler == null) {
                System.Logger logger = System.getLogger(Aeroframe.class.getName());
                errorHandler = error -> logger.log(System.Logger.Level.WARNING, error.getMessage());
            }
        }

        /**
         * Takes what goes wrong in the background, on any thread; a {@link DriverLostException} once. It must not throw.
         *
         * @param value default: a warning to {@link System.Logger}.
         * @return this.
         */
        public Context errorHandler(ErrorHandler value) {
            errorHandler = value;
            return this;
        }

        /**
         * Takes what goes wrong in the background.
         *
         * @return null for the default before it is concluded.
         */
        public ErrorHandler errorHandler() {
            return errorHandler;
        }
    }
}
