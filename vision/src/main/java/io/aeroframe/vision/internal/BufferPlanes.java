package io.aeroframe.vision.internal;

import io.aeroframe.transport.FrameFormat;
import io.aeroframe.transport.PixelFormat;
import java.nio.ByteBuffer;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.PointerPointer;

/**
 * The planes of a raw frame in a direct buffer, as FFmpeg takes them: an array of addresses and one of strides. Made
 * once per format, then pointed at one buffer after the other without allocating. One thread at a time.
 *
 * <p>For the sources and sinks of this module, after {@link Ffmpeg#load()}.
 */
public final class BufferPlanes implements AutoCloseable {

    private static final int FFMPEG_PLANES = 4;

    private final FrameFormat format;
    private final int length;
    private final long[] offsets;
    private final PointerPointer<BytePointer> addresses = new PointerPointer<>(FFMPEG_PLANES);
    private final IntPointer strides = new IntPointer(FFMPEG_PLANES);
    private final NativeAddress address = new NativeAddress();
    private final int strideBits;
    private long base;

    /**
     * Makes room for the addresses.
     *
     * @param format the format of the frames, raw.
     */
    public BufferPlanes(FrameFormat format) {
        this.format = format;
        this.length = format.maxPayloadLength();
        PixelFormat pixels = format.pixelFormat();
        offsets = new long[pixels.planeCount()];
        addresses.zero();
        strides.zero();
        int bits = 0;
        for (int plane = 0; plane < offsets.length; plane++) {
            offsets[plane] = pixels.planeOffset(plane, format.stride(), format.height());
            int stride = pixels.planeStride(plane, format.stride());
            strides.put(plane, stride);
            bits |= stride;
        }
        strideBits = bits;
    }

    /**
     * Points at the frame at position 0 of a buffer.
     *
     * @param buffer direct; its position and limit are not looked at.
     * @param role   the role of the buffer, for the message.
     * @throws IllegalArgumentException if the buffer is not direct or too small.
     */
    public void pointAt(ByteBuffer buffer, String role) {
        if (!buffer.isDirect() || buffer.capacity() < length) {
            throw new IllegalArgumentException("the " + role + " buffer is "
                    + (buffer.isDirect() ? "of " + buffer.capacity() + " bytes" : "not direct") + ": a "
                    + format.describe() + " frame of stride " + format.stride() + " needs a direct one of " + length);
        }
        base = NativeAddress.of(buffer);
        for (int plane = 0; plane < offsets.length; plane++) {
            addresses.put(plane, address.at(base + offsets[plane]));
        }
    }

    /**
     * Has a picture of FFmpeg's refer to the frame, without owning it.
     *
     * @param picture whose format and size are set elsewhere.
     */
    public void putInto(AVFrame picture) {
        for (int plane = 0; plane < offsets.length; plane++) {
            picture.data(plane, address.at(base + offsets[plane]));
            picture.linesize(plane, strides.get(plane));
        }
    }

    PointerPointer<?> addresses() {
        return addresses;
    }

    IntPointer strides() {
        return strides;
    }

    int length() {
        return length;
    }

    /** Whether every row of every plane starts at a multiple of a power of two. */
    boolean isAligned(int alignment) {
        return ((base | strideBits) & (alignment - 1)) == 0;
    }

    /** The address of the first byte behind the frame. */
    long end() {
        return base + length;
    }

    /** Frees the array of addresses, not the frame. */
    @Override
    public void close() {
        addresses.close();
        strides.close();
    }
}
