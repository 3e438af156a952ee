package io.aeroframe.transport;

import io.aeron.ExclusivePublication;
import io.aeron.Publication;
import io.aeron.logbuffer.BufferClaim;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * The publishing side of the log path: frames go through the log buffers of one Aeron publication, in as many messages
 * as they need. One thread, inside the gate of the publication: the log buffers stay mapped while the session is not
 * over. Once it is over, nothing is sent.
 */
final class LogPublication implements AutoCloseable {

    /** The outcome of an attempt to send. */
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

    /** The longest frame that is sent as one message, in bytes. */
    private final int maxWholeLength;

    /** The length of a message that carries a chunk of a larger frame, in bytes. */
    private final int chunkLength;

    /**
     * The window that is available when nothing is in flight: the driver updates the limit only every eighth of the
     * window.
     */
    private final int roomWhenIdle;

    private boolean isWindowOpen;

    /**
     * Adds the publication. Waits {@link ConnectionContext#answerTimeout()} at most for the driver; an interrupt does
     * not end the wait.
     *
     * @param frameLength the length of most frames with their headers, in bytes.
     * @param isPooled    whether the log carries only descriptors, except for frames that do not fit the pool.
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
     * Whether there is a subscriber, and the driver has opened the window, which it does shortly after linking the
     * first one.
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
     * Whether a frame of this many bytes, header included, may be started now.
     *
     * <p>Aeron accepts a message that ends beyond the limit, so a frame in one message needs any room at all. A frame
     * in chunks is started when there is room for all of it, or, if it is larger than the window, when nothing is in
     * flight.
     */
    boolean hasRoom(int frameLength) {
        return !session.isOver()
                && publication.availableWindow() // negative if the client has closed it
                        >= (frameLength <= maxWholeLength
                                ? 1
                                : Math.min(roomWhenIdle, FrameChannel.framedLength(frameLength, mtu) + chunkLength));
    }

    /**
     * Sends a frame, after {@link #hasRoom(int)} has returned true.
     *
     * @param header  the header, complete except for its chunk fields.
     * @param prefix  the memory before the payload: the header is written at 0, and the metadata is at {@link
     *     FrameHeader#LENGTH}.
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
     * Offers a message of a frame that has been started, and waits for subscribers to read if the window is full, for
     * as long as the publication allows.
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
     * Sends the header of a frame whose payload is in a pool, without a copy if it fits one fragment.
     *
     * @param metadata holds the metadata at {@link FrameHeader#LENGTH}.
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

    /** The position after everything that was sent; negative if the session is over. */
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
