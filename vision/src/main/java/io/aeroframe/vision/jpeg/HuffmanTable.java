package io.aeroframe.vision.jpeg;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** One of an image's Huffman tables (ITU-T T.81, annexes C and F.2.2.3), ready to be read with. One thread. */
final class HuffmanTable {

    static final int MAX_CODE_LENGTH = 16;

    /** Codes up to this length, which nearly all are, are looked up at once. */
    static final int LOOKUP_LENGTH = 9;

    private final short[] lookup = new short[1 << LOOKUP_LENGTH];
    private final int[] lastCode = new int[MAX_CODE_LENGTH + 1];
    private final int[] firstSymbol = new int[MAX_CODE_LENGTH + 1];
    private final byte[] symbols = new byte[256];
    private boolean isDefined;

    void clear() {
        isDefined = false;
    }

    boolean isDefined() {
        return isDefined;
    }

    /**
     * Takes a table over.
     *
     * @param at  the first of the 16 counts of codes, by length.
     * @param end the end of the segment that contains it.
     * @return its length in bytes.
     */
    int define(ByteBuffer jpeg, int at, int end) throws JpegFormatException {
        Arrays.fill(lookup, (short) 0);
        int code = 0;
        int count = 0;
        for (int length = 1; length <= MAX_CODE_LENGTH; length++) {
            int codes = jpeg.get(at + length - 1) & 0xFF;
            if (count + codes > symbols.length || at + 16 + count + codes > end || code + codes > 1 << length) {
                throw EntropyChecker.corrupt("a Huffman table of more codes than there can be");
            }
            firstSymbol[length] = count - code;
            for (int i = 0; i < codes; i++) {
                byte symbol = jpeg.get(at + 16 + count);
                symbols[count++] = symbol;
                if (length <= LOOKUP_LENGTH) {
                    int free = LOOKUP_LENGTH - length;
                    short entry = (short) (length << 8 | symbol & 0xFF);
                    Arrays.fill(lookup, code << free, (code + 1) << free, entry);
                }
                code++;
            }
            lastCode[length] = codes == 0 ? -1 : code - 1;
            code <<= 1;
        }
        isDefined = true;
        return 16 + count;
    }

    /**
     * Reads a code.
     *
     * @param next the next 16 bits.
     * @return the code's length and, in the low 8 bits, its symbol; 0 if there is no such code.
     */
    int read(int next) {
        int entry = lookup[next >>> (MAX_CODE_LENGTH - LOOKUP_LENGTH)];
        if (entry != 0) {
            return entry;
        }
        for (int length = LOOKUP_LENGTH + 1; length <= MAX_CODE_LENGTH; length++) {
            int code = next >>> (MAX_CODE_LENGTH - length);
            if (code <= lastCode[length]) {
                return length << 8 | symbols[firstSymbol[length] + code] & 0xFF;
            }
        }
        return 0;
    }
}
