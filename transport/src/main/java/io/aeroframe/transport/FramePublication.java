package io.aeroframe.transport;

import java.nio.ByteBuffer;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.agrona.BitUtil;
import org.agrona.BufferUtil;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.EpochNanoClock;
import org.agrona.concurrent.OffsetEpochNanoClock;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Sends the frames of one stream on one channel.
 *
 * <p>One thread at a time may use it: a call while another thread is inside one is refused with an {@link
 * IllegalStateException}. {@link #close()} is safe on any thread. A publication does not wait for subscribers unless it
 * is {@linkplain PublicationContext#lossless(boolean) lossless}: a frame that the slowest subscriber has left no room
 * for is dropped and counted. Nothing is allocated per frame once frames have their size. When the media driver has
 * gone, frames are dropped until there is another; a lossless publication waits for it ({@link
 * PublicationContext#reconnectTimeout()}), then up to three seconds for its subscribers to return. Each wait of a call
 * has a bound, and ends early when the thread is interrupted (its flag stays set) or the publication is closed: the
 * frame is dropped and counted.
 *
 * <p>What may block without being lossless: a frame larger than the window of the channel, which goes only as its
 * subscribers read ({@link PublicationContext#largeFrameTimeout()}), and the first call after another driver has taken
 * over, which opens the stream there ({@link ConnectionContext#answerTimeout()} at most, if that driver is slow to
 * answer).
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

    /** The system's own makes an object a call. This one compares the two clocks once an hour, and counts on. */
    private final EpochNanoClock epochClock = new OffsetEpochNanoClock();

    private final PublicationContext context;
    private final StreamName stream;
    private final DriverConnection connection;
    private final Runnable whenClosed;
    private final FrameHeader header = new FrameHeader();
    private final StreamMessages messages;
    private final UnsafeBuffer prefix = new UnsafeBuffer(0, 0);
    private final UnsafeBuffer staging = new UnsafeBuffer(0, 0);
    private final FrameClaim claim = new FrameClaim(this);

    private final Gate gate;
    private final SendWait wait;
    private final PublicationFailover paths;
    private ByteBuffer stagingBytes;
    private long announcedNs;

    private final PublicationCounts account = new PublicationCounts();

    /**
     * A publication.
     *
     * @param whenClosed run on the thread that closed it, after it is closed.
     */
    FramePublication(
            DriverConnection connection,
            PublicationPools.Host poolHost,
            PublicationContext context,
            Consumer<FramePublication> whenClosed) {
        this.connection = connection;
        this.whenClosed = () -> whenClosed.accept(this);
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
        gate = new Gate("publication of stream '" + stream + "'");
        wait = new SendWait(context, connection, gate);
        paths = new PublicationFailover(connection, poolHost, context, wait, gate, header.publicationId);
    }

    /** Begins a call that needs the publication to be usable; it ends with {@link #leave()}. */
    private void enter() {
        if (!gate.enter()) {
            throw closed();
        }
        boolean isUsable = false;
        try {
            if (connection.state() == ConnectionState.CLOSED) {
                throw closed();
            }
            if (claim.isOpen()) {
                throw new IllegalStateException("the last claim has not ended: commit or abort it first");
            }
            wait.begin();
            isUsable = true;
        } finally {
            if (!isUsable) {
                leave();
            }
        }
    }

    private IllegalStateException closed() {
        String what = connection.state() == ConnectionState.CLOSED ? "connection" : "publication";
        return new IllegalStateException("the " + what + " of stream '" + stream + "' is closed");
    }

    private void leave() {
        if (!gate.leave()) {
            release();
        }
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
     * @param format the format of the frame; may differ from frame to frame.
     * @return as {@link #tryClaim(FrameFormat, int)}.
     */
    public FrameClaim tryClaim(FrameFormat format) {
        return tryClaim(format, format.maxPayloadLength());
    }

    /**
     * A claim for a frame, if it may be sent. A lossless publication waits until it may.
     *
     * @param format           the format of the frame; may differ from frame to frame.
     * @param maxPayloadLength bytes to make room for; a raw frame's own length, a bound for a JPEG or zstd frame.
     * @return the claim; null if the frame is dropped, and counted, because nobody is connected or the slowest
     *     subscriber has not made room.
     * @throws IllegalStateException if the last claim has not ended, the publication or its connection is closed, or
     *     another thread is inside a call.
     */
    public FrameClaim tryClaim(FrameFormat format, int maxPayloadLength) {
        enter();
        try {
            return claim(format, maxPayloadLength);
        } finally {
            leave();
        }
    }

    private FrameClaim claim(FrameFormat format, int maxPayloadLength) {
        int expected = format.encoding() == FrameEncoding.RAW ? format.maxPayloadLength() : 1;
        int length = Math.max(maxPayloadLength, expected);
        LogPublication.Outcome outcome;
        do {
            outcome = paths.await() ? tryOpenClaim(format, length, expected) : LogPublication.Outcome.NOT_CONNECTED;
        } while (outcome == LogPublication.Outcome.NOT_CONNECTED && paths.isOver() && wait.mayWaitForDriver());
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
            claim.open(format, staging, stagingBytes, null, NO_SLOT);
        }
        return outcome;
    }

    private LogPublication.Outcome tryClaimSlot(FrameFormat format) {
        announceIfDue();
        PoolWriter pool = path().pools().pool();
        int slot = awaitSlot(pool);
        if (slot < 0) {
            return path().log().isConnected() && !paths.isOver()
                    ? LogPublication.Outcome.NO_SLOT
                    : LogPublication.Outcome.NOT_CONNECTED;
        }
        claim.open(format, pool.buffer(slot), pool.byteBuffer(slot), pool, slot);
        return LogPublication.Outcome.SENT;
    }

    private int awaitSlot(PoolWriter pool) {
        int slot = pool.tryTake();
        if (slot < 0) {
            while ((slot = pool.tryTake()) < 0 && path().log().isConnected() && !paths.isOver() && wait.mayWait()) {
                wait.idle();
            }
        }
        return slot;
    }

    /**
     * Sends a frame that lies in memory already.
     *
     * @param format        the format of the frame.
     * @param buffer        that holds it.
     * @param offset        the offset of its first byte.
     * @param length        the length of the payload in bytes; a raw frame's own, see {@link
     *                      FrameFormat#maxPayloadLength()}.
     * @param captureTimeNs when the picture was taken, nanoseconds since the epoch.
     * @return as {@link FrameClaim#commit(long)}.
     * @throws IllegalArgumentException if the length is not that of a frame of the format.
     * @throws IllegalStateException    as {@link #tryClaim(FrameFormat, int)}.
     */
    public boolean offer(FrameFormat format, DirectBuffer buffer, int offset, int length, long captureTimeNs) {
        buffer.boundsCheck(offset, length);
        if (format.encoding() == FrameEncoding.RAW ? length != format.maxPayloadLength() : length < 1) {
            throw new IllegalArgumentException(
                    "length=" + length + " is not that of a " + format.describe() + " frame");
        }
        enter();
        try {
            header.metadataLength = 0;
            return sendCopy(format, buffer, offset, length, captureTimeNs);
        } finally {
            leave();
        }
    }

    private PublicationLink path() {
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
        FrameClaim copy = claim(format, length);
        if (copy == null) {
            return false;
        }
        copy.buffer().putBytes(0, buffer, offset, length);
        copy.payloadLength(length).keptMetadata(metadataLength);
        return send(copy, captureTimeNs);
    }

    /**
     * The claim has been filled.
     *
     * @return false if the frame is dropped: counted, or not counted any more because the publication is closed.
     */
    boolean commit(FrameClaim filled, long captureTimeNs) {
        if (!gate.enter()) {
            abandon(filled);
            return false;
        }
        try {
            wait.begin();
            return send(filled, captureTimeNs);
        } finally {
            leave();
        }
    }

    private boolean send(FrameClaim filled, long captureTimeNs) {
        filled.end();
        header.metadataLength = filled.metadataLength();
        return filled.slot() == NO_SLOT
                ? send(filled.shape(), filled.memory(), 0, filled.payloadLength(), captureTimeNs)
                : sendSlot(filled.pool(), filled.shape(), filled.slot(), filled.payloadLength(), captureTimeNs);
    }

    void abort(FrameClaim unused) {
        if (!gate.enter()) {
            abandon(unused);
            return;
        }
        try {
            abandon(unused);
        } finally {
            leave();
        }
    }

    /** The pool keeps its memory until its claim has ended, closed or not. */
    private static void abandon(FrameClaim unused) {
        unused.end();
        if (unused.slot() != NO_SLOT) {
            unused.pool().cancel(unused.slot());
        }
    }

    /** The frame is in its slot: says so. */
    private boolean sendSlot(PoolWriter pool, FrameFormat format, int slot, int length, long captureTimeNs) {
        describe(format, length, captureTimeNs);
        header.poolId = pool.poolId();
        header.poolSlot = slot;
        header.chunkOffset = 0;
        header.chunkLength = length;
        pool.endWrite(slot, account.nextSequence());
        LogPublication.Outcome outcome = null;
        try {
            outcome = sendDescriptor();
        } finally {
            if (outcome == null) {
                pool.cancel(slot); // it threw: the idle strategy, or Aeron at the end of its positions
            }
        }
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
        return isSent;
    }

    private LogPublication.Outcome sendDescriptor() {
        LogPublication.Outcome outcome;
        do {
            outcome = awaitRoom(FrameHeader.LENGTH + header.metadataLength);
            if (outcome == LogPublication.Outcome.SENT) {
                header.publishTimeNs = System.nanoTime();
                outcome = path().log().sendDescriptor(header, prefix);
            }
        } while (outcome == LogPublication.Outcome.NO_ROOM && wait.mayWait());
        return outcome;
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
        return outcome == LogPublication.Outcome.NOT_CONNECTED && paths.isOver() && wait.mayWaitForDriver();
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
        } while (outcome == LogPublication.Outcome.NO_ROOM && wait.mayWait());
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
        while (true) {
            boolean isConnected = log.isConnected();
            if (isConnected && log.hasRoom(frameLength) && !paths.isPaused()) {
                wait.found();
                return LogPublication.Outcome.SENT;
            }
            if (!isConnected && !paths.awaitsReturn()) {
                paths.disconnected();
                return LogPublication.Outcome.NOT_CONNECTED;
            }
            if (!wait.mayWait()) {
                return LogPublication.Outcome.NO_ROOM;
            }
            if (paths.isOver()) {
                return LogPublication.Outcome.NOT_CONNECTED;
            }
            wait.idle();
        }
    }

    private boolean announceIfDue() {
        long nowNs = System.nanoTime();
        PublicationPools pools = path().pools();
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

    long epochTimeNs() {
        return epochClock.nanoTime();
    }

    /**
     * Whether a subscriber is there. Call it on the thread that writes. After another driver has taken over it opens
     * the stream there, which can block as {@link #tryClaim()} can.
     *
     * @return true if a frame would be received; false if the publication is closed.
     * @throws IllegalStateException if another thread is inside a call.
     */
    public boolean isConnected() {
        if (!gate.enter()) {
            return false;
        }
        try {
            boolean isOpen = claim.isOpen() ? path() != null : paths.follow();
            return isOpen && path().log().isConnected();
        } finally {
            leave();
        }
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
     * The account so far, of one moment. Any thread; does not block; also after closing.
     *
     * @return the ledger.
     */
    public PublicationLedger ledger() {
        return account.ledger();
    }

    /**
     * Why the last frame that this publication dropped was dropped: after a {@link #tryClaim()} that returned null, or
     * a {@link FrameClaim#commit()} or {@link #offer offer} that returned false, the reason of that one. Any thread;
     * does not block.
     *
     * @return the reason; null if no frame was dropped so far.
     */
    public DropReason lastDrop() {
        return account.lastDrop();
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

    /**
     * Announces to the subscribers that the stream has ended, and closes. Any thread; closing twice does nothing.
     *
     * <p>Waits up to {@link PublicationContext#closeTimeout()} for room to say so. If another thread is inside a call,
     * this returns at once: that call ends its wait, if it waits, and closes the publication when it returns. A claim
     * that is open stays valid memory until it is committed, which returns false then, or aborted.
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
        try {
            paths.close(!claim.isOpen(), this::sendEndOfStream);
        } finally {
            gate.released();
            whenClosed.run();
        }
    }

    private void sendEndOfStream(LogPublication log) {
        if (connection.state() == ConnectionState.CLOSED) {
            return; // the connection was closed under the publication: subscribers see it as lost
        }
        int length = messages.encodeEndOfStream(account.nextSequence(), account.dropped());
        long startNs = System.nanoTime();
        while (log.send(messages.buffer(), length) == LogPublication.Outcome.NO_ROOM
                && System.nanoTime() - startNs < context.closeTimeout().toNanos()) {
            gate.pass();
            context.idleStrategy().idle();
        }
    }
}
