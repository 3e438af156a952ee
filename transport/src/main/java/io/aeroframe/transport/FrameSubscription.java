package io.aeroframe.transport;

import io.aeroframe.driver.internal.SharedDirectory;
import io.aeron.Subscription;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Receives the frames of one stream from one channel.
 *
 * <p>It follows one publication at a time: when that ends, vanishes or falls silent it takes another of the same name,
 * and those that publish at the same time are skipped and reported. When another media driver has taken over, it first
 * delivers what it still has from before.
 *
 * <p>One thread at a time polls: a call while another thread is inside one is refused with an {@link
 * IllegalStateException}. {@link #close()} is safe on any thread. Nothing is allocated per frame once frames have their
 * size.
 */
public final class FrameSubscription implements AutoCloseable {

    /** After a failure to subscribe in a new session. */
    private static final long REOPEN_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(250);

    /** How long the old session is kept for a publisher that has not come to the new one yet. */
    private static final long OVERLAP_NS = TimeUnit.SECONDS.toNanos(1);

    private final SubscriptionContext context;
    private final DriverConnection connection;
    private final FrameAssemblies assemblies = new FrameAssemblies(HostIdentity.current(), new FrameCopies());
    private final SubscriptionCounts account = new SubscriptionCounts();
    private final Gate gate;
    private final SubscriptionLink.Parts parts;
    private final Runnable whenClosed;
    private SubscriptionLink path;

    /** What the driver was asked for in {@link #openingSession}; null if nothing. */
    private CompletableFuture<Subscription> opening;

    private ClientSession openingSession;

    /** In the session that {@link #path} will be left for; null if there is none. */
    private SubscriptionLink next;

    private long reopenNs = System.nanoTime();
    private final FrameHandler whileOpen = this::deliver;
    private FrameHandler handler;
    private boolean notesSignals;
    private int notedSignal;

    /**
     * A subscription. Waits for the driver, for {@link ConnectionContext#answerTimeout()} at most in a session.
     *
     * @param whenClosed run on the thread that closed it, after it is closed.
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
        RejectReporter faults = new RejectReporter(context.stream(), context.errorHandler());
        parts = new SubscriptionLink.Parts(context, gate, directory, connection.pools(), account, faults, assemblies);
        path = connection.inSession(this::openIn);
    }

    private SubscriptionLink openIn(ClientSession session) {
        Subscription subscription = ChannelErrors.await(subscribe(session), context.stream(), context.channel());
        return new SubscriptionLink(parts, session, subscription, StreamState.WAITING);
    }

    private CompletableFuture<Subscription> subscribe(ClientSession session) {
        return session.addSubscription(
                context.channel().subscriptionUri(), context.stream().streamId());
    }

    /**
     * Delivers the frames that have arrived to a handler, on this thread. Does not wait for frames; the first poll
     * after a publisher has come, or its frames have outgrown its pool, maps the pool, which takes as long as the
     * system takes to map that much memory. An interrupt has no effect.
     *
     * @param handler takes each frame; the frame is borrowed until the handler returns. What it throws is thrown from
     *                here.
     * @param limit   frames at most, 1 or more.
     * @return frames delivered.
     * @throws FrameTransportException if the channel has failed.
     * @throws IllegalStateException   if the subscription or its connection is closed, or a thread is inside a call:
     *     another one, or this one, which polled in its own handler.
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
        if (notesSignals && path.pool() != null) {
            notedSignal = path.pool().signal(); // before looking: what comes later changes it
        }
        followConnection();
        boolean mayLeave = next != null && mayLeave(); // before the poll: what was sent before that is there to be read
        this.handler = handler;
        int delivered;
        try {
            delivered = path.poll(whileOpen, limit);
        } finally {
            this.handler = null;
        }
        if (!gate.isClosed()) {
            path.drainOthers();
            if (mayLeave && !path.hasRead()) {
                move();
            }
        }
        return delivered;
    }

    /** Delivers no more frames in a poll once the subscription was closed, by its handler or by another thread. */
    private void deliver(Frame frame) {
        handler.onFrame(frame);
        if (gate.isClosed()) {
            path.stop();
        }
    }

    /** Subscribes in the session that has replaced the one of the path, without waiting for the driver. */
    private void followConnection() {
        ClientSession current = connection.session();
        if (current == path.session() || next != null && current == next.session()) {
            return;
        }
        if (opening != null && openingSession == current) {
            if (opening.isDone()) {
                openNext();
            }
            return;
        }
        forgetOpening();
        long nowNs = System.nanoTime();
        if (next != null) {
            next.close();
            next = null;
            reopenNs = nowNs;
        }
        if (nowNs - reopenNs >= 0) {
            openingSession = current;
            opening = subscribe(current);
        }
    }

    private void openNext() {
        try {
            Subscription subscription = ChannelErrors.await(opening, context.stream(), context.channel());
            next = new SubscriptionLink(parts, openingSession, subscription, path.state());
            reopenNs = System.nanoTime() + OVERLAP_NS;
        } catch (FrameTransportException ex) {
            reopenNs = System.nanoTime() + REOPEN_INTERVAL_NS;
            if (!(ex instanceof DriverLostException) && !openingSession.isOver()) {
                parts.faults().report(ex); // else the session after it may do
            }
        }
        opening = null;
        openingSession = null;
    }

    /** What was asked for in a session that has been replaced meanwhile goes with that session. */
    private void forgetOpening() {
        if (opening != null) {
            opening.cancel(false);
            opening = null;
            openingSession = null;
        }
    }

    /** Whether nothing more will be sent in the session before. */
    private boolean mayLeave() {
        return !path.isFollowing() || path.session().isOver() || next.hasData() || System.nanoTime() - reopenNs >= 0;
    }

    private void move() {
        SubscriptionLink old = path;
        path = next;
        next = null;
        reopenNs = System.nanoTime();
        old.close();
    }

    private void checkUsable() {
        if (connection.state() == ConnectionState.CLOSED) {
            throw closed();
        }
        path.check();
    }

    /** From now on each poll notes the pool's signal before it looks for frames. */
    void noteSignals() {
        notesSignals = true;
    }

    /** The signal of {@link #pool()} before the last poll. */
    int notedSignal() {
        return notedSignal;
    }

    /**
     * Begins to sleep on the pool: as long as the thread is inside, it stays mapped.
     *
     * @return the pool that frames come from at present; null if there is none, or the subscription is closed. If it is
     *     not null, {@link #endSleep()} is to follow.
     */
    PoolReader beginSleep() {
        if (!gate.enter()) {
            return null;
        }
        PoolReader pool = path.pool();
        if (pool == null) {
            leave();
        }
        return pool;
    }

    void endSleep() {
        leave();
    }

    /** The pool that frames come from at present; null if none. The polling thread, while nothing else is inside. */
    PoolReader pool() {
        return gate.isClosed() ? null : path.pool();
    }

    /**
     * What is known of the stream. Call it on the thread that polls. Never waits; also after closing.
     *
     * @return the state after the last poll.
     */
    public StreamState state() {
        return path.state();
    }

    /**
     * A consistent snapshot of the account: every published frame is in it with its fate. Thread-safe; takes no lock,
     * and does not slow down the polling thread. Also works after closing.
     *
     * @return the ledger, which is always {@linkplain SubscriptionLedger#isBalanced() balanced}.
     */
    public SubscriptionLedger ledger() {
        return account.ledger();
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
     * frame and closes the subscription when it returns: the frame of the handler stays readable until then. Frames
     * that were retained stay valid until their leases are closed.
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
            forgetOpening();
            path.close();
            if (next != null) {
                next.close();
            }
        } finally {
            gate.released();
            whenClosed.run();
        }
    }
}
