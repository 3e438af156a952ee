package io.aeroframe.transport;

import io.aeroframe.driver.internal.SharedDirectory;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * Receives the frames of one stream from one channel: with {@link #poll} in a loop that also does other work, or one by
 * one with {@link #take}, which waits for them.
 *
 * <p>A subscription follows one publication at a time. When that ends, vanishes or falls silent, it follows another of
 * the same name; frames of publications that send at the same time are skipped and reported. After another media driver
 * has taken over, it first delivers what was sent before.
 *
 * <p>One thread at a time polls: a call while another thread is inside one fails with an {@link IllegalStateException}.
 * {@link #close()} is safe on any thread. Nothing is allocated per frame once the memory has grown to the frames' size.
 */
public final class FrameSubscription implements AutoCloseable {

    private final SubscriptionContext context;
    private final DriverConnection connection;
    private final FrameAssemblies assemblies = new FrameAssemblies(HostIdentity.current(), new FrameCopies());
    private final SubscriptionCounts counts = new SubscriptionCounts();
    private final StatusFile status;
    private final Gate gate;
    private final SubscriptionFailover failover;
    private final Runnable whenClosed;
    private final FrameHandler whileOpen = this::deliver;
    private final FrameHandler retainer = this::retain;
    private FrameHandler handler;

    /** The thread inside {@link #take}, which is outside the gate while it waits. */
    private final AtomicReference<Thread> taker = new AtomicReference<>();

    private FrameLease taken;

    /** Made by the first {@link #take}, which waits with it. */
    private WaitIdleStrategy takeIdle;

    private boolean notesSignals;
    private int notedSignal;

    /**
     * Creates a subscription. Waits {@link ConnectionContext#answerTimeout()} at most for the driver in each session.
     *
     * @param status     closed with the subscription, unless this throws.
     * @param whenClosed called on the closing thread after the subscription is closed.
     */
    FrameSubscription(
            DriverConnection connection,
            SharedDirectory directory,
            SubscriptionContext context,
            StatusFile status,
            Consumer<FrameSubscription> whenClosed) {
        this.connection = connection;
        this.status = status;
        this.context = context;
        this.whenClosed = () -> whenClosed.accept(this);
        gate = new Gate("subscription of stream '" + context.stream() + "'");
        RejectReporter rejects = new RejectReporter(context.stream(), context.errorHandler());
        failover = new SubscriptionFailover(
                connection,
                new SubscriptionLink.Parts(
                        context, gate, directory, connection.pools(), counts, status, rejects, assemblies));
    }

    /**
     * Delivers the frames that have arrived to a handler, on this thread. Does not wait for frames. The first poll
     * after a publisher has appeared, or has replaced its pool by a larger one, maps the pool, which takes as long as
     * the system takes to map that much memory. An interrupt has no effect.
     *
     * @param handler receives each frame, which is borrowed until the handler returns. Its exceptions propagate from
     *     here.
     * @param limit   the most frames to deliver, 1 or more.
     * @return the number of frames delivered.
     * @throws FrameTransportException if the channel has failed.
     * @throws IllegalStateException   if the subscription or its connection is closed, or a thread is inside a call:
     *     another thread, or this one in its own handler.
     */
    public int poll(FrameHandler handler, int limit) {
        if (!gate.enter()) {
            throw closed();
        }
        try {
            checkUsable();
            return pollUsable(handler, limit);
        } finally {
            leave();
        }
    }

    /**
     * Waits for the next frame and retains it. A frame that comes through shared memory wakes the thread within tens of
     * microseconds, see {@link WaitIdleStrategy}; over UDP the thread naps for a millisecond at most.
     *
     * <p>With {@link Delivery#LATEST} it is the newest frame there is. Allocates the lease; see {@link Frame#retain()}
     * for how many frames can be held without a copy.
     *
     * <pre>{@code
     * while (subscription.state() != StreamState.ENDED) {
     *     try (FrameLease lease = subscription.take(Duration.ofSeconds(1))) {
     *         if (lease != null) {
     *             look(lease.frame());
     *         }
     *     }
     * }
     * }</pre>
     *
     * @param timeout the longest wait; zero or less for a frame that is there already.
     * @return the frame, to be closed; null if none came in time, or if the stream has ended or was lost during this
     *     call, which {@link #state()} shows: that ends the wait early.
     * @throws InterruptedException    if the thread is interrupted before or while it waits.
     * @throws FrameTransportException if the channel has failed.
     * @throws IllegalStateException   if the subscription or its connection is closed, also by another thread during
     *     the wait, or another thread is inside a call.
     * @throws OutOfMemoryError        if the frame must be copied and there is not enough direct memory.
     */
    public FrameLease take(Duration timeout) throws InterruptedException {
        Thread other = taker.compareAndExchange(null, Thread.currentThread());
        if (other != null) {
            throw new IllegalStateException("the subscription of stream '" + context.stream()
                    + "' is in a call of thread '" + other.getName() + "': one thread at a time may use it");
        }
        try {
            return awaitFrame(timeout);
        } finally {
            taker.set(null);
        }
    }

    private FrameLease awaitFrame(Duration timeout) throws InterruptedException {
        if (takeIdle == null) {
            takeIdle = new WaitIdleStrategy(this);
        }
        long startNs = System.nanoTime();
        long longestNs = nanos(timeout);
        StreamState first = state();
        while (true) {
            if (Thread.interrupted()) {
                throw new InterruptedException("interrupted while waiting for stream '" + context.stream() + "'");
            }
            int polled = poll(retainer, 1);
            if (polled > 0) {
                FrameLease lease = taken;
                taken = null;
                return lease;
            }
            StreamState now = state();
            boolean isOver = now != first && (now == StreamState.ENDED || now == StreamState.LOST);
            long leftNs = longestNs - (System.nanoTime() - startNs);
            if (isOver || leftNs <= 0) {
                return null;
            }
            takeIdle.idleAtMost(leftNs);
        }
    }

    private void retain(Frame frame) {
        taken = frame.retain();
        takeIdle.onArrival(frame.isSameHost() ? frame.publishTimeNs() : System.nanoTime());
    }

    /**
     * When the next frame is due, if the frames that were taken came at even intervals. For the thread that takes.
     *
     * @return a time of {@link System#nanoTime()}, which may have passed; {@link Long#MAX_VALUE} without a prediction.
     */
    public long expectedNs() {
        return takeIdle == null ? Long.MAX_VALUE : takeIdle.dueNs();
    }

    private static long nanos(Duration duration) {
        try {
            return duration.toNanos();
        } catch (ArithmeticException ex) { // more than 292 years
            return duration.isNegative() ? 0 : Long.MAX_VALUE;
        }
    }

    private IllegalStateException closed() {
        String what = connection.state() == ConnectionState.CLOSED ? "connection" : "subscription";
        return new IllegalStateException("the " + what + " of stream '" + context.stream() + "' is closed");
    }

    private void leave() {
        if (!gate.leave()) {
            release();
        }
    }

    private int pollUsable(FrameHandler handler, int limit) {
        PoolReader pool = failover.current().pool();
        if (notesSignals && pool != null) {
            notedSignal = pool.signal(); // before the poll: a later arrival changes it
        }
        failover.follow();
        boolean mayMove = failover.mayMove(); // before the poll, which reads what was sent until now
        SubscriptionLink link = failover.current();
        this.handler = handler;
        int delivered;
        try {
            delivered = link.poll(whileOpen, limit);
        } finally {
            this.handler = null;
        }
        if (!gate.isClosed()) {
            link.drainOthers();
            if (mayMove && !link.hasRead()) {
                failover.move();
            }
            status.state(failover.current().state().ordinal(), counts.publicationId());
        }
        return delivered;
    }

    /** Delivers no more frames in a poll after the subscription was closed, by its handler or by another thread. */
    private void deliver(Frame frame) {
        handler.onFrame(frame);
        if (gate.isClosed()) {
            failover.current().stop();
        }
    }

    private void checkUsable() {
        if (connection.state() == ConnectionState.CLOSED) {
            throw closed();
        }
        failover.current().check();
    }

    /** Makes each poll record the pool's signal before it reads frames. */
    void noteSignals() {
        notesSignals = true;
    }

    /** The signal of {@link #pool()} before the last poll. */
    int notedSignal() {
        return notedSignal;
    }

    /**
     * Begins to sleep on the pool, which stays mapped until {@link #endSleep()}.
     *
     * @return the pool that frames come from at present; null if there is none, or the subscription is closed. If it is
     *     not null, {@link #endSleep()} must follow.
     */
    PoolReader beginSleep() {
        if (!gate.enter()) {
            return null;
        }
        PoolReader pool = failover.current().pool();
        if (pool == null) {
            leave();
        }
        return pool;
    }

    void endSleep() {
        leave();
    }

    /**
     * The pool that frames come from at present; null if there is none. For the polling thread, outside any other call.
     */
    PoolReader pool() {
        return gate.isClosed() ? null : failover.current().pool();
    }

    /**
     * The state of the stream. For the thread that polls. Never waits; also works after closing.
     *
     * @return the state after the last poll.
     */
    public StreamState state() {
        return failover.current().state();
    }

    /**
     * A consistent snapshot of the ledger, which accounts for every published frame. Thread-safe; takes no lock, and
     * does not slow down the polling thread. Also works after closing.
     *
     * @return the ledger, which is always {@linkplain SubscriptionLedger#isBalanced() balanced}.
     */
    public SubscriptionLedger ledger() {
        return counts.ledger();
    }

    /**
     * The name of the stream.
     *
     * @return as given.
     */
    public StreamName stream() {
        return context.stream();
    }

    /**
     * Leaves the stream. Any thread; closing twice does nothing; does not wait.
     *
     * <p>If a thread is inside {@link #poll}, another one or this one in its handler, that call delivers no further
     * frame and closes the subscription when it returns. The handler's frame stays readable until then. Retained frames
     * stay valid until their leases are closed.
     */
    @Override
    public void close() {
        if (gate.close()) {
            release();
        }
    }

    /** Whether the calling thread is inside a call. */
    boolean isInsideHere() {
        return gate.isInsideHere();
    }

    /**
     * Shows monitors how often the application copies the bytes of a frame after it has received them. For the polling
     * thread, outside of a handler.
     *
     * @param count the number of copies, 0 or more.
     */
    public void showCopies(int count) {
        if (gate.enter()) {
            try {
                status.copies(count);
            } finally {
                leave();
            }
        }
    }

    private void release() {
        try (assemblies;
                status) {
            failover.close();
        } finally {
            gate.released();
            whenClosed.run();
        }
    }
}
