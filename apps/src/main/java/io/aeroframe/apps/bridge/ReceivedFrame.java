package io.aeroframe.apps.bridge;

import io.aeroframe.transport.FrameFormat;
import io.aeroframe.transport.PixelFormat;
import io.aeroframe.transport.SubscriptionContext;
import io.aeroframe.vision.Mats;
import io.aeroframe.vision.OpenCv;
import io.aeroframe.vision.jpeg.JpegCodecs;
import io.aeroframe.vision.jpeg.JpegFormatException;
import io.aeroframe.vision.jpeg.JpegHeader;
import io.aeroframe.vision.source.BadFrameException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.opencv.core.CvException;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.imgcodecs.Imgcodecs;

/**
 * The frame that a bridge received last, in memory that is reused. A bridge fills {@link #room(int)} and then says what
 * is in it. One thread at a time.
 */
public final class ReceivedFrame implements AutoCloseable {

    /** The most bytes of a frame: what is larger is refused before memory is allocated. */
    public static final int MAX_LENGTH = SubscriptionContext.DEFAULT_MAX_FRAME_LENGTH;

    private static final long PNG_SIGNATURE = 0x89504E470D0A1A0AL;
    private static final int PNG_HEADER_LENGTH = 24;

    private final Mats mats = new Mats();
    private ByteBuffer memory = ByteBuffer.allocateDirect(0);
    private ByteBuffer decoded = ByteBuffer.allocateDirect(0);
    private ByteBuffer payload = memory;
    private FrameFormat format;

    /** Creates a frame that has not been received yet. */
    public ReceivedFrame() {}

    /**
     * Returns room for the bytes of the next frame.
     *
     * @param length the number of bytes, 1 to {@link #MAX_LENGTH}.
     * @return a direct buffer with position 0 and that limit.
     * @throws IOException if the length is out of range.
     */
    public ByteBuffer room(int length) throws IOException {
        if (length < 1 || length > MAX_LENGTH) {
            throw new IOException("a frame of " + length + " bytes is not within 1 to " + MAX_LENGTH);
        }
        if (memory.capacity() < length) {
            memory = ByteBuffer.allocateDirect(length);
        }
        return memory.clear().limit(length);
    }

    /**
     * The room has a raw frame.
     *
     * @param raw the format, without padding or with.
     */
    public void holdsRaw(FrameFormat raw) {
        setFormat(raw);
        payload = memory.clear().limit(raw.maxPayloadLength());
    }

    /**
     * The room has a picture: JPEG, which stays as it is, or PNG or another that OpenCV reads, which is decoded.
     *
     * @param length the number of bytes.
     * @throws BadFrameException if it is not a picture that can be decoded.
     * @throws IOException       if OpenCV cannot be loaded.
     */
    public void holdsPicture(int length) throws IOException {
        ByteBuffer picture = memory.clear().limit(length);
        if (length > 1 && picture.get(0) == (byte) 0xFF && picture.get(1) == (byte) 0xD8) {
            holdsJpeg(picture);
        } else {
            decode(picture);
        }
    }

    private void holdsJpeg(ByteBuffer picture) throws BadFrameException {
        JpegHeader header;
        try {
            header = JpegHeader.parse(picture, picture.limit());
        } catch (JpegFormatException ex) {
            throw new BadFrameException(ex.getMessage(), ex);
        }
        PixelFormat pixels = header.components() == 1 ? PixelFormat.GRAY8 : PixelFormat.BGR24;
        setFormat(FrameFormat.jpeg(header.width(), header.height(), pixels));
        if (picture.limit() > format.maxPayloadLength()) {
            throw new BadFrameException("a JPEG image of " + picture.limit() + " bytes is larger than its pixels");
        }
        payload = picture;
    }

    private void decode(ByteBuffer picture) throws IOException {
        if (picture.limit() < PNG_HEADER_LENGTH || bigEndianLong(picture) != PNG_SIGNATURE) {
            throw new BadFrameException("neither a JPEG nor a PNG image: it starts with " + hex(picture));
        }
        long width = picture.order(ByteOrder.BIG_ENDIAN).getInt(16) & 0xFFFF_FFFFL;
        long height = picture.getInt(20) & 0xFFFF_FFFFL;
        if (width < 1 || height < 1 || width > FrameFormat.MAX_DIMENSION || height > FrameFormat.MAX_DIMENSION) {
            throw new BadFrameException("a PNG image of " + width + "x" + height);
        }
        if (width * height > JpegCodecs.maxPixels()) {
            throw new BadFrameException("a PNG image of " + width + "x" + height + " has more pixels than the limit of "
                    + JpegCodecs.maxPixels());
        }
        OpenCv.require();
        Mat bytes = new Mat(1, picture.limit(), CvType.CV_8UC1, picture);
        Mat pixels = null;
        try {
            pixels = Imgcodecs.imdecode(bytes, Imgcodecs.IMREAD_UNCHANGED);
            if (pixels.empty()) {
                throw new BadFrameException("a damaged PNG image");
            }
            FrameFormat raw = Mats.formatOf(pixels);
            if (decoded.capacity() < raw.maxPayloadLength()) {
                decoded = ByteBuffer.allocateDirect(raw.maxPayloadLength());
            }
            pixels.copyTo(mats.over(decoded, 0, raw));
            setFormat(raw);
            payload = decoded.clear().limit(raw.maxPayloadLength());
        } catch (CvException | IllegalArgumentException ex) {
            throw new BadFrameException("a PNG image that cannot be used: " + ex.getMessage(), ex);
        } finally {
            bytes.release();
            if (pixels != null) {
                pixels.release();
            }
        }
    }

    private static long bigEndianLong(ByteBuffer bytes) {
        return bytes.order(ByteOrder.BIG_ENDIAN).getLong(0);
    }

    private static String hex(ByteBuffer bytes) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < Math.min(4, bytes.limit()); i++) {
            text.append(i == 0 ? "" : " ").append(String.format("%02X", bytes.get(i)));
        }
        return text.isEmpty() ? "nothing" : text.toString();
    }

    private void setFormat(FrameFormat next) {
        if (!next.equals(format)) {
            format = next;
        }
    }

    /**
     * The format of the frame.
     *
     * @return the format; the same object as long as it does not change.
     */
    public FrameFormat format() {
        return format;
    }

    /**
     * The payload.
     *
     * @return a direct buffer with the payload from index 0 to its limit, until the next frame.
     */
    public ByteBuffer payload() {
        return payload;
    }

    @Override
    public void close() {
        mats.clear();
    }
}
