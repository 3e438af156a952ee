package io.aeroframe.transport;

import io.aeroframe.driver.FrameDriverException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Keeps a publication's link in the driver session that is up: reopens it when another session takes over. The
 * publishing thread, inside the gate.
 */
final class PublicationFailover {

    /** The pause after a failure to open the link in a new session. */
    private static final long REOPEN_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(250);

    private final DriverConnection connection;
    private final PublicationPools.Host poolHost;
    private final PublicationContext context;
    private final SendWait wait;
    private final Gate gate;
    private final long publicationId;
    private final long returnTimeoutNs;

    /** Null while it cannot be opened in a new session. */
    private PublicationLink link;

    private long openedNs;
    private long failedNs;
    private boolean isAnnounced;

    /** Whether there were subscribers in an earlier session that have not reached this one yet. */
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
        link = connection.inSession(this::openIn);
    }

    private PublicationLink openIn(ClientSession session) {
        return new PublicationLink(session, poolHost, context, wait, gate, publicationId);
    }

    /** The link that was opened last; null if it could not be opened. */
    PublicationLink current() {
        return link;
    }

    /**
     * Follows the connection: reopens the link in a new session. Waits for the driver to answer, for {@link
     * ConnectionContext#answerTimeout()} at most.
     *
     * @return whether there is a link to send frames on.
     */
    boolean follow() {
        ClientSession current = connection.session();
        if (link == null || link.session() != current) {
            long nowNs = System.nanoTime();
            if (link != null) {
                closeLink(nowNs);
            } else if (nowNs - failedNs < REOPEN_INTERVAL_NS) {
                return false;
            }
            reopen(current, nowNs);
        }
        return isUsable();
    }

    private boolean isUsable() {
        return link != null && !link.session().isOver();
    }

    private void closeLink(long nowNs) {
        PublicationLink old = link;
        link = null;
        hadSubscribers |= isAnnounced;
        isAnnounced = false;
        failedNs = nowNs - REOPEN_INTERVAL_NS;
        old.close();
    }

    private void reopen(ClientSession current, long nowNs) {
        try {
            link = openIn(current);
            openedNs = System.nanoTime();
        } catch (FrameTransportException | FrameDriverException ex) {
            failedNs = nowNs;
            if (!(ex instanceof DriverLostException) && !current.isOver() && current == connection.session()) {
                poolHost.errorHandler().onError(ex); // otherwise the next session may work
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
     * Whether a lossless publication must pause: the process that owns the driver is handing over, and waits until
     * subscribers have read everything that was sent.
     */
    boolean isPaused() {
        return link != null && link.session().isHandingOver() && wait.mayWaitForDriver();
    }

    /** Whether there is a link, and its session has ended. */
    boolean isOver() {
        return link != null && isOver(link);
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

    /** There are no subscribers left: the next ones need an announcement. */
    void disconnected() {
        isAnnounced = false;
    }

    /**
     * Whether there are no subscribers only because the driver is gone, or because those of the previous session have
     * not reached this one yet. A lossless publication waits for them.
     */
    boolean awaitsReturn() {
        return wait.mayWaitForDriver()
                && (hadSubscribers && System.nanoTime() - openedNs < returnTimeoutNs
                        || isAnnounced && link.session().isDriverGone());
    }

    /**
     * Closes. Subscribers may still be in the session of the link or already in the next one, so the end of the stream
     * is announced in both; also in the one that follows a hand-over, in which the announcement may not be read. Waits
     * for {@link PublicationContext#closeTimeout()} at most.
     *
     * @param mayMove     whether the link may be reopened, because no claim is open.
     * @param announceEnd announces the end of the stream on a link that is then closed.
     */
    void close(boolean mayMove, Consumer<LogPublication> announceEnd) {
        hadSubscribers |= isAnnounced;
        long startNs = System.nanoTime();
        while (link != null) {
            PublicationLink last = link;
            link = null;
            try (last) {
                awaitSubscribers(last, startNs);
                announceEnd.accept(last.log());
                awaitHandOver(last, startNs);
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

    private void awaitHandOver(PublicationLink last, long startNs) {
        while (hadSubscribers && last.session().isHandingOver() && !isOver(last) && isPatient(startNs)) {
            gate.pass();
            context.idleStrategy().idle();
        }
    }

    /** After a session has begun, or its driver is gone, the earlier subscribers may still be on their way. */
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
