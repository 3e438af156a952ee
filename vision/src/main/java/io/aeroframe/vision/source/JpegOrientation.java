package io.aeroframe.vision.source;

import java.nio.ByteBuffer;

/**
 * Finds the orientation that a camera noted in a JPEG file (Exif 2.3, tag 0x0112 of IFD 0): such a picture has to be
 * turned before it is shown.
 */
final class JpegOrientation {

    private static final int UPRIGHT = 1;
    private static final int TEM = 0x01;
    private static final int APP1 = 0xE1;
    private static final int SOS = 0xDA;
    private static final int ORIENTATION_TAG = 0x0112;
    private static final int SHORT_TYPE = 3;

    private JpegOrientation() {}

    /**
     * Whether the picture is to be shown as it is stored.
     *
     * @param jpeg   an image that {@link io.aeroframe.vision.jpeg.JpegHeader} has found well-formed, from index 0 on.
     * @param length its length in bytes.
     * @return false if it has to be turned or mirrored; true also where the note cannot be read, as decoders have it.
     */
    static boolean isUpright(ByteBuffer jpeg, int length) {
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
            if (marker == SOS || at + 2 + segment > length) {
                return true;
            }
            if (marker == APP1 && isExif(jpeg, at + 4, segment - 2)) {
                return orientation(jpeg, at + 10, at + 2 + segment) == UPRIGHT;
            }
            at += 2 + segment;
        }
        return true;
    }

    private static boolean isExif(ByteBuffer jpeg, int at, int length) {
        return length >= 14
                && jpeg.get(at) == 'E'
                && jpeg.get(at + 1) == 'x'
                && jpeg.get(at + 2) == 'i'
                && jpeg.get(at + 3) == 'f'
                && jpeg.get(at + 4) == 0;
    }

    private static int orientation(ByteBuffer jpeg, int tiff, int end) {
        boolean isBigEndian = jpeg.get(tiff) == 'M';
        long ifd = tiff + u32(jpeg, tiff + 4, isBigEndian);
        if (ifd + 2 > end) {
            return UPRIGHT;
        }
        int entries = u16(jpeg, (int) ifd, isBigEndian);
        for (int i = 0; i < entries; i++) {
            int entry = (int) ifd + 2 + 12 * i;
            if (entry + 12 > end) {
                return UPRIGHT;
            }
            if (u16(jpeg, entry, isBigEndian) == ORIENTATION_TAG && u16(jpeg, entry + 2, isBigEndian) == SHORT_TYPE) {
                int value = u16(jpeg, entry + 8, isBigEndian);
                return value >= 1 && value <= 8 ? value : UPRIGHT;
            }
        }
        return UPRIGHT;
    }

    private static int u16(ByteBuffer jpeg, int at, boolean isBigEndian) {
        int first = jpeg.get(at) & 0xFF;
        int second = jpeg.get(at + 1) & 0xFF;
        return isBigEndian ? first << 8 | second : second << 8 | first;
    }

    private static long u32(ByteBuffer jpeg, int at, boolean isBigEndian) {
        long first = u16(jpeg, at, isBigEndian);
        long second = u16(jpeg, at + 2, isBigEndian);
        return isBigEndian ? first << 16 | second : second << 16 | first;
    }
}
