package io.aeroframe.transport;

import io.aeroframe.transport.codec.FrameHeaderDecoder;
import io.aeroframe.transport.codec.FrameHeaderEncoder;
import io.aeroframe.transport.codec.MessageHeaderDecoder;
import io.aeroframe.transport.codec.MessageHeaderEncoder;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * The header of a frame, or of one chunk of it, copied out of its message.
 *
 * <p>Nothing in a received header is trusted. Each field is read from the message exactly once, because other processes
 * can write to a log buffer at any time. The copy is validated with exact arithmetic before anything is allocated or
 * wrapped. One thread.
 */
final class FrameHeader {

    /** The length of a header without metadata, in bytes. */
    static final int LENGTH = MessageHeaderEncoder.ENCODED_LENGTH + FrameHeaderEncoder.BLOCK_LENGTH;

    /** The most metadata that a frame can carry, in bytes. */
    static final int MAX_METADATA_LENGTH = 64 * 1024;

    /** The block of version 0, which ended before the sample aspect. */
    private static final int FIRST_BLOCK_LENGTH = FrameHeaderDecoder.sampleAspectWidthEncodingOffset();

    private static final int LOCATION_INLINE = 0;
    private static final int LOCATION_POOL = 1;
    private static final int FLAG_BT709 = 1;
    private static final int FLAG_FULL_RANGE = 2;

    private final MessageHeaderDecoder messageDecoder = new MessageHeaderDecoder();
    private final MessageHeaderEncoder messageEncoder = new MessageHeaderEncoder();
    private final FrameHeaderDecoder decoder = new FrameHeaderDecoder();
    private final FrameHeaderEncoder encoder = new FrameHeaderEncoder();

    long streamHash;
    long publicationId;
    long sequence;
    long dropped;
    long captureTimeNs;
    long publishTimeNs;
    long bootIdHigh;
    long bootIdLow;
    long timeToLiveNs;
    int payloadLength;
    int chunkOffset;
    int chunkLength;
    int metadataLength;

    /** The id of the pool that holds the payload; 0 if the payload is in the message. */
    long poolId;

    int poolSlot;
    FrameFormat format;

    /** The offset of the metadata within the message. The payload of this chunk follows it. */
    int metadataOffset;

    private int width;
    private int height;
    private int stride;
    private int pixelFormatCode;
    private int encodingCode;
    private int flags;
    private int sampleAspectWidth;
    private int sampleAspectHeight;

    /**
     * Writes the header, without metadata.
     *
     * @return {@link #LENGTH}.
     */
    int encode(MutableDirectBuffer buffer, int offset) {
        encoder.wrapAndApplyHeader(buffer, offset, messageEncoder)
                .streamHash(streamHash)
                .publicationId(publicationId)
                .sequence(sequence)
                .dropped(dropped)
                .captureTimeNs(captureTimeNs)
                .publishTimeNs(publishTimeNs)
                .bootIdHigh(bootIdHigh)
                .bootIdLow(bootIdLow)
                .timeToLiveNs(timeToLiveNs)
                .poolId(poolId)
                .width(format.width())
                .height(format.height())
                .stride(format.stride())
                .payloadLength(payloadLength)
                .chunkOffset(chunkOffset)
                .chunkLength(chunkLength)
                .metadataLength(metadataLength)
                .poolSlot(poolSlot)
                .pixelFormat((short) format.pixelFormat().code())
                .encoding((short) format.encoding().code())
                .location((short) (poolId == 0 ? LOCATION_INLINE : LOCATION_POOL))
                .flags((short) ((format.color().isBt709() ? FLAG_BT709 : 0)
                        | (format.color().isFullRange() ? FLAG_FULL_RANGE : 0)))
                .sampleAspectWidth(format.sampleAspect().width())
                .sampleAspectHeight(format.sampleAspect().height());
        return LENGTH;
    }

    /**
     * Reads and validates a header.
     *
     * @param length         the length of the whole message in bytes.
     * @param streamHash     the hash of the subscription's stream name.
     * @param maxFrameLength the longest payload to accept, in bytes.
     * @return null if the header is valid, otherwise the reject reason.
     */
    RejectReason decode(DirectBuffer buffer, int offset, int length, long streamHash, int maxFrameLength) {
        RejectReason reject = read(buffer, offset, length);
        if (reject != null) {
            return reject;
        }
        if (this.streamHash != streamHash) {
            return RejectReason.STREAM;
        }
        if (sequence < 0 || dropped < 0 || dropped > sequence) {
            return RejectReason.SEQUENCE;
        }
        if (timeToLiveNs < 0) {
            return RejectReason.TIME_TO_LIVE;
        }
        reject = validateShape(maxFrameLength);
        return reject != null ? reject : validateLengths(length);
    }

    private RejectReason read(DirectBuffer buffer, int offset, int length) {
        if (length < MessageHeaderDecoder.ENCODED_LENGTH + FIRST_BLOCK_LENGTH) {
            return RejectReason.TOO_SHORT;
        }
        messageDecoder.wrap(buffer, offset);
        if (messageDecoder.schemaId() != FrameHeaderDecoder.SCHEMA_ID) {
            return RejectReason.FOREIGN_SCHEMA;
        }
        if (messageDecoder.templateId() != FrameHeaderDecoder.TEMPLATE_ID) {
            return RejectReason.UNKNOWN_MESSAGE;
        }
        int blockLength = messageDecoder.blockLength();
        if (blockLength < FIRST_BLOCK_LENGTH || blockLength > length - MessageHeaderDecoder.ENCODED_LENGTH) {
            return RejectReason.BLOCK_LENGTH;
        }
        decoder.wrap(
                buffer, offset + MessageHeaderDecoder.ENCODED_LENGTH, blockLength, FrameHeaderDecoder.SCHEMA_VERSION);
        streamHash = decoder.streamHash();
        publicationId = decoder.publicationId();
        sequence = decoder.sequence();
        dropped = decoder.dropped();
        captureTimeNs = decoder.captureTimeNs();
        publishTimeNs = decoder.publishTimeNs();
        bootIdHigh = decoder.bootIdHigh();
        bootIdLow = decoder.bootIdLow();
        timeToLiveNs = decoder.timeToLiveNs();
        width = decoder.width();
        height = decoder.height();
        stride = decoder.stride();
        payloadLength = decoder.payloadLength();
        chunkOffset = decoder.chunkOffset();
        chunkLength = decoder.chunkLength();
        metadataLength = decoder.metadataLength();
        pixelFormatCode = decoder.pixelFormat();
        encodingCode = decoder.encoding();
        flags = decoder.flags();
        poolId = decoder.poolId();
        poolSlot = decoder.poolSlot();
        boolean hasAspect = blockLength >= FrameHeaderDecoder.BLOCK_LENGTH;
        sampleAspectWidth = hasAspect ? decoder.sampleAspectWidth() : 0;
        sampleAspectHeight = hasAspect ? decoder.sampleAspectHeight() : 0;
        if (sampleAspectWidth == 0 || sampleAspectHeight == 0) {
            sampleAspectWidth = 1; // not known
            sampleAspectHeight = 1;
        }
        metadataOffset = MessageHeaderDecoder.ENCODED_LENGTH + blockLength;
        return switch (decoder.location()) {
            case LOCATION_INLINE -> poolId == 0 ? null : RejectReason.LOCATION;
            case LOCATION_POOL -> poolId > 0 ? null : RejectReason.LOCATION;
            default -> RejectReason.LOCATION;
        };
    }

    private RejectReason validateShape(int maxFrameLength) {
        if (width < 1 || width > FrameFormat.MAX_DIMENSION || height < 1 || height > FrameFormat.MAX_DIMENSION) {
            return RejectReason.DIMENSIONS;
        }
        PixelFormat pixelFormat = PixelFormat.ofCode(pixelFormatCode);
        if (pixelFormat == null) {
            return RejectReason.PIXEL_FORMAT;
        }
        FrameEncoding encoding = FrameEncoding.ofCode(encodingCode);
        if (encoding == null) {
            return RejectReason.ENCODING;
        }
        if (payloadLength < 1) {
            return RejectReason.PAYLOAD_LENGTH;
        }
        if (payloadLength > maxFrameLength) {
            return RejectReason.OVER_LIMIT;
        }
        if (encoding == FrameEncoding.RAW) {
            if (stride < pixelFormat.minStride(width)) {
                return RejectReason.STRIDE;
            }
            if ((long) stride * height > payloadLength || pixelFormat.payloadLength(stride, height) != payloadLength) {
                return RejectReason.PAYLOAD_LENGTH;
            }
        } else if (stride != 0) {
            return RejectReason.STRIDE;
        }
        if (encoding == FrameEncoding.ZSTD) {
            long decodedLength = pixelFormat.payloadLength(pixelFormat.minStride(width), height);
            if (decodedLength > Math.min(maxFrameLength, FrameFormat.MAX_PAYLOAD_LENGTH)) {
                return RejectReason.OVER_LIMIT; // otherwise a few bytes could decompress to gigabytes
            }
        }
        adoptFormat(pixelFormat, encoding, ColorEncoding.of((flags & FLAG_BT709) != 0, (flags & FLAG_FULL_RANGE) != 0));
        return null;
    }

    /** Keeps the previous frame's format object while the format stays the same, so that no frame allocates one. */
    private void adoptFormat(PixelFormat pixelFormat, FrameEncoding encoding, ColorEncoding color) {
        FrameFormat last = format;
        if (last == null
                || last.width() != width
                || last.height() != height
                || last.stride() != stride
                || last.pixelFormat() != pixelFormat
                || last.encoding() != encoding
                || last.color() != color
                || !last.sampleAspect().isRatio(sampleAspectWidth, sampleAspectHeight)) {
            SampleAspect aspect = new SampleAspect(sampleAspectWidth, sampleAspectHeight);
            format = new FrameFormat(width, height, stride, pixelFormat, encoding, color, aspect);
        }
    }

    private RejectReason validateLengths(int length) {
        if (metadataLength < 0 || metadataLength > MAX_METADATA_LENGTH) {
            return RejectReason.METADATA_LENGTH;
        }
        if (chunkOffset < 0 || chunkLength < 1 || (long) chunkOffset + chunkLength > payloadLength) {
            return RejectReason.CHUNK;
        }
        if (isInPool() && (chunkOffset != 0 || chunkLength != payloadLength || poolSlot < 0)) {
            return RejectReason.CHUNK;
        }
        long inMessage = isInPool() ? 0 : chunkLength;
        return metadataOffset + metadataLength + inMessage == length ? null : RejectReason.MESSAGE_LENGTH;
    }

    /** Whether the message is a descriptor: the payload is in a pool, and the message names its slot. */
    boolean isInPool() {
        return poolId != 0;
    }
}
