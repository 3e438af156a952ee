package io.aeroframe.vision.source;

import io.aeroframe.transport.FrameFormat;
import io.aeroframe.transport.PixelFormat;
import io.aeroframe.vision.jpeg.JpegFormatException;
import io.aeroframe.vision.jpeg.JpegHeader;
import java.nio.ByteBuffer;

/** What a packet of a Motion JPEG stream must be to be passed on as a JPEG frame. */
final class MjpegPacket {

    private MjpegPacket() {}

    /**
     * The format of the frame that a packet is.
     *
     * @param image the packet, complete with its tables, from index 0 to the limit.
     * @throws JpegFormatException if it is not an image that subscribers can decode, or too long for a frame.
     */
    static FrameFormat format(ByteBuffer image) throws JpegFormatException {
        JpegHeader header = JpegHeader.parse(image, image.limit());
        if (header.components() == 4) {
            throw new JpegFormatException("its colours are CMYK");
        }
        FrameFormat format = FrameFormat.jpeg(
                header.width(), header.height(), header.components() == 1 ? PixelFormat.GRAY8 : PixelFormat.BGR24);
        if (image.limit() > format.maxPayloadLength()) {
            throw new JpegFormatException("its " + image.limit() + " bytes are more than those of its pixels");
        }
        return format;
    }
}
