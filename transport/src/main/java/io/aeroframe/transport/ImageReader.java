package io.aeroframe.transport;

import io.aeroframe.transport.codec.EndOfStreamDecoder;
import io.aeroframe.transport.codec.MessageHeaderDecoder;
import io.aeroframe.transport.codec.StreamAnnouncementDecoder;
import io.aeron.Image;
import io.aeron.logbuffer.ControlledFragmentHandler;
import io.aeron.logbuffer.FrameDescriptor;
import io.aeron.logbuffer.Header;
import java.nio.charset.StandardCharsets;
import org.agrona.DirectBuffer;

/**
 * Reads one image: assembles its frames, or finds them in the pool that its messages name, and delivers them. One
 * thread.
 *
 * <p>{@link Delivery#LATEST} alternates between two assemblies: one holds the newest complete frame while the other
 * assembles the next one.
 *
 * <p>Exceptions of a handler or an error handler propagate from {@link #poll}. By then the message that caused the call
 * has been counted, and the next poll continues after it.
 */
final class ImageReader implements ControlledFragmentHandler {

    /** How an image ended. */
    enum Ending {
        /** It has not ended. */
        NONE,
        /** The publisher ended the stream. */
        END_OF_STREAM,
        /** The publisher is gone without ending the stream. */
        VANISHED,
        /** It carries a stream of another name. */
        FOREIGN
    }

    private static final int FRAGMENT_LIMIT = 16;

    /** Limits the search for the latest frame, which a faster publisher would never let end. */
    private static final int LATEST_SEARCH_LIMIT = 64;

    private final Image image;
    private final SubscriptionContext context;

    /** Null where frames cannot be in a pool. */
    private final PoolFollower pools;

    private final long streamHash;
    private final HostIdentity host;
    private final SubscriptionCounts counts;
    private final StatusFile status;
    private final RejectReporter rejects;
    private final int maxMessageLength;
    private final FrameAge age = new FrameAge();
    private final MessageHeaderDecoder messageHeader = new MessageHeaderDecoder();
    private final StreamAnnouncementDecoder announcement = new StreamAnnouncementDecoder();
    private final EndOfStreamDecoder endOfStream = new EndOfStreamDecoder();

    private FrameAssembly assembling;
    private FrameAssembly held;
    private FrameAssembly spare;

    private FrameHandler handler;
    private int limit;
    private int delivered;
    private int superseded;
    private boolean hasRead;
    private boolean isConfirmed;

    /** The pool whose publisher was gone when nothing more arrived; null if there is none. */
    private PoolReader ownerlessPool;

    private Ending ending = Ending.NONE;

    ImageReader(Image image, SubscriptionLink.Parts parts, PoolFollower pools) {
        this.image = image;
        this.pools = pools;
        context = parts.context();
        streamHash = context.stream().hash();
        counts = parts.counts();
        status = parts.status();
        rejects = parts.rejects();
        FrameAssemblies assemblies = parts.assemblies();
        maxMessageLength = (int) Math.min(
                (long) context.maxFrameLength() + FrameHeader.LENGTH + FrameHeader.MAX_METADATA_LENGTH,
                FrameDescriptor.computeMaxMessageLength(image.termBufferLength()));
        host = assemblies.host();
        assembling = assemblies.first();
        if (context.delivery() == Delivery.LATEST) {
            spare = assemblies.second();
        }
    }

    Image image() {
        return image;
    }

    Ending ending() {
        return ending;
    }

    /** Whether a valid message has shown that the image carries this stream and not one of another name. */
    boolean isConfirmed() {
        return isConfirmed;
    }

    /**
     * Delivers complete frames.
     *
     * @param limit the most frames to deliver.
     * @return frames delivered.
     */
    int poll(FrameHandler handler, int limit) {
        this.handler = handler;
        this.limit = limit;
        delivered = 0;
        superseded = 0;
        hasRead = false;
        rejoinIfEvicted();
        int read;
        do {
            // The image may end while it is polled: an end counts only if it was seen before a read that found nothing.
            boolean isAtEnd = image.isClosed() || image.isEndOfStream() || isOwnerGone();
            read = image.controlledPoll(this, FRAGMENT_LIMIT);
            hasRead |= read > 0;
            if (read == 0 && ending == Ending.NONE) {
                ending = isAtEnd ? Ending.VANISHED : Ending.NONE;
                ownerlessPool = pools != null && pools.isOwnerGone() ? pools.current() : null;
            } else if (pools != null) {
                pools.noteLife();
            }
        } while (read > 0 && delivered < this.limit && superseded < LATEST_SEARCH_LIMIT && ending == Ending.NONE);
        deliverHeld();
        this.handler = null;
        return delivered;
    }

    /**
     * Whether the publisher of the current pool is gone. A publisher also removes a pool that it has outgrown, but has
     * announced the next one by then: the message that moves this reader there shows that the publisher is alive.
     */
    private boolean isOwnerGone() {
        return ownerlessPool != null && ownerlessPool == pools.current();
    }

    /** Whether the last poll found anything. */
    boolean hasRead() {
        return hasRead;
    }

    /** Delivers no more frames in this poll. Called by a handler. */
    void stop() {
        limit = delivered;
    }

    private void rejoinIfEvicted() {
        if (pools != null && pools.isEvicted()) {
            if (held != null && held.frame().isPooled()) {
                held.frame().giveBack();
                counts.overrun();
                spare = held;
                held = null;
            }
            pools.rejoin(); // first: the error handler may throw
            rejects.report(new LeaseRevokedException(assembling.header().sequence));
        }
    }

    /** Takes one fragment of the image. */
    @Override
    public Action onFragment(DirectBuffer buffer, int offset, int length, Header header) {
        if ((header.flags() & FrameDescriptor.UNFRAGMENTED) == FrameDescriptor.UNFRAGMENTED) {
            return onMessage(buffer, offset, length);
        }
        return switch (assembling.join(buffer, offset, length, header, maxMessageLength)) {
            case COMPLETE -> onMessage(assembling.message(), 0, assembling.messageLength());
            case INCOMPLETE -> Action.CONTINUE;
            case OVER_LIMIT -> onReject(RejectReason.OVER_LIMIT);
            case NO_MEMORY -> onReject(RejectReason.NO_MEMORY);
        };
    }

    private Action onMessage(DirectBuffer buffer, int offset, int length) {
        int template = length < MessageHeaderDecoder.ENCODED_LENGTH
                ? 0
                : messageHeader.wrap(buffer, offset).templateId();
        if (template != 0 && messageHeader.schemaId() == MessageHeaderDecoder.SCHEMA_ID) {
            if (template == StreamAnnouncementDecoder.TEMPLATE_ID) {
                return onAnnouncement(buffer, offset, length);
            }
            if (template == EndOfStreamDecoder.TEMPLATE_ID) {
                return onEndOfStream(buffer, offset, length);
            }
        }
        RejectReason reason = assembling.take(buffer, offset, length, streamHash, context.maxFrameLength());
        if (reason != null) {
            return onReject(reason);
        }
        return assembling.isComplete() ? onFrame() : Action.CONTINUE;
    }

    private Action onFrame() {
        FrameHeader frameHeader = assembling.header();
        if (isBeforeSubscription(
                frameHeader.publicationId, frameHeader.publishTimeNs, frameHeader.bootIdHigh, frameHeader.bootIdLow)) {
            return Action.COMMIT;
        }
        if (held != null) {
            counts.superseded();
            superseded++;
            held.frame().giveBack();
            spare = held;
            held = null;
        }
        if (!counts.advanceTo(frameHeader.publicationId, frameHeader.sequence, frameHeader.dropped)) {
            return onReject(RejectReason.SEQUENCE);
        }
        isConfirmed = true;
        if (frameHeader.isInPool() && !borrow(frameHeader)) {
            return Action.COMMIT;
        }
        if (context.delivery() == Delivery.LATEST) {
            held = assembling;
            assembling = spare;
            spare = null;
            return Action.BREAK; // the rest of the poll belongs to the other assembly
        }
        deliver(assembling);
        return delivered == limit ? Action.BREAK : Action.COMMIT;
    }

    /** Whether a message was in the log before this subscription was made. Another host's clock cannot be compared. */
    private boolean isBeforeSubscription(long publicationId, long publishTimeNs, long bootIdHigh, long bootIdLow) {
        return host.isSameAs(bootIdHigh, bootIdLow) && counts.isBeforeSubscription(publicationId, publishTimeNs);
    }

    /** Borrows the slot of a frame, if it still holds the frame. */
    private boolean borrow(FrameHeader frameHeader) {
        PoolReader pool = pools == null ? null : pools.pool(frameHeader.poolId, frameHeader.publicationId);
        if (pool == null || !pool.fits(frameHeader.poolSlot, frameHeader.payloadLength)) {
            onReject(RejectReason.POOL);
            return false;
        }
        if (pool.tryBorrow(frameHeader.poolSlot, frameHeader.sequence)) {
            assembling.show(pool);
            return true;
        }
        if (pool.isSinceJoin(frameHeader.sequence)) {
            counts.overrun();
        } else {
            counts.beforeJoin();
        }
        return false;
    }

    private void deliverHeld() {
        if (held != null) {
            FrameAssembly newest = held;
            held = null;
            spare = newest;
            deliver(newest);
        }
    }

    private void deliver(FrameAssembly assembly) {
        FrameHeader frameHeader = assembly.header();
        BorrowedFrame frame = assembly.frame();
        long nowNs = System.nanoTime();
        if (frameHeader.timeToLiveNs > 0
                && age.of(frameHeader.publicationId, frame.publishTimeNs(), frame.isSameHost(), nowNs)
                        > frameHeader.timeToLiveNs) {
            counts.expired();
            frame.giveBack();
            return;
        }
        counts.received(frame.payloadLength());
        show(frameHeader, frame, nowNs);
        delivered++;
        try {
            handler.onFrame(frame);
        } finally {
            frame.giveBack();
        }
    }

    private void show(FrameHeader frameHeader, BorrowedFrame frame, long nowNs) {
        long latencyNs = frame.isSameHost() ? Math.max(0, nowNs - frame.publishTimeNs()) : -1;
        status.beginChange();
        status.frame(
                frameHeader.format,
                frameHeader.sequence,
                nowNs,
                latencyNs,
                frameHeader.captureTimeNs,
                frame.payloadLength());
        status.endChange();
    }

    private Action onAnnouncement(DirectBuffer buffer, int offset, int length) {
        int blockLength = messageHeader.blockLength();
        int nameOffset =
                MessageHeaderDecoder.ENCODED_LENGTH + blockLength + StreamAnnouncementDecoder.nameHeaderLength();
        if (blockLength < StreamAnnouncementDecoder.BLOCK_LENGTH || nameOffset > length) {
            return onReject(RejectReason.BLOCK_LENGTH);
        }
        announcement.wrap(buffer, offset + MessageHeaderDecoder.ENCODED_LENGTH, blockLength, messageHeader.version());
        int nameLength = announcement.nameLength();
        if (nameLength < 1 || nameLength > StreamName.MAX_BYTES || nameOffset + nameLength > length) {
            return onReject(RejectReason.MESSAGE_LENGTH);
        }
        if (announcement.streamHash() != streamHash) {
            return onForeignAnnouncement(nameLength);
        }
        // All of it is read before a pool is attached to or a handler runs: both may take long, and when they are done
        // the log buffer may be gone.
        long publicationId = announcement.publicationId();
        long nextSequence = announcement.nextSequence();
        long dropped = announcement.dropped();
        long poolId = announcement.poolId();
        if (isBeforeSubscription(
                publicationId, announcement.publishTimeNs(), announcement.bootIdHigh(), announcement.bootIdLow())) {
            return Action.COMMIT;
        }
        boolean isMove = pools != null
                && poolId > 0
                && (pools.current() == null || pools.current().poolId() != poolId);
        if (isMove) {
            deliverHeld(); // it lies in the pool that is left
            pools.pool(poolId, publicationId); // joins before there is a frame that would have to wait for it
        }
        if (held != null && isPossible(nextSequence, dropped)) {
            // The frame that follows says the same, and until then the held one may still be superseded.
            return Action.COMMIT;
        }
        return onPosition(publicationId, nextSequence, dropped);
    }

    /** Handles another stream on the same stream id, if its name and hash agree. */
    private Action onForeignAnnouncement(int nameLength) {
        long hash = announcement.streamHash();
        byte[] name = new byte[nameLength];
        announcement.getName(name, 0, nameLength);
        if (isConfirmed
                || StreamName.hash(name) != hash
                || StreamName.streamId(hash) != context.stream().streamId()) {
            return onReject(RejectReason.STREAM);
        }
        ending = Ending.FOREIGN;
        rejects.report(new StreamCollisionException(
                context.stream(), new String(name, StandardCharsets.UTF_8).replaceAll("\\p{Cc}", "?")));
        return Action.BREAK;
    }

    private Action onEndOfStream(DirectBuffer buffer, int offset, int length) {
        int blockLength = messageHeader.blockLength();
        if (blockLength < EndOfStreamDecoder.BLOCK_LENGTH
                || MessageHeaderDecoder.ENCODED_LENGTH + blockLength > length) {
            return onReject(RejectReason.BLOCK_LENGTH);
        }
        endOfStream.wrap(buffer, offset + MessageHeaderDecoder.ENCODED_LENGTH, blockLength, messageHeader.version());
        if (endOfStream.streamHash() != streamHash) {
            return onReject(RejectReason.STREAM);
        }
        long publicationId = endOfStream.publicationId();
        if (isBeforeSubscription(
                publicationId, endOfStream.publishTimeNs(), endOfStream.bootIdHigh(), endOfStream.bootIdLow())) {
            return Action.COMMIT;
        }
        ending = Ending.END_OF_STREAM; // before the handler of the held frame, which may throw
        Action action = onPosition(publicationId, endOfStream.nextSequence(), endOfStream.dropped());
        if (action != Action.BREAK) {
            ending = Ending.NONE;
        }
        return action;
    }

    /** Applies a publication's position: frames before it that have not been seen will not arrive. */
    private Action onPosition(long id, long nextSequence, long dropped) {
        if (!isPossible(nextSequence, dropped)) {
            return onReject(RejectReason.SEQUENCE);
        }
        boolean isAdvanced;
        try {
            deliverHeld();
        } finally { // this message is not seen again, whatever the handler throws
            isAdvanced = counts.advanceTo(id, nextSequence, dropped);
        }
        if (!isAdvanced) {
            return onReject(RejectReason.SEQUENCE);
        }
        isConfirmed = true;
        return Action.BREAK;
    }

    private static boolean isPossible(long nextSequence, long dropped) {
        return dropped >= 0 && dropped <= nextSequence;
    }

    /** Returns the held frame. The reader must not be used afterwards. */
    void close() {
        if (held != null) {
            held.frame().giveBack();
            held = null;
        }
    }

    private Action onReject(RejectReason reason) {
        counts.invalid();
        rejects.count(reason);
        return Action.COMMIT;
    }
}
