package io.aeroframe.transport;

import io.aeroframe.driver.SharedDirectory;
import io.aeron.Aeron;
import io.aeron.Image;
import io.aeron.Subscription;
import io.aeron.exceptions.AeronException;
import io.aeron.logbuffer.ControlledFragmentHandler;
import io.aeron.logbuffer.FragmentHandler;
import io.aeron.logbuffer.FrameDescriptor;
import io.aeron.logbuffer.Header;
import io.aeron.status.ChannelEndpointStatus;
import java.nio.ByteOrder;
import org.agrona.DirectBuffer;
import org.agrona.ErrorHandler;
import org.agrona.collections.LongHashSet;

/**
 * Receives the frames of one stream from one channel.
 *
 * <p>It follows one publication at a time: when that ends or vanishes it takes the next of the same name, and others that publish at the same
 * time are passed over and reported. One thread at a time polls. Nothing is allocated per frame once frames have
 * their size.
 */
public final class FrameSubscription implements AutoCloseable {

    private static final FragmentHandler PASS_OVER = (buffer, offset, length, header) -> {};
    private static final int STANDBY_FRAGMENT_LIMIT = 16;
    private static final int REMEMBERED_ENDINGS = 64;

    private final Context context;
    private final Subscription subscription;
    private final HostIdentity host = HostIdentity.current();
    private final FrameLeasePool leases = new FrameLeasePool();
    private final StreamAccount account = new StreamAccount();
    private final FaultReporter faults;
    private final ControlledFragmentHandler glance = this::glanceAt;
    private final LongHashSet endedImages = new LongHashSet();
    private final LongHashSet reportedStandbys = new LongHashSet();
    private final PoolAttachment pools;
    private StreamReader reader;
    private StreamState state = StreamState.WAITING;
    private StreamReader.Ending lastEnding = StreamReader.Ending.NONE;
    private Glance first = Glance.NOTHING;
    private boolean notesSignals;
    private int notedSignal;
    private boolean isPolling;
    private boolean isClosed;

    FrameSubscription(Aeron aeron, SharedDirectory directory, Context context) {
        this.context = context;
        faults = new FaultReporter(context.stream(), context.errorHandler());
        String uri = context.channel().subscriptionUri();
        try {
            subscription = aeron.addSubscription(uri, context.stream().streamId());
        } catch (AeronException ex) {
            throw ChannelErrors.explain(ex, context.stream(), context.channel());
        }
        pools = context.channel().isIpc() ? new PoolAttachment(directory, aeron, context.stream(), subscription) : null;
    }

    /**
     * Gives the frames that have arrived to a handler, on this thread. Does not wait.
     *
     * @param handler takes each frame; the frame is borrowed until the handler returns. What it throws is thrown from here.
     * @param limit   frames at most, 1 or more.
     * @return frames given.
     * @throws FrameTransportException if the media driver is gone, or the channel has failed.
     * @throws IllegalStateException   if the subscription is closed.
     */
    public int poll(FrameHandler handler, int limit) {
        checkUsable();
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
        if (notesSignals && pools != null && pools.current() != null) {
            notedSignal = pools.current().signal(); // before looking: what comes later changes it
        }
        if (reader == null || !reader.isConfirmed()) {
            takeNext(subscription.imageCount());
        }
        int delivered = 0;
        if (reader != null) {
            try {
                delivered = reader.poll(handler, limit);
            } finally {
                if (reader.isConfirmed()) {
                    state = StreamState.STREAMING;
                }
                if (reader.ending() != StreamReader.Ending.NONE) {
                    leave();
                }
            }
        }
        if (!isClosed) {
            passOverOthers(subscription.imageCount());
        }
        return delivered;
    }

    /**
     * Follows the first publication that has sent something, unless that is of a stream with another name: then one of this name if there is
     * any, else the other until it says what it is. One that has sent nothing may be of another name, too, and would keep back one
     * that sends.
     */
    private void takeNext(int count) {
        Image foreign = null;
        for (int i = 0; i < count; i++) {
            Image image = subscription.imageAtIndex(i);
            if (!endedImages.contains(image.correlationId())) {
                first = Glance.NOTHING;
                image.controlledPoll(glance, 1);
                if (first == Glance.OWN) {
                    follow(image);
                    state = StreamState.STREAMING;
                    return;
                }
                if (first == Glance.FOREIGN && foreign == null) {
                    foreign = image;
                }
            }
        }
        if (foreign != null) {
            follow(foreign);
        }
        if (state == StreamState.STREAMING) {
            state = lastEnding == StreamReader.Ending.END_OF_STREAM ? StreamState.ENDED : StreamState.LOST;
        }
    }

    private void follow(Image image) {
        if (reader == null || reader.image() != image) {
            reader = new StreamReader(image, context, pools, account, faults, host, leases);
        }
    }

    /** Looks at the next fragment of an image and leaves it there. The middle of a message tells nothing, and is taken for our own. */
    private ControlledFragmentHandler.Action glanceAt(DirectBuffer buffer, int offset, int length, Header header) {
        boolean isForeign = (header.flags() & FrameDescriptor.BEGIN_FRAG_FLAG) != 0
                && length >= StreamMessages.STREAM_HASH_OFFSET + Long.BYTES
                && buffer.getLong(offset + StreamMessages.STREAM_HASH_OFFSET, ByteOrder.LITTLE_ENDIAN)
                        != context.stream().hash();
        first = isForeign ? Glance.FOREIGN : Glance.OWN;
        return ControlledFragmentHandler.Action.ABORT;
    }

    /** What the next fragment of an image looks like. */
    private enum Glance {
        NOTHING,
        OWN,
        FOREIGN
    }

    private void leave() {
        if (endedImages.size() >= REMEMBERED_ENDINGS) {
            forgetGoneImages();
        }
        endedImages.add(reader.image().correlationId());
        lastEnding = reader.ending();
        leavePool(lastEnding);
        reader = null;
        if (lastEnding == StreamReader.Ending.FOREIGN) {
            state = StreamState.WAITING;
        }
        takeNext(subscription.imageCount());
    }

    private void leavePool(StreamReader.Ending ending) {
        reader.close();
        if (pools != null && ending == StreamReader.Ending.VANISHED) {
            pools.leaveAndSweep();
        } else if (pools != null) {
            pools.leave();
        }
    }

    private void forgetGoneImages() {
        LongHashSet present = new LongHashSet();
        for (int i = 0, count = subscription.imageCount(); i < count; i++) {
            present.add(subscription.imageAtIndex(i).correlationId());
        }
        endedImages.retainAll(present);
        reportedStandbys.retainAll(present);
    }

    /** An image that nobody polls would hold back its publisher. */
    private void passOverOthers(int count) {
        for (int i = 0; i < count; i++) {
            Image image = subscription.imageAtIndex(i);
            if (endedImages.contains(image.correlationId())) {
                image.poll(PASS_OVER, STANDBY_FRAGMENT_LIMIT);
            } else if (reader != null
                    && image != reader.image()
                    && reader.isConfirmed() // until then it may be this one that is to be followed
                    && image.poll(PASS_OVER, STANDBY_FRAGMENT_LIMIT) > 0) {
                reportStandby(image);
            }
        }
    }

    private void reportStandby(Image image) {
        if (reportedStandbys.add(image.correlationId())) {
            faults.report(new FrameTransportException("stream '" + context.stream()
                    + "': a second publication of this name, or of one that shares its stream id, stands by, and its frames"
                    + " are passed over until the first one ends"));
        }
    }

    private void checkUsable() {
        if (isClosed) {
            throw new IllegalStateException("the subscription of stream '" + context.stream() + "' is closed");
        }
        if (subscription.isClosed()) {
            throw new DriverLostException("stream '" + context.stream() + "'"); // else only its owner closes it
        }
        if (subscription.channelStatus() == ChannelEndpointStatus.ERRORED) {
            throw new FrameTransportException("stream '" + context.stream() + "': channel '" + context.channel()
                    + "' has failed: the address cannot be used on this host, or the port is in use");
        }
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
        return pools == null ? null : pools.current();
    }

    /**
     * What is known of the stream. Call it on the thread that polls.
     *
     * @return the state after the last poll.
     */
    public StreamState state() {
        return state;
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
     * Leaves the stream; called by a handler, when it returns: its frame stays readable until then. Frames that were retained stay valid until their leases are closed; those in a pool at most until the {@link Aeroframe} connection is.
     */
    @Override
    public void close() {
        if (!isClosed) {
            isClosed = true;
            if (isPolling) {
                reader.stop();
            } else {
                release();
            }
        }
    }

    private void release() {
        if (reader != null) {
            leavePool(reader.ending());
        }
        subscription.close();
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
