package io.aeroframe.transport;

import java.nio.ByteBuffer;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * A writable frame of a publication. It ends with {@link #commit()} or {@link #abort()}; using it afterwards throws
 * {@link IllegalStateException}.
 *
 * <p>The publication reuses one object for all claims: keep no reference past the end. For the publication's thread.
 * The memory stays valid until the claim ends, even if the publication is closed meanwhile.
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
        assert !isOpen : "one claim at a time";
        this.format = format;
        this.buffer = buffer;
        this.byteBuffer = byteBuffer;
        payloadLength = format.encoding() == FrameEncoding.RAW ? format.maxPayloadLength() : 0;
        metadataLength = 0;
        this.pool = pool;
        this.slot = slot;
        isOpen = true;
    }

    /** Ends the claim. The publication can still read what was set. */
    void end() {
        assert isOpen : "a claim ends once";
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
     * The format that was claimed.
     *
     * @return the format.
     */
    public FrameFormat format() {
        checkOpen();
        return format;
    }

    /**
     * The memory of the payload, whose first byte is at offset 0. Its content is undefined.
     *
     * @return the memory of the frame.
     */
    public MutableDirectBuffer buffer() {
        checkOpen();
        return buffer;
    }

    /**
     * The same memory as a direct byte buffer with the first byte at position 0, for OpenCV and other native code. It
     * is the same object as long as the memory is the same.
     *
     * @return the memory of the frame.
     */
    public ByteBuffer byteBuffer() {
        checkOpen();
        return byteBuffer;
    }

    /**
     * Keeps the claim's slot past the end of the claim, so that what has been sent can still be looked at: no other
     * frame is written there, and it stays mapped, until the hold is closed. After the commit subscribers read the
     * memory, and it must not be written. Allocates.
     *
     * @return a hold, to be closed; null if the memory is not a slot of a pool, if half of the pool's slots are held,
     *     or if this one is already.
     */
    public ClaimHold tryHold() {
        checkOpen();
        return pool == null ? null : pool.tryHold(slot);
    }

    /**
     * The room for the payload in bytes.
     *
     * @return at least the number of bytes that was claimed.
     */
    public int capacity() {
        checkOpen();
        return buffer.capacity();
    }

    /**
     * Sets the payload length of a JPEG or zstd frame. A raw frame's length follows from its format.
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
     * Adds the user's own bytes to the frame.
     *
     * @param source the source of the bytes.
     * @param offset the offset of the first byte.
     * @param length the number of bytes, up to 64 KiB.
     * @return this.
     */
    public FrameClaim metadata(DirectBuffer source, int offset, int length) {
        checkOpen();
        owner.putMetadata(source, offset, length);
        metadataLength = length;
        return this;
    }

    /** Keeps the metadata of an earlier claim. */
    FrameClaim keptMetadata(int length) {
        metadataLength = length;
        return this;
    }

    int metadataLength() {
        return metadataLength;
    }

    /**
     * Sends the frame with the present time as its capture time.
     *
     * @return as {@link #commit(long)}.
     */
    public boolean commit() {
        return commit(owner.epochTimeNs());
    }

    /**
     * Sends the frame.
     *
     * @param captureTimeNs when the picture was taken, in nanoseconds since the epoch.
     * @return true if it was sent; false if it was dropped: counted, for the reason of {@link
     *     FramePublication#lastDrop()}, or not counted because the publication was closed meanwhile.
     * @throws IllegalStateException if the claim has ended, or the length of a compressed payload is not set.
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
     * Returns the claim unsent. It does not count as a frame. Also works after the publication was closed.
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
