package io.aeroframe.transport;

import io.aeroframe.driver.FrameDriver;
import io.aeroframe.driver.FrameDriverException;
import io.aeroframe.driver.RunningDriver;
import io.aeron.Aeron;
import io.aeron.RethrowingErrorHandler;
import io.aeron.exceptions.AeronException;
import io.aeron.exceptions.TimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.agrona.concurrent.AgentTerminationException;

/**
 * The connection to whichever driver is up: the one place that notices when a driver has gone or another has taken over, and that connects anew.
 *
 * <pre>
 * CONNECTED     the client has closed itself, or another driver is up     -> RECONNECTING
 * RECONNECTING  a driver is up and answers: a new session                 -> CONNECTED
 * any           close(), or the FrameDriver is closed                     -> CLOSED
 * </pre>
 *
 * <p>Publications and subscriptions compare {@link #session()} with the session that they were made in, and make themselves anew in it, each
 * on its own thread. As long as no other driver is up, the old session is kept: over IPC frames go on in its log buffers, driver or no driver.
 */
final class DriverConnection implements AutoCloseable {

    private static final long DRIVER_TIMEOUT_MS = 3_000;
    private static final long KEEP_ALIVE_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final long CHECK_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(40);

    /** A host that was found may be gone before the connection is made; another then takes over. */
    private static final long FIRST_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(5);

    /** How long to wait for a session in which something can be made. */
    private static final long OPEN_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(10);

    /** A session that is over is closed after this long, whoever uses it: Aeron gives its own resources less. */
    private static final long RETIRED_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(10);

    private final FrameDriver driver;
    private final Aeroframe.Context context;
    private final OpenPools pools;
    private final List<Retired> retired = new ArrayList<>();
    private final Thread thread = new Thread(this::run, "aeroframe-connection");
    private volatile ClientSession session;
    private volatile ConnectionState state = ConnectionState.CONNECTED;
    private volatile boolean isHandingOver;
    private String told = "";

    /**
     * A session that is over.
     *
     * @param session that may have users.
     * @param sinceNs when it was replaced.
     */
    private record Retired(ClientSession session, long sinceNs) {}

    private DriverConnection(FrameDriver driver, Aeroframe.Context context, OpenPools pools) {
        this.driver = driver;
        this.context = context;
        this.pools = pools;
        thread.setDaemon(true);
    }

    /**
     * Connects.
     *
     * @param pools to look after, so that what nobody reads any more goes.
     * @throws DriverLostException if no driver answers.
     */
    static DriverConnection open(FrameDriver driver, Aeroframe.Context context, OpenPools pools) {
        DriverConnection connection = new DriverConnection(driver, context, pools);
        long deadlineNs = System.nanoTime() + FIRST_TIMEOUT_NS;
        while (connection.session == null) {
            RunningDriver running = driver.running().orElse(null);
            try {
                if (running != null) {
                    connection.session = connection.connect(running);
                    break;
                }
            } catch (AeronException ex) {
                if (System.nanoTime() - deadlineNs > 0) {
                    throw new DriverLostException(driver.aeronDirectoryName(), ex);
                }
            }
            if (System.nanoTime() - deadlineNs > 0 || Thread.currentThread().isInterrupted()) {
                throw new DriverLostException(driver.aeronDirectoryName());
            }
            LockSupport.parkNanos(CHECK_INTERVAL_NS);
        }
        connection.thread.start();
        return connection;
    }

    private ClientSession connect(RunningDriver running) {
        Aeron aeron = Aeron.connect(new Aeron.Context()
                .aeronDirectoryName(running.aeronDirectoryName())
                .epochClock(running.epochClock())
                .driverTimeoutMs(DRIVER_TIMEOUT_MS)
                .keepAliveIntervalNs(KEEP_ALIVE_INTERVAL_NS)
                .errorHandler(this::onError) // Aeron's own would end the JVM when the driver is gone
                .subscriberErrorHandler(RethrowingErrorHandler.INSTANCE));
        return new ClientSession(running, aeron, this::isUp);
    }

    /** A client that has lost its driver says so more than once, in Aeron's own terms, and closes itself: the state machine sees that. */
    private void onError(Throwable error) {
        if (!(error instanceof TimeoutException)
                && !(error instanceof AgentTerminationException)
                && !isEviction(error)) {
            context.errorHandler().onError(error);
        }
    }

    /** What a client throws that finds its heartbeat counter gone; Aeron has no type for it. */
    private static boolean isEviction(Throwable error) {
        return error instanceof AeronException
                && error.getMessage() != null
                && error.getMessage().contains("heartbeat timestamp counter");
    }

    /** The session to be in. Any thread. */
    ClientSession session() {
        return session;
    }

    /** Any thread. */
    ConnectionState state() {
        return state;
    }

    /** Whether the driver is about to end, in good order: what is to lose nothing waits for the next. Any thread. */
    boolean isHandingOver() {
        return isHandingOver;
    }

    /**
     * Makes something in the session that is up; if that ends meanwhile, in the next.
     *
     * @param open throws {@link FrameTransportException} if it fails.
     */
    <T> T inSession(Function<ClientSession, T> open) {
        long deadlineNs = System.nanoTime() + OPEN_TIMEOUT_NS;
        while (true) {
            ClientSession current = session;
            try {
                return open.apply(current);
            } catch (FrameTransportException ex) {
                boolean isOver = ex instanceof DriverLostException || current.isClosed() || current != session;
                if (!isOver
                        || state == ConnectionState.CLOSED
                        || System.nanoTime() - deadlineNs > 0
                        || Thread.currentThread().isInterrupted()) {
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
            return false; // the state machine tells
        }
    }

    private void run() {
        while (state != ConnectionState.CLOSED) {
            try {
                check();
                told = "";
            } catch (FrameDriverException | AeronException ex) {
                tell(ex); // and try again
            }
            LockSupport.parkNanos(CHECK_INTERVAL_NS);
        }
    }

    private void check() {
        if (driver.isClosed()) {
            enter(ConnectionState.CLOSED);
            return;
        }
        pools.release();
        closeRetired();
        ClientSession current = session;
        RunningDriver running = driver.running().orElse(null);
        isHandingOver = running == null && driver.isHandingOver();
        boolean isOther = running != null && !running.isSameAs(current.driver());
        if (!isOther && !current.isClosed()) {
            return;
        }
        enter(ConnectionState.RECONNECTING);
        if (running != null) {
            ClientSession next = connect(running);
            synchronized (this) {
                if (state == ConnectionState.CLOSED) {
                    next.close();
                    return;
                }
                session = next;
                retired.add(new Retired(current, System.nanoTime()));
            }
            enter(ConnectionState.CONNECTED);
        }
    }

    private synchronized void closeRetired() {
        retired.removeIf(old -> {
            if (System.nanoTime() - old.sinceNs() > RETIRED_TIMEOUT_NS) {
                old.session().close();
                return true;
            }
            return old.session().closeIfUnused();
        });
    }

    private void enter(ConnectionState next) {
        synchronized (this) {
            if (state == next || state == ConnectionState.CLOSED) {
                return;
            }
            state = next;
        }
        context.stateListener().accept(next);
    }

    private void tell(RuntimeException error) {
        if (state != ConnectionState.CLOSED && !told.equals(error.getMessage())) {
            told = String.valueOf(error.getMessage());
            context.errorHandler().onError(error);
        }
    }

    /** Closes the client, and with it what is still open. */
    @Override
    public void close() {
        enter(ConnectionState.CLOSED);
        LockSupport.unpark(thread);
        boolean isInterrupted = false;
        while (thread.isAlive() && Thread.currentThread() != thread) {
            try {
                thread.join();
            } catch (InterruptedException ex) {
                isInterrupted = true;
            }
        }
        synchronized (this) {
            retired.forEach(old -> old.session().close());
            retired.clear();
            session.close();
        }
        if (isInterrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
