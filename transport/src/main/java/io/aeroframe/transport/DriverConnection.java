package io.aeroframe.transport;

import io.aeroframe.driver.FrameDriver;
import io.aeroframe.driver.FrameDriverException;
import io.aeroframe.driver.RunningDriver;
import io.aeron.exceptions.AeronException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

/**
 * The connection to the current driver. This is the one place that notices that a driver is gone or replaced, and
 * reconnects.
 *
 * <pre>
 * CONNECTED     the client has ended, or another driver is up             -> RECONNECTING
 * RECONNECTING  a driver is up and answers: a new session                 -> CONNECTED
 * any           close(), or the FrameDriver is closed                     -> CLOSED
 * </pre>
 *
 * <p>Publications and subscriptions compare {@link #session()} with the session they were opened in, and each moves to
 * the new one on its own thread. Until another driver is up the old session is kept, because over IPC frames keep
 * flowing through its log buffers without a driver.
 *
 * <p>The connection's thread survives and reports every exception, including those of user listeners and handlers.
 */
final class DriverConnection {

    private static final long CHECK_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(40);

    /** The interval of the checks on those that share pools. */
    private static final long POOLS_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(100);

    /** After this long a finished session is closed even if it is in use: Aeron keeps its own resources for less. */
    private static final long RETIRED_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(10);

    private final FrameDriver driver;
    private final ConnectionContext context;
    private final PoolReaper pools;
    private final List<Retired> retired = new ArrayList<>();
    private final Thread thread;
    private volatile ClientSession session;
    private volatile ConnectionState state = ConnectionState.CONNECTED;
    private long poolsNs = System.nanoTime();
    private String lastReport = "";

    /**
     * A session that has been replaced.
     *
     * @param session the session, which may have users.
     * @param sinceNs when it was replaced.
     */
    private record Retired(ClientSession session, long sinceNs) {}

    private DriverConnection(FrameDriver driver, ConnectionContext context, PoolReaper pools) {
        this.driver = driver;
        this.context = context;
        this.pools = pools;
        thread = context.newThread(this::run, "aeroframe-connection");
    }

    /**
     * Connects. Waits {@link ConnectionContext#connectTimeout()} at most; an interrupt ends the wait.
     *
     * @param pools the pools to maintain, so that files that nobody reads any more are removed.
     * @throws DriverLostException     if no driver answers.
     * @throws FrameTransportException if the thread is interrupted.
     */
    static DriverConnection open(FrameDriver driver, ConnectionContext context, PoolReaper pools) {
        DriverConnection connection = new DriverConnection(driver, context, pools);
        long startNs = System.nanoTime();
        long timeoutNs = context.connectTimeout().toNanos();
        AeronException refusal = null;
        while (true) {
            if (Thread.currentThread().isInterrupted()) {
                throw new FrameTransportException(
                        FrameTransportException.Reason.INTERRUPTED,
                        driver.aeronDirectoryName() + ": interrupted while connecting to the media driver");
            }
            RunningDriver running = driver.running().orElse(null);
            if (running != null) {
                try {
                    connection.session = connection.connect(running);
                    break;
                } catch (AeronException ex) {
                    refusal = ex; // it may be gone by now, and another about to take over
                }
            }
            if (System.nanoTime() - startNs > timeoutNs) {
                throw new DriverLostException(driver.aeronDirectoryName(), refusal);
            }
            LockSupport.parkNanos(CHECK_INTERVAL_NS);
        }
        connection.thread.start();
        return connection;
    }

    private ClientSession connect(RunningDriver running) {
        return ClientSession.connect(running, pools.gate(), context, this::isUp);
    }

    /** The pools that this connection writes and reads. */
    PoolReaper pools() {
        return pools;
    }

    /** The current session. Any thread. */
    ClientSession session() {
        return session;
    }

    /** The state. Any thread. */
    ConnectionState state() {
        return state;
    }

    /**
     * Opens something in the current session or, if that ends meanwhile, in the next. Waits {@link
     * ConnectionContext#connectTimeout()} at most for a session; {@code open} bounds its own wait in it. An interrupt
     * ends the wait.
     *
     * @param open throws {@link FrameTransportException} on failure.
     */
    <T> T inSession(Function<ClientSession, T> open) {
        long startNs = System.nanoTime();
        while (true) {
            if (Thread.currentThread().isInterrupted()) {
                throw new FrameTransportException(
                        FrameTransportException.Reason.INTERRUPTED,
                        driver.aeronDirectoryName() + ": interrupted while waiting for the media driver");
            }
            ClientSession current = session;
            try {
                return open.apply(current);
            } catch (FrameTransportException ex) {
                boolean isOver = ex instanceof DriverLostException || current.isOver() || current != session;
                if (!isOver
                        || state == ConnectionState.CLOSED
                        || System.nanoTime() - startNs
                                > context.connectTimeout().toNanos()) {
                    throw ex;
                }
            }
            LockSupport.parkNanos(CHECK_INTERVAL_NS);
        }
    }

    /** Whether a driver is still the current one. Reads files. */
    private boolean isUp(RunningDriver which) {
        try {
            return which.isSameAs(driver.running().orElse(null));
        } catch (FrameDriverException ex) {
            return false; // the state machine reports it
        }
    }

    private void run() {
        while (state != ConnectionState.CLOSED) {
            try {
                check();
                lookAfterPools();
                lastReport = "";
            } catch (Throwable ex) { // a file that was cut short throws an Error; whatever it is, streams go on
                report(ex);
            }
            Thread.interrupted(); // nobody is meant to interrupt this thread, and a flag would make it spin
            LockSupport.parkNanos(CHECK_INTERVAL_NS);
        }
    }

    private void check() {
        if (driver.isClosed()) {
            enter(ConnectionState.CLOSED);
            return;
        }
        pools.release();
        endRetired();
        ClientSession current = session;
        RunningDriver running = driver.running().orElse(null);
        boolean isOther = running != null && !running.isSameAs(current.driver());
        if (running == null && driver.isHandingOver()) {
            current.handOver(true);
        } else if (running != null && !isOther) {
            current.handOver(false);
        }
        current.noteDriver(running == null || isOther);
        if (!isOther && !current.isOver()) {
            return;
        }
        enter(ConnectionState.RECONNECTING);
        if (running != null) {
            ClientSession next = connect(running);
            synchronized (this) {
                if (state == ConnectionState.CLOSED) {
                    next.end();
                    return;
                }
                session = next;
                retired.add(new Retired(current, System.nanoTime()));
            }
            enter(ConnectionState.CONNECTED);
        }
    }

    private void lookAfterPools() {
        long nowNs = System.nanoTime();
        if (nowNs - poolsNs >= POOLS_INTERVAL_NS) {
            poolsNs = nowNs;
            pools.lookAfter(context.errorHandler());
        }
    }

    private synchronized void endRetired() {
        retired.removeIf(old -> {
            if (System.nanoTime() - old.sinceNs() > RETIRED_TIMEOUT_NS) {
                old.session().end();
                return true;
            }
            return old.session().endIfUnused();
        });
    }

    private void enter(ConnectionState next) {
        synchronized (this) {
            if (state == next || state == ConnectionState.CLOSED) {
                return;
            }
            state = next;
        }
        try {
            context.stateListener().accept(next);
        } catch (Throwable ex) { // the listener's, of whatever kind
            context.errorHandler()
                    .onError(new FrameTransportException(
                            FrameTransportException.Reason.REPORT,
                            "the state listener threw when it was given " + next,
                            ex));
        }
    }

    private void report(Throwable error) {
        String message = String.valueOf(error.getMessage());
        if (state != ConnectionState.CLOSED && !lastReport.equals(message)) {
            lastReport = message;
            context.errorHandler().onError(error);
        }
    }

    /** Refuses publications and subscriptions from now on, and ends calls that wait. Any thread. Does not wait. */
    void shut() {
        enter(ConnectionState.CLOSED);
        LockSupport.unpark(thread);
    }

    /**
     * Closes the client. Waits {@link ConnectionContext#closeTimeout()} at most until no thread is inside a publication
     * or subscription; otherwise the client closes in the background, after they have left. Does not wait if a handler
     * calls it.
     *
     * @param isInside whether the calling thread is inside a publication or subscription.
     */
    void close(boolean isInside) {
        shut();
        long startNs = System.nanoTime();
        long timeoutNs = isInside ? 0 : context.closeTimeout().toNanos();
        List<ClientSession> open = new ArrayList<>();
        synchronized (this) {
            retired.forEach(old -> open.add(old.session()));
            retired.clear();
            open.add(session);
        }
        open.forEach(ClientSession::end);
        for (ClientSession each : open) {
            each.awaitEnd(timeoutNs - (System.nanoTime() - startNs));
        }
        if (Thread.currentThread() != thread) {
            Uninterruptible.join(thread, timeoutNs - (System.nanoTime() - startNs));
        }
    }
}
