package io.aeroframe.transport;

import io.aeroframe.driver.RunningDriver;
import io.aeron.Aeron;
import io.aeron.Counter;
import io.aeron.ExclusivePublication;
import io.aeron.RethrowingErrorHandler;
import io.aeron.Subscription;
import io.aeron.exceptions.AeronException;
import io.aeron.status.HeartbeatTimestamp;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.agrona.ErrorHandler;
import org.agrona.concurrent.AgentTerminationException;
import org.agrona.concurrent.NanoClock;
import org.agrona.concurrent.status.CountersReader;

/**
 * An Aeron client and the thread that runs it, from connecting to a driver until either of the two ends.
 *
 * <p>Everything that can block, be interrupted or unmap memory runs on that thread: connecting, adding publications and
 * subscriptions, Aeron's conductor, closing. User threads only wait for it, so an interrupt ends their wait and nothing
 * else.
 *
 * <h2>Memory in use is never unmapped</h2>
 *
 * <p>Each publication and subscription registers its {@link Gate} with the session. Aeron unmaps memory at two points,
 * both on the session's thread:
 *
 * <ul>
 *   <li>When the client closes, in {@code Aeron.close()}. The session first sets {@link #isOver}, then waits until no
 *       thread is inside any gate. A thread that enters later sees that the session is over and does not touch it.
 *   <li>When a publication or image has gone, {@link #RESOURCE_LINGER_NS} after it was marked closed. The session
 *       supplies the clock for that delay. While a thread is inside a gate, the clock advances at most {@link
 *       #MAX_ADVANCE_NS} past the time it entered. So a thread that entered before the mark stops the clock before the
 *       delay is over, and a thread that enters after the mark sees it.
 * </ul>
 *
 * <p>While the clock is stopped, Aeron's conductor would stop sending keepalives to the driver, so this thread sends
 * them.
 */
final class ClientSession {

    private static final long DRIVER_TIMEOUT_MS = 3_000;
    private static final long KEEP_ALIVE_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(250);

    /** The pause between two rounds of the thread when there is nothing to do, and when there is. */
    private static final long IDLE_NS = TimeUnit.MILLISECONDS.toNanos(8);

    private static final long BUSY_NS = TimeUnit.MICROSECONDS.toNanos(200);

    static final long RESOURCE_LINGER_NS = TimeUnit.SECONDS.toNanos(3);

    static final long MAX_ADVANCE_NS = TimeUnit.MILLISECONDS.toNanos(500);

    private final RunningDriver driver;
    private final Predicate<RunningDriver> isDriverUp;
    private final ErrorHandler errorHandler;
    private final Thread thread;
    private final HeldClock clock = new HeldClock();
    private final List<SessionUser> users = new CopyOnWriteArrayList<>();
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final List<DriverRequest<?>> requests = new ArrayList<>();
    private final CompletableFuture<Aeron> connected = new CompletableFuture<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final LiveCounters counters;
    private final HandOverCounter handOver = new HandOverCounter();

    /** Owned by the session's thread until {@link #connected} is complete. */
    private volatile Aeron aeron;

    private final long answerTimeoutNs;
    private volatile boolean isEnding;
    private volatile boolean isOver;
    private volatile boolean isDriverGone;
    private volatile boolean isHandingOver;
    private long heartbeatNs;
    private int heartbeatId = CountersReader.NULL_COUNTER_ID;

    private ClientSession(RunningDriver driver, ConnectionContext context, Predicate<RunningDriver> isDriverUp) {
        this.driver = driver;
        answerTimeoutNs = context.answerTimeout().toNanos();
        errorHandler = context.errorHandler();
        this.isDriverUp = isDriverUp;
        counters = new LiveCounters(this, () -> isDriverUp.test(driver));
        thread = context.newThread(this::run, "aeroframe-client");
    }

    /**
     * Connects to a driver. Waits about ten seconds at most for its answer; an interrupt does not end the wait.
     *
     * @param gate       the gate of the thread that reads counters in the background.
     * @param context    the settings. Its error handler receives later errors, on the session's thread.
     * @param isDriverUp whether this session's driver is still the current one; reads files.
     * @throws AeronException if the driver does not answer.
     */
    static ClientSession connect(
            RunningDriver driver, Gate gate, ConnectionContext context, Predicate<RunningDriver> isDriverUp) {
        ClientSession session = new ClientSession(driver, context, isDriverUp);
        session.users.add(new SessionUser(gate, false));
        session.thread.start();
        try {
            Uninterruptible.get(session.connected);
        } catch (ExecutionException ex) {
            throw ex.getCause() instanceof AeronException refused
                    ? refused
                    : new AeronException("the media driver cannot be used: " + ex.getCause(), ex.getCause());
        }
        return session;
    }

    RunningDriver driver() {
        return driver;
    }

    /** The driver's counters. */
    LiveCounters counters() {
        return counters;
    }

    /** The id of the Aeron client. Any thread. */
    long clientId() {
        return aeron.clientId();
    }

    /**
     * The Aeron client. For the session's own thread, and for threads inside a gate of this session while {@link
     * #isOver()} is false.
     */
    Aeron aeron() {
        return aeron;
    }

    /**
     * Whether the client has ended: this process closed it, or it closed itself because the driver did not answer or
     * timed it out. A thread inside its gate that has seen false may use the client until it leaves the gate. Any
     * thread.
     */
    boolean isOver() {
        return isOver;
    }

    /** Whether the driver was gone at the last check, some tens of milliseconds ago. Any thread. */
    boolean isDriverGone() {
        return isDriverGone || isOver;
    }

    /** Records whether the connection found the driver gone. */
    void noteDriver(boolean isGone) {
        isDriverGone = isGone;
    }

    /**
     * Registers a user of the client.
     *
     * @param gate       the user's gate.
     * @param isLossless whether the user must stop sending before the driver is handed over.
     * @throws DriverLostException if the session has ended.
     */
    synchronized void acquire(Gate gate, boolean isLossless) {
        if (isOver) {
            throw new DriverLostException(driver.aeronDirectoryName());
        }
        users.add(new SessionUser(gate, isLossless));
        if (isLossless) {
            execute(() -> handOver.open(this));
        }
    }

    /** Ends the use that {@link #acquire} began. */
    synchronized void release(Gate gate) {
        for (SessionUser user : users) {
            if (user.gate() == gate) {
                users.remove(user);
                return;
            }
        }
    }

    /** Ends the session if nothing but its connection uses it. */
    synchronized boolean endIfUnused() {
        boolean isUnused = users.size() <= 1;
        if (isUnused) {
            end();
        }
        return isUnused;
    }

    /** Requests the end of the session. Does not wait. Any thread. */
    void end() {
        isEnding = true;
        LockSupport.unpark(thread);
    }

    /**
     * Waits until the session has ended and its memory is unmapped, which takes until every thread has left its gate. A
     * thread inside a gate must not call this.
     *
     * @return false if the time runs out; the session then ends later, on its own thread. Returns false at once on the
     *     session's own thread, which is inside an error handler then.
     */
    boolean awaitEnd(long timeoutNs) {
        if (Thread.currentThread() == thread) {
            return false;
        }
        try {
            Uninterruptible.get(ended, timeoutNs);
            return true;
        } catch (TimeoutException ex) {
            return false;
        } catch (ExecutionException ex) {
            return true;
        }
    }

    /** Schedules a task on the session's thread. The task is dropped if the session ends first. Any thread. */
    void execute(Runnable task) {
        tasks.add(task);
        LockSupport.unpark(thread);
    }

    /**
     * Requests a subscription from the driver. Any thread.
     *
     * @return a future that the session's thread completes; with an {@link AeronException} if the driver refuses, does
     *     not answer, or the session ends.
     */
    CompletableFuture<Subscription> addSubscription(String uri, int streamId) {
        return add(
                () -> aeron.asyncAddSubscription(uri, streamId),
                id -> aeron.getSubscription(id),
                id -> aeron.asyncRemoveSubscription(id),
                "subscription");
    }

    /** Requests a publication from the driver, as {@link #addSubscription} does. */
    CompletableFuture<ExclusivePublication> addPublication(String uri, int streamId) {
        return add(
                () -> aeron.asyncAddExclusivePublication(uri, streamId),
                id -> aeron.getExclusivePublication(id),
                id -> aeron.asyncRemovePublication(id),
                "publication");
    }

    /** Requests a counter from the driver, as {@link #addSubscription} does. */
    CompletableFuture<Counter> addCounter(int typeId, String label) {
        return add(
                () -> aeron.asyncAddCounter(typeId, label),
                id -> aeron.getCounter(id),
                id -> aeron.asyncRemoveCounter(id),
                "counter");
    }

    private <T extends AutoCloseable> CompletableFuture<T> add(
            LongSupplier ask, LongFunction<T> get, LongConsumer remove, String what) {
        DriverRequest<T> request = new DriverRequest<>(ask, get, remove, what, answerTimeoutNs, errorHandler);
        execute(() -> {
            requests.add(request);
            request.send();
        });
        if (isOver) {
            request.fail(over());
        }
        return request.result();
    }

    private AeronException over() {
        return new AeronException(
                "the connection to the media driver in " + driver.aeronDirectoryName() + " has ended");
    }

    // ---- the session's thread

    private void run() {
        try {
            aeron = Aeron.connect(new Aeron.Context()
                    .aeronDirectoryName(driver.aeronDirectoryName())
                    .epochClock(driver.epochClock())
                    .nanoClock(clock)
                    .useConductorAgentInvoker(true)
                    .driverTimeoutMs(DRIVER_TIMEOUT_MS)
                    .keepAliveIntervalNs(KEEP_ALIVE_INTERVAL_NS)
                    .resourceLingerDurationNs(RESOURCE_LINGER_NS)
                    .errorHandler(this::onError) // Aeron's own would end the JVM when the driver is gone
                    .subscriberErrorHandler(RethrowingErrorHandler.INSTANCE));
        } catch (Throwable ex) { // whatever it is, somebody waits for it
            isOver = true;
            connected.completeExceptionally(ex);
            ended.complete(null);
            return;
        }
        connected.complete(aeron);
        try {
            while (!isEnding && !isOver) {
                round();
            }
        } finally {
            finish();
        }
    }

    /** Runs until the client ends. No error in a round, of whatever kind, ends the thread. */
    private void round() {
        boolean isBusy = false;
        try {
            Runnable task;
            while ((task = tasks.poll()) != null) {
                task.run();
            }
            advanceClock(System.nanoTime());
            aeron.conductorAgentInvoker().agent().doWork();
            isBusy = requests.removeIf(DriverRequest::isDone) || !requests.isEmpty();
            handOver.update(users);
        } catch (AgentTerminationException ex) {
            isOver = true;
        } catch (Throwable ex) {
            onError(ex);
        }
        if (!isOver && !isEnding && tasks.isEmpty()) {
            Thread.interrupted(); // nobody is meant to interrupt this thread, and a flag would make it spin
            LockSupport.parkNanos(isBusy ? BUSY_NS : IDLE_NS);
        }
    }

    /** Advances the client's clock as far as the threads inside allow; see the class comment. */
    private void advanceClock(long nowNs) {
        long limitNs = nowNs;
        for (SessionUser user : users) {
            limitNs = user.limitClock(clock.nanoTime(), limitNs);
        }
        clock.advanceTo(limitNs);
        if (limitNs != nowNs && nowNs - heartbeatNs >= KEEP_ALIVE_INTERVAL_NS) {
            heartbeatNs = nowNs;
            beat();
        }
    }

    /** Sends the keepalive that Aeron's conductor would send if its clock advanced. */
    private void beat() {
        CountersReader reader = aeron.countersReader();
        if (heartbeatId == CountersReader.NULL_COUNTER_ID) {
            heartbeatId = HeartbeatTimestamp.findCounterIdByRegistrationId(
                    reader, HeartbeatTimestamp.HEARTBEAT_TYPE_ID, aeron.clientId());
        }
        if (heartbeatId != CountersReader.NULL_COUNTER_ID
                && HeartbeatTimestamp.isActive(
                        reader, heartbeatId, HeartbeatTimestamp.HEARTBEAT_TYPE_ID, aeron.clientId())) {
            reader.valuesBuffer()
                    .putLongRelease(
                            CountersReader.counterOffset(heartbeatId),
                            driver.epochClock().time());
        }
    }

    private void finish() {
        isOver = true; // from here on no thread that enters touches anything of the client
        AeronException over = over();
        requests.forEach(request -> request.fail(over));
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run(); // what asks for something is refused by the client, or fails below
        }
        requests.forEach(request -> request.fail(over));
        requests.clear();
        for (SessionUser user : users) {
            while (user.isInside()) {
                LockSupport.parkNanos(BUSY_NS);
            }
        }
        try {
            aeron.close();
        } catch (Throwable ex) {
            onError(ex);
        } finally {
            ended.complete(null);
        }
    }

    /**
     * Drops Aeron's own reports of a lost driver, of which there are several, and ends the session: its connection
     * notices that and reports it once.
     */
    private void onError(Throwable error) {
        if (!(error instanceof io.aeron.exceptions.TimeoutException)
                && !(error instanceof AgentTerminationException)
                && !isEviction(error)
                && !isEnding) {
            errorHandler.onError(error);
        }
    }

    /** Whether a client throws this when its heartbeat counter is gone; Aeron has no exception type for it. */
    private static boolean isEviction(Throwable error) {
        return error instanceof AeronException
                && error.getMessage() != null
                && error.getMessage().contains("heartbeat timestamp counter");
    }

    /**
     * Asks all lossless publications to stop sending before the owner closes the driver, or to go on if it has not
     * closed it. The connection's thread.
     */
    void handOver(boolean isBeginning) {
        isHandingOver = isBeginning;
        handOver.want(isBeginning);
    }

    /**
     * Whether the driver's owner is about to close it cleanly, or has. Nothing that is sent from now on would be read,
     * so this stays true after another driver has taken over: a session that is handed over is never sent in again. Any
     * thread.
     */
    boolean isHandingOver() {
        return isHandingOver;
    }

    /** A clock that advances only on request. */
    private static final class HeldClock implements NanoClock {
        private volatile long nowNs = System.nanoTime();

        void advanceTo(long timeNs) {
            if (timeNs - nowNs > 0) {
                nowNs = timeNs;
            }
        }

        @Override
        public long nanoTime() {
            return nowNs;
        }
    }
}
