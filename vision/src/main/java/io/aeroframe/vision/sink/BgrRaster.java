package io.aeroframe.vision.sink;

import io.aeroframe.transport.Frame;
import io.aeroframe.transport.FrameEncoding;
import io.aeroframe.transport.FrameFormat;
import io.aeroframe.transport.PixelFormat;
import io.aeroframe.vision.PixelConverter;
import io.aeroframe.vision.jpeg.JpegCodec;
import io.aeroframe.vision.jpeg.JpegCodecs;
import io.aeroframe.vision.jpeg.JpegFormatException;
import io.aeroframe.vision.zstd.ZstdFormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.agrona.DirectBuffer;

/**
 * Turns any frame into the bytes of a Java image: blue, green, red, rows without padding. Gray shows as gray, of GRAY16 the
 * high byte; alpha is left out. What it needs for a format is made when that format first comes and then reused. One
 * thread at a time.
 */
final class BgrRaster implements AutoCloseable {

    private final DecompressedFrames raws = new DecompressedFrames();
    private int copies;
    private ByteBuffer converted = ByteBuffer.allocateDirect(0);
    private FrameFormat convertedFrom;
    private FrameFormat convertedTo;
    private PixelConverter converter;
    private JpegCodec codec;

    /**
     * Reads a frame.
     *
     * @param received any frame.
     * @param target   gets {@code height × width × 3} bytes; untouched if the frame is bad.
     * @throws JpegFormatException if the frame is a JPEG that cannot be decoded.
     * @throws ZstdFormatException if the frame cannot be decompressed.
     * @throws IOException         if the JPEG or Zstandard library is missing or fails.
     */
    void read(Frame received, byte[] target) throws IOException {
        Frame frame = raws.of(received);
        FrameFormat format = frame.format();
        if (format.encoding() == FrameEncoding.JPEG) {
            decode(frame, target);
            return;
        }
        switch (format.pixelFormat()) {
            case BGR24 -> {
                readBgr(frame.payload(), format, target);
                copies = 1;
            }
            case GRAY8, GRAY16, RGB24, BGRA32 -> {
                readPacked(frame.payloadByteBuffer(), format, target);
                copies = 0;
            }
            default -> convert(frame, target);
        }
    }

    /**
     * How often the bytes of the last frame were copied besides being converted or decoded.
     *
     * @return 1 for BGR24, whose bytes are put into the array as they are; 0 for other packed pixels, converted on the way there; for YUV and JPEG,
     *     made into BGR by native code that writes no Java array, 1 and what that code copies itself.
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

    private static void readBgr(DirectBuffer payload, FrameFormat format, byte[] target) {
        int rowLength = 3 * format.width();
        if (format.stride() == rowLength) {
            payload.getBytes(0, target, 0, rowLength * format.height());
            return;
        }
        for (int y = 0; y < format.height(); y++) {
            payload.getBytes(y * format.stride(), target, y * rowLength, rowLength);
        }
    }

    private static void readPacked(ByteBuffer payload, FrameFormat format, byte[] target) {
        PixelFormat pixels = format.pixelFormat();
        int rowLength = pixels.rowLength(0, format.width());
        int step = rowLength / format.width();
        // Where blue, green and red are within a pixel; GRAY16 is little-endian, so that its high byte is the second.
        int blue = pixels == PixelFormat.RGB24 ? 2 : pixels == PixelFormat.GRAY16 ? 1 : 0;
        int green = pixels == PixelFormat.GRAY8 ? 0 : 1;
        int red = pixels == PixelFormat.BGRA32 ? 2 : pixels == PixelFormat.GRAY16 ? 1 : 0;
        int to = 0;
        for (int y = 0; y < format.height(); y++) {
            int end = y * format.stride() + rowLength;
            for (int from = y * format.stride(); from < end; from += step) {
                target[to] = payload.get(from + blue);
                target[to + 1] = payload.get(from + green);
                target[to + 2] = payload.get(from + red);
                to += 3;
            }
        }
    }

    private void convert(Frame frame, byte[] target) {
        FrameFormat format = frame.format();
        if (converter == null || !format.equals(convertedFrom)) {
            closeConverter();
            prepareFor(format);
            converter = new PixelConverter(format, convertedTo);
        }
        converter.convert(frame.payloadByteBuffer(), converted);
        converted.get(0, target, 0, convertedTo.maxPayloadLength());
        copies = converter.copies() + 1;
    }

    private void decode(Frame frame, byte[] target) throws IOException {
        FrameFormat format = frame.format();
        if (codec == null) {
            codec = openCodec();
        }
        if (!format.equals(convertedFrom)) {
            closeConverter();
            prepareFor(format);
        }
        codec.decode(frame.payloadByteBuffer(), frame.payloadLength(), converted, convertedTo);
        converted.get(0, target, 0, convertedTo.maxPayloadLength());
        copies = codec.decodeCopies() + 1;
    }

    private static JpegCodec openCodec() throws IOException {
        try {
            return JpegCodecs.open();
        } catch (UnsatisfiedLinkError e) {
            throw new IOException("window: JPEG cannot be decoded: " + e.getMessage(), e);
        }
    }

    private void prepareFor(FrameFormat format) {
        convertedTo = FrameFormat.bgr24(format.width(), format.height());
        if (converted.capacity() < convertedTo.maxPayloadLength()) {
            converted = ByteBuffer.allocateDirect(convertedTo.maxPayloadLength());
        }
        convertedFrom = format;
    }

    private void closeConverter() {
        if (converter != null) {
            converter.close();
            converter = null;
        }
    }
}
