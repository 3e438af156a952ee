package io.aeroframe.vision.source;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32;

/**
 * Checks the chunks of a PNG file before libpng sees them: libpng reports what it does not like on standard error, and
 * so also complains about the colour profiles that many programs write. Chunks that do not change the pixels are taken
 * out.
 */
final class PngChunks {

    private static final long SIGNATURE = 0x89504E470D0A1A0AL;
    private static final int SIGNATURE_LENGTH = 8;
    private static final int OVERHEAD = 12; // length, type, CRC
    private static final int IHDR = 0x49484452;
    private static final int IDAT = 0x49444154;
    private static final int ACTL = 0x6163544C;
    private static final int IEND = 0x49454E44;
    private static final int TRNS = 0x74524E53;
    private static final int EXIF = 0x65584966; // may say how the picture is turned
    private static final int ANCILLARY_BIT = 0x20000000;

    private PngChunks() {}

    static boolean isPng(ByteBuffer file, int length) {
        return length >= SIGNATURE_LENGTH && file.getLong(0) == SIGNATURE;
    }

    /** Whether a file is an animation: it says so before its first picture. */
    static boolean isAnimated(Path path) throws IOException {
        try (DataInputStream file = new DataInputStream(new BufferedInputStream(Files.newInputStream(path)))) {
            if (file.readLong() != SIGNATURE) {
                return false;
            }
            while (true) {
                int dataLength = file.readInt();
                int type = file.readInt();
                if (type == ACTL || type == IDAT || dataLength < 0) {
                    return type == ACTL;
                }
                file.skipNBytes(dataLength + 4L);
            }
        } catch (EOFException e) {
            return false;
        }
    }

    /**
     * Checks a file and takes out what the decoder does not need.
     *
     * @param file   the file, big-endian, changed in place.
     * @param length its length in bytes.
     * @return the new length.
     * @throws IOException if it is truncated or corrupt; the message does not name the file.
     */
    static int compact(ByteBuffer file, int length) throws IOException {
        CRC32 crc = new CRC32();
        int from = SIGNATURE_LENGTH;
        int to = SIGNATURE_LENGTH;
        while (true) {
            if (length - from < OVERHEAD) {
                throw new IOException("truncated PNG file: it ends after " + length + " bytes without an IEND chunk");
            }
            int dataLength = file.getInt(from);
            int type = file.getInt(from + 4);
            if (dataLength < 0 || dataLength > length - from - OVERHEAD) {
                throw new IOException("truncated or corrupt PNG file: chunk " + name(type) + " at byte " + from + " of "
                        + Integer.toUnsignedString(dataLength) + " bytes ends after the last of " + length + " bytes");
            }
            if (from == SIGNATURE_LENGTH && type != IHDR) {
                throw new IOException("corrupt PNG file: its first chunk is " + name(type) + ", not IHDR");
            }
            if (type == ACTL) {
                throw new IOException("an animated PNG, which is not a picture: publish it by itself");
            }
            boolean isNeeded = (type & ANCILLARY_BIT) == 0 || type == TRNS || type == EXIF;
            if (isNeeded) {
                crc.reset();
                crc.update(file.duplicate().position(from + 4).limit(from + 8 + dataLength));
                if ((int) crc.getValue() != file.getInt(from + 8 + dataLength)) {
                    throw new IOException("corrupt PNG file: chunk " + name(type) + " at byte " + from
                            + " does not match its checksum");
                }
                file.put(to, file, from, OVERHEAD + dataLength);
                to += OVERHEAD + dataLength;
            }
            from += OVERHEAD + dataLength;
            if (type == IEND) {
                return to;
            }
        }
    }

    private static String name(int type) {
        StringBuilder name = new StringBuilder();
        for (int shift = 24; shift >= 0; shift -= 8) {
            char c = (char) (type >> shift & 0xFF);
            name.append(c >= 'A' && c <= 'z' ? c : '?');
        }
        return name.toString();
    }
}
