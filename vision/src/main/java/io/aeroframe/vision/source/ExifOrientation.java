package io.aeroframe.vision.source;

import java.nio.ByteBuffer;

/** Finds the orientation that a camera noted in a JPEG, PNG or WebP file (Exif 2.3, tag 0x0112 of IFD 0). */
final class ExifOrientation {

    private static final int TEM = 0x01;
    private static final int APP1 = 0xE1;
    private static final int SOS = 0xDA;
    private static final int PNG_SIGNATURE_LENGTH = 8;
    private static final int PNG_EXIF = 0x65584966; // eXIf
    private static final int RIFF = 0x52494646;
    private static final int WEBP = 0x57454250;
    private static final int WEBP_EXIF = 0x45584946;
    private static final int RIFF_HEADER_LENGTH = 12;
    private static final int NAME_LENGTH = 6; // "Exif", 0, 0
    private static final int TIFF_HEADER_LENGTH = 8;
    private static final int ORIENTATION_TAG = 0x0112;
    private static final int SHORT_TYPE = 3;

    private ExifOrientation() {}

    /**
     * The orientation of a JPEG image.
     *
     * @param jpeg   an image that {@link io.aeroframe.vision.jpeg.JpegHeader} has found well-formed, from index 0 on.
     * @param length its length in bytes.
     * @return upright also where the note cannot be read, as decoders have it.
     */
    static Orientation ofJpeg(ByteBuffer jpeg, int length) {
        int at = 2;
        while (at + 4 <= length) {
            int marker = jpeg.get(at + 1) & 0xFF;
            if (marker == 0xFF) { // fill
                at++;
                continue;
            }
            if (marker == TEM) {
                at += 2;
                continue;
            }
            int segment = u16(jpeg, at + 2, true);
            int end = at + 2 + segment;
            if (marker == SOS || end > length) {
                return Orientation.UPRIGHT;
            }
            if (marker == APP1 && hasName(jpeg, at + 4, end)) {
                return ofTiff(jpeg, at + 4 + NAME_LENGTH, end);
            }
            at = end;
        }
        return Orientation.UPRIGHT;
    }

    /**
     * The orientation of a PNG file.
     *
     * @param png    a file of which {@link PngChunks} has checked the chunks, from index 0 on.
     * @param length its length in bytes.
     */
    static Orientation ofPng(ByteBuffer png, int length) {
        int at = PNG_SIGNATURE_LENGTH;
        while (at + 8 <= length) {
            int end = at + 8 + (int) u32(png, at, true);
            if ((int) u32(png, at + 4, true) == PNG_EXIF) {
                return ofTiff(png, at + 8, end);
            }
            at = end + 4;
        }
        return Orientation.UPRIGHT;
    }

    /** Whether a file is WebP, by its first bytes. */
    static boolean isWebp(ByteBuffer file, int length) {
        return length >= RIFF_HEADER_LENGTH && u32(file, 0, true) == RIFF && u32(file, 8, true) == WEBP;
    }

    /**
     * The orientation of a WebP file.
     *
     * @param webp   a file that may be damaged, from index 0 on.
     * @param length its length in bytes.
     */
    static Orientation ofWebp(ByteBuffer webp, int length) {
        long at = RIFF_HEADER_LENGTH;
        while (at + 8 <= length) {
            long size = u32(webp, (int) at + 4, false);
            long end = at + 8 + size;
            if (end > length) {
                return Orientation.UPRIGHT;
            }
            if (u32(webp, (int) at, true) == WEBP_EXIF) {
                int tiff = (int) at + 8; // some writers put JPEG's name before it
                return ofTiff(webp, hasName(webp, tiff, (int) end) ? tiff + NAME_LENGTH : tiff, (int) end);
            }
            at = end + (size & 1);
        }
        return Orientation.UPRIGHT;
    }

    private static boolean hasName(ByteBuffer file, int at, int end) {
        return at + NAME_LENGTH <= end
                && file.get(at) == 'E'
                && file.get(at + 1) == 'x'
                && file.get(at + 2) == 'i'
                && file.get(at + 3) == 'f'
                && file.get(at + 4) == 0;
    }

    private static Orientation ofTiff(ByteBuffer file, int tiff, int end) {
        if (tiff + TIFF_HEADER_LENGTH > end) {
            return Orientation.UPRIGHT;
        }
        boolean isBigEndian = file.get(tiff) == 'M';
        long ifd = tiff + u32(file, tiff + 4, isBigEndian);
        if (ifd + 2 > end) {
            return Orientation.UPRIGHT;
        }
        int entries = u16(file, (int) ifd, isBigEndian);
        for (int i = 0; i < entries; i++) {
            int entry = (int) ifd + 2 + 12 * i;
            if (entry + 12 > end) {
                return Orientation.UPRIGHT;
            }
            if (u16(file, entry, isBigEndian) == ORIENTATION_TAG && u16(file, entry + 2, isBigEndian) == SHORT_TYPE) {
                return Orientation.ofExif(u16(file, entry + 8, isBigEndian));
            }
        }
        return Orientation.UPRIGHT;
    }

    private static int u16(ByteBuffer file, int at, boolean isBigEndian) {
        int first = file.get(at) & 0xFF;
        int second = file.get(at + 1) & 0xFF;
        return isBigEndian ? first << 8 | second : second << 8 | first;
    }

    private static long u32(ByteBuffer file, int at, boolean isBigEndian) {
        long first = u16(file, at, isBigEndian);
        long second = u16(file, at + 2, isBigEndian);
        return isBigEndian ? first << 16 | second : second << 16 | first;
    }
}
