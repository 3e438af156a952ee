package io.aeroframe.vision.source;

import io.aeroframe.transport.FrameFormat;
import io.aeroframe.transport.PixelFormat;
import io.aeroframe.vision.jpeg.JpegFormatException;
import io.aeroframe.vision.jpeg.JpegHeader;
import java.nio.ByteBuffer;

/** What a packet of a Motion JPEG stream must be to be passed on as a JPEG frame. */
final class MjpegPacket {

    private static final int DHT = 0xC4;
    private static final int SOS = 0xDA;

    private MjpegPacket() {}

    /**
     * The format of the frame that a packet is.
     *
     * @param bytes  the packet from index 0.
     * @param length its length in bytes.
     * @throws JpegFormatException if it is not a complete JPEG image that can be decoded by itself.
     */
    static FrameFormat format(ByteBuffer bytes, int length) throws JpegFormatException {
        JpegHeader header = JpegHeader.parse(bytes, length);
        if (header.components() == 4) {
            throw new JpegFormatException("its colours are CMYK");
        }
        if (!hasTables(bytes, length)) {
            throw new JpegFormatException("its Huffman tables are left out, as in the AVI files of some cameras");
        }
        return FrameFormat.jpeg(
                header.width(), header.height(), header.components() == 1 ? PixelFormat.GRAY8 : PixelFormat.BGR24);
    }

    /** Of a well-formed image: whether there is a table before the first scan. */
    private static boolean hasTables(ByteBuffer bytes, int length) {
        int at = 2;
        while (at + 4 <= length) {
            int marker = bytes.get(at + 1) & 0xFF;
            if (marker == DHT) {
                return true;
            }
            if (marker == SOS) {
                return false;
            }
            boolean isFill = marker == 0xFF;
            boolean isBare = marker == 0x01;
            at += isFill ? 1 : isBare ? 2 : 2 + ((bytes.get(at + 2) & 0xFF) << 8 | bytes.get(at + 3) & 0xFF);
        }
        return false;
    }
}
