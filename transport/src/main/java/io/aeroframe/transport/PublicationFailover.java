package io.aeroframe.transport;

import io.aeroframe.driver.FrameDriverException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The sending path of a publication in whichever session of the driver is up: opened again when another session takes
 * over. The thread that writes, inside the gate.
 */
final class PublicationFailover {

    /** After a failure to open the path in a new session. */
    private static final long REOPEN_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(250);

    private final DriverConnection connection;
    private final PublicationPools.Host poolHost;
    private final PublicationContext context;
    private final SendWait wait;
    private final Gate gate;
    private final long publicationId;
    private final long returnTimeoutNs;

    /** Null for as long as it cannot be opened in a new session. */
    private PublicationLink path;

    private long openedNs;
    private long failedNs;
    private boolean isAnnounced;

    /** In a session before, and not heard of in this one yet. */
    private boolean hadSubscribers;

    PublicationFailover(
            DriverConnection connection,
            PublicationPools.Host poolHost,
            PublicationContext context,
            SendWait wait,
            Gate gate,
            long publicationId) {
        this.connection = connection;
        this.poolHost = poolHost;
        this.context = context;
        this.wait = wait;
        this.gate = gate;
        this.publicationId = publicationId;
        returnTimeoutNs = context.returnTimeout().toNanos();
        path = connection.inSession(this::openIn);
    }

    private PublicationLink openIn(ClientSession session) {
        return new PublicationLink(session, poolHost, context, wait, gate, publicationId);
    }

    /** The path that was opened last; null if none could be. */
    PublicationLink current() {
        return path;
    }

    /**
     * Follows the connection: in a new session the path is opened again. Waits for the driver to answer, for
     * {@link ConnectionContext#answerTimeout()} at most.
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
        return isUsable();
    }

    private boolean isUsable() {
        return path != null && !path.session().isOver();
    }

    private void closePath(long nowNs) {
        PublicationLink old = path;
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
            if (!(ex instanceof DriverLostException) && !current.isOver() && current == connection.session()) {
                poolHost.errorHandler().onError(ex); // else the next session may do
            }
        }
    }

    /** Follows; a lossless publication waits for a driver. */
    boolean await() {
        boolean isOpen = follow() && !isPaused();
        while (!isOpen && wait.mayWaitForDriver()) {
            wait.idle();
            isOpen = follow() && !isPaused();
        }
        return isUsable();
    }

    /**
     * Whether a lossless publication is to send nothing for a moment: the driver's owner waits until what was sent has
     * been read.
     */
    boolean isPaused() {
        return connection.isHandingOver() && wait.mayWaitForDriver();
    }

    /** Whether there is a path, and its session has ended. */
    boolean isOver() {
        return path != null && isOver(path);
    }

    private boolean isOver(PublicationLink which) {
        return which.session() != connection.session() || which.session().isOver();
    }

    /** Whether the stream has been announced to the subscribers in this session. */
    boolean isAnnounced() {
        return isAnnounced;
    }

    void announced() {
        isAnnounced = true;
        hadSubscribers = false;
    }

    /** There are no subscribers: the stream is to be announced to the next ones. */
    void disconnected() {
        isAnnounced = false;
    }

    /**
     * Whether there are no subscribers because the driver has gone, or because those of the session before have yet to
     * come to this one. A lossless publication waits for them.
     */
    boolean awaitsReturn() {
        return wait.mayWaitForDriver()
                && (hadSubscribers && System.nanoTime() - openedNs < returnTimeoutNs
                        || isAnnounced && path.session().isDriverGone());
    }

    /**
     * Closes. Subscribers may be in the session of the path or in the next one already: the end is said in both. Waits
     * for {@link PublicationContext#closeTimeout()} at most.
     *
     * @param mayMove whether there is no claim on the path any more.
     * @param sayEnd  announces the end of the stream on a path that is closed then.
     */
    void close(boolean mayMove, Consumer<LogPublication> sayEnd) {
        hadSubscribers |= isAnnounced;
        long startNs = System.nanoTime();
        while (path != null) {
            PublicationLink last = path;
            path = null;
            try (last) {
                awaitSubscribers(last, startNs);
                sayEnd.accept(last.log());
            }
            if (isOver(last) && hadSubscribers && mayMove && isPatient(startNs)) {
                reopen(connection.session(), System.nanoTime());
                isAnnounced = false;
            }
        }
    }

    private boolean isPatient(long startNs) {
        return System.nanoTime() - startNs < context.closeTimeout().toNanos()
                && connection.state() != ConnectionState.CLOSED;
    }

    /** In a session that has just begun, or whose driver has just gone, those who were there are to come yet. */
    private void awaitSubscribers(PublicationLink last, long startNs) {
        while (hadSubscribers
                && !last.log().isConnected()
                && !isOver(last)
                && (!isAnnounced || last.session().isDriverGone())
                && isPatient(startNs)) {
            gate.pass();
            context.idleStrategy().idle();
        }
    }
}
