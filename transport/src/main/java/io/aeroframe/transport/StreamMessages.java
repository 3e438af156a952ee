package io.aeroframe.transport;

import io.aeroframe.transport.codec.EndOfStreamEncoder;
import io.aeroframe.transport.codec.MessageHeaderEncoder;
import io.aeroframe.transport.codec.StreamAnnouncementEncoder;
import java.nio.charset.StandardCharsets;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/** Encodes the messages of a stream that are not frames: its announcement and its end. One thread. */
final class StreamMessages {

    /** Every message of a stream, frames included, begins with the hash. */
    static final int STREAM_HASH_OFFSET =
            MessageHeaderEncoder.ENCODED_LENGTH + StreamAnnouncementEncoder.streamHashEncodingOffset();

    private final long streamHash;
    private final long publicationId;
    private final HostIdentity host = HostIdentity.current();
    private final byte[] name;
    private final UnsafeBuffer buffer;
    private final MessageHeaderEncoder messageHeader = new MessageHeaderEncoder();
    private final StreamAnnouncementEncoder announcement = new StreamAnnouncementEncoder();
    private final EndOfStreamEncoder endOfStream = new EndOfStreamEncoder();

    StreamMessages(StreamName stream, long publicationId) {
        this.streamHash = stream.hash();
        this.publicationId = publicationId;
        name = stream.value().getBytes(StandardCharsets.UTF_8);
        buffer = new UnsafeBuffer(new byte[512]);
    }

    /** The last encoded message. */
    DirectBuffer buffer() {
        return buffer;
    }

    /**
     * Encodes an announcement with the present time.
     *
     * @return its length.
     */
    int encodeAnnouncement(long nextSequence, long dropped, long poolId) {
        announcement
                .wrapAndApplyHeader(buffer, 0, messageHeader)
                .streamHash(streamHash)
                .publicationId(publicationId)
                .nextSequence(nextSequence)
                .dropped(dropped)
                .poolId(poolId)
                .publishTimeNs(System.nanoTime())
                .bootIdHigh(host.high())
                .bootIdLow(host.low())
                .putName(name, 0, name.length);
        return MessageHeaderEncoder.ENCODED_LENGTH + announcement.encodedLength();
    }

    /**
     * Encodes the end of the stream with the present time.
     *
     * @return its length.
     */
    int encodeEndOfStream(long nextSequence, long dropped) {
        endOfStream
                .wrapAndApplyHeader(buffer, 0, messageHeader)
                .streamHash(streamHash)
                .publicationId(publicationId)
                .nextSequence(nextSequence)
                .dropped(dropped)
                .publishTimeNs(System.nanoTime())
                .bootIdHigh(host.high())
                .bootIdLow(host.low());
        return MessageHeaderEncoder.ENCODED_LENGTH + endOfStream.encodedLength();
    }
}
