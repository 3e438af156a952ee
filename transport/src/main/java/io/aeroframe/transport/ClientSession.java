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
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import org.agrona.CloseHelper;
import org.agrona.ErrorHandler;
import org.agrona.concurrent.AgentTerminationException;
import org.agrona.concurrent.NanoClock;
import org.agrona.concurrent.status.CountersReader;

/**
 * One Aeron client, and the thread that runs it: from its connection to a run of a driver until either has ended.
 *
 * <p>All that can block, that can be interrupted, or that unmaps memory happens on that thread: connecting, adding, Aeron's conductor,
 * closing. A thread of the user's only waits for it, so that an interrupt ends that wait and nothing else.
 *
 * <h2>Nothing is unmapped under a thread that uses it</h2>
 *
 * <p>Each publication and subscription that uses the client registers its {@link Gate}. Aeron unmaps in two places, both on this thread:
 *
 * <ul>
 *   <li>At the end of the client, {@code Aeron.close()}. First {@link #isOver} is set, then this waits until no thread is inside any gate. Whoever
 *       enters later sees that the session is over and touches nothing of it.
 *   <li>The log of one publication or image that has gone, {@link #RESOURCE_LINGER_NS} after it was marked closed, by the clock that the client is
 *       given. That clock advances at most {@link #MAX_ADVANCE_NS} beyond the moment at which a thread that is inside has entered, and stands still
 *       from then on. A thread that was inside when the mark was set thus holds the clock back before the time is up; one that entered
 *       later sees the mark.
 * </ul>
 *
 * <p>While the clock stands still the client would stop telling the driver that it lives, so that this thread does.
 */
final class ClientSession {

    private static final long DRIVER_TIMEOUT_MS = 3_000;
    private static final long KEEP_ALIVE_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(250);

    /** For an answer of a driver that lives; one that does not ends the session sooner. Large log buffers on a busy machine take seconds. */
    private static final long ANSWER_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(10);

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
    private final List<User> users = new CopyOnWriteArrayList<>();
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final List<Pending<?>> pending = new ArrayList<>();
    private final CompletableFuture<Aeron> connected = new CompletableFuture<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final LiveCounters counters;
    private final HandOverCounter handOver = new HandOverCounter();

    /** This thread's until {@link #connected} is complete. */
    private volatile Aeron aeron;

    private volatile boolean isEnding;
    private volatile boolean isOver;
    private volatile boolean isDriverGone;
    private long heartbeatNs;
    private int heartbeatId = CountersReader.NULL_COUNTER_ID;

    private ClientSession(RunningDriver driver, ErrorHandler errorHandler, Predicate<RunningDriver> isDriverUp) {
        this.driver = driver;
        this.errorHandler = errorHandler;
        this.isDriverUp = isDriverUp;
        counters = new LiveCounters(this, () -> isDriverUp.test(driver));
        thread = new Thread(this::run, "aeroframe-client");
        thread.setDaemon(true);
    }

    /**
     * Connects to a driver. Waits for its answer, about ten seconds at most; an interrupt does not end the wait.
     *
     * @param gate         of whoever reads counters in the background.
     * @param errorHandler takes what goes wrong later, on the session's thread. It does not throw.
     * @param isDriverUp   whether a driver still is the one that is up; looks at files.
     * @throws AeronException if the driver does not answer.
     */
    static ClientSession connect(
            RunningDriver driver, Gate gate, ErrorHandler errorHandler, Predicate<RunningDriver> isDriverUp) {
        ClientSession session = new ClientSession(driver, errorHandler, isDriverUp);
        session.users.add(new User(gate, false));
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

    /** For a thread that is inside a gate of this session, or is this session's own, as long as {@link #isOver()} is false. */
    Aeron aeron() {
        return aeron;
    }

    /**
     * Whether the client has ended: closed by us, or by itself because the driver does not answer or has taken it for dead. A thread that
     * has seen this false inside its gate may use the client until it leaves. Any thread.
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
     * @param gate       of the user.
     * @param isLossless whether the user stops sending while the driver is handed over.
     * @throws DriverLostException if it has ended.
     */
    synchronized void acquire(Gate gate, boolean isLossless) {
        if (isOver) {
            throw new DriverLostException(driver.aeronDirectoryName());
        }
        users.add(new User(gate, isLossless));
        if (isLossless) {
            execute(handOver::open);
        }
    }

    /** Ends the use that {@link #acquire} has begun. */
    synchronized void release(Gate gate) {
        for (User user : users) {
            if (user.gate == gate) {
                users.remove(user);
                return;
            }
        }
    }

    /** Ends the session if nobody uses it but whoever connected it. */
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
     * Waits until the session has ended and its memory is unmapped. That takes until every thread inside has left; none of them is to wait for this.
     *
     * @return false if it did not within the time; it goes on, on its own thread.
     */
    boolean awaitEnd(long timeoutNs) {
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
     * @return completed on the session's thread; with an {@link AeronException} if the driver refuses it, does not answer, or the session ends.
     */
    CompletableFuture<Subscription> addSubscription(String uri, int streamId) {
        return add(
                client -> client.asyncAddSubscription(uri, streamId),
                id -> aeron.getSubscription(id),
                id -> aeron.asyncRemoveSubscription(id),
                "subscription");
    }

    /** Asks the driver for a publication, as {@link #addSubscription}. */
    CompletableFuture<ExclusivePublication> addPublication(String uri, int streamId) {
        return add(
                client -> client.asyncAddExclusivePublication(uri, streamId),
                id -> aeron.getExclusivePublication(id),
                id -> aeron.asyncRemovePublication(id),
                "publication");
    }

    /** Asks the driver for a counter, as {@link #addSubscription}. */
    CompletableFuture<Counter> addCounter(int typeId, String label) {
        return add(
                client -> client.asyncAddCounter(typeId, label),
                id -> aeron.getCounter(id),
                id -> aeron.asyncRemoveCounter(id),
                "counter");
    }

    private <T extends AutoCloseable> CompletableFuture<T> add(
            ToLongFunction<Aeron> request, LongFunction<T> get, LongConsumer remove, String what) {
        Pending<T> added = new Pending<>(request, get, remove, what);
        execute(() -> {
            pending.add(added);
            added.request();
        });
        if (isOver) {
            added.fail(over());
        }
        return added.future;
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
            isBusy = completePending();
            handOver.update();
        } catch (AgentTerminationException ex) {
            isOver = true;
        } catch (Throwable ex) {
            onError(ex);
        }
        if (!isBusy) {
            isBusy = !pending.isEmpty();
        }
        if (!isOver && !isEnding && tasks.isEmpty()) {
            Thread.interrupted(); // nobody is meant to interrupt this thread, and a flag would make it spin
            LockSupport.parkNanos(isBusy ? BUSY_NS : IDLE_NS);
        }
    }

    /** Advances the client's clock as far as those inside allow, see the head of this class. */
    private void advanceClock(long nowNs) {
        long limitNs = nowNs;
        for (User user : users) {
            long passes = user.gate.passes();
            if (!user.gate.isInside()) {
                user.isSeen = false;
            } else {
                if (!user.isSeen || user.seenPasses != passes) {
                    user.isSeen = true;
                    user.seenPasses = passes;
                    user.enteredNs = clock.nanoTime(); // it entered after the clock was set to this
                }
                if (user.enteredNs + MAX_ADVANCE_NS - limitNs < 0) {
                    limitNs = user.enteredNs + MAX_ADVANCE_NS;
                }
            }
        }
        clock.advanceTo(limitNs);
        if (limitNs != nowNs && nowNs - heartbeatNs >= KEEP_ALIVE_INTERVAL_NS) {
            heartbeatNs = nowNs;
            beat();
        }
    }

    /** Tells the driver that this client lives, as its conductor does when its clock goes on. */
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

    private boolean completePending() {
        int before = pending.size();
        pending.removeIf(Pending::isDone);
        return pending.size() != before;
    }

    private void finish() {
        isOver = true; // from here on nobody who enters touches anything of the client
        AeronException over = over();
        pending.forEach(added -> added.fail(over));
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run(); // what asks for something is refused by the client, or fails below
        }
        pending.forEach(added -> added.fail(over));
        pending.clear();
        for (User user : users) {
            while (user.gate.isInside()) {
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

    /** A client that has lost its driver says so more than once, in Aeron's own terms, and ends: whoever made the session sees that. */
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
        handOver.isWanted = isHandingOver;
    }

    /** One that uses the client, and what this thread has seen of it. */
    private static final class User {
        private final Gate gate;
        private final boolean isLossless;
        private boolean isSeen;
        private long seenPasses;
        private long enteredNs;
        private boolean wasInside;
        private long passesAtHandOver;

        User(Gate gate, boolean isLossless) {
            this.gate = gate;
            this.isLossless = isLossless;
        }

        void beginHandOver() {
            passesAtHandOver = gate.passes(); // first: whoever enters or passes later has seen the hand-over
            wasInside = gate.isInside();
        }

        boolean hasStopped() {
            wasInside &= gate.isInside() && gate.passes() == passesAtHandOver;
            return !wasInside;
        }
    }

    /**
     * Says to the driver's owner, by a counter that is 1, that the lossless publications of this client have seen that the driver is about
     * to end and send nothing more in this session: each was outside its gate, or entered or passed it, after the hand-over had
     * been seen. The session's thread.
     */
    private final class HandOverCounter {
        private volatile boolean isWanted;
        private boolean isOpen;
        private boolean isUnderWay;
        private Counter counter;

        void open() {
            if (!isOpen) {
                isOpen = true;
                addCounter(LedgerCounters.HAND_OVER_TYPE_ID, "aeroframe hand-over")
                        .whenComplete(
                                (made, error) -> counter = made); // without it the owner waits no longer than its limit
            }
        }

        void update() {
            if (counter == null || counter.isClosed()) {
                return;
            }
            if (isWanted != isUnderWay) {
                isUnderWay = isWanted;
                counter.setRelease(0);
                users.forEach(User::beginHandOver);
            }
            if (isUnderWay
                    && counter.get() == 0
                    && users.stream().allMatch(user -> !user.isLossless || user.hasStopped())) {
                counter.setRelease(1);
            }
        }
    }

    /** Something that was asked of the driver. The session's thread, but for the future. */
    private final class Pending<T extends AutoCloseable> {
        private final CompletableFuture<T> future = new CompletableFuture<>();
        private final ToLongFunction<Aeron> request;
        private final LongFunction<T> get;
        private final LongConsumer remove;
        private final String what;
        private final long deadlineNs = System.nanoTime() + ANSWER_TIMEOUT_NS;
        private long id = Aeron.NULL_VALUE;

        Pending(ToLongFunction<Aeron> request, LongFunction<T> get, LongConsumer remove, String what) {
            this.request = request;
            this.get = get;
            this.remove = remove;
            this.what = what;
        }

        void request() {
            try {
                if (isOver) {
                    fail(over());
                } else {
                    id = request.applyAsLong(aeron);
                }
            } catch (RuntimeException ex) {
                fail(ex);
            }
        }

        boolean isDone() {
            if (!future.isDone()) {
                look();
            } else if (id != Aeron.NULL_VALUE && future.isCancelled()) {
                remove.accept(id); // whoever asked for it has given up
                id = Aeron.NULL_VALUE;
            }
            return future.isDone();
        }

        private void look() {
            try {
                T made = get.apply(id);
                if (made != null && !future.complete(made)) {
                    CloseHelper.close(errorHandler, made);
                } else if (made == null && System.nanoTime() - deadlineNs > 0) {
                    remove.accept(id);
                    fail(new AeronException("no answer from the media driver to the request for a " + what));
                }
            } catch (AgentTerminationException ex) {
                throw ex;
            } catch (RuntimeException ex) {
                fail(ex);
            }
        }

        void fail(RuntimeException reason) {
            future.completeExceptionally(reason);
        }
    }

    /** A clock that goes on only when it is told to. */
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
