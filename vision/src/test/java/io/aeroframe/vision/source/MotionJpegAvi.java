package io.aeroframe.vision.source;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** AVI files with the packets that cameras write and FFmpeg's program does not. */
final class MotionJpegAvi {

    private MotionJpegAvi() {}

    /** Writes a file of 25 frames a second. */
    static Path write(Path file, int width, int height, List<byte[]> packets) throws IOException {
        byte[] main = ints(40_000, 0, 0, 0x10, packets.size(), 0, 1, 0, width, height, 0, 0, 0, 0);
        ByteBuffer stream = ByteBuffer.allocate(56).order(ByteOrder.LITTLE_ENDIAN);
        stream.put(ascii("vidsMJPG"))
                .putInt(0)
                .putInt(0)
                .putInt(0)
                .putInt(1)
                .putInt(25)
                .putInt(0);
        stream.putInt(packets.size())
                .putInt(1 << 20)
                .putInt(-1)
                .putInt(0)
                .putInt(0)
                .putInt(0);
        ByteBuffer format = ByteBuffer.allocate(40).order(ByteOrder.LITTLE_ENDIAN);
        format.putInt(40).putInt(width).putInt(height).putShort((short) 1).putShort((short) 24);
        format.put(ascii("MJPG")).putInt(width * height * 3);
        byte[] streamList = list("strl", chunk("strh", stream.array()), chunk("strf", format.array()));
        byte[][] frames = packets.stream().map(packet -> chunk("00dc", packet)).toArray(byte[][]::new);
        byte[] content = join(ascii("AVI "), list("hdrl", chunk("avih", main), streamList), list("movi", frames));
        return Files.write(file, chunk("RIFF", content));
    }

    /** An image without the segments of a marker before its scan. */
    static byte[] without(byte[] jpeg, int left) {
        ByteArrayOutputStream kept = new ByteArrayOutputStream();
        kept.write(jpeg, 0, 2);
        int at = 2;
        boolean isBeforeScan = true;
        while (isBeforeScan) {
            int marker = jpeg[at + 1] & 0xFF;
            int length = 2 + ((jpeg[at + 2] & 0xFF) << 8 | jpeg[at + 3] & 0xFF);
            if (marker != left) {
                kept.write(jpeg, at, length);
            }
            isBeforeScan = marker != 0xDA;
            at += length;
        }
        kept.write(jpeg, at, jpeg.length - at);
        return kept.toByteArray();
    }

    private static byte[] list(String type, byte[]... chunks) {
        return chunk("LIST", join(ascii(type), join(chunks)));
    }

    private static byte[] chunk(String type, byte[] content) {
        byte[] length = ints(content.length);
        return join(ascii(type), length, content, new byte[content.length % 2]);
    }

    private static byte[] ints(int... values) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (int value : values) {
            bytes.putInt(value);
        }
        return bytes.array();
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            joined.writeBytes(part);
        }
        return joined.toByteArray();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
