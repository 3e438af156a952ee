package io.aeroframe.vision.jpeg;

import java.nio.ByteBuffer;

/**
 * What a JPEG image says of itself, read without decoding it: enough to know before the decoder is asked that it is
 * whole and of the size it should be. Decoders make a picture of a truncated image.
 *
 * <p>The layout is that of ITU-T T.81, annex B. Baseline, extended and progressive Huffman images of 8 bits a sample
 * are taken: what encoders write and every decoder reads.
 *
 * @param width      the width in pixels, 1 to 65535.
 * @param height     the height in pixels, 1 to 65535.
 * @param components 1 (gray), 3 (colour) or 4 (CMYK).
 */
public record JpegHeader(int width, int height, int components) {

    /**
     * Reads and checks the header of an image, and that it has an end-of-image marker, which padding may follow. Reads
     * absolutely: position and limit of the buffer are left alone. Any thread.
     *
     * @param jpeg   the image.
     * @param offset the offset of its first byte.
     * @param length the length of the image in bytes.
     * @return the header.
     * @throws JpegFormatException      if the image is truncated, corrupt, or of a kind that is not taken.
     * @throws IllegalArgumentException if offset and length are not within the buffer's limit.
     */
    public static JpegHeader parse(ByteBuffer jpeg, int offset, int length) throws JpegFormatException {
        JpegScanner scanner = new JpegScanner();
        scanner.readHeader(jpeg, offset, length);
        scanner.requireEnd();
        return new JpegHeader(scanner.width(), scanner.height(), scanner.components());
    }

    /**
     * {@link #parse(ByteBuffer, int, int)} from the buffer's index 0.
     *
     * @param jpeg   the image.
     * @param length the length of the image in bytes.
     * @return the header.
     * @throws JpegFormatException      if the image is truncated, corrupt, or of a kind that is not taken.
     * @throws IllegalArgumentException if the length is not within the buffer's limit.
     */
    public static JpegHeader parse(ByteBuffer jpeg, int length) throws JpegFormatException {
        return parse(jpeg, 0, length);
    }

    /**
     * Walks a whole image, marker by marker through its scans, to its end: finds what {@link #parse(ByteBuffer, int,
     * int)} does not look at (garbage inside a scan), and leaves out what a file may have behind the image (the film of
     * a phone's moving picture).
     *
     * @param jpeg   the image, and what comes after it.
     * @param offset the offset of the image's first byte.
     * @param length the total length in bytes.
     * @return the length of the image, its end-of-image marker included.
     * @throws JpegFormatException      if the image is truncated, corrupt, or of a kind that is not taken.
     * @throws IllegalArgumentException if offset and length are not within the buffer's limit.
     */
    public static int imageLength(ByteBuffer jpeg, int offset, int length) throws JpegFormatException {
        JpegScanner scanner = new JpegScanner();
        scanner.readHeader(jpeg, offset, length);
        return scanner.walkScans() - offset;
    }
}
