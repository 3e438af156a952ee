package io.aeroframe.transport;

import java.nio.ByteBuffer;
import java.time.Duration;
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
 * <p>One thread at a time may use a publication: a call while another thread is inside one fails with an {@link
 * IllegalStateException}. {@link #close()} is safe on any thread. A publication does not wait for subscribers unless it
 * is {@linkplain PublicationContext#lossless(boolean) lossless}: a frame for which the slowest subscriber has left no
 * room is dropped and counted. Nothing is allocated per frame once the memory has grown to the frames' size.
 *
 * <p>Without a media driver, frames are dropped until there is one again. A lossless publication waits for a driver
 * ({@link PublicationContext#reconnectTimeout()}), then for its subscribers to return ({@link
 * PublicationContext#returnTimeout()}). Every wait has a bound, and ends early when the thread is interrupted (its flag
 * stays set) or the publication is closed: the frame is then dropped and counted.
 *
 * <p>Two calls may block without being lossless: sending a frame larger than the channel's window, which proceeds only
 * as its subscribers read ({@link PublicationContext#largeFrameTimeout()}), and the first call after another driver has
 * taken over, which reopens the stream there ({@link ConnectionContext#answerTimeout()} at most, if that driver is slow
 * to answer).
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
    private static final DirectBuffer NO_METADATA = new UnsafeBuffer(new byte[0]);
    private static final int NO_SLOT = -1;

    private static final long ANNOUNCE_INTERVAL_NS = TimeUnit.SECONDS.toNanos(1);

    /** Agrona's system clock allocates per call; this one resamples the offset of the two clocks once an hour. */
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
    private final PublicationFailover failover;
    private ByteBuffer stagingBytes;
    private long announcedNs;

    /** Written by the closing thread before the gate is closed, and read behind the gate. */
    private volatile boolean isBrokenOff;

    private final PublicationCounts counts = new PublicationCounts();
    private final StatusFile status;

    /**
     * Creates a publication.
     *
     * @param status     closed with the publication, unless this throws.
     * @param whenClosed called on the closing thread after the publication is closed.
     */
    FramePublication(
            DriverConnection connection,
            PublicationPools.Host poolHost,
            PublicationContext context,
            StatusFile status,
            Consumer<FramePublication> whenClosed) {
        this.connection = connection;
        this.status = status;
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
        failover = new PublicationFailover(connection, poolHost, context, wait, gate, header.publicationId);
    }

    /** Begins a call on a usable publication, which ends with {@link #leave()}. */
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
     * Claims memory for a frame of the publication's own format.
     *
     * @return as {@link #tryClaim(FrameFormat, int)}.
     */
    public FrameClaim tryClaim() {
        return tryClaim(context.format());
    }

    /**
     * Claims memory for a frame.
     *
     * @param format the format of the frame; may differ from frame to frame.
     * @return as {@link #tryClaim(FrameFormat, int)}.
     */
    public FrameClaim tryClaim(FrameFormat format) {
        return tryClaim(format, format.maxPayloadLength());
    }

    /**
     * Claims memory for a frame, if the frame may be sent. A lossless publication waits until it may.
     *
     * @param format           the format of the frame; may differ from frame to frame.
     * @param maxPayloadLength the room for the payload in bytes: a raw frame's own length, or a bound for a JPEG or
     *     zstd frame.
     * @return the claim; null if the frame is dropped and counted, for the reason of {@link #lastDrop()}.
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

    /**
     * Waits until a claim of a lossless publication would not have to wait. For callers that cannot be interrupted
     * while they wait; others have no need of it.
     *
     * @param format           the format of the frame.
     * @param maxPayloadLength the room for its payload in bytes, as for {@link #tryClaim(FrameFormat, int)}.
     * @param timeout          the longest wait of this call.
     * @return false if there was no room in this time; true if there is, or if the publication does not wait.
     * @throws IllegalStateException as {@link #tryClaim(FrameFormat, int)}.
     */
    public boolean awaitRoom(FrameFormat format, int maxPayloadLength, Duration timeout) {
        enter();
        try {
            wait.limit(timeout.toNanos());
            boolean hasRoom = openClaim(format, maxPayloadLength) == LogPublication.Outcome.SENT;
            if (hasRoom) {
                abandon(claim);
            }
            return hasRoom || !wait.isOverLimit();
        } finally {
            leave();
        }
    }

    private FrameClaim claim(FrameFormat format, int maxPayloadLength) {
        LogPublication.Outcome outcome = openClaim(format, maxPayloadLength);
        if (outcome == LogPublication.Outcome.SENT) {
            return claim;
        }
        drop(outcome);
        return null;
    }

    private void drop(LogPublication.Outcome outcome) {
        counts.dropped(outcome);
        showCounts();
        status.state(outcome.ordinal(), header.publicationId);
    }

    private void showCounts() {
        if (link() != null) {
            counts.show(link().counters());
        }
        status.beginChange();
        counts.show(status);
        status.endChange();
    }

    private LogPublication.Outcome openClaim(FrameFormat format, int maxPayloadLength) {
        int expected = format.encoding() == FrameEncoding.RAW ? format.maxPayloadLength() : 1;
        int length = Math.max(maxPayloadLength, expected);
        LogPublication.Outcome outcome;
        do {
            outcome = failover.await() ? tryOpenClaim(format, length, expected) : LogPublication.Outcome.NOT_CONNECTED;
        } while (outcome == LogPublication.Outcome.NOT_CONNECTED && failover.isOver() && wait.mayWaitForDriver());
        return outcome;
    }

    private LogPublication.Outcome tryOpenClaim(FrameFormat format, int length, int expected) {
        boolean isPooled = link().pools() != null && link().pools().fits(length);
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
        PoolWriter pool = link().pools().pool();
        int slot = awaitSlot(pool);
        if (slot < 0) {
            return link().log().isConnected() && !failover.isOver()
                    ? LogPublication.Outcome.NO_SLOT
                    : LogPublication.Outcome.NOT_CONNECTED;
        }
        claim.open(format, pool.buffer(slot), pool.byteBuffer(slot), pool, slot);
        return LogPublication.Outcome.SENT;
    }

    private int awaitSlot(PoolWriter pool) {
        int slot;
        while ((slot = pool.tryTake()) < 0
                && (link().log().isConnected() || failover.awaitsReturn())
                && !failover.isOver()
                && wait.mayWait()) {
            wait.idle();
        }
        return slot;
    }

    /**
     * Sends a copy of a frame that is already in memory.
     *
     * @param format        the format of the frame.
     * @param buffer        the buffer that holds the payload.
     * @param offset        the offset of its first byte.
     * @param length        the length of the payload in bytes; a raw frame's own, see {@link
     *     FrameFormat#maxPayloadLength()}.
     * @param captureTimeNs when the picture was taken, in nanoseconds since the epoch.
     * @return as {@link FrameClaim#commit(long)}.
     * @throws IllegalArgumentException if the length is not that of a frame of the format.
     * @throws IllegalStateException    as {@link #tryClaim(FrameFormat, int)}.
     */
    public boolean offer(FrameFormat format, DirectBuffer buffer, int offset, int length, long captureTimeNs) {
        return offer(format, buffer, offset, length, NO_METADATA, captureTimeNs);
    }

    /**
     * Sends a copy of a frame that is already in memory, with metadata.
     *
     * @param format        the format of the frame.
     * @param buffer        the buffer that holds the payload.
     * @param offset        the offset of its first byte.
     * @param length        the length of the payload in bytes; a raw frame's own, see {@link
     *     FrameFormat#maxPayloadLength()}.
     * @param metadata      the user's own bytes, all of the buffer, up to 64 KiB; empty for none.
     * @param captureTimeNs when the picture was taken, in nanoseconds since the epoch.
     * @return as {@link FrameClaim#commit(long)}.
     * @throws IllegalArgumentException if the length is not that of a frame of the format, or the metadata is too long.
     * @throws IllegalStateException    as {@link #tryClaim(FrameFormat, int)}.
     */
    public boolean offer(
            FrameFormat format,
            DirectBuffer buffer,
            int offset,
            int length,
            DirectBuffer metadata,
            long captureTimeNs) {
        buffer.boundsCheck(offset, length);
        if (format.encoding() == FrameEncoding.RAW ? length != format.maxPayloadLength() : length < 1) {
            throw new IllegalArgumentException(
                    "length=" + length + " is not that of a " + format.describe() + " frame");
        }
        enter();
        try {
            putMetadata(metadata, 0, metadata.capacity());
            header.metadataLength = metadata.capacity();
            return sendCopy(format, buffer, offset, length, captureTimeNs);
        } finally {
            leave();
        }
    }

    /**
     * Counts frames that the source lost before it could offer them, so that subscribers see a gap of their number.
     *
     * @param frames the number of frames, 0 or more.
     * @throws IllegalArgumentException if the number is negative.
     * @throws IllegalStateException    if the publication or its connection is closed, or another thread is inside a
     *     call.
     */
    public void skip(long frames) {
        if (frames < 0) {
            throw new IllegalArgumentException("frames=" + frames + " is negative");
        }
        enter();
        try {
            if (frames > 0) {
                counts.droppedAtSource(frames);
            }
        } finally {
            leave();
        }
    }

    private PublicationLink link() {
        return failover.current();
    }

    /** The metadata, if any, is in the prefix. */
    private boolean sendCopy(FrameFormat format, DirectBuffer buffer, int offset, int length, long captureTimeNs) {
        if (!failover.await()) {
            drop(LogPublication.Outcome.NOT_CONNECTED);
            return false;
        }
        if (link().pools() == null || !link().pools().fits(length)) {
            return send(format, buffer, offset, length, null, NO_SLOT, captureTimeNs);
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
     * Sends a filled claim.
     *
     * @return false if the frame is dropped: counted, or not counted because the publication is closed.
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
        return send(
                filled.shape(),
                filled.memory(),
                0,
                filled.payloadLength(),
                filled.pool(),
                filled.slot(),
                captureTimeNs);
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

    /** Ends a claim unsent. Its pool stays mapped until then, even if it is closed. */
    private static void abandon(FrameClaim unused) {
        unused.end();
        if (unused.slot() != NO_SLOT) {
            unused.pool().cancel(unused.slot());
        }
    }

    /**
     * Sends a frame, whose metadata, if any, is in the prefix.
     *
     * @param pool the pool whose claimed slot holds the payload; null if the payload goes through the log.
     */
    private boolean send(
            FrameFormat format,
            DirectBuffer payload,
            int offset,
            int length,
            PoolWriter pool,
            int slot,
            long captureTimeNs) {
        boolean isPooled = pool != null;
        header.format = format;
        header.sequence = counts.nextSequence();
        header.dropped = counts.dropped();
        header.payloadLength = length;
        header.chunkOffset = 0; // one chunk, unless the log path divides a large frame
        header.chunkLength = length;
        header.captureTimeNs = captureTimeNs;
        header.poolId = isPooled ? pool.poolId() : 0;
        header.poolSlot = isPooled ? slot : 0;
        if (isPooled) {
            pool.endWrite(slot, header.sequence);
        }
        boolean isSent = false;
        try {
            LogPublication.Outcome outcome = awaitSend(payload, offset, isPooled);
            if (isForNextSession(outcome)) {
                return sendCopy(format, payload, offset, length, captureTimeNs);
            }
            isSent = outcome == LogPublication.Outcome.SENT;
            if (isSent) {
                signal(); // first of all: subscribers are waiting for it
                counts.sent(length);
                showFrame();
            } else {
                drop(outcome);
            }
        } finally { // the idle strategy may throw, and Aeron at the end of its positions
            if (isPooled && isSent) {
                pool.sent(slot, link().log().position());
            } else if (isPooled) {
                pool.cancel(slot);
            }
        }
        return isSent;
    }

    private void showFrame() {
        counts.show(link().counters());
        status.beginChange();
        counts.show(status);
        status.pool(header.poolId);
        status.frame(
                header.format, header.sequence, header.publishTimeNs, -1, header.captureTimeNs, header.payloadLength);
        status.endChange();
        status.state(LogPublication.Outcome.SENT.ordinal(), header.publicationId);
    }

    private LogPublication.Outcome awaitSend(DirectBuffer payload, int offset, boolean isPooled) {
        int messageLength = FrameHeader.LENGTH + header.metadataLength + (isPooled ? 0 : header.payloadLength);
        LogPublication.Outcome outcome;
        do {
            outcome = awaitRoom(messageLength);
            if (outcome == LogPublication.Outcome.SENT && !isPooled && announceIfDue()) {
                outcome = awaitRoom(messageLength); // the announcement may have taken the room
            }
            if (outcome == LogPublication.Outcome.SENT) {
                header.publishTimeNs = System.nanoTime();
                outcome = isPooled
                        ? link().log().sendDescriptor(header, prefix)
                        : link().log().send(header, prefix, payload, offset);
            }
        } while (mayStillBeSent(outcome));
        return outcome;
    }

    /** The padding at the end of a term may have taken the room; or the driver has just disconnected everybody. */
    private boolean mayStillBeSent(LogPublication.Outcome outcome) {
        return outcome == LogPublication.Outcome.NO_ROOM && wait.mayWait()
                || outcome == LogPublication.Outcome.NOT_CONNECTED && !failover.isOver() && failover.awaitsReturn();
    }

    /** Whether a lossless frame must be sent in the next session, as this one has ended. */
    private boolean isForNextSession(LogPublication.Outcome outcome) {
        return outcome == LogPublication.Outcome.NOT_CONNECTED && failover.isOver() && wait.mayWaitForDriver();
    }

    /** Wakes subscribers that sleep until something arrives. */
    private void signal() {
        PublicationPools pools = link().pools();
        if (pools != null) {
            pools.pool().signal();
        }
    }

    private LogPublication.Outcome awaitRoom(int frameLength) {
        LogPublication log = link().log();
        while (true) {
            boolean isConnected = log.isConnected();
            if (isConnected && log.hasRoom(frameLength) && !failover.isPaused()) {
                wait.found();
                return LogPublication.Outcome.SENT;
            }
            if (!isConnected && !failover.awaitsReturn()) {
                failover.disconnected();
                return LogPublication.Outcome.NOT_CONNECTED;
            }
            if (!wait.mayWait()) {
                return LogPublication.Outcome.NO_ROOM;
            }
            if (failover.isOver()) {
                return LogPublication.Outcome.NOT_CONNECTED;
            }
            wait.idle();
        }
    }

    private boolean announceIfDue() {
        long nowNs = System.nanoTime();
        PublicationPools pools = link().pools();
        boolean hasNews = !failover.isAnnounced() || pools != null && pools.hasGrown();
        if (!hasNews && nowNs - announcedNs < ANNOUNCE_INTERVAL_NS) {
            return false;
        }
        long poolId = pools == null ? 0 : pools.pool().poolId();
        int length = messages.encodeAnnouncement(counts.nextSequence(), counts.dropped(), poolId);
        if (link().log().send(messages.buffer(), length) != LogPublication.Outcome.SENT) {
            return false;
        }
        failover.announced();
        announcedNs = nowNs;
        signal();
        if (pools != null) {
            pools.retireOutgrown(link().log().position());
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
     * Whether there is a subscriber. For the publishing thread. After another driver has taken over, this reopens the
     * stream there, which can block as {@link #tryClaim()} can.
     *
     * @return true if a frame would be received; false if the publication is closed.
     * @throws IllegalStateException if another thread is inside a call.
     */
    public boolean isConnected() {
        return subscriberCount(false) > 0;
    }

    /**
     * The number of subscribers: exact over IPC. Over UDP, where a publisher does not know its receivers, 1 stands for
     * one or more. For the publishing thread; may block as {@link #isConnected()} can.
     *
     * @return the number of subscribers; 0 if the publication is closed.
     * @throws IllegalStateException if another thread is inside a call.
     */
    public int subscriberCount() {
        return subscriberCount(context.channel().isIpc());
    }

    private int subscriberCount(boolean isExact) {
        if (!gate.enter()) {
            return 0;
        }
        try {
            boolean isOpen = claim.isOpen() ? link() != null : failover.follow();
            boolean isConnected = isOpen && link().log().isConnected();
            return isConnected && isExact ? link().subscribers().count() : isConnected ? 1 : 0;
        } finally {
            leave();
        }
    }

    /**
     * Whether this publication stands by: the subscribers of this host follow another publication of its name, on the
     * same channel, and skip the frames of this one until that one ends or falls silent. Subscribers of other hosts are
     * not known. For the publishing thread; looks through the driver's counters, so not for every frame; may block as
     * {@link #isConnected()} can.
     *
     * @return false if a subscriber follows this publication, if none follows another, or if it is closed.
     * @throws IllegalStateException if another thread is inside a call.
     */
    public boolean isOnStandby() {
        return followed() == FollowedSession.Followed.OTHERS;
    }

    /**
     * Whether a subscriber of this host follows this publication, rather than another one of its name. For the
     * publishing thread; as {@link #isOnStandby()}.
     *
     * @return false if none does, or if it is closed.
     * @throws IllegalStateException if another thread is inside a call.
     */
    public boolean isFollowed() {
        return followed() == FollowedSession.Followed.THIS;
    }

    private FollowedSession.Followed followed() {
        if (!gate.enter()) {
            return FollowedSession.Followed.NONE;
        }
        try {
            boolean isOpen = claim.isOpen() ? link() != null : failover.follow();
            return isOpen
                    ? FollowedSession.of(
                            link().session().counters(),
                            stream,
                            context.channel(),
                            link().log().sessionId())
                    : FollowedSession.Followed.NONE;
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
     * A consistent snapshot of the ledger. Any thread; does not block; also works after closing.
     *
     * @return the ledger.
     */
    public PublicationLedger ledger() {
        return counts.ledger();
    }

    /**
     * Why the last dropped frame was dropped: the reason after {@link #tryClaim()} has returned null, or {@link
     * FrameClaim#commit()} or {@link #offer offer} false. Any thread; does not block.
     *
     * @return the reason; null if no frame has been dropped.
     */
    public DropReason lastDrop() {
        return counts.lastDrop();
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
     * Announces the end of the stream to its subscribers, and closes. Any thread; closing twice does nothing.
     *
     * <p>Waits {@link PublicationContext#closeTimeout()} at most for room for the announcement. If another thread is
     * inside a call, this returns at once: that call stops waiting, and closes the publication when it returns. An open
     * claim stays valid memory until it is aborted or committed; committing returns false then.
     */
    @Override
    public void close() {
        if (gate.close()) {
            release();
        }
    }

    /**
     * Shows monitors how often the application copies the bytes of a frame before it hands them over. For the
     * publishing thread.
     *
     * @param count the number of copies, 0 or more.
     * @throws IllegalStateException if another thread is inside a call.
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

    /**
     * Closes without announcing the end of the stream, for a publisher that cannot go on: its subscribers see the
     * stream as {@linkplain StreamState#LOST lost}, as if this process had died, and can wait for the next publication
     * of the name. Otherwise as {@link #close()}; does nothing if the publication is closed.
     */
    public void breakOff() {
        isBrokenOff = true;
        close();
    }

    /** Whether the calling thread is inside a call. */
    boolean isInsideHere() {
        return gate.isInsideHere();
    }

    private void release() {
        try (status) {
            failover.close(!claim.isOpen(), this::sendEndOfStream);
        } finally {
            gate.released();
            whenClosed.run();
        }
    }

    private void sendEndOfStream(LogPublication log) {
        if (isBrokenOff || connection.state() == ConnectionState.CLOSED) {
            return; // the connection was closed under the publication: subscribers see it as lost, too
        }
        int length = messages.encodeEndOfStream(counts.nextSequence(), counts.dropped());
        long startNs = System.nanoTime();
        while (log.send(messages.buffer(), length) == LogPublication.Outcome.NO_ROOM
                && System.nanoTime() - startNs < context.closeTimeout().toNanos()) {
            gate.pass();
            context.idleStrategy().idle();
        }
    }
}
