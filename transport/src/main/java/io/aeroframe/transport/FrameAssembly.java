package io.aeroframe.transport;

import io.aeron.logbuffer.FrameDescriptor;
import io.aeron.logbuffer.Header;
import org.agrona.BitUtil;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Assembles one frame at a time: the fragments of a message, and the messages of a frame that arrives in chunks. One
 * thread.
 *
 * <p>A frame in one fragment is copied out of the log, where it would be at another place each time and vanish with the
 * driver. A frame in several fragments stays where its message was assembled, and a frame in a pool stays where the
 * publisher wrote it. Fragments are joined by the rules of Aeron's {@code ImageControlledFragmentAssembler}, but in
 * memory that can be freed: Aeron leaves its buffers to the garbage collector whenever they grow and when they are no
 * longer used, and lets a message grow as long as fragments arrive.
 */
final class FrameAssembly implements AutoCloseable {

    private static final long NO_SEQUENCE = -1;
    private static final int NO_OFFSET = -1;

    /** The outcome of joining a fragment. */
    enum Joined {
        /** The message is complete. */
        COMPLETE,
        /** More fragments are missing, or this one belongs to a message whose start did not arrive. */
        INCOMPLETE,
        /** The message is too long. Its remaining fragments are ignored. */
        OVER_LIMIT,
        /** There is no memory for the message. Its remaining fragments are ignored. */
        NO_MEMORY
    }

    private final FrameHeader header = new FrameHeader();
    private final BorrowedFrame frame;
    private final FrameMemory message = new FrameMemory();
    private final FrameMemory chunks = new FrameMemory();
    private final UnsafeBuffer metadata = new UnsafeBuffer(new byte[0]);
    private int nextTermOffset = NO_OFFSET;
    private long assemblingSequence = NO_SEQUENCE;
    private int assemblingLength;
    private boolean isComplete;

    FrameAssembly(HostIdentity host, FrameCopies leases) {
        frame = new BorrowedFrame(host, leases);
    }

    FrameHeader header() {
        return header;
    }

    BorrowedFrame frame() {
        return frame;
    }

    /** Whether the last message completed a frame. */
    boolean isComplete() {
        return isComplete;
    }

    /** Discards partial content, as the next fragment is from another log. */
    void reset() {
        nextTermOffset = NO_OFFSET;
        assemblingSequence = NO_SEQUENCE;
        isComplete = false;
    }

    /**
     * Joins a fragment of a fragmented message to the earlier ones.
     *
     * @param maxLength the longest message in bytes.
     */
    Joined join(DirectBuffer buffer, int offset, int length, Header fragment, int maxLength) {
        if ((fragment.flags() & FrameDescriptor.BEGIN_FRAG_FLAG) != 0) {
            message.clear();
        } else if (fragment.termOffset() != nextTermOffset) {
            nextTermOffset = NO_OFFSET;
            return Joined.INCOMPLETE;
        }
        nextTermOffset = NO_OFFSET;
        if (length > maxLength - message.length()) {
            return Joined.OVER_LIMIT;
        }
        if (!message.tryAppend(buffer, offset, length, maxLength)) {
            return Joined.NO_MEMORY;
        }
        if ((fragment.flags() & FrameDescriptor.END_FRAG_FLAG) != 0) {
            return Joined.COMPLETE;
        }
        nextTermOffset = fragment.nextTermOffset();
        return Joined.INCOMPLETE;
    }

    /** The complete message, from offset 0 on. */
    DirectBuffer message() {
        return message.buffer();
    }

    int messageLength() {
        return message.length();
    }

    /**
     * Takes a message.
     *
     * @param buffer the buffer of the message: {@link #message()}, or the log, whose memory vanishes before the frame
     *     does.
     * @return null if it is a valid frame, or a valid chunk of one; otherwise the reason to reject it.
     */
    RejectReason take(DirectBuffer buffer, int offset, int length, long streamHash, int maxFrameLength) {
        isComplete = false;
        RejectReason fault = header.decode(buffer, offset, length, streamHash, maxFrameLength);
        if (fault != null) {
            return fault;
        }
        int metadataOffset = offset + header.metadataOffset;
        int payloadOffset = metadataOffset + header.metadataLength;
        if (header.isInPool()) {
            assemblingSequence = NO_SEQUENCE;
            isComplete = true;
            keepMetadata(buffer, metadataOffset);
            return null;
        }
        if (header.chunkLength == header.payloadLength && buffer == message.buffer()) {
            assemblingSequence = NO_SEQUENCE;
            isComplete = true;
            frame.show(header, message, payloadOffset, buffer, metadataOffset, header.metadataLength);
            return null;
        }
        return takeChunk(buffer, metadataOffset, payloadOffset);
    }

    /** Shows a frame in a borrowed slot of a pool. */
    void show(PoolReader pool) {
        frame.show(header, pool, metadata, metadata.capacity());
    }

    private RejectReason takeChunk(DirectBuffer buffer, int metadataOffset, int payloadOffset) {
        if (header.chunkOffset == 0) {
            assemblingSequence = header.sequence;
            assemblingLength = header.payloadLength;
            chunks.clear();
            keepMetadata(buffer, metadataOffset);
        } else if (header.sequence != assemblingSequence) {
            return null; // the rest of a frame whose start came before this subscription, or was faulty
        } else if (header.chunkOffset != chunks.length() || header.payloadLength != assemblingLength) {
            assemblingSequence = NO_SEQUENCE;
            return RejectReason.CHUNK_ORDER;
        }
        if (!chunks.tryAppend(buffer, payloadOffset, header.chunkLength, header.payloadLength)) {
            assemblingSequence = NO_SEQUENCE;
            return RejectReason.NO_MEMORY;
        }
        if (chunks.length() == header.payloadLength) {
            assemblingSequence = NO_SEQUENCE;
            isComplete = true;
            frame.show(header, chunks, 0, metadata, 0, metadata.capacity());
        }
        return null;
    }

    private void keepMetadata(DirectBuffer buffer, int metadataOffset) {
        int length = header.metadataLength;
        if (metadata.byteArray().length < length) {
            metadata.wrap(new byte[BitUtil.findNextPositivePowerOfTwo(length)]);
        }
        metadata.wrap(metadata.byteArray(), 0, length);
        metadata.putBytes(0, buffer, metadataOffset, length);
    }

    /** Frees its memory. */
    @Override
    public void close() {
        reset();
        frame.release();
        message.close();
        chunks.close();
    }
}
