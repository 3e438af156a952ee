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
 * One Aeron client, and the thread that runs it: from its connection to a run of a driver until either has ended.
 *
 * <p>All that can block, that can be interrupted, or that unmaps memory happens on that thread: connecting, adding,
 * Aeron's conductor, closing. A thread of the user's only waits for it, so that an interrupt ends that wait and nothing
 * else.
 *
 * <h2>Nothing is unmapped under a thread that uses it</h2>
 *
 * <p>Each publication and subscription that uses the client registers its {@link Gate}. Aeron unmaps in two places,
 * both on this thread:
 *
 * <ul>
 *   <li>At the end of the client, {@code Aeron.close()}. First {@link #isOver} is set, then this waits until no thread
 *       is inside any gate. A thread that enters later sees that the session is over and touches nothing of it.
 *   <li>The log of one publication or image that has gone, {@link #RESOURCE_LINGER_NS} after it was marked closed, by
 *       the clock that the client is given. That clock advances at most {@link #MAX_ADVANCE_NS} beyond the moment at
 *       which a thread that is inside has entered, and stands still from then on. A thread that was inside when the
 *       mark was set thus holds the clock back before the time is up; one that entered later sees the mark.
 * </ul>
 *
 * <p>While the clock stands still the client would stop reporting to the driver that it lives, so this thread does.
 */
final class ClientSession {

    private static final long DRIVER_TIMEOUT_MS = 3_000;
    private static final long KEEP_ALIVE_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(250);

    /** Between two rounds of the thread when nothing is asked of it, and when something is. */
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

    /** This thread's until {@link #connected} is complete. */
    private volatile Aeron aeron;

    private final long answerTimeoutNs;
    private volatile boolean isEnding;
    private volatile boolean isOver;
    private volatile boolean isDriverGone;
    private long heartbeatNs;
    private int heartbeatId = CountersReader.NULL_COUNTER_ID;

    private ClientSession(
            RunningDriver driver,
            long answerTimeoutNs,
            ErrorHandler errorHandler,
            Predicate<RunningDriver> isDriverUp) {
        this.driver = driver;
        this.answerTimeoutNs = answerTimeoutNs;
        this.errorHandler = errorHandler;
        this.isDriverUp = isDriverUp;
        counters = new LiveCounters(this, () -> isDriverUp.test(driver));
        thread = new Thread(this::run, "aeroframe-client");
        thread.setDaemon(true);
    }

    /**
     * Connects to a driver. Waits for its answer, for about ten seconds at most; an interrupt does not end the wait.
     *
     * @param gate            the gate of the thread that reads counters in the background.
     * @param answerTimeoutNs how long each later request waits for the driver's answer.
     * @param errorHandler    takes what goes wrong later, on the session's thread. It does not throw.
     * @param isDriverUp      whether a driver still is the one that is up; looks at files.
     * @throws AeronException if the driver does not answer.
     */
    static ClientSession connect(
            RunningDriver driver,
            Gate gate,
            long answerTimeoutNs,
            ErrorHandler errorHandler,
            Predicate<RunningDriver> isDriverUp) {
        ClientSession session = new ClientSession(driver, answerTimeoutNs, errorHandler, isDriverUp);
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

    /** The counters of the driver. */
    LiveCounters counters() {
        return counters;
    }

    /** Of the Aeron client. Any thread. */
    long clientId() {
        return aeron.clientId();
    }

    /**
     * For a thread that is inside a gate of this session, or is this session's own, as long as {@link #isOver()} is
     * false.
     */
    Aeron aeron() {
        return aeron;
    }

    /**
     * Whether the client has ended: closed by us, or by itself because the driver does not answer or has taken it for
     * dead. A thread that has seen this false inside its gate may use the client until it leaves. Any thread.
     */
    boolean isOver() {
        return isOver;
    }

    /** Whether the driver was seen to be gone at the last look, some tens of milliseconds ago. Any thread. */
    boolean isDriverGone() {
        return isDriverGone || isOver;
    }

    /** What the connection has seen of the driver. */
    void noteDriver(boolean isGone) {
        isDriverGone = isGone;
    }

    /**
     * Begins to use the client.
     *
     * @param gate       the gate of the user.
     * @param isLossless whether the user stops sending while the driver is handed over.
     * @throws DriverLostException if it has ended.
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

    /** Ends the use that {@link #acquire} has begun. */
    synchronized void release(Gate gate) {
        for (SessionUser user : users) {
            if (user.gate() == gate) {
                users.remove(user);
                return;
            }
        }
    }

    /** Ends the session if only the connection that made it uses it. */
    synchronized boolean endIfUnused() {
        boolean isUnused = users.size() <= 1;
        if (isUnused) {
            end();
        }
        return isUnused;
    }

    /** Asks the session to end. Does not wait. Any thread. */
    void end() {
        isEnding = true;
        LockSupport.unpark(thread);
    }

    /**
     * Waits until the session has ended and its memory is unmapped. That takes until every thread inside has left; none
     * of them is to wait for this.
     *
     * @return false if it did not within the time; it goes on, on its own thread. At once if that is the calling one,
     *     which reports something to a handler.
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

    /** Runs something on the session's thread, soon. Dropped if the session ends first. Any thread. */
    void execute(Runnable task) {
        tasks.add(task);
        LockSupport.unpark(thread);
    }

    /**
     * Asks the driver for a subscription. Any thread.
     *
     * @return completed on the session's thread; with an {@link AeronException} if the driver refuses it, does not
     *     answer, or the session ends.
     */
    CompletableFuture<Subscription> addSubscription(String uri, int streamId) {
        return add(
                () -> aeron.asyncAddSubscription(uri, streamId),
                id -> aeron.getSubscription(id),
                id -> aeron.asyncRemoveSubscription(id),
                "subscription");
    }

    /** Asks the driver for a publication, as {@link #addSubscription}. */
    CompletableFuture<ExclusivePublication> addPublication(String uri, int streamId) {
        return add(
                () -> aeron.asyncAddExclusivePublication(uri, streamId),
                id -> aeron.getExclusivePublication(id),
                id -> aeron.asyncRemovePublication(id),
                "publication");
    }

    /** Asks the driver for a counter, as {@link #addSubscription}. */
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

    /** Nothing that goes wrong in one round, of whatever kind, ends the thread; only the end of the client does. */
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

    /** Advances the client's clock as far as those inside allow, see the head of this class. */
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

    /** Reports to the driver that this client lives, as its conductor does when its clock goes on. */
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
     * A client that has lost its driver reports so more than once, in Aeron's own terms, and ends: the code that made
     * the session sees that.
     */
    private void onError(Throwable error) {
        if (!(error instanceof io.aeron.exceptions.TimeoutException)
                && !(error instanceof AgentTerminationException)
                && !isEviction(error)
                && !isEnding) {
            errorHandler.onError(error);
        }
    }

    /** What a client throws that finds its heartbeat counter gone; Aeron has no type for it. */
    private static boolean isEviction(Throwable error) {
        return error instanceof AeronException
                && error.getMessage() != null
                && error.getMessage().contains("heartbeat timestamp counter");
    }

    /** Asks all lossless publications to have stopped sending before the driver's owner ends it. Any thread. */
    void handOver(boolean isHandingOver) {
        handOver.want(isHandingOver);
    }

    /** A clock that goes on only when it is advanced. */
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
