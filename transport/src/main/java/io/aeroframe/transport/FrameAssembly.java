package io.aeroframe.transport;

import io.aeron.ImageControlledFragmentAssembler;
import io.aeron.logbuffer.ControlledFragmentHandler;
import java.nio.ByteBuffer;
import org.agrona.BitUtil;
import org.agrona.BufferUtil;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Puts one frame at a time together: Aeron's assembler joins the fragments of a message, this joins the messages of a frame that came in
 * chunks. A frame of one message stays where the assembler has it, one in a pool where the publisher put it. One thread.
 */
final class FrameAssembly {

    private static final int INITIAL_LENGTH = 64 * 1024;
    private static final int ALIGNMENT = 64;
    private static final long NONE = -1;

    private final ImageControlledFragmentAssembler fragments;
    private final FrameHeader header = new FrameHeader();
    private final BorrowedFrame frame;
    private final UnsafeBuffer chunks = new UnsafeBuffer(0, 0);
    private final UnsafeBuffer chunkMetadata = new UnsafeBuffer(0, 0);
    private long assemblingSequence = NONE;
    private int assembledLength;
    private boolean isComplete;

    FrameAssembly(ControlledFragmentHandler messages, HostIdentity host, FrameLeasePool leases) {
        fragments = new ImageControlledFragmentAssembler(messages, INITIAL_LENGTH, true);
        frame = new BorrowedFrame(host, leases);
    }

    /** What an image is to be polled with. */
    ControlledFragmentHandler fragments() {
        return fragments;
    }

    FrameHeader header() {
        return header;
    }

    BorrowedFrame frame() {
        return frame;
    }

    /** Whether the message taken last completed a frame. */
    boolean isComplete() {
        return isComplete;
    }

    /**
     * Takes a message.
     *
     * @param keep whether the frame must outlive the message's buffer.
     * @return null if it is a valid frame, or a valid chunk of one, else the fault.
     */
    HeaderFault take(DirectBuffer buffer, int offset, int length, long streamHash, int maxFrameLength, boolean keep) {
        isComplete = false;
        HeaderFault fault = header.decode(buffer, offset, length, streamHash, maxFrameLength);
        if (fault != null) {
            return fault;
        }
        int metadataOffset = offset + header.metadataOffset;
        int payloadOffset = metadataOffset + header.metadataLength;
        if (header.isInPool()) {
            assemblingSequence = NONE;
            isComplete = true;
            keepMetadata(buffer, metadataOffset);
            return null;
        }
        if (header.chunkLength == header.payloadLength && !keep) {
            assemblingSequence = NONE;
            isComplete = true;
            frame.wrap(header, buffer, payloadOffset, buffer, metadataOffset, header.metadataLength);
            return null;
        }
        return join(buffer, metadataOffset, payloadOffset);
    }

    /**
     * Shows the frame that is in a pool, whose slot has been borrowed.
     */
    void show(AttachedPool pool) {
        frame.wrap(header, pool.buffer(header.poolSlot), 0, chunkMetadata, 0, chunkMetadata.capacity());
        frame.borrow(pool, header.poolSlot);
    }

    private HeaderFault join(DirectBuffer buffer, int metadataOffset, int payloadOffset) {
        if (header.chunkOffset == 0) {
            begin(buffer, metadataOffset);
        } else if (header.sequence != assemblingSequence) {
            return null; // the rest of a frame whose start came before this subscription, or was faulty
        } else if (header.chunkOffset != assembledLength || header.payloadLength != chunks.capacity()) {
            assemblingSequence = NONE;
            return HeaderFault.CHUNK_ORDER;
        }
        chunks.putBytes(header.chunkOffset, buffer, payloadOffset, header.chunkLength);
        assembledLength = header.chunkOffset + header.chunkLength;
        if (assembledLength == header.payloadLength) {
            assemblingSequence = NONE;
            isComplete = true;
            frame.wrap(header, chunks, 0, chunkMetadata, 0, chunkMetadata.capacity());
        }
        return null;
    }

    private void begin(DirectBuffer buffer, int metadataOffset) {
        assemblingSequence = header.sequence;
        reserve(chunks, header.payloadLength);
        keepMetadata(buffer, metadataOffset);
    }

    private void keepMetadata(DirectBuffer buffer, int metadataOffset) {
        if (header.metadataLength != 0 || chunkMetadata.capacity() != 0) {
            reserve(chunkMetadata, header.metadataLength);
            chunkMetadata.putBytes(0, buffer, metadataOffset, header.metadataLength);
        }
    }

    /** Makes a buffer exactly this long, in memory that it has already if there is enough. */
    private static void reserve(UnsafeBuffer buffer, int length) {
        ByteBuffer memory = buffer.byteBuffer();
        if (memory == null || memory.capacity() < length) {
            memory = BufferUtil.allocateDirectAligned(BitUtil.align(Math.max(1, length), ALIGNMENT), ALIGNMENT);
        }
        buffer.wrap(memory, 0, length);
    }
}
