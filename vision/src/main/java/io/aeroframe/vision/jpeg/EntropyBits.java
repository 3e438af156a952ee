package io.aeroframe.vision.jpeg;

import java.nio.ByteBuffer;

/**
 * The bits of a scan between two markers (ITU-T T.81, F.2.2.5), a byte of zero behind each FF taken out. One thread.
 */
final class EntropyBits {

    private static final int FULL = 56;

    private ByteBuffer jpeg;
    private int at;
    private int end;
    private long bits;
    private int count;
    private int invented;
    private String warning;

    /** Begins behind a scan's header. */
    void start(ByteBuffer image, int offset, int length) {
        jpeg = image;
        at = offset;
        end = length;
        bits = 0;
        count = 0;
        invented = 0;
    }

    /** The symbol of the next code. */
    int next(HuffmanTable table) throws JpegFormatException {
        fill();
        int entry = table.read((int) (bits >>> (count - HuffmanTable.MAX_CODE_LENGTH)) & 0xFFFF);
        if (entry == 0) {
            warn("a code that is in no Huffman table, before byte " + at);
            count -= HuffmanTable.MAX_CODE_LENGTH + 1; // as libjpeg does, which takes it for the symbol 0
            return 0;
        }
        count -= entry >> 8;
        return entry & 0xFF;
    }

    /** Skips up to 15 bits. */
    void skip(int length) {
        fill();
        count -= length;
    }

    /**
     * At least 16 bits. Behind the last one there are zeros, as in decoders; a caller that has used them finds out in
     * time.
     */
    private void fill() {
        while (count < HuffmanTable.MAX_CODE_LENGTH + 15) {
            int value = 0;
            if (at < end - 1 && (jpeg.get(at) != (byte) 0xFF || jpeg.get(at + 1) == 0)) {
                value = jpeg.get(at) & 0xFF;
                at += value == 0xFF ? 2 : 1;
            } else {
                invented += Byte.SIZE;
                if (invented > FULL) {
                    invented = FULL; // read past anyway
                }
            }
            bits = bits << Byte.SIZE | value;
            count += Byte.SIZE;
        }
    }

    /** Requires that no bit was used that there is not. */
    void requireNotPastEnd() throws JpegFormatException {
        if (count < invented) {
            throw EntropyChecker.corrupt("a scan ends before its last block, at byte " + at);
        }
    }

    /** Requires that all bytes were used, and that a marker is next. */
    void requireMarker() throws JpegFormatException {
        if (at >= end - 1) {
            throw EntropyChecker.corrupt("a scan without a marker at its end, at byte " + at);
        }
        if (count - invented >= Byte.SIZE || jpeg.get(at) != (byte) 0xFF || jpeg.get(at + 1) == 0) {
            warn("more data in a scan than it has blocks, at byte " + at);
            skipToMarker();
        }
    }

    private void skipToMarker() throws JpegFormatException {
        while (at < end - 1 && (jpeg.get(at) != (byte) 0xFF || jpeg.get(at + 1) == 0)) {
            at++;
        }
        if (at >= end - 1) {
            throw EntropyChecker.corrupt("a scan without a marker at its end, at byte " + at);
        }
    }

    private void warn(String text) {
        warning = warning == null ? text : warning;
    }

    /** What decoders warn of, and make a picture of; null if there is nothing. The first since {@link #forget()}. */
    String warning() {
        return warning;
    }

    /** Begins with another image. */
    void forget() {
        warning = null;
    }

    /** Requires a certain marker next, and goes on behind it. */
    void skipMarker(int marker) throws JpegFormatException {
        requireMarker();
        while (at < end - 1 && jpeg.get(at + 1) == (byte) 0xFF) {
            at++;
        }
        if ((jpeg.get(at + 1) & 0xFF) != marker) {
            throw new JpegWarningException("another marker than the restart that is due, at byte " + at);
        }
        start(jpeg, at + 2, end);
    }

    /** Where the marker is that ends the scan. */
    int end() {
        return at;
    }
}
