package io.aeroframe.transport;

import io.aeron.Subscription;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Keeps a subscription's link in the driver session that is up. When another session takes over, it subscribes there
 * without waiting for the driver, and moves once the previous session has nothing more to read. The polling thread,
 * inside the gate.
 */
final class SubscriptionFailover implements AutoCloseable {

    /** The pause after a failure to subscribe in a new session. */
    private static final long REOPEN_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(250);

    /** How long the previous session is kept for a publisher that has not reached the new one yet. */
    private static final long OVERLAP_NS = TimeUnit.SECONDS.toNanos(1);

    private final DriverConnection connection;
    private final SubscriptionContext context;
    private final SubscriptionLink.Parts parts;
    private SubscriptionLink link;

    /** What the driver was asked for in {@link #openingSession}; null if nothing. */
    private CompletableFuture<Subscription> opening;

    private ClientSession openingSession;

    /** The link in the new session, which {@link #link} will be left for; null if there is none. */
    private SubscriptionLink next;

    /** When to subscribe again after a failure; while there is a next link, when to move to it at the latest. */
    private long dueNs = System.nanoTime();

    /** Subscribes. Waits for the driver, for {@link ConnectionContext#answerTimeout()} at most in a session. */
    SubscriptionFailover(DriverConnection connection, SubscriptionLink.Parts parts) {
        this.connection = connection;
        this.parts = parts;
        context = parts.context();
        link = connection.inSession(this::openIn);
    }

    private SubscriptionLink openIn(ClientSession session) {
        Subscription subscription = ChannelErrors.await(subscribe(session), context.stream(), context.channel());
        return new SubscriptionLink(parts, session, subscription, StreamState.WAITING);
    }

    private CompletableFuture<Subscription> subscribe(ClientSession session) {
        return session.addSubscription(
                context.channel().subscriptionUri(), context.stream().streamId());
    }

    /** The link that frames are read from. */
    SubscriptionLink current() {
        return link;
    }

    /** Subscribes in the session that has replaced the one of the link, without waiting for the driver. */
    void follow() {
        ClientSession current = connection.session();
        if (current == link.session() || next != null && current == next.session()) {
            return;
        }
        if (opening != null && openingSession == current) {
            if (opening.isDone()) {
                openNext();
            }
            return;
        }
        cancelOpening();
        long nowNs = System.nanoTime();
        if (next != null) {
            next.close();
            next = null;
            dueNs = nowNs;
        }
        if (nowNs - dueNs >= 0) {
            openingSession = current;
            opening = subscribe(current);
        }
    }

    private void openNext() {
        try {
            Subscription subscription = ChannelErrors.await(opening, context.stream(), context.channel());
            next = new SubscriptionLink(parts, openingSession, subscription, link.state());
            dueNs = System.nanoTime() + OVERLAP_NS;
        } catch (FrameTransportException ex) {
            dueNs = System.nanoTime() + REOPEN_INTERVAL_NS;
            if (!(ex instanceof DriverLostException) && !openingSession.isOver()) {
                parts.rejects().report(ex); // otherwise the session after it may work
            }
        }
        opening = null;
        openingSession = null;
    }

    /** A subscription that was requested in a session that has since been replaced goes with that session. */
    private void cancelOpening() {
        if (opening != null) {
            opening.cancel(false);
            opening = null;
            openingSession = null;
        }
    }

    /** Whether there is a new session, and nothing more will be sent in the previous one. */
    boolean mayMove() {
        return next != null
                && (!link.isFollowing() || link.session().isOver() || next.hasData() || System.nanoTime() - dueNs >= 0);
    }

    /** Moves to the new session. */
    void move() {
        SubscriptionLink previous = link;
        link = next;
        next = null;
        dueNs = System.nanoTime();
        previous.close();
    }

    @Override
    public void close() {
        cancelOpening();
        link.close();
        if (next != null) {
            next.close();
        }
    }
}
