package io.aeroframe.transport;

import java.nio.ByteBuffer;
import org.agrona.BitUtil;
import org.agrona.BufferUtil;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Direct memory that a message or a frame is put together in, piece by piece. One thread.
 *
 * <p>It grows with what has arrived and not with what a peer says will come: never beyond twice the bytes that it
 * holds. It is freed when it is replaced by more, and when it is closed, and not whenever the garbage collector may
 * find it: direct memory runs out long before a small heap is worth a collection. Nothing may look at what it held
 * before once another piece is appended.
 */
final class FrameMemory implements AutoCloseable {

    private static final int MIN_CAPACITY = 4 * 1024;
    private static final int ALIGNMENT = 64;

    /**
     * The JVM looks for direct memory for half a second before it gives up, which is not to happen for each message.
     */
    private static final long RETRY_INTERVAL_NS = 1_000_000_000;

    private final UnsafeBuffer buffer = new UnsafeBuffer(0, 0);
    private ByteBuffer allocated;

    /** {@link #allocated} from its first aligned byte on. */
    private ByteBuffer memory;

    private ByteBuffer view;
    private int viewStart;
    private int length;
    private int refusedCapacity = Integer.MAX_VALUE;
    private long refusedNs;

    /** Holds nothing from now on; the memory stays. */
    void clear() {
        length = 0;
    }

    /** Bytes that have been appended. */
    int length() {
        return length;
    }

    /** The memory; what was appended starts at 0. The same object always. */
    DirectBuffer buffer() {
        return buffer;
    }

    /**
     * Appends a piece.
     *
     * @param expectedLength of the whole, as the peer says: the memory that is made for the last piece is no larger.
     * @return false if there is no memory; what was appended before is still there.
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
        } catch (OutOfMemoryError ex) { // of direct memory: everything else goes on as it was
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
     * Some of the memory as a read-only byte buffer: position 0 is the first byte and the limit is behind the last.
     * The same object as long as the start and the memory are the same.
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

    /** Frees the memory; it can be used again. */
    @Override
    public void close() {
        length = 0;
        release();
    }
}
