package io.aeroframe.vision.jpeg;

import java.nio.ByteBuffer;
import java.util.HexFormat;

/**
 * Completes the images of a Motion JPEG stream, so that each can be decoded by itself. Cameras leave out the Huffman
 * tables, as AVI's Motion JPEG has always the same, or send their tables in the first image only: an image without
 * tables is given those of the images before it, or else the usual ones (ITU-T T.81, annex K.3). One thread.
 */
public final class JpegTables {

    private static final byte[] USUAL_HUFFMAN_TABLES = HexFormat.of()
            .parseHex(""
                    + "0000010501010101010100000000000000000102030405060708090a0b10000201030302040305050404000001"
                    + "7d01020300041105122131410613516107227114328191a1082342b1c11552d1f02433627282090a161718191a"
                    + "25262728292a3435363738393a434445464748494a535455565758595a636465666768696a737475767778797a"
                    + "838485868788898a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2"
                    + "d3d4d5d6d7d8d9dae1e2e3e4e5e6e7e8e9eaf1f2f3f4f5f6f7f8f9fa0100030101010101010101010000000000"
                    + "000102030405060708090a0b110002010204040304070504040001027700010203110405213106124151076171"
                    + "1322328108144291a1b1c109233352f0156272d10a162434e125f11718191a262728292a35363738393a434445"
                    + "464748494a535455565758595a636465666768696a737475767778797a82838485868788898a92939495969798"
                    + "999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae2e3e4e5e6e7e8"
                    + "e9eaf2f3f4f5f6f7f8f9fa");

    private static final int DQT = 0xDB;
    private static final int DHT = 0xC4;
    private static final int SEGMENT_HEADER_LENGTH = 4;
    private static final byte[] NONE = {};

    private final JpegScanner scanner = new JpegScanner();
    private byte[] huffmanTables = USUAL_HUFFMAN_TABLES;
    private byte[] quantizationTables = NONE;
    private ByteBuffer completed = ByteBuffer.allocateDirect(0);

    /** For one stream. */
    public JpegTables() {}

    /**
     * Completes an image.
     *
     * @param jpeg   the image from index 0, and what may come after it.
     * @param length the total length in bytes.
     * @return the image from index 0 to the limit: in the memory that was given if it is complete, else in memory of
     *     this object, valid until the next call. More than a few bytes behind its end are left out.
     * @throws JpegFormatException if the image is truncated or corrupt, or leaves out quantization tables that no image
     *                             before it had.
     */
    public ByteBuffer complete(ByteBuffer jpeg, int length) throws JpegFormatException {
        scanner.readHeader(jpeg, 0, length);
        int end = scanner.requireEnd();
        byte[] quantization = tables(jpeg, DQT);
        byte[] huffman = tables(jpeg, DHT);
        if (quantization.length > 0 && huffman.length > 0) {
            quantizationTables = quantization;
            huffmanTables = huffman;
            return jpeg.duplicate().position(0).limit(end);
        }
        if (quantization.length == 0 && quantizationTables.length == 0) {
            throw new JpegFormatException("a JPEG image without quantization tables: no image before it had any");
        }
        byte[] addedQuantization = quantization.length > 0 ? NONE : segment(DQT, quantizationTables);
        byte[] addedHuffman = huffman.length > 0 ? NONE : segment(DHT, huffmanTables);
        if (quantization.length > 0) {
            quantizationTables = quantization;
        }
        int added = addedQuantization.length + addedHuffman.length;
        if (completed.capacity() < end + added) {
            completed = ByteBuffer.allocateDirect((end + added) / 4 * 5);
        }
        completed.clear();
        completed.putShort((short) 0xFFD8).put(addedQuantization).put(addedHuffman);
        completed.put(completed.position(), jpeg, 2, end - 2);
        return completed.position(0).limit(end + added);
    }

    /** The tables of a kind before the first scan, without the headers of their segments. */
    private byte[] tables(ByteBuffer jpeg, int marker) {
        int length = 0;
        for (int i = 0; i < scanner.tableSegments(); i++) {
            length += scanner.tableMarker(i) == marker ? scanner.tableLength(i) - 2 : 0;
        }
        byte[] tables = length == 0 ? NONE : new byte[length];
        int at = 0;
        for (int i = 0; i < scanner.tableSegments(); i++) {
            if (scanner.tableMarker(i) == marker) {
                jpeg.get(scanner.tableOffset(i) + 2, tables, at, scanner.tableLength(i) - 2);
                at += scanner.tableLength(i) - 2;
            }
        }
        return tables;
    }

    private static byte[] segment(int marker, byte[] tables) {
        ByteBuffer segment = ByteBuffer.allocate(SEGMENT_HEADER_LENGTH + tables.length);
        segment.put((byte) 0xFF)
                .put((byte) marker)
                .putShort((short) (2 + tables.length))
                .put(tables);
        return segment.array();
    }
}
