package io.aeroframe.transport;

import io.aeroframe.driver.internal.SharedDirectory;
import java.util.function.Consumer;

/**
 * Receives the frames of one stream from one channel.
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
    private final Gate gate;
    private final SubscriptionFailover failover;
    private final Runnable whenClosed;
    private final FrameHandler whileOpen = this::deliver;
    private FrameHandler handler;
    private boolean notesSignals;
    private int notedSignal;

    /**
     * Creates a subscription. Waits {@link ConnectionContext#answerTimeout()} at most for the driver in each session.
     *
     * @param whenClosed called on the closing thread after the subscription is closed.
     */
    FrameSubscription(
            DriverConnection connection,
            SharedDirectory directory,
            SubscriptionContext context,
            Consumer<FrameSubscription> whenClosed) {
        this.connection = connection;
        this.context = context;
        this.whenClosed = () -> whenClosed.accept(this);
        gate = new Gate("subscription of stream '" + context.stream() + "'");
        RejectReporter rejects = new RejectReporter(context.stream(), context.errorHandler());
        failover = new SubscriptionFailover(
                connection,
                new SubscriptionLink.Parts(context, gate, directory, connection.pools(), counts, rejects, assemblies));
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

    private void release() {
        try (assemblies) {
            failover.close();
        } finally {
            gate.released();
            whenClosed.run();
        }
    }
}
