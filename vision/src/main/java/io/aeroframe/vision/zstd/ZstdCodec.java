package io.aeroframe.vision.zstd;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import io.aeroframe.transport.FrameEncoding;
import io.aeroframe.transport.FrameFormat;
import io.aeroframe.vision.internal.Zstandard;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Raw frames of every pixel format to zstd frames and back, between direct buffers, without loss: differences to the
 * left, then Zstandard's level 1 with a checksum. {@code docs/reference/wire.md} has the format.
 *
 * <p>All buffers are direct and used from their index 0, never beyond their limit; position and limit are left alone.
 * Allocates nothing per frame. One thread at a time: open one codec per thread.
 */
public final class ZstdCodec implements AutoCloseable {

    private static final int LEVEL = 1;

    private final ZstdCompressCtx compressor;
    private final ZstdDecompressCtx decompressor;
    private final UnsafeBuffer pixelBytes = new UnsafeBuffer(0, 0);
    private final UnsafeBuffer differenceBytes = new UnsafeBuffer(0, 0);
    private ByteBuffer differences = ByteBuffer.allocateDirect(0);

    private ZstdCodec() {
        compressor = new ZstdCompressCtx();
        compressor.setLevel(LEVEL).setChecksum(true).setContentSize(true);
        decompressor = new ZstdDecompressCtx();
    }

    /**
     * Opens a codec. Any thread.
     *
     * @return a codec to be closed.
     * @throws IOException if Zstandard's library cannot be loaded.
     */
    public static ZstdCodec open() throws IOException {
        Zstandard.require();
        return new ZstdCodec();
    }

    /**
     * What a raw frame is compressed to.
     *
     * @param raw a raw format with any stride.
     * @return the zstd format of the same pixels.
     */
    public static FrameFormat formatOf(FrameFormat raw) {
        return FrameFormat.zstd(raw.pixelFormat(), raw.width(), raw.height())
                .withColor(raw.color())
                .withSampleAspect(raw.sampleAspect());
    }

    /**
     * Compresses a raw frame.
     *
     * @param pixels the frame, {@link FrameFormat#maxPayloadLength()} bytes; may be read-only.
     * @param format the format of the frame: raw, with any stride.
     * @param target where the compressed frame goes; {@link FrameFormat#maxPayloadLength()} bytes of {@link
     *               #formatOf(FrameFormat)} are always enough.
     * @return the length of the compressed frame in bytes.
     * @throws IOException              if it does not fit the target.
     * @throws IllegalArgumentException if the format is not raw, or a buffer on the heap, too small or read-only.
     */
    public int encode(ByteBuffer pixels, FrameFormat format, ByteBuffer target) throws IOException {
        requireRaw(format);
        requireRoom(pixels, format);
        requireWritable(target);
        if (differences.capacity() < format.maxPayloadLength()) {
            differences = ByteBuffer.allocateDirect(format.maxPayloadLength());
            differenceBytes.wrap(differences);
        }
        pixelBytes.wrap(pixels, 0, format.maxPayloadLength());
        int length = HorizontalPredictor.encode(pixelBytes, format, differenceBytes);
        try {
            return compressor.compressDirectByteBuffer(target, 0, target.limit(), differences, 0, length);
        } catch (ZstdException e) {
            throw new IOException(
                    "a " + format.describe() + " frame cannot be compressed into " + target.limit() + " bytes: "
                            + e.getMessage(),
                    e);
        }
    }

    /**
     * Decompresses a frame.
     *
     * @param compressed   the frame; may be read-only.
     * @param length       its length in bytes.
     * @param target       where the pixels go, {@link FrameFormat#maxPayloadLength()} bytes of the target's format.
     * @param targetFormat {@link FrameFormat#decoded()} of the compressed frame's format: raw, without padding.
     * @throws ZstdFormatException      if the frame is truncated or corrupt, or decompresses to more or less than the
     *                                  target's format has. The target may have been written to.
     * @throws IllegalArgumentException if the target format is another or a buffer is on the heap, too small or
     *                                  read-only.
     */
    public void decode(ByteBuffer compressed, int length, ByteBuffer target, FrameFormat targetFormat)
            throws ZstdFormatException {
        requireRaw(targetFormat);
        if (targetFormat.stride() != targetFormat.pixelFormat().minStride(targetFormat.width())) {
            throw new IllegalArgumentException("stride=" + targetFormat.stride() + " of a " + targetFormat.describe()
                    + " frame: a zstd frame decompresses to rows without padding");
        }
        requireRoom(target, targetFormat);
        requireWritable(target);
        requireDirect(compressed);
        if (length < 0 || length > compressed.limit()) {
            throw new IllegalArgumentException(
                    "length=" + length + " is not within the buffer's limit=" + compressed.limit());
        }
        int expected = targetFormat.maxPayloadLength();
        long announced = Zstd.getDirectByteBufferFrameContentSize(compressed, 0, length);
        if (announced != expected) {
            throw new ZstdFormatException(
                    "corrupt zstd frame: a " + targetFormat.describe() + " frame has " + expected + " bytes, this one "
                            + (announced < 0 ? "does not say how many" : "says " + announced),
                    null);
        }
        int decompressed;
        try {
            decompressed = decompressor.decompressDirectByteBuffer(target, 0, expected, compressed, 0, length);
        } catch (ZstdException e) {
            throw new ZstdFormatException("corrupt zstd frame: " + e.getMessage(), e);
        }
        if (decompressed != expected) {
            throw new ZstdFormatException(
                    "corrupt zstd frame: it has " + decompressed + " bytes where " + expected + " were announced",
                    null);
        }
        pixelBytes.wrap(target, 0, expected);
        HorizontalPredictor.decode(pixelBytes, targetFormat);
    }

    /** Frees native memory. The codec must not be used afterwards. Closing twice does nothing. */
    @Override
    public void close() {
        compressor.close();
        decompressor.close();
    }

    private static void requireRaw(FrameFormat format) {
        if (format.encoding() != FrameEncoding.RAW) {
            throw new IllegalArgumentException(
                    format.describe() + ": only raw frames are compressed to and decompressed from zstd");
        }
    }

    private static void requireRoom(ByteBuffer buffer, FrameFormat format) {
        requireDirect(buffer);
        if (buffer.limit() < format.maxPayloadLength()) {
            throw new IllegalArgumentException("limit=" + buffer.limit() + " < " + format.maxPayloadLength()
                    + " bytes of a " + format.describe() + " frame");
        }
    }

    private static void requireWritable(ByteBuffer buffer) {
        requireDirect(buffer);
        if (buffer.isReadOnly()) {
            throw new IllegalArgumentException("the target buffer is read-only");
        }
    }

    private static void requireDirect(ByteBuffer buffer) {
        if (!buffer.isDirect()) {
            throw new IllegalArgumentException("a zstd codec works on direct buffers, this one is on the heap");
        }
    }
}
