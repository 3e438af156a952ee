package io.aeroframe.transport;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.agrona.BitUtil;
import org.agrona.BufferUtil;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.EpochNanoClock;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.OffsetEpochNanoClock;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Sends the frames of one stream on one channel.
 *
 * <p>One thread at a time writes. A publication never waits unless it is {@linkplain Context#isLossless(boolean) lossless}: a frame that the
 * slowest subscriber has left no room for is dropped and counted. Nothing is allocated per frame once frames have
 * their size. When the media driver has gone, frames are dropped until there is another (a lossless publication waits for it, and for its
 * subscribers, ten and three seconds at most).
 *
 * <pre>{@code
 * FrameClaim claim = publication.tryClaim();
 * if (claim != null) {
 *     draw(claim.byteBuffer());
 *     claim.commit();
 * }
 * }</pre>
 */
public final class FramePublication implements AutoCloseable {

    private static final int ALIGNMENT = 64;
    private static final int NO_SLOT = -1;

    private static final long ANNOUNCE_INTERVAL_NS = TimeUnit.SECONDS.toNanos(1);
    private static final long END_OF_STREAM_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(1);

    /** The system's own makes an object a call. This one compares the two clocks once an hour, and counts on. */
    private final EpochNanoClock epochClock = new OffsetEpochNanoClock();

    private final Context context;
    private final StreamName stream;
    private final DriverConnection connection;
    private final FrameHeader header = new FrameHeader();
    private final StreamMessages messages;
    private final UnsafeBuffer prefix = new UnsafeBuffer(0, 0);
    private final UnsafeBuffer staging = new UnsafeBuffer(0, 0);
    private final FrameClaim claim = new FrameClaim(this);

    private final SendingPaths paths;
    private ByteBuffer stagingBytes;
    private long announcedNs;

    private final SendingAccount account = new SendingAccount();
    private boolean isClosed;

    FramePublication(DriverConnection connection, PoolPath.Host poolHost, Context context) {
        this.connection = connection;
        this.context = context;
        stream = context.stream();
        header.streamHash = stream.hash();
        header.publicationId = ThreadLocalRandom.current().nextLong();
        header.timeToLiveNs = context.timeToLive().toNanos();
        HostIdentity boot = HostIdentity.current();
        header.bootIdHigh = boot.high();
        header.bootIdLow = boot.low();
        messages = new StreamMessages(stream, header.publicationId);
        growPrefix(0);
        paths = new SendingPaths(connection, poolHost, context, header.publicationId);
    }

    /**
     * A claim for a frame of the format that the publication was made for.
     *
     * @return as {@link #tryClaim(FrameFormat)}.
     */
    public FrameClaim tryClaim() {
        return tryClaim(context.format());
    }

    /**
     * A claim for a frame.
     *
     * @param format of the frame; may differ from frame to frame.
     * @return as {@link #tryClaim(FrameFormat, int)}.
     */
    public FrameClaim tryClaim(FrameFormat format) {
        return tryClaim(format, format.maxPayloadLength());
    }

    /**
     * A claim for a frame, if it may be sent. A lossless publication waits until it may.
     *
     * @param format           of the frame; may differ from frame to frame.
     * @param maxPayloadLength bytes to make room for; a raw frame's own length, a bound for a JPEG or zstd frame.
     * @return the claim; null if the frame is dropped, and counted, because nobody is connected or the slowest subscriber has
     *     not made room.
     * @throws IllegalStateException   if the last claim has not ended, or the publication is closed.
     */
    public FrameClaim tryClaim(FrameFormat format, int maxPayloadLength) {
        checkUsable();
        int expected = format.encoding() == FrameEncoding.RAW ? format.maxPayloadLength() : 1;
        int length = Math.max(maxPayloadLength, expected);
        LogPublication.Outcome outcome;
        do {
            outcome = paths.await() ? tryOpenClaim(format, length, expected) : LogPublication.Outcome.NOT_CONNECTED;
        } while (outcome == LogPublication.Outcome.NOT_CONNECTED && paths.isOver() && paths.mayWait());
        if (outcome == LogPublication.Outcome.SENT) {
            return claim;
        }
        account.dropped(outcome);
        if (path() != null) {
            account.show(path().counters());
        }
        return null;
    }

    private LogPublication.Outcome tryOpenClaim(FrameFormat format, int length, int expected) {
        boolean isPooled = path().pools() != null && path().pools().fits(length);
        LogPublication.Outcome outcome = awaitRoom(FrameHeader.LENGTH + (isPooled ? 0 : expected));
        if (outcome == LogPublication.Outcome.SENT && isPooled) {
            outcome = tryClaimSlot(format);
        } else if (outcome == LogPublication.Outcome.SENT) {
            growStaging(length);
            claim.open(format, staging, stagingBytes, NO_SLOT);
        }
        return outcome;
    }

    private LogPublication.Outcome tryClaimSlot(FrameFormat format) {
        announceIfDue();
        PublishedPool pool = path().pools().pool();
        int slot = awaitSlot(pool);
        if (slot < 0) {
            return path().log().isConnected() && !paths.isOver()
                    ? LogPublication.Outcome.NO_SLOT
                    : LogPublication.Outcome.NOT_CONNECTED;
        }
        claim.open(format, pool.buffer(slot), pool.byteBuffer(slot), slot);
        return LogPublication.Outcome.SENT;
    }

    private int awaitSlot(PublishedPool pool) {
        int slot = pool.tryTake();
        if (slot < 0) {
            pool.check(System.nanoTime());
            IdleStrategy idle = context.idleStrategy();
            idle.reset();
            while ((slot = pool.tryTake()) < 0 && path().log().isConnected() && paths.mayWait() && !paths.isOver()) {
                idle.idle();
                pool.check(System.nanoTime());
            }
        }
        return slot;
    }

    /**
     * Sends a frame that lies in memory already.
     *
     * @param format        of the frame.
     * @param buffer        that holds it.
     * @param offset        of its first byte.
     * @param length        of the payload in bytes; a raw frame's own, see {@link FrameFormat#maxPayloadLength()}.
     * @param captureTimeNs when the picture was taken, nanoseconds since the epoch.
     * @return as {@link FrameClaim#commit(long)}.
     */
    public boolean offer(FrameFormat format, DirectBuffer buffer, int offset, int length, long captureTimeNs) {
        checkUsable();
        buffer.boundsCheck(offset, length);
        if (format.encoding() == FrameEncoding.RAW ? length != format.maxPayloadLength() : length < 1) {
            throw new IllegalArgumentException(
                    "length=" + length + " is not that of a " + format.describe() + " frame");
        }
        header.metadataLength = 0;
        return sendCopy(format, buffer, offset, length, captureTimeNs);
    }

    private SendingPath path() {
        return paths.current();
    }

    /** Metadata, if any, lies in the prefix. */
    private boolean sendCopy(FrameFormat format, DirectBuffer buffer, int offset, int length, long captureTimeNs) {
        if (!paths.await()) {
            account.dropped(LogPublication.Outcome.NOT_CONNECTED);
            return false;
        }
        if (path().pools() == null || !path().pools().fits(length)) {
            return send(format, buffer, offset, length, captureTimeNs);
        }
        int metadataLength = header.metadataLength;
        FrameClaim slot = tryClaim(format, length);
        if (slot == null) {
            return false;
        }
        slot.buffer().putBytes(0, buffer, offset, length);
        return slot.payloadLength(length).keptMetadata(metadataLength).commit(captureTimeNs);
    }

    boolean commit(FrameClaim ended, long captureTimeNs, FrameFormat format, DirectBuffer buffer) {
        header.metadataLength = ended.metadataLength();
        return ended.slot() == NO_SLOT
                ? send(format, buffer, 0, ended.payloadLength(), captureTimeNs)
                : sendSlot(format, ended.slot(), ended.payloadLength(), captureTimeNs);
    }

    void abort(FrameClaim ended) {
        if (ended.slot() != NO_SLOT) {
            path().pools().pool().cancel(ended.slot());
        }
    }

    /** The frame is in its slot: says so. */
    private boolean sendSlot(FrameFormat format, int slot, int length, long captureTimeNs) {
        PublishedPool pool = path().pools().pool();
        describe(format, length, captureTimeNs);
        header.poolId = pool.poolId();
        header.poolSlot = slot;
        header.chunkOffset = 0;
        header.chunkLength = length;
        pool.endWrite(slot, account.nextSequence());
        LogPublication.Outcome outcome;
        do {
            outcome = awaitRoom(FrameHeader.LENGTH + header.metadataLength);
            if (outcome == LogPublication.Outcome.SENT) {
                header.publishTimeNs = System.nanoTime();
                outcome = path().log().sendDescriptor(header, prefix);
            }
        } while (outcome == LogPublication.Outcome.NO_ROOM && paths.mayWait());
        if (isLeftBehind(outcome)) {
            growStaging(length);
            staging.putBytes(0, pool.buffer(slot), 0, length); // the pool goes with its session
            pool.cancel(slot);
            return sendCopy(format, staging, 0, length, captureTimeNs);
        }
        boolean isSent = outcome == LogPublication.Outcome.SENT;
        if (isSent) {
            pool.signal(); // first of all: somebody waits for it
            pool.sent(slot, path().log().position());
            account.sent(length);
        } else {
            pool.cancel(slot);
            account.dropped(outcome);
        }
        account.show(path().counters());
        pool.check(System.nanoTime());
        return isSent;
    }

    private void describe(FrameFormat format, int length, long captureTimeNs) {
        header.format = format;
        header.sequence = account.nextSequence();
        header.dropped = account.dropped();
        header.payloadLength = length;
        header.captureTimeNs = captureTimeNs;
    }

    /** A lossless frame that could not go before its session ended goes in the next one. */
    private boolean isLeftBehind(LogPublication.Outcome outcome) {
        return outcome == LogPublication.Outcome.NOT_CONNECTED && paths.mayWait() && paths.isOver();
    }

    private boolean send(FrameFormat format, DirectBuffer buffer, int offset, int length, long captureTimeNs) {
        int frameLength = FrameHeader.LENGTH + header.metadataLength + length;
        describe(format, length, captureTimeNs);
        header.poolId = 0;
        header.poolSlot = 0;
        LogPublication.Outcome outcome;
        do {
            outcome = awaitRoom(frameLength);
            if (outcome == LogPublication.Outcome.SENT && announceIfDue()) {
                outcome = awaitRoom(frameLength); // some was taken just now
            }
            if (outcome == LogPublication.Outcome.SENT) {
                header.publishTimeNs = System.nanoTime();
                outcome = path().log().send(header, prefix, buffer, offset);
            }
            // The padding at the end of a term may have taken the room that there was.
        } while (outcome == LogPublication.Outcome.NO_ROOM && paths.mayWait());
        if (isLeftBehind(outcome)) {
            return sendCopy(format, buffer, offset, length, captureTimeNs);
        }
        boolean isSent = outcome == LogPublication.Outcome.SENT;
        if (isSent) {
            if (path().pools() != null) {
                path().pools().pool().signal();
            }
            account.sent(length);
        } else {
            account.dropped(outcome);
        }
        account.show(path().counters());
        return isSent;
    }

    private LogPublication.Outcome awaitRoom(int frameLength) {
        LogPublication log = path().log();
        IdleStrategy idle = context.idleStrategy();
        idle.reset();
        long deadlineNs = context.isLossless() ? System.nanoTime() + SendingPaths.RECONNECT_TIMEOUT_NS : 0;
        while (true) {
            boolean isConnected = log.isConnected();
            if (isConnected && log.hasRoom(frameLength) && !paths.isPaused()) {
                return LogPublication.Outcome.SENT;
            }
            if (!isConnected && !(paths.awaitsReturn() && System.nanoTime() - deadlineNs < 0)) {
                paths.disconnected();
                return LogPublication.Outcome.NOT_CONNECTED;
            }
            if (!paths.mayWait()) {
                return LogPublication.Outcome.NO_ROOM;
            }
            if (paths.isOver()) {
                return LogPublication.Outcome.NOT_CONNECTED;
            }
            idle.idle();
        }
    }

    private boolean announceIfDue() {
        long nowNs = System.nanoTime();
        PoolPath pools = path().pools();
        boolean hasNews = !paths.isAnnounced() || pools != null && pools.hasGrown();
        if (!hasNews && nowNs - announcedNs < ANNOUNCE_INTERVAL_NS) {
            return false;
        }
        long poolId = pools == null ? 0 : pools.pool().poolId();
        int length = messages.encodeAnnouncement(account.nextSequence(), account.dropped(), poolId);
        if (path().log().send(messages.buffer(), length) != LogPublication.Outcome.SENT) {
            return false;
        }
        paths.announced();
        announcedNs = nowNs;
        if (pools != null) {
            pools.pool().signal();
            pools.retireOutgrown(path().log().position());
        }
        return true;
    }

    void putMetadata(DirectBuffer source, int offset, int length) {
        if (length < 0 || length > FrameHeader.MAX_METADATA_LENGTH) {
            throw new IllegalArgumentException(
                    "metadata of " + length + " bytes is over the limit of " + FrameHeader.MAX_METADATA_LENGTH);
        }
        growPrefix(length);
        prefix.putBytes(FrameHeader.LENGTH, source, offset, length);
    }

    private void growPrefix(int metadataLength) {
        if (prefix.capacity() < FrameHeader.LENGTH + metadataLength) {
            prefix.wrap(BufferUtil.allocateDirectAligned(
                    BitUtil.align(FrameHeader.LENGTH + metadataLength, ALIGNMENT), ALIGNMENT));
        }
    }

    private void growStaging(int length) {
        if (staging.capacity() < length) {
            stagingBytes = BufferUtil.allocateDirectAligned(BitUtil.align(length, ALIGNMENT), ALIGNMENT);
            staging.wrap(stagingBytes);
        }
    }

    private void checkUsable() {
        if (isClosed) {
            throw new IllegalStateException("the publication of stream '" + stream + "' is closed");
        }
        if (connection.state() == ConnectionState.CLOSED) {
            throw new IllegalStateException("the connection of stream '" + stream + "' is closed");
        }
        if (claim.isOpen()) {
            throw new IllegalStateException("the last claim has not ended: commit or abort it first");
        }
    }

    long epochTimeNs() {
        return epochClock.nanoTime();
    }

    /**
     * Whether a subscriber is there. Call it on the thread that writes.
     *
     * @return true if a frame would be received.
     */
    public boolean isConnected() {
        return !isClosed
                && (claim.isOpen() ? path() != null : paths.follow())
                && path().log().isConnected();
    }

    /**
     * Whether claims are slots of a pool in shared memory, so that frames are not copied on their way.
     *
     * @return false if frames go through the log.
     */
    public boolean isPooled() {
        return context.isPooled() && context.channel().allowsPool();
    }

    /**
     * The account so far. Call it on the thread that writes.
     *
     * @return the ledger.
     */
    public PublicationLedger ledger() {
        return account.ledger();
    }

    /**
     * The name of the stream.
     *
     * @return as given.
     */
    public StreamName stream() {
        return stream;
    }

    /**
     * Where the frames go.
     *
     * @return as given.
     */
    public FrameChannel channel() {
        return context.channel();
    }

    /** Tells the subscribers that the stream has ended (waiting up to a second for room to say so), and closes. */
    @Override
    public void close() {
        if (isClosed) {
            return;
        }
        isClosed = true;
        paths.close(!claim.isOpen(), this::sendEndOfStream);
    }

    private void sendEndOfStream(LogPublication log) {
        int length = messages.encodeEndOfStream(account.nextSequence(), account.dropped());
        long deadlineNs = System.nanoTime() + END_OF_STREAM_TIMEOUT_NS;
        while (log.send(messages.buffer(), length) == LogPublication.Outcome.NO_ROOM
                && System.nanoTime() - deadlineNs < 0) {
            context.idleStrategy().idle();
        }
    }

    /** Settings of {@link Aeroframe#addPublication(Context)}. Not thread-safe; used once. */
    public static final class Context {
        private StreamName stream;
        private FrameChannel channel = FrameChannel.IPC;
        private FrameFormat format;
        private boolean isLossless;
        private boolean isPooled = true;
        private int slots;
        private Duration timeToLive = Duration.ZERO;
        private IdleStrategy idleStrategy;

        /** Settings with their defaults. */
        public Context() {}

        void conclude() {
            if (stream == null) {
                throw new IllegalArgumentException("stream is not set: give the name of the stream");
            }
            if (format == null) {
                throw new IllegalArgumentException(
                        "format is not set: give the format of the frames, such as bgr24(1280, 720)");
            }
            if (slots != 0 && (slots < PoolLayout.MIN_SLOTS || slots > PoolLayout.MAX_SLOTS)) {
                throw new IllegalArgumentException("slots=" + slots + " is not within " + PoolLayout.MIN_SLOTS + " to "
                        + PoolLayout.MAX_SLOTS + ", nor 0 for as many as suit the frames");
            }
            if (timeToLive.isNegative()) {
                throw new IllegalArgumentException("timeToLive=" + timeToLive + " is negative");
            }
            if (idleStrategy == null) {
                idleStrategy = new BackoffIdleStrategy(10, 20, 1_000, 100_000);
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
         * Where the frames go.
         *
         * @param value default {@link FrameChannel#IPC}.
         * @return this.
         */
        public Context channel(FrameChannel value) {
            channel = value;
            return this;
        }

        /**
         * Where the frames go.
         *
         * @return the channel.
         */
        public FrameChannel channel() {
            return channel;
        }

        /**
         * What most frames will be. Log buffers are sized for it; larger frames go in chunks, which costs a copy.
         *
         * @param value the format.
         * @return this.
         */
        public Context format(FrameFormat value) {
            format = value;
            return this;
        }

        /**
         * What most frames will be.
         *
         * @return null if not set.
         */
        public FrameFormat format() {
            return format;
        }

        /**
         * Whether to wait for the slowest subscriber instead of dropping. While nobody is connected frames are dropped all the same.
         * A wait ends early, with a dropped frame, when the thread is interrupted.
         *
         * @param value default false.
         * @return this.
         */
        public Context isLossless(boolean value) {
            isLossless = value;
            return this;
        }

        /**
         * Whether to wait for the slowest subscriber.
         *
         * @return true if so.
         */
        public boolean isLossless() {
            return isLossless;
        }

        /**
         * Whether frames over IPC stay in shared memory: a claim is a slot of a pool there, subscribers read it in place, and only the header travels
         * through Aeron. Elsewhere, and if the channel says {@code pool=off}, this has no effect.
         *
         * @param value default true.
         * @return this.
         */
        public Context isPooled(boolean value) {
            isPooled = value;
            return this;
        }

        /**
         * Whether frames over IPC stay in shared memory.
         *
         * @return true if so.
         */
        public boolean isPooled() {
            return isPooled;
        }

        /**
         * How many frames the pool holds. One is being written, each subscriber reads one, and more of them let subscribers fall behind for
         * longer before they miss a frame, or hold frames for longer.
         *
         * @param value 3 to 256; default 0, for 6 to 16 as 128 MiB allow, and a quarter of the free memory.
         * @return this.
         */
        public Context slots(int value) {
            slots = value;
            return this;
        }

        /**
         * How many frames the pool holds.
         *
         * @return 0 for as many as suit the frames.
         */
        public int slots() {
            return slots;
        }

        /**
         * How old a frame may be at delivery. Subscribers on the same host drop, and count, what is older.
         *
         * @param value default zero, which is for ever.
         * @return this.
         */
        public Context timeToLive(Duration value) {
            timeToLive = value;
            return this;
        }

        /**
         * How old a frame may be at delivery.
         *
         * @return zero for ever.
         */
        public Duration timeToLive() {
            return timeToLive;
        }

        /**
         * How a lossless publication waits.
         *
         * @param value default: spins briefly, then sleeps for at most 0.1 ms.
         * @return this.
         */
        public Context idleStrategy(IdleStrategy value) {
            idleStrategy = value;
            return this;
        }

        /**
         * How a lossless publication waits.
         *
         * @return null for the default before it is concluded.
         */
        public IdleStrategy idleStrategy() {
            return idleStrategy;
        }
    }
}
