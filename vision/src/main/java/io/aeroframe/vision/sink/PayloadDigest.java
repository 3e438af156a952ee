package io.aeroframe.vision.sink;

import io.aeroframe.transport.Frame;
import io.aeroframe.transport.FrameEncoding;
import io.aeroframe.transport.FrameFormat;
import io.aeroframe.transport.PixelFormat;
import io.aeroframe.vision.internal.Ffmpeg;
import io.aeroframe.vision.internal.NativeAddress;
import org.agrona.DirectBuffer;
import org.bytedeco.ffmpeg.avutil.AVMD5;
import org.bytedeco.ffmpeg.global.avutil;

/**
 * The MD5 of a frame's payload in row order without padding. One thread at a time.
 *
 * <p>By FFmpeg's libavutil, which reads the frame where it lies. Java's own would copy it into an array first.
 */
final class PayloadDigest implements AutoCloseable {

    private static final String HEX = "0123456789abcdef";

    private final AVMD5 md5;
    private final NativeAddress address;
    private final byte[] hash = new byte[16];
    private boolean isClosed;

    PayloadDigest() {
        Ffmpeg.load();
        md5 = avutil.av_md5_alloc();
        address = new NativeAddress();
    }

    /**
     * Appends the digest of a frame.
     *
     * @param text  gets 32 lower-case hexadecimal digits.
     * @param frame whose payload is read.
     */
    void appendTo(StringBuilder text, Frame frame) {
        DirectBuffer payload = frame.payload();
        FrameFormat format = frame.format();
        avutil.av_md5_init(md5);
        if (format.encoding() == FrameEncoding.JPEG) {
            update(payload, 0, frame.payloadLength());
        } else {
            updateWithPlanes(payload, format);
        }
        avutil.av_md5_final(md5, hash);
        for (byte value : hash) {
            text.append(HEX.charAt((value >> 4) & 0xf)).append(HEX.charAt(value & 0xf));
        }
    }

    private void updateWithPlanes(DirectBuffer payload, FrameFormat format) {
        PixelFormat pixels = format.pixelFormat();
        for (int plane = 0; plane < pixels.planeCount(); plane++) {
            int offset = (int) pixels.planeOffset(plane, format.stride(), format.height());
            int stride = pixels.planeStride(plane, format.stride());
            int rowLength = pixels.rowLength(plane, format.width());
            int rows = pixels.planeHeight(plane, format.height());
            if (stride == rowLength) {
                update(payload, offset, rowLength * rows);
                continue;
            }
            for (int row = 0; row < rows; row++) {
                update(payload, offset + row * stride, rowLength);
            }
        }
    }

    private void update(DirectBuffer payload, int offset, int length) {
        payload.boundsCheck(offset, length);
        avutil.av_md5_update(md5, address.at(payload.addressOffset() + offset), length);
    }

    /** Frees the native memory. Closing twice does nothing. */
    @Override
    public void close() {
        if (!isClosed) {
            isClosed = true;
            avutil.av_free(md5);
        }
    }
}
