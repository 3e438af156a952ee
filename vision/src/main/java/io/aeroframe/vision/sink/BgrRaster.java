package io.aeroframe.vision.sink;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.aeroframe.transport.Frame;
import io.aeroframe.transport.FrameEncoding;
import io.aeroframe.transport.FrameFormat;
import io.aeroframe.transport.PixelFormat;
import io.aeroframe.vision.DecodedFrames;
import io.aeroframe.vision.internal.PixelConverter;
import io.aeroframe.vision.jpeg.JpegCodec;
import io.aeroframe.vision.jpeg.JpegCodecs;
import io.aeroframe.vision.jpeg.JpegFormatException;
import io.aeroframe.vision.zstd.ZstdFormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.IntBuffer;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Turns any frame into the pixels of a Java image, as screens have them: ints of red, green and blue, rows without
 * padding. Gray shows as gray, of GRAY16 the high byte; alpha is left out. What it needs for a format is made when that
 * format first comes and then reused. One thread at a time.
 */
final class BgrRaster implements AutoCloseable {

    private static final int COLORS = 0xff_ffff;
    private static final int GRAY = 0x1_0101;

    private final DecodedFrames raws = DecodedFrames.rawOrJpeg();
    private final UnsafeBuffer decodedBytes = new UnsafeBuffer(0, 0);
    private int copies;
    private ByteBuffer converted = ByteBuffer.allocateDirect(0);
    private IntBuffer convertedPixels = converted.asIntBuffer();
    private ByteBuffer decoded = ByteBuffer.allocateDirect(0);
    private FrameFormat decodedFormat;
    private FrameFormat jpegFormat;
    private PixelConverter converter;
    private JpegCodec codec;

    /**
     * Reads a frame.
     *
     * @param received any frame.
     * @param target   gets {@code height × width} pixels {@code 0xRRGGBB}, of which the highest byte means nothing;
     *                 untouched if the frame is bad.
     * @throws JpegFormatException if the frame is a JPEG that cannot be decoded, or with more pixels than may be.
     * @throws ZstdFormatException if the frame cannot be decompressed.
     * @throws IOException         if the JPEG or Zstandard library is missing or fails.
     */
    void read(Frame received, int[] target) throws IOException {
        Frame frame = raws.of(received);
        if (frame.format().encoding() == FrameEncoding.JPEG) {
            decode(frame);
            paint(decodedBytes, decoded, decodedFormat, target);
            copies += codec.decodeCopies();
        } else {
            paint(frame.payload(), frame.payloadByteBuffer(), frame.format(), target);
        }
    }

    private void paint(DirectBuffer payload, ByteBuffer bytes, FrameFormat format, int[] target) {
        switch (format.pixelFormat()) {
            case GRAY8, GRAY16, BGRA32 -> {
                readPacked(payload, format, target);
                copies = 0;
            }
            default -> convert(bytes, format, target);
        }
    }

    /**
     * How often the bytes of the last frame were copied besides being converted or decoded.
     *
     * @return 0 for gray and BGRA32; for the others 1, as they are converted by native code, which writes no Java
     *     array, and what that code copies itself; for JPEG also what its decoder copies.
     */
    int copies() {
        return copies;
    }

    @Override
    public void close() {
        raws.close();
        closeConverter();
        if (codec != null) {
            codec.close();
            codec = null;
        }
    }

    private static void readPacked(DirectBuffer payload, FrameFormat format, int[] target) {
        int width = format.width();
        for (int y = 0; y < format.height(); y++) {
            int row = y * format.stride();
            int to = y * width;
            switch (format.pixelFormat()) {
                case GRAY8 -> readGray(payload, row, 1, target, to, width);
                case GRAY16 ->
                    readGray(payload, row + 1, 2, target, to, width); // little-endian: the high byte is the second
                case BGRA32 -> readBgra(payload, row, target, to, width);
                default -> throw new IllegalArgumentException(format.describe() + " is not packed");
            }
        }
    }

    private static void readGray(DirectBuffer payload, int from, int step, int[] target, int to, int width) {
        for (int x = 0; x < width; x++) {
            target[to + x] = (payload.getByte(from + x * step) & 0xff) * GRAY;
        }
    }

    private static void readBgra(DirectBuffer payload, int from, int[] target, int to, int width) {
        for (int x = 0; x < width; x++) {
            target[to + x] = payload.getInt(from + 4 * x, LITTLE_ENDIAN) & COLORS;
        }
    }

    private void convert(ByteBuffer bytes, FrameFormat format, int[] target) {
        if (converter == null || !format.equals(converter.from())) {
            closeConverter();
            FrameFormat to = FrameFormat.raw(PixelFormat.BGRA32, format.width(), format.height());
            if (converted.capacity() < to.maxPayloadLength()) {
                converted = ByteBuffer.allocateDirect(to.maxPayloadLength());
                convertedPixels = converted.duplicate().order(LITTLE_ENDIAN).asIntBuffer();
            }
            converter = new PixelConverter(format, to);
        }
        converter.convert(bytes, converted);
        convertedPixels.get(0, target, 0, format.width() * format.height());
        copies = converter.copies() + 1;
    }

    private void decode(Frame frame) throws IOException {
        FrameFormat format = frame.format();
        JpegCodecs.requireDecodable(format);
        if (codec == null) {
            codec = JpegCodecs.open();
        }
        if (!format.equals(jpegFormat)) {
            FrameFormat to = FrameFormat.bgr24(format.width(), format.height());
            if (decoded.capacity() < to.maxPayloadLength()) {
                decoded = ByteBuffer.allocateDirect(to.maxPayloadLength());
                decodedBytes.wrap(decoded);
            }
            decodedFormat = to;
            jpegFormat = format;
        }
        codec.decode(frame.payloadByteBuffer(), frame.payloadLength(), decoded, decodedFormat);
    }

    private void closeConverter() {
        if (converter != null) {
            converter.close();
            converter = null;
        }
    }
}
