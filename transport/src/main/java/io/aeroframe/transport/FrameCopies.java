package io.aeroframe.transport;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import org.agrona.BitUtil;
import org.agrona.BufferUtil;

/**
 * Memory for copies of frames that are kept past their handler. A released copy leaves its memory for the next, within
 * limits. Memory beyond those limits, and all memory after closing, is freed immediately rather than by the garbage
 * collector: direct memory runs out long before a small heap needs a collection. Thread-safe.
 */
final class FrameCopies implements AutoCloseable {

    /** The limits on blocks kept for the next copies, and on their bytes; a single block may be larger. */
    private static final int MAX_FREE_BLOCKS = 16;

    private static final long MAX_FREE_LENGTH = 256L << 20;

    private static final int ALIGNMENT = 64;

    private final Deque<Block> free = new ArrayDeque<>();
    private long freeLength;
    private boolean isClosed;

    /**
     * Copies a frame.
     *
     * @return a lease, to be closed on any thread.
     * @throws OutOfMemoryError if there is no direct memory for the copy.
     */
    FrameLease copyOf(FrameView frame) {
        int length = frame.payloadLength();
        Block block = takeFree(length);
        if (block == null) {
            block = new Block(length);
        }
        FrameLease lease = null;
        try {
            frame.payload().getBytes(0, block.memory, 0, length);
            lease = lease(block, frame);
        } finally {
            if (lease == null) {
                giveBack(block);
            }
        }
        return lease;
    }

    private synchronized Copy lease(Block block, FrameView frame) {
        Copy copy = new Copy(block, frame);
        block.leases++;
        return copy;
    }

    /** Returns null if no block is large enough, after freeing a small one to make room for a new block. */
    private synchronized Block takeFree(int length) {
        for (Iterator<Block> blocks = free.iterator(); blocks.hasNext(); ) {
            Block block = blocks.next();
            if (block.memory.capacity() >= length) {
                blocks.remove();
                freeLength -= block.length();
                return block;
            }
        }
        if (!free.isEmpty()) {
            Block small = free.removeFirst();
            freeLength -= small.length();
            small.free();
        }
        return null;
    }

    private synchronized FrameLease retainAgain(Copy copy) {
        copy.frame(); // under the lock: until then it may have been closed, and its memory be gone
        return lease(copy.block, copy);
    }

    private synchronized void close(Copy copy) {
        if (copy.tryEnd() && --copy.block.leases == 0) {
            giveBack(copy.block);
        }
    }

    private synchronized void giveBack(Block block) {
        boolean hasRoom =
                free.isEmpty() || free.size() < MAX_FREE_BLOCKS && freeLength + block.length() <= MAX_FREE_LENGTH;
        if (isClosed || !hasRoom) {
            block.free();
        } else {
            free.addFirst(block);
            freeLength += block.length();
        }
    }

    /** Frees the spare blocks, and from now on every released one. Open copies stay valid. */
    @Override
    public synchronized void close() {
        isClosed = true;
        free.forEach(Block::free);
        free.clear();
        freeLength = 0;
    }

    /** Memory, and the number of leases that share it. */
    private static final class Block {
        private final ByteBuffer allocated;
        private final ByteBuffer memory;
        private int leases;

        Block(int length) {
            allocated = ByteBuffer.allocateDirect(Math.addExact(BitUtil.align(length, ALIGNMENT), ALIGNMENT - 1));
            memory = allocated.alignedSlice(ALIGNMENT);
        }

        int length() {
            return allocated.capacity();
        }

        void free() {
            BufferUtil.free(allocated);
        }
    }

    private final class Copy extends KeptFrame {
        private final Block block;

        Copy(Block block, FrameView frame) {
            super(frame);
            this.block = block;
            payload.wrap(block.memory, 0, frame.payloadLength());
        }

        @Override
        ByteBuffer newByteBuffer() {
            return block.memory.slice(0, payloadLength()).asReadOnlyBuffer();
        }

        @Override
        public FrameLease retain() {
            return retainAgain(this);
        }

        @Override
        public void close() {
            FrameCopies.this.close(this);
        }
    }
}
