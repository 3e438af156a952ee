package io.aeroframe.transport;

import io.aeroframe.driver.SharedDirectory;
import java.util.concurrent.TimeUnit;
import org.agrona.ErrorHandler;

/**
 * Receives the frames of one stream from one channel.
 *
 * <p>It follows one publication at a time: when that ends, vanishes or falls silent it takes another of the same name, and those that publish at
 * the same time are passed over and reported. When another media driver has taken over, it first gives what it still has from before. One thread
 * at a time polls. Nothing is allocated per frame once frames have their size.
 */
public final class FrameSubscription implements AutoCloseable {

    /** After a failure to subscribe in a new session. */
    private static final long REOPEN_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(250);

    /** How long the old session is kept for a publisher that has not come to the new one yet. */
    private static final long OVERLAP_NS = TimeUnit.SECONDS.toNanos(1);

    private final Context context;
    private final DriverConnection connection;
    private final FrameAssemblies assemblies = new FrameAssemblies(HostIdentity.current(), new FrameLeasePool());
    private final StreamAccount account = new StreamAccount();
    private final ReceivingPath.Parts parts;
    private ReceivingPath path;

    /** In the session that {@link #path} will be left for; null if there is none. */
    private ReceivingPath next;

    private long reopenNs = System.nanoTime();
    private boolean notesSignals;
    private int notedSignal;
    private boolean isPolling;
    private boolean isClosed;

    FrameSubscription(DriverConnection connection, SharedDirectory directory, Context context) {
        this.connection = connection;
        this.context = context;
        FaultReporter faults = new FaultReporter(context.stream(), context.errorHandler());
        parts = new ReceivingPath.Parts(context, directory, account, faults, assemblies);
        path = connection.inSession(session -> new ReceivingPath(parts, session, StreamState.WAITING));
    }

    /**
     * Gives the frames that have arrived to a handler, on this thread. Does not wait.
     *
     * @param handler takes each frame; the frame is borrowed until the handler returns. What it throws is thrown from here.
     * @param limit   frames at most, 1 or more.
     * @return frames given.
     * @throws FrameTransportException if the channel has failed.
     * @throws IllegalStateException   if the subscription is closed, or the caller is its handler.
     */
    public int poll(FrameHandler handler, int limit) {
        checkUsable();
        if (isPolling) {
            throw new IllegalStateException("the subscription of stream '" + context.stream()
                    + "' is being polled: a handler cannot poll it, because its frame would lose its memory");
        }
        isPolling = true;
        try {
            return pollUsable(handler, limit);
        } finally {
            isPolling = false;
            if (isClosed) {
                release();
            }
        }
    }

    private int pollUsable(FrameHandler handler, int limit) {
        if (notesSignals && path.pool() != null) {
            notedSignal = path.pool().signal(); // before looking: what comes later changes it
        }
        ClientSession current = connection.session();
        if (current != path.session() && (next == null || current != next.session())) {
            openNext(current);
        }
        boolean mayLeave = next != null && mayLeave(); // before the poll: what was sent before that is there to be read
        int delivered = path.poll(handler, limit);
        if (!isClosed) {
            path.passOverOthers();
            if (mayLeave && !path.hasRead()) {
                move();
            }
        }
        return delivered;
    }

    private void openNext(ClientSession current) {
        long nowNs = System.nanoTime();
        if (next != null) {
            next.close();
            next = null;
            reopenNs = nowNs;
        }
        if (nowNs - reopenNs < 0) {
            return;
        }
        try {
            next = new ReceivingPath(parts, current, path.state());
            reopenNs = System.nanoTime() + OVERLAP_NS;
        } catch (FrameTransportException ex) {
            reopenNs = nowNs + REOPEN_INTERVAL_NS;
            if (!(ex instanceof DriverLostException) && !current.isClosed() && current == connection.session()) {
                parts.faults().report(ex); // else the session after it may do
            }
        }
    }

    /** Whether nothing more will be sent in the session before. */
    private boolean mayLeave() {
        return !path.isFollowing() || path.session().isClosed() || next.hasNews() || System.nanoTime() - reopenNs >= 0;
    }

    private void move() {
        ReceivingPath old = path;
        path = next;
        next = null;
        reopenNs = System.nanoTime();
        old.close();
    }

    private void checkUsable() {
        if (isClosed) {
            throw new IllegalStateException("the subscription of stream '" + context.stream() + "' is closed");
        }
        if (connection.state() == ConnectionState.CLOSED) {
            throw new IllegalStateException("the connection of stream '" + context.stream() + "' is closed");
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

    /** The pool that frames come from at present; null if none. For the polling thread. */
    AttachedPool pool() {
        return isClosed ? null : path.pool();
    }

    /**
     * What is known of the stream. Call it on the thread that polls.
     *
     * @return the state after the last poll.
     */
    public StreamState state() {
        return path.state();
    }

    /**
     * The account so far. Call it on the thread that polls.
     *
     * @return the ledger.
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
     * Leaves the stream; called by a handler, when it returns: its frame stays readable until then. Frames that were retained stay valid until their leases are closed.
     */
    @Override
    public void close() {
        if (!isClosed) {
            isClosed = true;
            if (isPolling) {
                path.stop();
            } else {
                release();
            }
        }
    }

    private void release() {
        try (assemblies) {
            path.close();
            if (next != null) {
                next.close();
            }
        }
    }

    /** Settings of {@link Aeroframe#addSubscription(Context)}. Not thread-safe; used once. */
    public static final class Context {
        /** The largest frame taken unless told otherwise: 256 MiB, more than twice a raw 7680x4320 picture. */
        public static final int DEFAULT_MAX_FRAME_LENGTH = 256 << 20;

        private StreamName stream;
        private FrameChannel channel = FrameChannel.IPC;
        private Delivery delivery = Delivery.EVERY;
        private int maxFrameLength = DEFAULT_MAX_FRAME_LENGTH;
        private ErrorHandler errorHandler;

        /** Settings with their defaults. */
        public Context() {}

        void conclude(ErrorHandler defaultErrorHandler) {
            if (stream == null) {
                throw new IllegalArgumentException("stream is not set: give the name of the stream");
            }
            if (maxFrameLength < 1 || maxFrameLength > Integer.MAX_VALUE - 64) {
                throw new IllegalArgumentException(
                        "maxFrameLength=" + maxFrameLength + " is not within 1 to " + (Integer.MAX_VALUE - 64));
            }
            if (errorHandler == null) {
                errorHandler = defaultErrorHandler;
            }
        }

        /**
         * The name of the stream.
         *
         * @param value as in {@link StreamName}.
         * @return this.
         */
        public Context stream(String value) {
            stream = new StreamName(value);
            return this;
        }

        /**
         * The name of the stream.
         *
         * @return null if not set.
         */
        public StreamName stream() {
            return stream;
        }

        /**
         * Where the frames come from.
         *
         * @param value default {@link FrameChannel#IPC}.
         * @return this.
         */
        public Context channel(FrameChannel value) {
            channel = value;
            return this;
        }

        /**
         * Where the frames come from.
         *
         * @return the channel.
         */
        public FrameChannel channel() {
            return channel;
        }

        /**
         * Which frames to give to the handler.
         *
         * @param value default {@link Delivery#EVERY}.
         * @return this.
         */
        public Context delivery(Delivery value) {
            delivery = value;
            return this;
        }

        /**
         * Which frames to give to the handler.
         *
         * @return every frame or the latest.
         */
        public Delivery delivery() {
            return delivery;
        }

        /**
         * The largest frame to take. A header that claims more is a bad frame, and nothing is allocated for it.
         *
         * @param value payload bytes, default {@link #DEFAULT_MAX_FRAME_LENGTH}.
         * @return this.
         */
        public Context maxFrameLength(int value) {
            maxFrameLength = value;
            return this;
        }

        /**
         * The largest frame to take.
         *
         * @return payload bytes.
         */
        public int maxFrameLength() {
            return maxFrameLength;
        }

        /**
         * Takes what goes wrong in the background, on the thread that polls: bad frames (once a second at most), a
         * {@link StreamCollisionException}, a second publication of the name.
         *
         * @param value default: that of {@link Aeroframe.Context#errorHandler(ErrorHandler)}.
         * @return this.
         */
        public Context errorHandler(ErrorHandler value) {
            errorHandler = value;
            return this;
        }

        /**
         * Takes what goes wrong in the background.
         *
         * @return null for the default before it is concluded.
         */
        public ErrorHandler errorHandler() {
            return errorHandler;
        }
    }
}
