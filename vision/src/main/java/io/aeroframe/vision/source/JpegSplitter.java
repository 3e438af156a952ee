package io.aeroframe.vision.source;

import java.io.IOException;
import java.util.Arrays;

/**
 * Finds the JPEG images in bytes that have anything else between them. An image ends at its end-of-image marker, which
 * is looked for where markers can be: segments are skipped by their lengths, so that a thumbnail in one does not end
 * the image (ITU-T T.81, annex B). One thread.
 */
final class JpegSplitter {

    private static final int FIRST_ROOM = 256 << 10;
    private static final int MAX_LENGTH = 64 << 20;
    private static final int SOI = 0xD8;
    private static final int EOI = 0xD9;
    private static final int SOS = 0xDA;
    private static final int TEM = 0x01;

    private byte[] data = new byte[FIRST_ROOM];
    private int end;
    private int at;
    private boolean isInImage;
    private boolean isInScan;

    /**
     * Adds bytes.
     *
     * @throws IOException if an image does not end within 64 MiB.
     */
    void add(byte[] bytes, int length) throws IOException {
        if (end + length > MAX_LENGTH) {
            throw new IOException("a JPEG image does not end within " + MAX_LENGTH + " bytes");
        }
        if (end + length > data.length) {
            data = Arrays.copyOf(data, Math.max(2 * data.length, end + length));
        }
        System.arraycopy(bytes, 0, data, end, length);
        end += length;
    }

    /** The next image; one that another begins within is cut there. Null if it is not complete yet. */
    byte[] next() {
        if (!isInImage && !findStart()) {
            return null;
        }
        while (true) {
            if (isInScan && !findScanEnd() || at + 4 > end && !isMarker(EOI)) {
                return null;
            }
            int marker = u8(at + 1);
            if (u8(at) != 0xFF || marker == 0xFF) {
                at++; // padding before a marker, or a stray byte
            } else if (marker == EOI) {
                return take(at + 2);
            } else if (marker == SOI) {
                return take(at);
            } else if (marker <= TEM || marker >= 0xD0 && marker <= 0xD7) {
                at += 2;
            } else {
                at += 2 + Math.max(2, u8(at + 2) << 8 | u8(at + 3));
                isInScan = marker == SOS;
            }
        }
    }

    private boolean isMarker(int marker) {
        return at + 2 <= end && u8(at) == 0xFF && u8(at + 1) == marker;
    }

    /** Moves the next start of an image to index 0. */
    private boolean findStart() {
        int from = 0;
        while (from + 2 <= end && !(u8(from) == 0xFF && u8(from + 1) == SOI)) {
            from++;
        }
        boolean isFound = from + 2 <= end;
        drop(Math.min(from, end));
        isInImage = isFound;
        isInScan = false;
        at = 2;
        return isFound;
    }

    /** Finds the marker behind entropy-coded bytes. */
    private boolean findScanEnd() {
        while (at + 2 <= end) {
            int next = u8(at + 1);
            if (u8(at) == 0xFF && next != 0 && next != 0xFF && (next < 0xD0 || next > 0xD7)) {
                isInScan = false;
                return true;
            }
            at++;
        }
        return false;
    }

    private byte[] take(int length) {
        byte[] image = Arrays.copyOf(data, length);
        drop(length);
        isInImage = false;
        return image;
    }

    private void drop(int count) {
        System.arraycopy(data, count, data, 0, end - count);
        end -= count;
    }

    private int u8(int index) {
        return data[index] & 0xFF;
    }
}
