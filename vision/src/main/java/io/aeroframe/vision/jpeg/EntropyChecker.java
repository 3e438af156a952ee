package io.aeroframe.vision.jpeg;

import java.nio.ByteBuffer;

/**
 * Reads the entropy-coded data of an image as a decoder does, without making a picture of it: what is left out, added
 * or turned into codes that there are not is found. For decoders that show a picture of such an image and write of it
 * to standard error only.
 *
 * <p>Baseline and extended sequential images (ITU-T T.81, annex F); of progressive ones only the order of the markers
 * is looked at. After {@link JpegScanner} has found the markers well-formed. One thread; allocates nothing per image.
 */
final class EntropyChecker {

    private static final int MAX_COMPONENTS = 4;
    private static final int MAX_BLOCKS = 10;
    private static final int SOF0 = 0xC0;
    private static final int SOF1 = 0xC1;
    private static final int SOF2 = 0xC2;
    private static final int DHT = 0xC4;
    private static final int RST0 = 0xD0;
    private static final int RST7 = 0xD7;
    private static final int EOI = 0xD9;
    private static final int SOS = 0xDA;
    private static final int DRI = 0xDD;
    private static final int TEM = 0x01;

    private final HuffmanTable[] dc = new HuffmanTable[MAX_COMPONENTS];
    private final HuffmanTable[] ac = new HuffmanTable[MAX_COMPONENTS];
    private final EntropyBits bits = new EntropyBits();
    private final int[] componentIds = new int[MAX_COMPONENTS];
    private final int[] horizontal = new int[MAX_COMPONENTS];
    private final int[] vertical = new int[MAX_COMPONENTS];
    private final boolean[] isScanned = new boolean[MAX_COMPONENTS];
    private final HuffmanTable[] blockDc = new HuffmanTable[MAX_BLOCKS];
    private final HuffmanTable[] blockAc = new HuffmanTable[MAX_BLOCKS];
    private ByteBuffer jpeg;
    private int width;
    private int height;
    private int components;
    private int restartInterval;

    EntropyChecker() {
        for (int i = 0; i < MAX_COMPONENTS; i++) {
            dc[i] = new HuffmanTable();
            ac[i] = new HuffmanTable();
        }
    }

    /**
     * Reads an image.
     *
     * @param image   the image from index 0, whose markers are well-formed.
     * @param length  its length in bytes, up to its end-of-image marker at least.
     * @throws JpegWarningException if decoders make a picture of it.
     * @throws JpegFormatException  if it is truncated, or damaged in another way.
     */
    void check(ByteBuffer image, int length) throws JpegFormatException {
        jpeg = image;
        bits.forget();
        components = 0;
        restartInterval = 0;
        for (int i = 0; i < MAX_COMPONENTS; i++) {
            dc[i].clear();
            ac[i].clear();
            isScanned[i] = false;
        }
        int at = 2;
        while (true) {
            while (u8(at) == 0xFF) {
                at++;
            }
            int marker = u8(at++);
            if (marker == EOI) {
                requireAllScanned();
                if (bits.warning() != null) {
                    throw new JpegWarningException(bits.warning());
                }
                return;
            }
            if (marker == TEM) {
                continue;
            }
            if (marker >= RST0 && marker <= RST7) {
                throw corrupt("a restart marker where none is due, at byte " + (at - 2));
            }
            int segment = u8(at) << 8 | u8(at + 1);
            switch (marker) {
                case SOF0, SOF1 -> readFrameHeader(at);
                case SOF2 -> {
                    return;
                }
                case DHT -> readTables(at, at + segment);
                case DRI -> restartInterval = u8(at + 2) << 8 | u8(at + 3);
                default -> {
                    // nothing that is needed to read the codes
                }
            }
            at += segment;
            if (marker == SOS) {
                bits.start(image, at, length);
                if (!readScan(at - segment, segment)) {
                    return;
                }
                at = bits.end();
            }
        }
    }

    private void requireAllScanned() throws JpegFormatException {
        for (int i = 0; i < components; i++) {
            if (!isScanned[i]) {
                throw corrupt("component " + (i + 1) + " of " + components + " is missing");
            }
        }
    }

    private void readFrameHeader(int at) {
        height = u8(at + 3) << 8 | u8(at + 4);
        width = u8(at + 5) << 8 | u8(at + 6);
        components = u8(at + 7);
        for (int i = 0; i < components; i++) {
            componentIds[i] = u8(at + 8 + 3 * i);
            horizontal[i] = u8(at + 9 + 3 * i) >> 4;
            vertical[i] = u8(at + 9 + 3 * i) & 15;
        }
    }

    private void readTables(int segment, int end) throws JpegFormatException {
        int at = segment + 2;
        while (at < end) {
            int number = u8(at) & 15;
            if (u8(at) > 0x1F || number >= MAX_COMPONENTS || at + 17 > end) {
                throw corrupt("Huffman table " + u8(at));
            }
            at += 1 + (u8(at) >> 4 == 0 ? dc : ac)[number].define(jpeg, at + 1, end);
        }
    }

    /** False if the image leaves its tables out, as some cameras do whose decoders know them by heart. */
    private boolean readScan(int header, int length) throws JpegFormatException {
        int count = length < 3 ? 0 : u8(header + 2);
        if (count < 1 || count > MAX_COMPONENTS || length != 6 + 2 * count) {
            throw corrupt("a scan header of " + length + " bytes for " + count + " components");
        }
        int parameters = header + 3 + 2 * count;
        if (u8(parameters) != 0 || u8(parameters + 1) != 63 || u8(parameters + 2) != 0) {
            throw new JpegWarningException("a scan of some coefficients in an image that is not progressive");
        }
        int blocks = 0;
        int only = 0;
        for (int i = 0; i < count; i++) {
            int component = indexOf(u8(header + 3 + 2 * i));
            int tables = u8(header + 4 + 2 * i);
            if (isScanned[component] || (tables >> 4) >= MAX_COMPONENTS || (tables & 15) >= MAX_COMPONENTS) {
                throw corrupt("a scan that reads a component again, or with a table that there is not");
            }
            if (!dc[tables >> 4].isDefined() || !ac[tables & 15].isDefined()) {
                return false;
            }
            isScanned[component] = true;
            only = component;
            int inUnit = count == 1 ? 1 : horizontal[component] * vertical[component];
            for (int j = 0; j < inUnit; j++) {
                if (blocks == MAX_BLOCKS) {
                    throw corrupt("more than " + MAX_BLOCKS + " blocks in a unit of a scan");
                }
                blockDc[blocks] = dc[tables >> 4];
                blockAc[blocks] = ac[tables & 15];
                blocks++;
            }
        }
        readUnits(unitsOf(count, only), blocks);
        return true;
    }

    private void readUnits(long units, int blocks) throws JpegFormatException {
        int restart = 0;
        for (long unit = 0; unit < units; unit++) {
            if (restartInterval != 0 && unit != 0 && unit % restartInterval == 0) {
                bits.skipMarker(RST0 + restart);
                restart = (restart + 1) & 7;
            }
            for (int block = 0; block < blocks; block++) {
                readBlock(blockDc[block], blockAc[block]);
            }
            bits.requireNotPastEnd();
        }
        bits.requireMarker();
    }

    private void readBlock(HuffmanTable dcTable, HuffmanTable acTable) throws JpegFormatException {
        bits.skip(bits.next(dcTable) & 15);
        for (int k = 1; k < 64; k++) {
            int symbol = bits.next(acTable);
            int size = symbol & 15;
            int run = symbol >> 4;
            if (size == 0 && run != 15) {
                return; // the rest of the block is zero
            }
            k += run;
            bits.skip(size); // libjpeg leaves out coefficients behind the last
        }
    }

    /** Minimum coded units: of all components together, or the blocks of the only one. */
    private long unitsOf(int count, int only) {
        int maxHorizontal = 1;
        int maxVertical = 1;
        for (int i = 0; i < components; i++) {
            maxHorizontal = Math.max(maxHorizontal, horizontal[i]);
            maxVertical = Math.max(maxVertical, vertical[i]);
        }
        if (count > 1) {
            return (long) ceilDiv(width, 8 * maxHorizontal) * ceilDiv(height, 8 * maxVertical);
        }
        int ownWidth = ceilDiv(width * horizontal[only], maxHorizontal);
        int ownHeight = ceilDiv(height * vertical[only], maxVertical);
        return (long) ceilDiv(ownWidth, 8) * ceilDiv(ownHeight, 8);
    }

    private int indexOf(int id) throws JpegFormatException {
        for (int i = 0; i < components; i++) {
            if (componentIds[i] == id) {
                return i;
            }
        }
        throw corrupt("a scan of component " + id + ", which there is not");
    }

    private static int ceilDiv(int dividend, int divisor) {
        return (dividend + divisor - 1) / divisor;
    }

    private int u8(int index) {
        return jpeg.get(index) & 0xFF;
    }

    static JpegFormatException corrupt(String reason) {
        return new JpegFormatException("corrupt JPEG image: " + reason);
    }
}
