package io.aeroframe.transport;

import io.aeroframe.driver.FrameDriver;
import io.aeroframe.driver.internal.SharedDirectory;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.agrona.CloseHelper;
import org.agrona.ErrorHandler;

/**
 * Publications and subscriptions of frames, over one Aeron client at a time.
 *
 * <p>When the media driver goes with the process that owns it, another process takes over, and when this process was
 * stopped for so long that the driver took it for dead, it connects again. Either way all publications and
 * subscriptions are opened again at their next call, and go on. Users need not do anything; {@link
 * ConnectionContext#stateListener} reports it.
 *
 * <p>Thread-safe. What it makes is for one thread at a time, but can be closed on any. An interrupt ends the wait of
 * the thread that is interrupted, and has no other effect: threads of the library's own do all that an interrupt could
 * break.
 */
public final class Aeroframe implements AutoCloseable {

    private final FrameDriver driver;
    private final ConnectionContext context;
    private final PoolReaper pools = new PoolReaper();
    private final DriverConnection connection;
    private final Set<AutoCloseable> open = ConcurrentHashMap.newKeySet();
    private boolean hasWarnedOfSockets;

    private Aeroframe(FrameDriver driver, ConnectionContext context) {
        this.driver = driver;
        this.context = context;
        connection = DriverConnection.open(driver, context, pools);
    }

    /**
     * Connects to a driver with default settings, as {@link #connect(FrameDriver, ConnectionContext)}.
     *
     * @param driver to use; it must stay open longer than this.
     * @return the connection.
     * @throws FrameTransportException if no driver answers, or the thread is interrupted.
     */
    public static Aeroframe connect(FrameDriver driver) {
        return connect(driver, new ConnectionContext());
    }

    /**
     * Connects to a driver. Any thread. Waits for a driver {@link ConnectionContext#connectTimeout()} at most; an
     * interrupt ends the wait, with the flag still set.
     *
     * @param driver  to use; it must stay open longer than this.
     * @param context settings; concluded here, not to be used again.
     * @return the connection.
     * @throws DriverLostException      if no driver answers.
     * @throws FrameTransportException  if the thread is interrupted.
     * @throws IllegalArgumentException if a setting is not valid.
     */
    public static Aeroframe connect(FrameDriver driver, ConnectionContext context) {
        context.conclude();
        return new Aeroframe(driver, context);
    }

    /**
     * Starts to publish a stream over IPC, as {@link #addPublication(PublicationContext)}.
     *
     * @param stream its name.
     * @param format what most frames will be.
     * @return the publication.
     * @throws FrameTransportException if there is no room for its buffers, or no driver answers.
     */
    public FramePublication addPublication(String stream, FrameFormat format) {
        return addPublication(new PublicationContext().stream(stream).format(format));
    }

    /**
     * Starts to publish a stream. Any thread. Waits for the driver as {@link #connect(FrameDriver, ConnectionContext)}
     * does, and as long as the system takes to provide the memory of the pool and the log buffers.
     *
     * @param settings concluded here, not to be used again.
     * @return the publication.
     * @throws FrameTransportException  if there is no room for its buffers, the channel cannot be used, no driver
     *                                  answers, or the thread is interrupted.
     * @throws IllegalArgumentException if a setting is not valid.
     * @throws IllegalStateException    if this is closed.
     */
    public FramePublication addPublication(PublicationContext settings) {
        checkOpen();
        settings.conclude();
        checkNetwork(settings.stream(), settings.channel());
        warnOfSockets(settings.channel());
        rehearse(settings.isPooled() && settings.channel().allowsPool());
        PublicationPools.Host host = poolHost(context.errorHandler());
        return shown(
                StatusFile.of(host.directory(), settings),
                status -> new FramePublication(connection, host, settings, status, open::remove));
    }

    /** Opens what shows its status; closes the status if it cannot be opened. */
    private <T extends AutoCloseable> T shown(StatusFile status, Function<StatusFile, T> make) {
        T made = null;
        try {
            made = make.apply(status);
        } finally {
            if (made == null) {
                status.close();
            }
        }
        if (status.failure() != null) {
            context.errorHandler().onError(status.failure()); // after what may have failed for the same reason
        }
        return opened(made);
    }

    private void checkOpen() {
        if (connection.state() == ConnectionState.CLOSED) {
            throw new IllegalStateException(
                    "the connection to the media driver in " + driver.aeronDirectoryName() + " is closed");
        }
    }

    /** The driver's sockets are in its owner's network, which need not be this process's. */
    private void checkNetwork(StreamName stream, FrameChannel channel) {
        if (!channel.isIpc() && !driver.sharesNetwork()) {
            throw new FrameTransportException(
                    FrameTransportException.Reason.FOREIGN_NETWORK,
                    "stream '" + stream + "' on channel '" + channel
                            + "': the media driver in " + driver.aeronDirectoryName()
                            + " runs in another network namespace, such as another container's, and would "
                            + "send and receive there; use a base"
                            + " directory (AEROFRAME_DIR) for each network, or IPC");
        }
    }

    /** Notes what is to be closed with this, unless this has been closed meanwhile. */
    private <T extends AutoCloseable> T opened(T made) {
        open.add(made);
        if (connection.state() == ConnectionState.CLOSED) {
            CloseHelper.close(context.errorHandler(), made);
        }
        checkOpen();
        return made;
    }

    /**
     * Starts to receive a stream over IPC, as {@link #addSubscription(SubscriptionContext)}.
     *
     * @param stream its name.
     * @return the subscription.
     * @throws FrameTransportException if no driver answers, or the thread is interrupted.
     */
    public FrameSubscription addSubscription(String stream) {
        return addSubscription(new SubscriptionContext().stream(stream));
    }

    /**
     * Starts to receive a stream. Any thread. Waits for the driver as {@link #connect(FrameDriver, ConnectionContext)}
     * does, not for a publisher.
     *
     * @param settings concluded here, not to be used again.
     * @return the subscription.
     * @throws FrameTransportException  if the channel cannot be used (a port in use, an address that is not this
     *     host's), no driver answers, or the thread is interrupted.
     * @throws IllegalArgumentException if a setting is not valid.
     * @throws IllegalStateException    if this is closed.
     */
    public FrameSubscription addSubscription(SubscriptionContext settings) {
        checkOpen();
        settings.conclude(context.errorHandler());
        checkNetwork(settings.stream(), settings.channel());
        warnOfSockets(settings.channel());
        rehearse(settings.channel().allowsPool());
        SharedDirectory directory = new SharedDirectory(driver.sharedDirectory());
        return shown(
                StatusFile.of(directory, settings),
                status -> new FrameSubscription(connection, directory, settings, status, open::remove));
    }

    /** Has the JVM compile the path that frames will take. */
    private void rehearse(boolean isPooled) {
        Rehearsal rehearsal = Rehearsal.begin(
                connection,
                poolHost(ex -> {}), // what goes wrong there, goes wrong in the publication itself as well
                context,
                isPooled ? Rehearsal.FramePath.POOL : Rehearsal.FramePath.LOG);
        if (rehearsal != null) {
            opened(rehearsal);
        }
    }

    private PublicationPools.Host poolHost(ErrorHandler errorHandler) {
        return new PublicationPools.Host(new SharedDirectory(driver.sharedDirectory()), pools, errorHandler);
    }

    /**
     * Where the connection to the driver stands. Any thread; does not wait.
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
            driver.socketBufferWarning().ifPresent(warning -> context.errorHandler()
                    .onError(new FrameTransportException(FrameTransportException.Reason.REPORT, warning)));
        }
    }

    /**
     * Closes the connection and what is still open in it. Close publications first: else their subscribers see their
     * streams as lost, and not as ended. Any thread; closing twice does nothing.
     *
     * <p>Calls that wait end their wait. This waits {@link ConnectionContext#closeTimeout()} at most for subscribers
     * that have yet to find the pool of a publication that was closed, and as long again for threads that are inside a
     * call of a publication or subscription. A thread that stays longer, in a handler, may go on: the memory that it
     * uses is unmapped when it has left. Called in a handler, this does not wait for that handler. An interrupt ends
     * the wait for subscribers.
     */
    @Override
    public void close() {
        boolean isInside = open.stream().anyMatch(Aeroframe::isInsideHere);
        connection.shut();
        CloseHelper.closeAll(context.errorHandler(), List.copyOf(open));
        pools.close(context.closeTimeout().toNanos());
        connection.close(isInside);
    }

    private static boolean isInsideHere(AutoCloseable open) {
        return open instanceof FrameSubscription subscription
                ? subscription.isInsideHere()
                : open instanceof FramePublication publication && publication.isInsideHere();
    }
}
