package io.aeroframe.transport;

import java.nio.ByteBuffer;
import org.agrona.BitUtil;
import org.agrona.BufferUtil;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Direct memory in which a message or a frame is assembled piece by piece. One thread.
 *
 * <p>The memory grows with the bytes that have arrived, not with the length that a peer claims: never to more than
 * twice what it holds. It is freed explicitly, when it grows and when it is closed. The garbage collector would free it
 * too late, as direct memory runs out long before a small heap needs a collection. Appending a piece may move the
 * memory, so earlier views of it must not be used afterwards.
 */
final class FrameMemory implements AutoCloseable {

    private static final int MIN_CAPACITY = 4 * 1024;
    private static final int ALIGNMENT = 64;

    /** The JVM searches half a second for direct memory before it gives up. That must not happen at each message. */
    private static final long RETRY_INTERVAL_NS = 1_000_000_000;

    private final UnsafeBuffer buffer = new UnsafeBuffer(0, 0);
    private ByteBuffer allocated;

    /** {@link #allocated}, from its first aligned byte on. */
    private ByteBuffer memory;

    private ByteBuffer view;
    private int viewStart;
    private int length;
    private int refusedCapacity = Integer.MAX_VALUE;
    private long refusedNs;

    /** Discards the content and keeps the memory. */
    void clear() {
        length = 0;
    }

    /** The number of bytes appended. */
    int length() {
        return length;
    }

    /** The memory, with the appended bytes from offset 0 on. Always the same object. */
    DirectBuffer buffer() {
        return buffer;
    }

    /**
     * Appends a piece.
     *
     * @param expectedLength the total length that the peer claims; memory grows to no more than this or what is needed.
     * @return false if there is not enough memory; the content is then unchanged.
     */
    boolean tryAppend(DirectBuffer source, int offset, int pieceLength, int expectedLength) {
        int needed = Math.addExact(length, pieceLength);
        if (needed > buffer.capacity() && !tryGrow(needed, expectedLength)) {
            return false;
        }
        buffer.putBytes(length, source, offset, pieceLength);
        length = needed;
        return true;
    }

    private boolean tryGrow(int needed, int expectedLength) {
        long wanted = Math.max(expectedLength, buffer.capacity() * 3L / 2);
        long limit = Math.min(wanted, 2L * needed);
        int capacity = BitUtil.align((int) Math.max(MIN_CAPACITY, Math.max(needed, limit)), ALIGNMENT);
        if (capacity >= refusedCapacity && System.nanoTime() - refusedNs < RETRY_INTERVAL_NS) {
            return false;
        }
        ByteBuffer larger;
        try {
            larger = ByteBuffer.allocateDirect(capacity + ALIGNMENT - 1);
        } catch (OutOfMemoryError ex) { // of direct memory only: the rest of the process is not affected
            refusedCapacity = capacity;
            refusedNs = System.nanoTime();
            return false;
        }
        refusedCapacity = Integer.MAX_VALUE;
        ByteBuffer aligned = larger.alignedSlice(ALIGNMENT);
        buffer.getBytes(0, aligned, 0, length);
        release();
        allocated = larger;
        memory = aligned;
        buffer.wrap(aligned);
        return true;
    }

    /**
     * A part of the memory as a read-only byte buffer with position 0 and limit {@code byteLength}. Returns the same
     * object as long as the start and the memory are the same.
     */
    ByteBuffer readOnly(int start, int byteLength) {
        if (view == null || viewStart != start) {
            view = memory.slice(start, memory.capacity() - start).asReadOnlyBuffer();
            viewStart = start;
        }
        return view.clear().limit(byteLength);
    }

    private void release() {
        buffer.wrap(0, 0);
        view = null;
        memory = null;
        BufferUtil.free(allocated);
        allocated = null;
    }

    /** Frees the memory. This object may be used again. */
    @Override
    public void close() {
        length = 0;
        release();
    }
}
