package io.aeroframe.transport;

import io.aeroframe.driver.FrameDriverException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.agrona.concurrent.IdleStrategy;

/**
 * The sending path of a publication in whichever session of the driver is up: opened anew when another session takes over. The thread that
 * writes.
 */
final class SendingPaths {

    /** After a failure to open the path in a new session. */
    private static final long REOPEN_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(250);

    /** How long a lossless publication waits for a driver. */
    static final long RECONNECT_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(10);

    /** How long it then waits for its subscribers to find the new one. */
    private static final long RETURN_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(3);

    private static final long END_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(1);

    private final DriverConnection connection;
    private final PoolPath.Host poolHost;
    private final FramePublication.Context context;
    private final long publicationId;

    /** Null for as long as it cannot be opened in a new session. */
    private SendingPath path;

    private long openedNs;
    private long failedNs;
    private boolean isAnnounced;

    /** In a session before, and not heard of in this one yet. */
    private boolean hadSubscribers;

    SendingPaths(
            DriverConnection connection, PoolPath.Host poolHost, FramePublication.Context context, long publicationId) {
        this.connection = connection;
        this.poolHost = poolHost;
        this.context = context;
        this.publicationId = publicationId;
        path = connection.inSession(this::openIn);
    }

    private SendingPath openIn(ClientSession session) {
        return new SendingPath(session, poolHost, context, publicationId);
    }

    /** The path that was opened last; null if none could be. */
    SendingPath current() {
        return path;
    }

    /**
     * Follows the connection: in a new session the path is opened anew.
     *
     * @return whether there is a path that frames can be sent on.
     */
    boolean follow() {
        ClientSession current = connection.session();
        if (path == null || path.session() != current) {
            long nowNs = System.nanoTime();
            if (path != null) {
                closePath(nowNs);
            } else if (nowNs - failedNs < REOPEN_INTERVAL_NS) {
                return false;
            }
            reopen(current, nowNs);
        }
        return path != null && !path.session().isClosed();
    }

    private void closePath(long nowNs) {
        SendingPath old = path;
        path = null;
        hadSubscribers |= isAnnounced;
        isAnnounced = false;
        failedNs = nowNs - REOPEN_INTERVAL_NS;
        old.close();
    }

    private void reopen(ClientSession current, long nowNs) {
        try {
            path = openIn(current);
            openedNs = System.nanoTime();
        } catch (FrameTransportException | FrameDriverException ex) {
            failedNs = nowNs;
            if (!(ex instanceof DriverLostException) && !current.isClosed() && current == connection.session()) {
                poolHost.errorHandler().onError(ex); // else the next session may do
            }
        }
    }

    /** Follows; a lossless publication waits for a driver. */
    boolean await() {
        if (follow() && !isPaused() || !mayWait()) {
            return path != null && !path.session().isClosed();
        }
        long deadlineNs = System.nanoTime() + RECONNECT_TIMEOUT_NS;
        IdleStrategy idle = context.idleStrategy();
        idle.reset();
        boolean isOpen = false;
        while (!isOpen
                && System.nanoTime() - deadlineNs < 0
                && connection.state() != ConnectionState.CLOSED
                && mayWait()) {
            idle.idle();
            isOpen = follow() && !isPaused();
        }
        return isOpen;
    }

    /** Whether a lossless publication is to send nothing for a moment: the driver's host waits until what was sent has been read. */
    boolean isPaused() {
        return connection.isHandingOver() && mayWait();
    }

    boolean mayWait() {
        return context.isLossless() && !Thread.currentThread().isInterrupted();
    }

    /** Whether there is a path, and its session has ended. */
    boolean isOver() {
        return path != null && isOver(path);
    }

    private boolean isOver(SendingPath which) {
        return which.session() != connection.session() || which.session().isClosed();
    }

    /** Whether the subscribers in this session have been told of the stream. */
    boolean isAnnounced() {
        return isAnnounced;
    }

    void announced() {
        isAnnounced = true;
        hadSubscribers = false;
    }

    /** There are no subscribers: the next ones are to be told. */
    void disconnected() {
        isAnnounced = false;
    }

    /**
     * Whether there are no subscribers because the driver has gone, or because those of the session before have yet to come to this one. A
     * lossless publication waits for them.
     */
    boolean awaitsReturn() {
        return mayWait()
                && (hadSubscribers && System.nanoTime() - openedNs < RETURN_TIMEOUT_NS
                        || isAnnounced
                                && !path.session().counters().isDriverUp().getAsBoolean());
    }

    /**
     * Closes. Subscribers may be in the session of the path or in the next one already: the end is said in both.
     *
     * @param mayMove whether there is no claim on the path any more.
     * @param sayEnd  on a path that is closed then.
     */
    void close(boolean mayMove, Consumer<LogPublication> sayEnd) {
        hadSubscribers |= isAnnounced;
        long deadlineNs = System.nanoTime() + END_TIMEOUT_NS;
        while (path != null) {
            SendingPath last = path;
            path = null;
            try (last) {
                awaitSubscribers(last, deadlineNs);
                sayEnd.accept(last.log());
            }
            if (isOver(last)
                    && hadSubscribers
                    && mayMove
                    && connection.state() != ConnectionState.CLOSED
                    && System.nanoTime() - deadlineNs < 0) {
                reopen(connection.session(), System.nanoTime());
                isAnnounced = false;
            }
        }
    }

    /** In a session that has just begun, or whose driver has just gone, those who were there are to come yet. */
    private void awaitSubscribers(SendingPath last, long deadlineNs) {
        while (hadSubscribers
                && !last.log().isConnected()
                && connection.state() != ConnectionState.CLOSED
                && !isOver(last)
                && (!isAnnounced || !last.session().counters().isDriverUp().getAsBoolean())
                && System.nanoTime() - deadlineNs < 0) {
            context.idleStrategy().idle();
        }
    }
}
