package io.aeroframe.vision.jpeg;

import io.aeroframe.transport.FrameFormat;
import java.nio.ByteBuffer;

/**
 * Walks the markers of a JPEG image. Reused from image to image, so that checking a frame allocates nothing.
 *
 * <p>One thread. Nothing in the bytes is trusted: each read is within offset and length.
 */
final class JpegScanner {

    /** How far from the end the end-of-image marker is looked for first: cameras pad their images. */
    static final int PADDING_LIMIT = 64;

    /** More segments of tables before a scan than these are not looked at. */
    private static final int MAX_TABLE_SEGMENTS = 16;

    private static final int SOF0 = 0xC0;
    private static final int SOF2 = 0xC2;
    private static final int DHT = 0xC4;
    private static final int JPG = 0xC8;
    private static final int DAC = 0xCC;
    private static final int DQT = 0xDB;
    private static final int SOF15 = 0xCF;
    private static final int RST0 = 0xD0;
    private static final int RST7 = 0xD7;
    private static final int SOI = 0xD8;
    private static final int EOI = 0xD9;
    private static final int SOS = 0xDA;
    private static final int TEM = 0x01;

    private ByteBuffer jpeg;
    private int start;
    private int end;
    private int at;
    private int width;
    private int height;
    private int components;
    private int strayBytes;
    private final int[] tableMarkers = new int[MAX_TABLE_SEGMENTS];
    private final int[] tableOffsets = new int[MAX_TABLE_SEGMENTS];
    private final int[] tableLengths = new int[MAX_TABLE_SEGMENTS];
    private int tableSegments;

    int width() {
        return width;
    }

    int height() {
        return height;
    }

    int components() {
        return components;
    }

    /** Bytes between the segments, which decoders skip with a warning. */
    int strayBytes() {
        return strayBytes;
    }

    /** Segments of Huffman or quantization tables before the first scan. */
    int tableSegments() {
        return tableSegments;
    }

    int tableMarker(int segment) {
        return tableMarkers[segment];
    }

    /** Where a segment's length is, which counts its own two bytes. */
    int tableOffset(int segment) {
        return tableOffsets[segment];
    }

    int tableLength(int segment) {
        return tableLengths[segment];
    }

    /**
     * Reads from start-of-image to the end of the first start-of-scan header.
     *
     * @throws JpegFormatException      if that is not there or not well-formed.
     * @throws IllegalArgumentException if offset and length are not within the buffer's limit.
     */
    void readHeader(ByteBuffer buffer, int offset, int length) throws JpegFormatException {
        if (offset < 0 || length < 0 || (long) offset + length > buffer.limit()) {
            throw new IllegalArgumentException(
                    "offset=" + offset + " length=" + length + " exceed the buffer's limit=" + buffer.limit());
        }
        jpeg = buffer;
        start = offset;
        at = offset;
        end = offset + length;
        width = 0;
        height = 0;
        components = 0;
        strayBytes = 0;
        tableSegments = 0;
        if (length < 4 || u8(at) != 0xFF || u8(at + 1) != SOI) {
            throw new JpegFormatException("not a JPEG image: it does not start with FF D8");
        }
        at += 2;
        int marker;
        do {
            marker = nextMarker();
            if (marker == EOI || marker == SOI || isRestart(marker)) {
                throw corrupt("marker FF " + hex(marker) + " before the first scan");
            }
            if (marker != TEM) {
                readSegment(marker);
            }
        } while (marker != SOS);
        if (components == 0) {
            throw corrupt("a scan without a frame header before it");
        }
    }

    /** Requires that the image is one to be decoded into a frame of a format. After {@link #readHeader}. */
    void requireDecodableAs(FrameFormat target) throws JpegFormatException {
        JpegCodecs.requireDecodable(width, height);
        if (width != target.width() || height != target.height()) {
            throw new JpegFormatException("a JPEG image of " + width + "x" + height + " where " + target.width() + "x"
                    + target.height() + " was expected");
        }
        if (components == 4) {
            throw new JpegFormatException("a JPEG image of 4 components (CMYK): only gray and colour are decoded");
        }
    }

    /**
     * Requires the end-of-image marker. After {@link #readHeader}.
     *
     * @return where the image ends: at the end if the marker is within its last bytes, else behind the marker.
     */
    int requireEnd() throws JpegFormatException {
        for (int i = end - 2; i >= Math.max(at, end - PADDING_LIMIT); i--) {
            if (u8(i) == 0xFF && u8(i + 1) == EOI) {
                return end;
            }
        }
        int scan = at;
        int imageEnd = walkScans();
        at = scan;
        return imageEnd;
    }

    /**
     * Walks the scans. After {@link #readHeader}.
     *
     * @return the index behind the end-of-image marker.
     */
    int walkScans() throws JpegFormatException {
        while (true) {
            skipEntropyCodedBytes();
            int marker = nextMarker();
            if (marker == EOI) {
                return at;
            }
            boolean isTable = marker == DHT || marker == DAC || marker >= SOS && marker <= 0xDF || marker == 0xFE;
            if (!isTable && !(marker >= 0xE0 && marker <= 0xEF)) {
                throw corrupt("marker FF " + hex(marker) + " at byte " + (at - 2 - start) + " inside a scan");
            }
            skipSegment(marker);
        }
    }

    private void skipEntropyCodedBytes() throws JpegFormatException {
        int i = at;
        while (i < end - 1) {
            if (jpeg.get(i) != (byte) 0xFF) {
                i++;
                continue;
            }
            int next = u8(i + 1);
            if (next == 0 || isRestart(next)) {
                i += 2;
            } else if (next == 0xFF) {
                i++;
            } else {
                at = i;
                return;
            }
        }
        throw truncated();
    }

    private int nextMarker() throws JpegFormatException {
        if (at >= end) {
            throw truncated();
        }
        while (true) { // as decoders do: what is not a marker is skipped
            while (at < end && u8(at) != 0xFF) {
                at++;
                strayBytes++;
            }
            while (at < end && u8(at) == 0xFF) {
                at++;
            }
            if (at >= end) {
                throw truncated();
            }
            int marker = u8(at++);
            if (marker != 0) {
                return marker;
            }
            strayBytes += 2;
        }
    }

    private void readSegment(int marker) throws JpegFormatException {
        boolean isFrameHeader = marker >= SOF0 && marker <= SOF15 && marker != DHT && marker != JPG && marker != DAC;
        if (isFrameHeader) {
            if (marker > SOF2) {
                throw new JpegFormatException("a JPEG image of a kind that is not supported (frame header FF "
                        + hex(marker) + ": lossless, hierarchical or arithmetic coding)");
            }
            if (components != 0) {
                throw corrupt("two frame headers");
            }
            readFrameHeader(skipSegment(marker));
        } else if (marker == SOS) {
            int length = skipSegment(marker);
            int count = length < 3 ? 0 : u8(at - length + 2);
            if (count < 1 || count > 4 || length != 6 + 2 * count) {
                throw corrupt("a scan header of " + length + " bytes for " + count + " components");
            }
        } else if (marker == JPG || marker > TEM && marker < SOF0) {
            throw corrupt("marker FF " + hex(marker) + " at byte " + (at - 2 - start));
        } else {
            int length = skipSegment(marker);
            if ((marker == DHT || marker == DQT) && tableSegments < MAX_TABLE_SEGMENTS) {
                tableMarkers[tableSegments] = marker;
                tableOffsets[tableSegments] = at - length;
                tableLengths[tableSegments] = length;
                tableSegments++;
            }
        }
    }

    private void readFrameHeader(int length) throws JpegFormatException {
        int header = at - length;
        if (length < 8) {
            throw corrupt("a frame header of " + length + " bytes");
        }
        int precision = u8(header + 2);
        int count = u8(header + 7);
        if (length != 8 + 3 * count || count != 1 && count != 3 && count != 4) {
            throw corrupt("a frame header of " + length + " bytes for " + count + " components");
        }
        if (precision != 8) {
            throw new JpegFormatException("a JPEG image of " + precision + " bits a sample: only 8 are supported");
        }
        for (int i = 0; i < count; i++) {
            int sampling = u8(header + 9 + 3 * i);
            if (sampling >> 4 < 1 || sampling >> 4 > 4 || (sampling & 15) < 1 || (sampling & 15) > 4) {
                throw corrupt("sampling factors " + hex(sampling));
            }
        }
        height = u16(header + 3);
        width = u16(header + 5);
        if (width == 0 || height == 0) {
            throw corrupt("a size of " + width + "x" + height);
        }
        components = count;
    }

    /** Moves behind a segment and gives its length, the two bytes that hold it included. */
    private int skipSegment(int marker) throws JpegFormatException {
        if (at > end - 2) {
            throw truncated();
        }
        int length = u16(at);
        if (length < 2) {
            throw corrupt("segment FF " + hex(marker) + " of length " + length);
        }
        if (length > end - at) {
            throw new JpegFormatException("truncated JPEG image: segment FF " + hex(marker) + " at byte "
                    + (at - 2 - start) + " of " + length + " bytes ends after the last of " + (end - start) + " bytes");
        }
        at += length;
        return length;
    }

    private static boolean isRestart(int marker) {
        return marker >= RST0 && marker <= RST7;
    }

    private int u8(int index) {
        return jpeg.get(index) & 0xFF;
    }

    private int u16(int index) {
        return u8(index) << 8 | u8(index + 1); // big-endian whatever the buffer's order
    }

    private JpegFormatException truncated() {
        return new JpegFormatException(
                "truncated JPEG image: no end-of-image marker (FF D9) at the end of its " + (end - start) + " bytes");
    }

    private static JpegFormatException corrupt(String reason) {
        return new JpegFormatException("corrupt JPEG image: " + reason);
    }

    private static String hex(int value) {
        return String.format("%02X", value);
    }
}
