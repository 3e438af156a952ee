package io.aeroframe.vision.jpeg;

import io.aeroframe.transport.ColorEncoding;
import io.aeroframe.transport.FrameEncoding;
import io.aeroframe.transport.FrameFormat;
import io.aeroframe.transport.PixelFormat;
import java.nio.ByteBuffer;

/** What all codecs require of what they are given. Nothing here allocates if all is well. */
final class JpegArguments {

    private JpegArguments() {}

    /** Frames that JPEG is encoded from and decoded to. */
    static void requireSupported(FrameFormat format) {
        boolean isSupported = format.encoding() == FrameEncoding.RAW
                && switch (format.pixelFormat()) {
                    case BGR24, RGB24, BGRA32, GRAY8, I420 -> true;
                    default -> false;
                };
        if (!isSupported) {
            throw new IllegalArgumentException(format.describe()
                    + ": JPEG is encoded from and decoded to raw BGR24, RGB24, BGRA32, GRAY8 or I420 only");
        }
        if (format.pixelFormat() == PixelFormat.I420 && format.color() != ColorEncoding.BT601_FULL) {
            throw new IllegalArgumentException(format.describe() + " color=" + format.color()
                    + ": the YUV of a JPEG image is BT601_FULL; convert the frame first, or decode to that");
        }
    }

    static void requireQuality(int quality) {
        if (quality < 1 || quality > 100) {
            throw new IllegalArgumentException("quality=" + quality + " is not within 1 to 100");
        }
    }

    /** The pixels of a frame that is read. */
    static void requirePixels(ByteBuffer pixels, FrameFormat format) {
        requireDirect(pixels);
        if (pixels.limit() < format.maxPayloadLength()) {
            throw new IllegalArgumentException("length=" + format.maxPayloadLength() + " stride=" + format.stride()
                    + " of a " + format.describe() + " frame exceed the buffer's limit=" + pixels.limit());
        }
    }

    /** An image that is read. */
    static void requireImage(ByteBuffer jpeg, int length) {
        requireDirect(jpeg);
        if (length < 0 || length > jpeg.limit()) {
            throw new IllegalArgumentException("length=" + length + " exceeds the buffer's limit=" + jpeg.limit());
        }
    }

    /** A buffer that is written to. */
    static void requireWritable(ByteBuffer target) {
        requireDirect(target);
        if (target.isReadOnly()) {
            throw new IllegalArgumentException("the target buffer is read-only");
        }
    }

    private static void requireDirect(ByteBuffer buffer) {
        if (!buffer.isDirect()) {
            throw new IllegalArgumentException("a JPEG codec works on direct buffers, this one is on the heap");
        }
    }
}
