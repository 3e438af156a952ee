package io.aeroframe.apps.bridge.ros;

import io.aeroframe.apps.bridge.ReceivedFrame;
import io.aeroframe.transport.ColorEncoding;
import io.aeroframe.transport.Frame;
import io.aeroframe.transport.FrameEncoding;
import io.aeroframe.transport.FrameFormat;
import io.aeroframe.transport.PixelFormat;
import io.aeroframe.vision.source.BadFrameException;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Messages of {@code sensor_msgs}: Image and CompressedImage. Numbers are little-endian. */
final class ImageMessage {

    /** An image of pixels. */
    static final String IMAGE = "sensor_msgs/Image";

    /** A JPEG or PNG image. */
    static final String COMPRESSED_IMAGE = "sensor_msgs/CompressedImage";

    private static final int MAX_TEXT_LENGTH = 64 << 10;

    /**
     * What stands before the pixels.
     *
     * @param captureTimeNs the stamp in ns since the epoch; 0 if there is none.
     * @param frameId       the frame id in UTF-8.
     */
    record Head(long captureTimeNs, byte[] frameId) {}

    private ImageMessage() {}

    /** The checksum of a type's definition, by which both ends know that they mean the same. */
    static String checksum(String type) {
        return type.equals(IMAGE) ? "060021388200f6f0f447d0fcd9c64743" : "8f7a12909da2c9d3332d540a0977563f";
    }

    /** The definition of a type, for programs that record the topic. */
    static String definition(String type) {
        String header = "\n" + "=".repeat(80) + "\nMSG: std_msgs/Header\nuint32 seq\ntime stamp\nstring frame_id\n";
        return (type.equals(IMAGE)
                        ? "Header header\nuint32 height\nuint32 width\nstring encoding\nuint8 is_bigendian\n"
                                + "uint32 step\nuint8[] data\n"
                        : "Header header\nstring format\nuint8[] data\n")
                + header;
    }

    /**
     * Reads a message.
     *
     * @throws BadFrameException if it is not well-formed, or its pixels are of a kind that is not carried.
     */
    static Head read(String type, byte[] bytes, ReceivedFrame received) throws IOException {
        ByteBuffer message = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        try {
            message.getInt(); // seq
            long timeNs = Integer.toUnsignedLong(message.getInt()) * 1_000_000_000L;
            timeNs += Integer.toUnsignedLong(message.getInt());
            Head head = new Head(timeNs, text(message));
            if (type.equals(IMAGE)) {
                readImage(message, received);
            } else {
                text(message); // format: the image says it itself
                int length = dataLength(message);
                received.room(length).put(message);
                received.holdsPicture(length);
            }
            return head;
        } catch (BufferUnderflowException ex) {
            throw new BadFrameException("a " + type + " message of " + bytes.length + " bytes is cut short", ex);
        }
    }

    private static void readImage(ByteBuffer message, ReceivedFrame received) throws IOException {
        int height = message.getInt();
        int width = message.getInt();
        String encoding = new String(text(message), StandardCharsets.UTF_8);
        boolean isBigEndian = message.get() != 0;
        int step = message.getInt();
        int length = dataLength(message);
        FrameFormat format;
        try {
            PixelFormat pixels = pixels(encoding);
            format = new FrameFormat(width, height, step, pixels, FrameEncoding.RAW, ColorEncoding.BT601_LIMITED);
        } catch (IllegalArgumentException ex) {
            throw new BadFrameException(
                    "an image of " + width + "x" + height + " " + encoding + ", " + step + " bytes a row: "
                            + ex.getMessage(),
                    ex);
        }
        if (length != format.maxPayloadLength()) {
            throw new BadFrameException("an image of " + format.describe() + " has " + format.maxPayloadLength()
                    + " bytes, and the message " + length);
        }
        ByteBuffer room = received.room(length);
        room.put(message);
        if (encoding.equals("yuv422") || isBigEndian && format.pixelFormat() == PixelFormat.GRAY16) {
            swapPairs(room.flip());
        }
        received.holdsRaw(format);
    }

    private static PixelFormat pixels(String encoding) {
        return switch (encoding) {
            case "bgr8", "8UC3" -> PixelFormat.BGR24;
            case "rgb8" -> PixelFormat.RGB24;
            case "mono8", "8UC1" -> PixelFormat.GRAY8;
            case "mono16", "16UC1" -> PixelFormat.GRAY16;
            case "bgra8" -> PixelFormat.BGRA32;
            case "yuv422", "yuv422_yuy2" -> PixelFormat.YUYV; // yuv422 has U before Y
            default ->
                throw new IllegalArgumentException(
                        "the encoding is not one of bgr8, rgb8, mono8, mono16, bgra8, yuv422, yuv422_yuy2");
        };
    }

    private static void swapPairs(ByteBuffer bytes) {
        for (int i = 0; i + 1 < bytes.limit(); i += 2) {
            byte first = bytes.get(i);
            bytes.put(i, bytes.get(i + 1)).put(i + 1, first);
        }
    }

    private static byte[] text(ByteBuffer message) {
        int length = message.getInt();
        if (length < 0 || length > Math.min(MAX_TEXT_LENGTH, message.remaining())) {
            throw new BufferUnderflowException();
        }
        byte[] text = new byte[length];
        message.get(text);
        return text;
    }

    private static int dataLength(ByteBuffer message) {
        int length = message.getInt();
        if (length < 1 || length != message.remaining()) {
            throw new BufferUnderflowException();
        }
        return length;
    }

    /** The type of the message for a frame. */
    static String typeOf(FrameFormat format) {
        return format.encoding() == FrameEncoding.JPEG ? COMPRESSED_IMAGE : IMAGE;
    }

    /**
     * Makes a message behind its length.
     *
     * @param frame raw, of a packed format, or JPEG.
     */
    static byte[] write(Frame frame, byte[] frameId) {
        FrameFormat format = frame.format();
        boolean isImage = typeOf(format).equals(IMAGE);
        byte[] kind = (isImage ? encoding(format.pixelFormat()) : "jpeg").getBytes(StandardCharsets.US_ASCII);
        int length = 12
                + 4
                + frameId.length
                + (isImage ? 8 : 0)
                + 4
                + kind.length
                + (isImage ? 5 : 0)
                + 4
                + frame.payloadLength();
        ByteBuffer message = ByteBuffer.allocate(4 + length).order(ByteOrder.LITTLE_ENDIAN);
        message.putInt(length);
        message.putInt((int) frame.sequence());
        message.putInt((int) (frame.captureTimeNs() / 1_000_000_000L));
        message.putInt((int) (frame.captureTimeNs() % 1_000_000_000L));
        message.putInt(frameId.length).put(frameId);
        if (isImage) {
            message.putInt(format.height()).putInt(format.width());
        }
        message.putInt(kind.length).put(kind);
        if (isImage) {
            message.put((byte) 0).putInt(format.stride());
        }
        message.putInt(frame.payloadLength());
        frame.payload().getBytes(0, message.array(), message.position(), frame.payloadLength());
        return message.array();
    }

    private static String encoding(PixelFormat pixels) {
        return switch (pixels) {
            case BGR24 -> "bgr8";
            case RGB24 -> "rgb8";
            case GRAY8 -> "mono8";
            case GRAY16 -> "mono16";
            case BGRA32 -> "bgra8";
            case YUYV -> "yuv422_yuy2";
            case NV12, I420 -> throw new IllegalArgumentException(pixels + " is not packed");
        };
    }
}
