package io.aeroframe.vision.sink;

import io.aeroframe.transport.Frame;
import io.aeroframe.transport.FrameEncoding;
import io.aeroframe.transport.FrameFormat;
import io.aeroframe.transport.PixelFormat;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.agrona.DirectBuffer;

/** The MD5 of a frame's payload in row order without padding. One thread at a time. */
final class PayloadDigest {

    private static final String HEX = "0123456789abcdef";
    private static final int CHUNK_LENGTH = 65_536;

    private final MessageDigest md5;
    private final byte[] chunk = new byte[CHUNK_LENGTH];
    private final byte[] hash = new byte[16];

    PayloadDigest() {
        try {
            md5 = MessageDigest.getInstance("MD5");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java runtime has no MD5, which every one must have", e);
        }
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
        if (format.encoding() == FrameEncoding.JPEG) {
            update(payload, 0, frame.payloadLength());
        } else {
            updateWithPlanes(payload, format);
        }
        try {
            md5.digest(hash, 0, hash.length);
        } catch (DigestException e) {
            throw new IllegalStateException("an MD5 no longer is " + hash.length + " bytes", e);
        }
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
        for (int done = 0; done < length; ) {
            int step = Math.min(chunk.length, length - done);
            payload.getBytes(offset + done, chunk, 0, step);
            md5.update(chunk, 0, step);
            done += step;
        }
    }
}
