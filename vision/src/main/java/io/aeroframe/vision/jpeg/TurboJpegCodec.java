package io.aeroframe.vision.jpeg;

import io.aeroframe.transport.FrameFormat;
import io.aeroframe.transport.PixelFormat;
import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.regex.Pattern;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * JPEG by libjpeg-turbo, with the vector instructions of the processor: straight from the pixels into the target and
 * back, without allocation. The handles are made when they are first needed and used again for every image.
 *
 * <p>What costs a copy besides: a target with less than {@link #maxEncodedLength} bytes, as the library does not ask
 * how much room there is, and the luma of I420 frames of odd width or height, which the library wants in whole pairs.
 *
 * <p>An image that libjpeg decodes with a warning is a picture, and counted; a truncated one is refused. An I420 target
 * is given the image's own planes if that is 4:2:0 or gray; one of another subsampling goes through BGR.
 */
public final class TurboJpegCodec implements JpegCodec {

    private static final int ENCODING = TurboJpeg.NO_REALLOC | TurboJpeg.ACCURATE_DCT;
    private static final int DECODING = TurboJpeg.LIMIT_SCANS;

    /**
     * What libjpeg says of an image that it decodes to its end. Its error code does not show it: an error that follows
     * a warning is a warning there. Not among them is a premature end, after which it fills the rest with gray.
     */
    private static final Pattern WARNING =
            Pattern.compile("Corrupt JPEG data: (?!premature end).*|Warning: .*|Unknown Adobe color transform.*"
                    + "|Inconsistent progression sequence.*|Invalid SOS parameters.*");

    private static final byte NO_COLOR = (byte) 128;

    // Where the library takes addresses of addresses and of numbers from, or puts numbers.
    private static final int PLANES_OFFSET = 0;
    private static final int IMAGE_OFFSET = 24;
    private static final int LENGTH_OFFSET = 32;
    private static final int STRIDES_OFFSET = 40;
    private static final int WIDTH_OFFSET = 52;
    private static final int HEIGHT_OFFSET = 56;
    private static final int SAMPLING_OFFSET = 60;
    private static final int COLORSPACE_OFFSET = 64;
    private static final int ARGUMENTS_LENGTH = 72;

    private final UnsafeBuffer arguments = new UnsafeBuffer(
            ByteBuffer.allocateDirect(ARGUMENTS_LENGTH + Long.BYTES).alignedSlice(Long.BYTES));
    private final UnsafeBuffer from = new UnsafeBuffer(0, 0);
    private final UnsafeBuffer into = new UnsafeBuffer(0, 0);
    private final JpegScanner scanner = new JpegScanner();
    private long compressor;
    private long decompressor;
    private ByteBuffer scratch = ByteBuffer.allocateDirect(0);
    private ByteBuffer luma = ByteBuffer.allocateDirect(0);
    private int encodeCopies;
    private int decodeCopies;
    private boolean isClosed;

    /**
     * A codec.
     *
     * @throws IOException if the library is missing or too old; {@link JpegCodecs#open()} takes another then.
     */
    public TurboJpegCodec() throws IOException {
        if (TurboJpeg.unavailable() != null) {
            throw new IOException(
                    "TurboJPEG cannot be loaded (" + TurboJpeg.unavailable() + "); " + TurboJpeg.remedy());
        }
    }

    @Override
    public int encode(
            ByteBuffer pixels, FrameFormat format, int quality, ChromaSubsampling subsampling, ByteBuffer target)
            throws IOException {
        JpegArguments.requireSupported(format);
        JpegArguments.requireQuality(quality);
        JpegArguments.requirePixels(pixels, format);
        JpegArguments.requireWritable(target);
        requireCompressor();
        int sampling = sampling(format, subsampling);
        long room = TurboJpeg.maxLength(format.width(), format.height(), sampling);
        encodeCopies = 0;
        // Given less than that, the library would write past the end all the same.
        boolean isInPlace = target.limit() >= room;
        ByteBuffer image = isInPlace ? target : scratch(room, format);
        arguments.putLong(IMAGE_OFFSET, BufferUtil.address(image), ByteOrder.nativeOrder());
        arguments.putLong(LENGTH_OFFSET, image.limit(), ByteOrder.nativeOrder());
        int result = format.pixelFormat() == PixelFormat.I420 && sampling != TurboJpeg.SAMPLING_GRAY
                ? compressPlanes(pixels, format, quality)
                : compress(pixels, format, quality, sampling);
        Reference.reachabilityFence(pixels);
        Reference.reachabilityFence(image);
        if (result != 0) {
            throw new IOException("TurboJPEG cannot encode a " + format.describe() + " frame as JPEG: "
                    + TurboJpeg.errorText(compressor));
        }
        int length = (int) arguments.getLong(LENGTH_OFFSET, ByteOrder.nativeOrder());
        if (length > target.limit()) {
            throw new IOException("a " + format.describe() + " frame is " + length + " bytes as JPEG of quality "
                    + quality + ", its target has room for " + target.limit() + "; lower the quality");
        }
        if (!isInPlace) {
            from.wrap(BufferUtil.address(image), length);
            from.getBytes(0, target, 0, length);
            encodeCopies++;
        }
        return length;
    }

    private int compress(ByteBuffer pixels, FrameFormat format, int quality, int sampling) {
        return TurboJpeg.tjCompress2(
                compressor,
                BufferUtil.address(pixels),
                format.width(),
                format.stride(),
                format.height(),
                pixelFormat(format),
                arguments.addressOffset() + IMAGE_OFFSET,
                arguments.addressOffset() + LENGTH_OFFSET,
                sampling,
                quality,
                ENCODING);
    }

    private int compressPlanes(ByteBuffer pixels, FrameFormat format, int quality) {
        pointAtPlanes(pixels, format);
        if (isOdd(format)) {
            pairLuma(pixels, format);
            encodeCopies++;
        }
        return TurboJpeg.tjCompressFromYUVPlanes(
                compressor,
                arguments.addressOffset() + PLANES_OFFSET,
                format.width(),
                arguments.addressOffset() + STRIDES_OFFSET,
                format.height(),
                TurboJpeg.SAMPLING_420,
                arguments.addressOffset() + IMAGE_OFFSET,
                arguments.addressOffset() + LENGTH_OFFSET,
                quality,
                ENCODING);
    }

    @Override
    public int maxEncodedLength(FrameFormat format, ChromaSubsampling subsampling) {
        JpegArguments.requireSupported(format);
        long own = TurboJpeg.maxLength(format.width(), format.height(), sampling(format, subsampling));
        int allowed = FrameFormat.jpeg(format.width(), format.height()).maxPayloadLength();
        return (int) Math.min(Integer.MAX_VALUE - 8, Math.max(own, allowed));
    }

    @Override
    public void decode(ByteBuffer jpeg, int length, ByteBuffer target, FrameFormat targetFormat) throws IOException {
        JpegArguments.requireSupported(targetFormat);
        JpegArguments.requireImage(jpeg, length);
        JpegArguments.requireWritable(target);
        JpegArguments.requirePixels(target, targetFormat);
        requireDecompressor();
        scanner.readHeader(jpeg, 0, length);
        scanner.requireDecodableAs(targetFormat);
        scanner.requireEnd();
        decodeCopies = 0;
        long image = BufferUtil.address(jpeg);
        if (targetFormat.pixelFormat() == PixelFormat.I420) {
            decodePlanes(image, length, target, targetFormat);
        } else {
            decompress(image, length, BufferUtil.address(target), targetFormat.stride(), pixelFormat(targetFormat));
        }
        Reference.reachabilityFence(jpeg);
        Reference.reachabilityFence(target);
    }

    private void decompress(long image, int length, long pixels, int stride, int pixelFormat)
            throws JpegFormatException {
        requireWhole(TurboJpeg.tjDecompress2(
                decompressor, image, length, pixels, scanner.width(), stride, scanner.height(), pixelFormat, DECODING));
    }

    private void decodePlanes(long image, int length, ByteBuffer target, FrameFormat format) throws IOException {
        if (scanner.components() == 1) {
            decompress(image, length, BufferUtil.address(target), format.stride(), TurboJpeg.GRAY);
            int chroma = (int) format.pixelFormat().planeOffset(1, format.stride(), format.height());
            into.wrap(BufferUtil.address(target), format.maxPayloadLength());
            into.setMemory(chroma, format.maxPayloadLength() - chroma, NO_COLOR);
            return;
        }
        pointAtPlanes(target, format);
        if (isOdd(format)) {
            luma(format);
        }
        if (isYuv420(image, length)) {
            requireWhole(TurboJpeg.tjDecompressToYUVPlanes(
                    decompressor,
                    image,
                    length,
                    arguments.addressOffset() + PLANES_OFFSET,
                    format.width(),
                    arguments.addressOffset() + STRIDES_OFFSET,
                    format.height(),
                    DECODING));
        } else {
            decodeThroughBgr(image, length, format);
        }
        if (isOdd(format)) {
            takeLuma(target, format);
            decodeCopies++;
        }
    }

    private boolean isYuv420(long image, int length) {
        long at = arguments.addressOffset();
        int result = TurboJpeg.tjDecompressHeader3(
                decompressor,
                image,
                length,
                at + WIDTH_OFFSET,
                at + HEIGHT_OFFSET,
                at + SAMPLING_OFFSET,
                at + COLORSPACE_OFFSET);
        return result == 0 // else the sampling has no name, or the decoder will say what is wrong
                && arguments.getInt(SAMPLING_OFFSET, ByteOrder.nativeOrder()) == TurboJpeg.SAMPLING_420
                && arguments.getInt(COLORSPACE_OFFSET, ByteOrder.nativeOrder()) == TurboJpeg.COLORSPACE_YCBCR;
    }

    private void decodeThroughBgr(long image, int length, FrameFormat format) throws IOException {
        requireCompressor();
        int stride = Math.multiplyExact(3, format.width());
        ByteBuffer bgr = scratch((long) stride * format.height(), format);
        decompress(image, length, BufferUtil.address(bgr), stride, TurboJpeg.BGR);
        int result = TurboJpeg.tjEncodeYUVPlanes(
                compressor,
                BufferUtil.address(bgr),
                format.width(),
                stride,
                format.height(),
                TurboJpeg.BGR,
                arguments.addressOffset() + PLANES_OFFSET,
                arguments.addressOffset() + STRIDES_OFFSET,
                TurboJpeg.SAMPLING_420,
                0);
        Reference.reachabilityFence(bgr);
        if (result != 0) {
            throw new IOException("TurboJPEG cannot make I420 of a JPEG image: " + TurboJpeg.errorText(compressor));
        }
    }

    private void requireWhole(int result) throws JpegFormatException {
        if (result == 0) {
            return;
        }
        String text = TurboJpeg.errorText(decompressor);
        if (!WARNING.matcher(text).matches()) {
            throw new JpegFormatException("corrupt JPEG image: " + text);
        }
        JpegCodecs.warned(text);
    }

    private void pointAtPlanes(ByteBuffer frame, FrameFormat format) {
        long address = BufferUtil.address(frame);
        PixelFormat pixels = format.pixelFormat();
        for (int plane = 0; plane < pixels.planeCount(); plane++) {
            setPlane(
                    plane,
                    address + pixels.planeOffset(plane, format.stride(), format.height()),
                    pixels.planeStride(plane, format.stride()));
        }
    }

    private void setPlane(int plane, long address, int stride) {
        arguments.putLong(PLANES_OFFSET + plane * Long.BYTES, address, ByteOrder.nativeOrder());
        arguments.putInt(STRIDES_OFFSET + plane * Integer.BYTES, stride, ByteOrder.nativeOrder());
    }

    private static boolean isOdd(FrameFormat format) {
        return ((format.width() | format.height()) & 1) != 0;
    }

    /**
     * Room for luma in whole pairs, which the library reads and writes: with the frame's own it would go on in the next
     * row or plane.
     */
    private void luma(FrameFormat format) {
        int stride = format.width() + (format.width() & 1);
        int length = Math.multiplyExact(stride, format.height() + (format.height() & 1));
        if (luma.capacity() < length) {
            luma = ByteBuffer.allocateDirect(length);
        }
        setPlane(0, BufferUtil.address(luma), stride);
    }

    /** The luma with its last column and row twice where that makes a pair: so the edge stays as it is. */
    private void pairLuma(ByteBuffer pixels, FrameFormat format) {
        luma(format);
        int width = format.width();
        int stride = width + (width & 1);
        from.wrap(BufferUtil.address(pixels), format.maxPayloadLength());
        into.wrap(BufferUtil.address(luma), luma.capacity());
        for (int row = 0; row < format.height() + (format.height() & 1); row++) {
            int source = Math.min(row, format.height() - 1) * format.stride();
            into.putBytes(row * stride, from, source, width);
            into.putByte(row * stride + stride - 1, from.getByte(source + width - 1));
        }
    }

    private void takeLuma(ByteBuffer target, FrameFormat format) {
        int stride = format.width() + (format.width() & 1);
        from.wrap(BufferUtil.address(luma), luma.capacity());
        into.wrap(BufferUtil.address(target), format.maxPayloadLength());
        for (int row = 0; row < format.height(); row++) {
            into.putBytes(row * format.stride(), from, row * stride, format.width());
        }
    }

    private ByteBuffer scratch(long length, FrameFormat format) throws IOException {
        if (length > Integer.MAX_VALUE - 8) {
            throw new IOException(
                    "a " + format.describe() + " frame is too large: as JPEG it may take " + length + " bytes");
        }
        if (scratch.capacity() < length) {
            scratch = ByteBuffer.allocateDirect((int) length);
        }
        return scratch;
    }

    private static int sampling(FrameFormat format, ChromaSubsampling subsampling) {
        if (format.pixelFormat() == PixelFormat.GRAY8 || subsampling == ChromaSubsampling.GRAY) {
            return TurboJpeg.SAMPLING_GRAY;
        }
        if (format.pixelFormat() == PixelFormat.I420 || subsampling == ChromaSubsampling.YUV420) {
            return TurboJpeg.SAMPLING_420;
        }
        return subsampling == ChromaSubsampling.YUV422 ? TurboJpeg.SAMPLING_422 : TurboJpeg.SAMPLING_444;
    }

    /** Of the pixels, or of the first plane. */
    private static int pixelFormat(FrameFormat format) {
        return switch (format.pixelFormat()) {
            case BGR24 -> TurboJpeg.BGR;
            case RGB24 -> TurboJpeg.RGB;
            case BGRA32 -> TurboJpeg.BGRA;
            default -> TurboJpeg.GRAY;
        };
    }

    private void requireCompressor() {
        requireOpen();
        if (compressor == 0) {
            compressor = requireHandle(TurboJpeg.tjInitCompress());
        }
    }

    private void requireDecompressor() {
        requireOpen();
        if (decompressor == 0) {
            decompressor = requireHandle(TurboJpeg.tjInitDecompress());
        }
    }

    private void requireOpen() {
        if (isClosed) {
            throw new IllegalStateException("the TurboJPEG codec is closed");
        }
    }

    private static long requireHandle(long handle) {
        if (handle == 0) {
            throw new OutOfMemoryError("TurboJPEG: " + TurboJpeg.errorText(0));
        }
        return handle;
    }

    @Override
    public int encodeCopies() {
        return encodeCopies;
    }

    @Override
    public int decodeCopies() {
        return decodeCopies;
    }

    @Override
    public String name() {
        return "TurboJPEG";
    }

    @Override
    public void close() {
        isClosed = true;
        if (compressor != 0) {
            TurboJpeg.tjDestroy(compressor);
            compressor = 0;
        }
        if (decompressor != 0) {
            TurboJpeg.tjDestroy(decompressor);
            decompressor = 0;
        }
    }
}
