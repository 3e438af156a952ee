package io.aeroframe.transport;

import java.nio.ByteBuffer;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * A writable frame, handed out by a publication. It ends with {@link #commit()} or {@link #abort()}; using it
 * afterwards throws {@link IllegalStateException}.
 *
 * <p>The publication hands out the same object again and again: keep no reference past the end. One thread, that of the
 * publication. Its memory stays valid until the claim ends, even if the publication is closed meanwhile.
 */
public final class FrameClaim {

    private final FramePublication owner;
    private FrameFormat format;
    private MutableDirectBuffer buffer;
    private ByteBuffer byteBuffer;
    private int payloadLength;
    private int metadataLength;
    private boolean isOpen;

    /** Null if the memory is not a slot. */
    private PoolWriter pool;

    /** Of the pool; negative if the memory is not a slot. */
    private int slot;

    FrameClaim(FramePublication owner) {
        this.owner = owner;
    }

    void open(FrameFormat format, MutableDirectBuffer buffer, ByteBuffer byteBuffer, PoolWriter pool, int slot) {
        this.format = format;
        this.buffer = buffer;
        this.byteBuffer = byteBuffer;
        payloadLength = format.encoding() == FrameEncoding.RAW ? format.maxPayloadLength() : 0;
        metadataLength = 0;
        this.pool = pool;
        this.slot = slot;
        isOpen = true;
    }

    /** Ends the claim; what was set stays readable to the publication. */
    void end() {
        isOpen = false;
    }

    boolean isOpen() {
        return isOpen;
    }

    int slot() {
        return slot;
    }

    PoolWriter pool() {
        return pool;
    }

    FrameFormat shape() {
        return format;
    }

    DirectBuffer memory() {
        return buffer;
    }

    /**
     * The shape that was claimed.
     *
     * @return the format.
     */
    public FrameFormat format() {
        checkOpen();
        return format;
    }

    /**
     * Where the payload goes: offset 0 is its first byte. What it holds is what was last written there.
     *
     * @return the memory of the frame.
     */
    public MutableDirectBuffer buffer() {
        checkOpen();
        return buffer;
    }

    /**
     * The same memory as a direct byte buffer whose position 0 is the first byte, for OpenCV and other native code. The
     * same object as long as the memory is the same.
     *
     * @return the memory of the frame.
     */
    public ByteBuffer byteBuffer() {
        checkOpen();
        return byteBuffer;
    }

    /**
     * Bytes there are room for.
     *
     * @return at least what was asked for.
     */
    public int capacity() {
        checkOpen();
        return buffer.capacity();
    }

    /**
     * Says how long a JPEG or zstd frame became. A raw frame's length follows from its format.
     *
     * @param length the length in bytes, 1 to {@link #capacity()}.
     * @return this.
     */
    public FrameClaim payloadLength(int length) {
        checkOpen();
        if (length < 1 || length > buffer.capacity()) {
            throw new IllegalArgumentException("payloadLength=" + length + " is not within 1 to " + buffer.capacity());
        }
        if (format.encoding() == FrameEncoding.RAW && length != format.maxPayloadLength()) {
            throw new IllegalArgumentException("payloadLength=" + length + ": a raw " + format.describe()
                    + " frame has " + format.maxPayloadLength() + " bytes");
        }
        payloadLength = length;
        return this;
    }

    int payloadLength() {
        return payloadLength;
    }

    /**
     * Adds opaque bytes of the user's.
     *
     * @param source the source of the bytes.
     * @param offset the offset of the first byte.
     * @param length up to 64 KiB.
     * @return this.
     */
    public FrameClaim metadata(DirectBuffer source, int offset, int length) {
        checkOpen();
        owner.putMetadata(source, offset, length);
        metadataLength = length;
        return this;
    }

    /** The metadata is where it was put for the claim before. */
    FrameClaim keptMetadata(int length) {
        metadataLength = length;
        return this;
    }

    int metadataLength() {
        return metadataLength;
    }

    /**
     * Sends the frame, taken now.
     *
     * @return as {@link #commit(long)}.
     */
    public boolean commit() {
        return commit(owner.epochTimeNs());
    }

    /**
     * Sends the frame.
     *
     * @param captureTimeNs when the picture was taken, nanoseconds since the epoch.
     * @return true if it went out; false if it was dropped: counted, because nobody is connected or the slowest
     *     subscriber has not made room, or, without being counted, because the publication was closed meanwhile.
     * @throws IllegalStateException if the claim has ended, or lacks the length of a compressed payload.
     */
    public boolean commit(long captureTimeNs) {
        checkOpen();
        if (payloadLength == 0) {
            throw new IllegalStateException(
                    "payloadLength was not set: a " + format.encoding() + " claim needs it before commit");
        }
        return owner.commit(this, captureTimeNs);
    }

    /**
     * Gives the claim back unsent. It does not count as a frame. Also after the publication was closed.
     *
     * @throws IllegalStateException if the claim has ended.
     */
    public void abort() {
        checkOpen();
        owner.abort(this);
    }

    private void checkOpen() {
        if (!isOpen) {
            throw new IllegalStateException("the claim has ended: it was committed or aborted");
        }
    }
}
