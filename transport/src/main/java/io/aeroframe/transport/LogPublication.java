package io.aeroframe.transport;

import io.aeron.ExclusivePublication;
import io.aeron.Publication;
import io.aeron.logbuffer.BufferClaim;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * The log path's sending half: frames through the log buffers of one Aeron publication, in as many messages as it
 * takes. One thread, inside the gate of the publication: while the session is not over, the log buffers stay mapped.
 * Once it is, nothing is sent.
 */
final class LogPublication implements AutoCloseable {

    /** What became of an attempt to send. */
    enum Outcome {
        SENT,
        NO_ROOM,
        NO_SLOT,
        NOT_CONNECTED
    }

    private final ClientSession session;
    private final SendWait wait;
    private final StreamName stream;
    private final boolean isLossless;
    private final ExclusivePublication publication;
    private final BufferClaim bufferClaim = new BufferClaim();
    private final int mtu;

    /** Bytes of the largest frame that is sent as one message. */
    private final int maxWholeLength;

    /** Bytes of a message that carries a piece of a larger frame. */
    private final int chunkLength;

    /** Room that there is when nothing is in flight: the driver moves the limit an eighth of the window late. */
    private final int roomWhenIdle;

    private boolean isWindowOpen;

    /**
     * Adds the publication. Waits for the driver, for {@link ConnectionContext#answerTimeout()} at most; an interrupt
     * does not end the wait.
     *
     * @param frameLength bytes of most frames, header included.
     * @param isPooled    whether the log carries descriptors only, but for frames that do not fit the pool.
     * @throws FrameTransportException if the channel cannot be used, there is no room, or the session ends.
     */
    LogPublication(
            ClientSession session, PublicationContext context, SendWait wait, int frameLength, boolean isPooled) {
        this.session = session;
        this.wait = wait;
        FrameChannel channel = context.channel();
        stream = context.stream();
        isLossless = context.isLossless();
        String uri = isPooled ? channel.descriptorUri(isLossless) : channel.publicationUri(frameLength, isLossless);
        publication = ChannelErrors.await(session.addPublication(uri, stream.streamId()), stream, channel);
        mtu = publication.maxPayloadLength() + FrameChannel.DATA_HEADER_LENGTH;
        int windowLength = FrameChannel.windowLength(uri, publication.termBufferLength());
        maxWholeLength = Math.min(publication.maxMessageLength(), windowLength);
        chunkLength = Math.min(FrameChannel.CHUNK_LENGTH, Math.min(publication.maxMessageLength(), windowLength / 4));
        roomWhenIdle = windowLength - windowLength / 8;
    }

    /**
     * Whether there is a subscriber, and the driver, which does so a little after it has linked the first one, has
     * opened the window.
     */
    boolean isConnected() {
        if (session.isOver() || !publication.isConnected()) {
            isWindowOpen = false;
        } else if (!isWindowOpen) {
            isWindowOpen = publication.availableWindow() > 0;
        }
        return isWindowOpen;
    }

    /**
     * Whether a frame of this many bytes, header included, may be begun now.
     *
     * <p>Aeron lets a message begin that ends past the limit, so that a frame of one message needs any room at all. One
     * in chunks is begun when all of it has room, or, if it is larger than the window, when nothing is in flight.
     */
    boolean hasRoom(int frameLength) {
        return !session.isOver()
                && publication.availableWindow() // negative if the client has closed it
                        >= (frameLength <= maxWholeLength
                                ? 1
                                : Math.min(roomWhenIdle, FrameChannel.framedLength(frameLength, mtu) + chunkLength));
    }

    /**
     * Sends a frame. Room has been found by {@link #hasRoom(int)} before.
     *
     * @param header  filled but for its chunk fields.
     * @param prefix  memory in front of the payload: the header is written at 0, the metadata lies at {@link
     *                FrameHeader#LENGTH}.
     * @param payload the picture.
     */
    Outcome send(FrameHeader header, MutableDirectBuffer prefix, DirectBuffer payload, int payloadOffset) {
        int frameLength = FrameHeader.LENGTH + header.metadataLength + header.payloadLength;
        if (frameLength <= maxWholeLength) {
            header.chunkOffset = 0;
            header.chunkLength = header.payloadLength;
            int prefixLength = header.encode(prefix, 0) + header.metadataLength;
            // There was room, but the padding at the end of a term may have taken it.
            return isLossless
                    ? offerWaiting(prefix, prefixLength, payload, payloadOffset, header.payloadLength)
                    : offer(prefix, prefixLength, payload, payloadOffset, header.payloadLength);
        }
        if (FrameHeader.LENGTH + header.metadataLength >= chunkLength) {
            throw new FrameTransportException(
                    FrameTransportException.Reason.TOO_LARGE,
                    "stream '" + stream + "': metadata of " + header.metadataLength
                            + " bytes does not fit the term-length of the channel");
        }
        Outcome outcome = Outcome.SENT;
        int metadataLength = header.metadataLength;
        for (int sent = 0; sent < header.payloadLength && outcome == Outcome.SENT; sent += header.chunkLength) {
            header.chunkOffset = sent;
            header.metadataLength = sent == 0 ? metadataLength : 0;
            header.chunkLength =
                    Math.min(chunkLength - FrameHeader.LENGTH - header.metadataLength, header.payloadLength - sent);
            int prefixLength = header.encode(prefix, 0) + header.metadataLength;
            outcome = offerWaiting(prefix, prefixLength, payload, payloadOffset + sent, header.chunkLength);
        }
        header.metadataLength = metadataLength;
        return outcome;
    }

    /**
     * A frame larger than the window can go on only as its subscribers read: this waits for them, as long as the
     * publication was asked to.
     */
    private Outcome offerWaiting(
            DirectBuffer prefix, int prefixLength, DirectBuffer payload, int payloadOffset, int payloadLength) {
        Outcome outcome = offer(prefix, prefixLength, payload, payloadOffset, payloadLength);
        while (outcome == Outcome.NO_ROOM && wait.mayWaitForWindow()) {
            wait.idle();
            outcome = offer(prefix, prefixLength, payload, payloadOffset, payloadLength);
        }
        return outcome;
    }

    /**
     * Sends the header of a frame whose payload is in a pool, without a copy where it fits a fragment.
     *
     * @param metadata lies at {@link FrameHeader#LENGTH}.
     */
    Outcome sendDescriptor(FrameHeader header, MutableDirectBuffer metadata) {
        int length = FrameHeader.LENGTH + header.metadataLength;
        if (length > publication.maxPayloadLength()) {
            header.encode(metadata, 0);
            return offer(metadata, length, metadata, 0, 0);
        }
        long result = session.isOver() ? Publication.CLOSED : publication.tryClaim(length, bufferClaim);
        while (result == Publication.ADMIN_ACTION) { // a term rotation: again, at once
            Thread.onSpinWait();
            result = publication.tryClaim(length, bufferClaim);
        }
        if (result <= 0) {
            return failure(result);
        }
        MutableDirectBuffer buffer = bufferClaim.buffer();
        int offset = bufferClaim.offset();
        header.encode(buffer, offset);
        if (header.metadataLength > 0) {
            buffer.putBytes(offset + FrameHeader.LENGTH, metadata, FrameHeader.LENGTH, header.metadataLength);
        }
        bufferClaim.commit();
        return Outcome.SENT;
    }

    /** Sends a message without payload. */
    Outcome send(DirectBuffer message, int length) {
        return offer(message, length, message, 0, 0);
    }

    private Outcome offer(
            DirectBuffer prefix, int prefixLength, DirectBuffer payload, int payloadOffset, int payloadLength) {
        while (!session.isOver()) {
            long result = publication.offer(prefix, 0, prefixLength, payload, payloadOffset, payloadLength, null);
            if (result > 0) {
                return Outcome.SENT;
            }
            if (result != Publication.ADMIN_ACTION) { // that one is a term rotation: again, at once
                return failure(result);
            }
            Thread.onSpinWait();
        }
        return Outcome.NOT_CONNECTED;
    }

    private Outcome failure(long result) {
        if (result == Publication.BACK_PRESSURED) {
            return Outcome.NO_ROOM;
        }
        if (result == Publication.NOT_CONNECTED || result == Publication.CLOSED) { // by Aeron: its driver is gone
            return Outcome.NOT_CONNECTED;
        }
        throw new FrameTransportException(
                FrameTransportException.Reason.POSITIONS_EXHAUSTED,
                "stream '" + stream + "': its publication has come to the end of Aeron's positions");
    }

    /** Behind all that was sent; negative if the session is over. */
    long position() {
        return session.isOver() ? Publication.CLOSED : publication.position();
    }

    int sessionId() {
        return publication.sessionId();
    }

    @Override
    public void close() {
        if (!session.isOver()) { // else it goes with its client
            publication.close();
        }
    }
}
