package io.aeroframe.transport;

import io.aeroframe.driver.FrameDriverException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.agrona.DirectBuffer;
import org.agrona.ErrorHandler;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Sends frames to itself on a private stream, so that the JVM has loaded and compiled the frame path before a camera
 * has delivered many frames. At 60 frames/s the frame path would otherwise be interpreted for minutes.
 *
 * <p>Each path, through a pool and through the log, is rehearsed once for each JVM, on a thread of its own and for a
 * limited time. The private stream has its own publication, pool and counters, which are closed at the end. If there is
 * no driver, or no room, that is not reported: the caller's own publication or subscription meets it, and does.
 */
final class Rehearsal implements AutoCloseable {

    /** The path that frames take. */
    enum FramePath {
        POOL,
        LOG;

        private final AtomicBoolean isTaken = new AtomicBoolean();

        /** Returns true for one rehearsal of this JVM. */
        private boolean take() {
            return isTaken.compareAndSet(false, true);
        }

        /** Leaves the path to the next rehearsal, after one that was cut short. */
        void release() {
            isTaken.set(false);
        }
    }

    /** Enough for the JVM to compile with its best compiler, which takes several thousand calls. */
    private static final int FRAMES = 10_000;

    private static final int POLL_LIMIT = 8;

    /** A frame through the pool. */
    private static final FrameFormat POOLED_FORMAT = FrameFormat.bgr24(64, 48);

    /** A frame through the log, in several fragments. */
    private static final FrameFormat LOGGED_FORMAT = FrameFormat.bgr24(160, 120);

    /** Two subscriptions map more than 15 slots: the JDK's next mapping takes milliseconds longer, once. */
    private static final int SLOTS = 8;

    private static final int FIRST_FRAMES = 24;
    private static final long MAX_LOADING_NS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long PAUSE_NS = TimeUnit.MICROSECONDS.toNanos(100);

    private final DriverConnection connection;
    private final PublicationPools.Host host;
    private final FramePath path;
    private final ErrorHandler errorHandler;
    private final long endNs;
    private final Thread thread;
    private final CompletableFuture<Void> firstFrames = new CompletableFuture<>();
    private final UnsafeBuffer metadata = new UnsafeBuffer(new byte[Long.BYTES]);
    private final UnsafeBuffer picture;

    /**
     * Handlers of several classes, in turn: code compiled for a single one would be discarded at the first frame that
     * another handler receives.
     */
    private final FrameHandler[] handlers = {this::read, this::retain, this::measure};

    private volatile boolean isStopped;
    private volatile long received;
    private long sum;

    private Rehearsal(
            DriverConnection connection, PublicationPools.Host host, ConnectionContext context, FramePath path) {
        this.connection = connection;
        this.host = host;
        this.path = path;
        errorHandler = context.errorHandler();
        endNs = System.nanoTime() + context.rehearsal().toNanos();
        picture = new UnsafeBuffer(new byte[format().maxPayloadLength()]);
        thread = context.newThread(this::run, "aeroframe-rehearsal");
    }

    /**
     * Begins to rehearse a path, unless this JVM has done so or the context says not to. Waits half a second at most
     * until the first frames have arrived: the classes of the frame path are loaded then, which the caller's first
     * frame would otherwise wait for. The rest goes on in the background.
     *
     * @return the rehearsal, to be closed with its connection; null if there is none.
     */
    static Rehearsal begin(
            DriverConnection connection, PublicationPools.Host host, ConnectionContext context, FramePath path) {
        if (context.rehearsal().isZero() || !path.take()) {
            return null;
        }
        Rehearsal rehearsal = new Rehearsal(connection, host, context, path);
        rehearsal.thread.start();
        rehearsal.awaitFirstFrames();
        return rehearsal;
    }

    private void awaitFirstFrames() {
        try {
            Uninterruptible.get(firstFrames, Math.min(MAX_LOADING_NS, endNs - System.nanoTime()));
        } catch (TimeoutException ex) {
            // the caller has waited long enough; its first frames may be late
        } catch (ExecutionException ex) {
            throw new AssertionError("it is never completed with an exception", ex);
        }
    }

    private FrameFormat format() {
        return path == FramePath.POOL ? POOLED_FORMAT : LOGGED_FORMAT;
    }

    private void run() {
        String name = "rehearsal of process " + ProcessHandle.current().pid() + " (" + path + ")";
        PublicationContext publishing = new PublicationContext()
                .stream(name).format(format()).slots(SLOTS).pooled(path == FramePath.POOL);
        publishing.conclude();
        try (FrameSubscription every = subscribe(name, Delivery.EVERY);
                FrameSubscription latest = subscribe(name, Delivery.LATEST);
                FramePublication publication =
                        new FramePublication(connection, host, publishing, new StatusFile(), closed -> {})) {
            run(publication, every, latest);
        } catch (FrameTransportException | FrameDriverException | IllegalStateException ex) {
            isStopped = true; // no driver, no room, or the connection is closed
        } catch (RuntimeException ex) {
            isStopped = true;
            errorHandler.onError(ex);
        } finally {
            if (isStopped) {
                path.release();
            }
            firstFrames.complete(null);
        }
    }

    private FrameSubscription subscribe(String stream, Delivery delivery) {
        SubscriptionContext context = new SubscriptionContext().stream(stream).delivery(delivery);
        context.conclude(host.errorHandler());
        return new FrameSubscription(connection, host.directory(), context, new StatusFile(), closed -> {});
    }

    private void run(FramePublication publication, FrameSubscription every, FrameSubscription latest) {
        WaitIdleStrategy idle = new WaitIdleStrategy(every, latest);
        while (!publication.isConnected()) {
            if (isOver()) {
                return;
            }
            LockSupport.parkNanos(PAUSE_NS);
        }
        for (int i = 0; i < FRAMES && !isOver(); i++) {
            FrameHandler handler = handlers[i % handlers.length];
            every.poll(handler, POLL_LIMIT);
            latest.poll(handler, POLL_LIMIT);
            if (send(publication, every, i)) {
                idle.idle(0); // the frame has come since the last poll, so this returns at once
            } else {
                LockSupport.parkNanos(PAUSE_NS); // until the driver has moved the publication's limit
            }
            idle.idle(every.poll(handler, POLL_LIMIT) + latest.poll(handler, 1));
            if (received >= FIRST_FRAMES) {
                firstFrames.complete(null);
            }
        }
    }

    private boolean send(FramePublication publication, FrameSubscription reader, int i) {
        PoolReader pool = reader.pool();
        if (pool != null) {
            pool.setWaiting(true); // so that the publisher wakes a sleeper, though there is none
        }
        if (i % 4 == 0) {
            return publication.offer(format(), picture, 0, picture.capacity(), System.nanoTime());
        }
        FrameClaim claim = publication.tryClaim();
        if (claim == null) {
            return false;
        }
        claim.byteBuffer().limit();
        claim.buffer().putLong(0, i);
        if (i % 4 == 1) {
            claim.metadata(metadata, 0, metadata.capacity());
        }
        if (i % 64 == 2) {
            claim.abort();
            return false;
        }
        return i % 4 == 2 ? claim.commit(System.nanoTime()) : claim.commit();
    }

    private boolean isOver() {
        return isStopped || System.nanoTime() - endNs >= 0;
    }

    private void read(Frame frame) {
        received++;
        DirectBuffer payload = frame.payload();
        sum += payload.getByte(0) + frame.payloadLength() + frame.sequence();
    }

    private void retain(Frame frame) {
        received++;
        try (FrameLease lease = frame.retain()) {
            sum += lease.frame().payloadByteBuffer().get(0);
        }
    }

    private void measure(Frame frame) {
        received++;
        sum += frame.payloadByteBuffer().get(0) + frame.metadata().capacity();
        sum += frame.isSameHost()
                ? frame.captureTimeNs() - frame.publishTimeNs()
                : frame.format().width();
    }

    /** Stops the rehearsal, and waits until it has. Any thread. */
    @Override
    public void close() {
        isStopped = true;
        Uninterruptible.join(thread, TimeUnit.SECONDS.toNanos(1));
    }

    boolean isRunning() {
        return thread.isAlive();
    }

    /** The number of frames that have arrived, at both subscriptions. */
    long received() {
        return received;
    }

    @Override
    public String toString() {
        return "rehearsal of " + path + ": " + received + " frames, checksum "
                + sum; // keeps the reads from being elided
    }
}
