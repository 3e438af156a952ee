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
 * The connection to whichever driver is up: the one place that notices when a driver has gone or another has taken
 * over, and that connects again.
 *
 * <pre>
 * CONNECTED     the client has ended, or another driver is up             -> RECONNECTING
 * RECONNECTING  a driver is up and answers: a new session                 -> CONNECTED
 * any           close(), or the FrameDriver is closed                     -> CLOSED
 * </pre>
 *
 * <p>Publications and subscriptions compare {@link #session()} with the session that they were made in, and move to the
 * new one, each on its own thread. As long as no other driver is up, the old session is kept: over IPC frames go on in
 * its log buffers, driver or no driver.
 *
 * <p>Its thread survives whatever is thrown in it, by listeners and handlers of the user's too, and reports it.
 */
final class DriverConnection {

    private static final long CHECK_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(40);

    /** Between two looks at those who share pools. */
    private static final long POOLS_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(100);

    /**
     * A session that is over is ended after this long even if it is still in use: Aeron gives its own resources less.
     */
    private static final long RETIRED_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(10);

    private final FrameDriver driver;
    private final ConnectionContext context;
    private final PoolReaper pools;
    private final List<Retired> retired = new ArrayList<>();
    private final Thread thread = new Thread(this::run, "aeroframe-connection");
    private volatile ClientSession session;
    private volatile ConnectionState state = ConnectionState.CONNECTED;
    private volatile boolean isHandingOver;
    private long poolsNs = System.nanoTime();
    private String lastReport = "";

    /**
     * A session that is over.
     *
     * @param session that may have users.
     * @param sinceNs when it was replaced.
     */
    private record Retired(ClientSession session, long sinceNs) {}

    private DriverConnection(FrameDriver driver, ConnectionContext context, PoolReaper pools) {
        this.driver = driver;
        this.context = context;
        this.pools = pools;
        thread.setDaemon(true);
    }

    /**
     * Connects. Waits for {@link ConnectionContext#connectTimeout()} at most; an interrupt ends the wait.
     *
     * @param pools to look after, so that what nobody reads any more goes.
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
        return ClientSession.connect(
                running, pools.gate(), context.answerTimeout().toNanos(), context.errorHandler(), this::isUp);
    }

    /** The pools that are written, and read, over this connection. */
    PoolReaper pools() {
        return pools;
    }

    /** The session to be in. Any thread. */
    ClientSession session() {
        return session;
    }

    /** Any thread. */
    ConnectionState state() {
        return state;
    }

    /**
     * Whether the driver's owner is about to end it cleanly: lossless publications pause until the next driver is up.
     * Any thread.
     */
    boolean isHandingOver() {
        return isHandingOver;
    }

    /**
     * Makes something in the session that is up; if that ends meanwhile, in the next. Waits for {@link
     * ConnectionContext#connectTimeout()} at most for a session, in which {@code open} has bounds of its own. An
     * interrupt ends the wait.
     *
     * @param open throws {@link FrameTransportException} if it fails.
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

    /** Whether a driver still is the one that is up. Looks at files. */
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
        isHandingOver = running == null && driver.isHandingOver();
        current.handOver(isHandingOver);
        boolean isOther = running != null && !running.isSameAs(current.driver());
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

    /**
     * From now on publications and subscriptions are refused, and what waits ends its wait. Any thread. Does not wait.
     */
    void shut() {
        enter(ConnectionState.CLOSED);
        LockSupport.unpark(thread);
    }

    /**
     * Ends the client. Waits for {@link ConnectionContext#closeTimeout()} at most until no thread is inside a
     * publication or subscription; after that the client ends in the background, when they have left. Called by a
     * handler, it does not wait for that.
     *
     * @param isInside whether the calling thread is inside one.
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
