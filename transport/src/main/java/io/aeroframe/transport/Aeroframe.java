package io.aeroframe.transport;

import io.aeroframe.driver.FrameDriver;
import java.util.function.Consumer;
import org.agrona.ErrorHandler;

/**
 * Publications and subscriptions of frames, over one Aeron client at a time.
 *
 * <p>When the media driver goes with the process that hosts it, another process takes over, and when this process has slept for so long that the
 * driver took it for dead, it is connected anew; either way all publications and subscriptions are made anew at their next call, and go on. Nobody
 * has to do anything; {@link Context#stateListener} tells.
 *
 * <p>Thread-safe; what it makes is not. Closing it closes the Aeron client and with it what is still open; close publications first, so that
 * they tell their subscribers that the stream has ended.
 */
public final class Aeroframe implements AutoCloseable {

    private final FrameDriver driver;
    private final Context context;
    private final OpenPools pools = new OpenPools();
    private final DriverConnection connection;
    private boolean hasWarnedOfSockets;

    private Aeroframe(FrameDriver driver, Context context) {
        this.driver = driver;
        this.context = context;
        connection = DriverConnection.open(driver, context, pools);
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
        return new FramePublication(connection, poolHost(), settings);
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
        return new FrameSubscription(connection, driver.sharedDirectory(), settings);
    }

    private PoolPath.Host poolHost() {
        return new PoolPath.Host(driver.sharedDirectory(), pools, context.errorHandler());
    }

    /**
     * Where the connection to the driver stands. Any thread.
     *
     * @return the state.
     */
    public ConnectionState state() {
        return connection.state();
    }

    /** The session that publications and subscriptions are in, or will be from their next call. */
    ClientSession session() {
        return connection.session();
    }

    private synchronized void warnOfSockets(FrameChannel channel) {
        if (!channel.isIpc() && !hasWarnedOfSockets) {
            hasWarnedOfSockets = true;
            driver.socketBufferWarning()
                    .ifPresent(warning -> context.errorHandler().onError(new FrameTransportException(warning)));
        }
    }

    /** Closes the Aeron client. Waits up to four seconds for subscribers that have yet to find the pool of a publication that was closed. */
    @Override
    public void close() {
        pools.close();
        connection.close();
    }

    /** Settings of {@link Aeroframe#connect(FrameDriver, Context)}. Not thread-safe; used once. */
    public static final class Context {
        private ErrorHandler errorHandler;
        private Consumer<ConnectionState> stateListener = state -> {};

        /** Settings with their defaults. */
        public Context() {}

        private void conclude() {
            if (errorHandler == null) {
                System.Logger logger = System.getLogger(Aeroframe.class.getName());
                errorHandler = error -> logger.log(System.Logger.Level.WARNING, error.getMessage());
            }
        }

        /**
         * Takes what goes wrong in the background, on any thread. It must not throw.
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

        /**
         * Is told of each state that the connection enters after the first one, on a thread of the connection's own. It must not throw, nor
         * close the connection.
         *
         * @param value default: nobody is told.
         * @return this.
         */
        public Context stateListener(Consumer<ConnectionState> value) {
            stateListener = value;
            return this;
        }

        /**
         * Is told of each state that the connection enters.
         *
         * @return the listener.
         */
        public Consumer<ConnectionState> stateListener() {
            return stateListener;
        }
    }
}
