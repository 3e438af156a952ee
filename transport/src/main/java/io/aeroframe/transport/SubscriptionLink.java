package io.aeroframe.transport;

import io.aeroframe.driver.internal.SharedDirectory;
import io.aeron.Image;
import io.aeron.Subscription;
import io.aeron.logbuffer.ControlledFragmentHandler;
import io.aeron.logbuffer.FragmentHandler;
import io.aeron.logbuffer.FrameDescriptor;
import io.aeron.logbuffer.Header;
import io.aeron.status.ChannelEndpointStatus;
import java.nio.ByteOrder;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.agrona.DirectBuffer;
import org.agrona.collections.LongHashSet;

/**
 * A subscription's resources in one driver session: its Aeron subscription, and the publication that it follows there.
 * For the polling thread, inside the gate: the logs stay mapped while the session is not over. Once it is over, nothing
 * of it is touched.
 *
 * <p>It follows one publication at a time. When that ends or vanishes, it follows another of the same name.
 * Publications that send at the same time stand by, and one of them replaces the followed one when that falls silent.
 */
final class SubscriptionLink implements AutoCloseable {

    private static final FragmentHandler DISCARD = (buffer, offset, length, header) -> {};
    private static final int STANDBY_FRAGMENT_LIMIT = 16;
    private static final int REMEMBERED_ENDINGS = 64;

    /** A vanished publication may soon return, in a new session or after it fell behind. */
    private static final long VANISHED_GRACE_NS = TimeUnit.SECONDS.toNanos(1);

    /** In a new session all publishers have to reconnect first. */
    private static final long SESSION_GRACE_NS = TimeUnit.SECONDS.toNanos(3);

    /** A publication that is silent for longer than this, and than 4 of its own intervals, is replaced by a standby. */
    private static final long MIN_SILENCE_NS = TimeUnit.MILLISECONDS.toNanos(400);

    private static final int SILENT_INTERVALS = 4;

    private final Parts parts;
    private final ClientSession session;
    private final Subscription subscription;

    /** Null if frames cannot be in a pool. */
    private final PoolFollower pools;

    private final LedgerCounters counters;

    /** Shows publishers whether they are followed. */
    private final LedgerCounters followed;

    private final ControlledFragmentHandler firstFragment = this::onFirstFragment;

    /**
     * Runs over a snapshot of the images: Aeron's thread removes images at any time, so an index may be out of range.
     */
    private final Consumer<Image> drain = this::drain;

    private final LongHashSet endedImages = new LongHashSet();
    private final LongHashSet reportedStandbys = new LongHashSet();
    private ImageReader reader;
    private StreamState state;
    private boolean hasRead;
    private ImageReader.Ending lastEnding = ImageReader.Ending.NONE;
    private Content firstContent = Content.NOTHING;
    private Image standby;
    private long lostNs;
    private long heardNs = System.nanoTime();
    private long intervalNs;

    /**
     * What a subscription keeps in every session.
     *
     * @param context    its settings.
     * @param gate       the gate that the polling thread is inside of.
     * @param directory  the directory of the pools.
     * @param openPools  the pools that the connection has open.
     * @param counts     the counts behind its ledger.
     * @param status     shows them to monitors.
     * @param rejects    reports rejected messages and other errors.
     * @param assemblies the memory that frames are assembled in.
     */
    record Parts(
            SubscriptionContext context,
            Gate gate,
            SharedDirectory directory,
            PoolReaper openPools,
            SubscriptionCounts counts,
            StatusFile status,
            RejectReporter rejects,
            FrameAssemblies assemblies) {}

    /**
     * Starts using an Aeron subscription. Inside the gate, or before other threads know of the subscription.
     *
     * @param subscription the subscription, as {@link ClientSession#addSubscription} created it.
     * @param state        the state of the stream in the previous session.
     * @throws DriverLostException if the session is over.
     */
    SubscriptionLink(Parts parts, ClientSession session, Subscription subscription, StreamState state) {
        this.parts = parts;
        this.session = session;
        this.subscription = subscription;
        this.state = state;
        session.acquire(parts.gate(), false);
        SubscriptionContext context = parts.context();
        pools = context.channel().isIpc()
                ? new PoolFollower(parts.directory(), session.aeron(), context.stream(), subscription)
                : null;
        if (pools != null) {
            parts.openPools().attached(pools);
        }
        counters = new LedgerCounters(
                session,
                LedgerCounters.SUBSCRIPTION_TYPE_ID,
                "subscription " + context.stream(),
                SubscriptionCounts.names());
        followed = FollowedSession.counter(session, context);
        lostNs = System.nanoTime() + SESSION_GRACE_NS;
    }

    ClientSession session() {
        return session;
    }

    /** The state after the last poll. */
    StreamState state() {
        return state;
    }

    /** The pool that frames come from at present; null if there is none. */
    PoolReader pool() {
        return pools == null ? null : pools.current();
    }

    /** Whether the last poll read anything. */
    boolean hasRead() {
        return hasRead;
    }

    boolean isFollowing() {
        return reader != null;
    }

    /**
     * Delivers the frames that have arrived.
     *
     * @return the number of frames delivered.
     */
    int poll(FrameHandler handler, int limit) {
        hasRead = false;
        if (session.isOver()) {
            return 0; // its logs are, or will be, unmapped
        }
        if (reader == null || !reader.isConfirmed()) {
            takeNext();
        }
        int delivered = 0;
        if (reader != null) {
            try {
                delivered = reader.poll(handler, limit);
            } finally {
                hasRead = reader.hasRead();
                if (reader.isConfirmed()) {
                    state = StreamState.STREAMING;
                }
                if (reader.ending() != ImageReader.Ending.NONE) {
                    leave();
                }
            }
        }
        return delivered;
    }

    /** Drains the images that are not followed: an image that is not polled would hold back its publisher. */
    void drainOthers() {
        if (session.isOver()) {
            return;
        }
        if (hasRead) {
            showCounts();
            noteInterval();
        }
        followed.show(
                0, reader == null ? 0 : FollowedSession.value(reader.image().sessionId()));
        standby = null;
        subscription.forEachImage(drain);
        if (standby != null) {
            switchToStandby();
        }
    }

    private void showCounts() {
        parts.counts().show(counters);
        StatusFile status = parts.status();
        PoolReader pool = pool();
        status.beginChange();
        parts.counts().show(status);
        status.pool(pool == null ? 0 : pool.poolId());
        status.endChange();
    }

    private void noteInterval() {
        long nowNs = System.nanoTime();
        intervalNs = Math.max(nowNs - heardNs, intervalNs - intervalNs / 8);
        heardNs = nowNs;
    }

    /** Delivers no more frames in this poll. */
    void stop() {
        if (reader != null) {
            reader.stop();
        }
    }

    /**
     * Follows the first publication of this name that has sent something. If there is none, follows one with another
     * name's hash until it announces its name. A publication that has sent nothing is not followed: it may have another
     * name, and would keep this subscription from one that sends.
     */
    private void takeNext() {
        Image foreign = null;
        for (Image image : subscription.images()) {
            if (!endedImages.contains(image.correlationId())) {
                Content found = peek(image);
                if (found == Content.OWN) {
                    follow(image); // it streams once a message of it is found valid, and not older than this
                    // subscription
                    return;
                }
                if (found == Content.FOREIGN && foreign == null) {
                    foreign = image;
                }
            }
        }
        if (foreign != null) {
            follow(foreign);
        }
        if (state == StreamState.STREAMING) {
            if (lastEnding == ImageReader.Ending.END_OF_STREAM) {
                state = StreamState.ENDED;
            } else if (System.nanoTime() - lostNs >= 0 && !session.isOver()) {
                state = StreamState.LOST;
            }
        }
    }

    /** Whether a publication of this name has sent something in this session. */
    boolean hasData() {
        if (session.isOver()) {
            return false;
        }
        for (Image image : subscription.images()) {
            if (peek(image) == Content.OWN) {
                return true;
            }
        }
        return false;
    }

    private void follow(Image image) {
        if (reader == null || reader.image() != image) {
            reader = new ImageReader(image, parts, pools);
            heardNs = System.nanoTime();
            intervalNs = 0;
        }
    }

    /** Examines the next fragment of an image without consuming it. */
    private Content peek(Image image) {
        firstContent = Content.NOTHING;
        image.controlledPoll(firstFragment, 1);
        return firstContent;
    }

    /** A fragment from the middle of a message has no stream hash, and is taken for this stream's. */
    private ControlledFragmentHandler.Action onFirstFragment(
            DirectBuffer buffer, int offset, int length, Header header) {
        boolean isForeign = (header.flags() & FrameDescriptor.BEGIN_FRAG_FLAG) != 0
                && length >= StreamMessages.STREAM_HASH_OFFSET + Long.BYTES
                && buffer.getLong(offset + StreamMessages.STREAM_HASH_OFFSET, ByteOrder.LITTLE_ENDIAN)
                        != parts.context().stream().hash();
        firstContent = isForeign ? Content.FOREIGN : Content.OWN;
        return ControlledFragmentHandler.Action.ABORT;
    }

    /** The stream of an image's next fragment. */
    private enum Content {
        NOTHING,
        OWN,
        FOREIGN
    }

    private void leave() {
        Image image = reader.image();
        if (!image.isClosed()) { // the same publication comes back as the same image when the driver lets it
            if (endedImages.size() >= REMEMBERED_ENDINGS) {
                forgetGoneImages();
            }
            endedImages.add(image.correlationId());
        }
        lastEnding = reader.ending();
        lostNs = System.nanoTime() + VANISHED_GRACE_NS;
        leavePool(lastEnding);
        reader = null;
        if (lastEnding == ImageReader.Ending.FOREIGN) {
            state = StreamState.WAITING;
        }
        takeNext();
    }

    private void leavePool(ImageReader.Ending ending) {
        reader.close();
        if (pools != null && ending == ImageReader.Ending.VANISHED) {
            pools.leaveAndSweep();
        } else if (pools != null) {
            pools.leave();
        }
    }

    private void forgetGoneImages() {
        LongHashSet present = new LongHashSet();
        subscription.forEachImage(image -> present.add(image.correlationId()));
        endedImages.retainAll(present);
        reportedStandbys.retainAll(present);
    }

    private void drain(Image image) {
        if (endedImages.contains(image.correlationId())) {
            image.poll(DISCARD, STANDBY_FRAGMENT_LIMIT);
        } else if (reader != null && image.sessionId() != reader.image().sessionId() && reader.isConfirmed()) {
            // Until it is confirmed it may be this one that is to be followed. Another image of the same publication is
            // its return after it
            // was left behind, to be followed when the first one has been read to its end.
            if (standby == null && isSilent() && peek(image) == Content.OWN) {
                standby = image;
            } else if (image.poll(DISCARD, STANDBY_FRAGMENT_LIMIT) > 0) {
                reportStandby(image);
            }
        }
    }

    private boolean isSilent() {
        return System.nanoTime() - heardNs > Math.max(MIN_SILENCE_NS, SILENT_INTERVALS * intervalNs);
    }

    /** Follows the standby instead of the publication that has fallen silent, which becomes the standby. */
    private void switchToStandby() {
        long silentMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - heardNs);
        leavePool(ImageReader.Ending.NONE);
        reader = null;
        follow(standby);
        standby = null;
        parts.rejects()
                .report(new FrameTransportException(
                        FrameTransportException.Reason.REPORT,
                        "stream '" + parts.context().stream()
                                + "': its publication has sent nothing for " + silentMs
                                + " ms; switched to another publication of this name"));
    }

    private void reportStandby(Image image) {
        if (reportedStandbys.add(image.correlationId())) {
            parts.rejects()
                    .report(new FrameTransportException(
                            FrameTransportException.Reason.REPORT,
                            "stream '" + parts.context().stream()
                                    + "': a second publication of this name, or of one that shares its stream id, is on"
                                    + " standby; its frames are skipped until the first one ends or falls silent"));
        }
    }

    /** Throws if the channel has failed. */
    void check() {
        if (!session.isOver()
                && !subscription.isClosed()
                && subscription.channelStatus() == ChannelEndpointStatus.ERRORED) {
            throw new FrameTransportException(
                    FrameTransportException.Reason.CHANNEL,
                    "stream '" + parts.context().stream() + "': channel '"
                            + parts.context().channel()
                            + "' has failed: the address cannot be used on this host, or the port is in use");
        }
    }

    @Override
    public void close() {
        try {
            if (reader != null) {
                leavePool(reader.ending());
                reader = null;
            }
            if (pools != null) {
                parts.openPools().detached(pools);
                pools.leave();
            }
            counters.close();
            followed.close();
            if (!session.isOver()) { // else it goes with its client
                subscription.close();
            }
        } finally {
            session.release(parts.gate());
        }
    }
}
