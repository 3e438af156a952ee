package io.aeroframe.transport;

/**
 * How a frame's payload is encoded. The {@link #code()} of each constant is part of the wire format and never changes.
 */
public enum FrameEncoding {
    /** Uncompressed pixels, laid out as the {@link PixelFormat} and the stride say. */
    RAW(0),
    /** One JPEG image. */
    JPEG(1),
    /**
     * Losslessly compressed pixels of {@link FrameFormat#decoded()}. From each byte, the byte of the same channel in
     * the pixel to its left is subtracted; the result is one Zstandard frame.
     */
    ZSTD(2);

    private final int code;

    FrameEncoding(int code) {
        this.code = code;
    }

    /**
     * The encoding with a given wire code.
     *
     * @param code the wire code.
     * @return the encoding, or null if the code is unknown.
     */
    public static FrameEncoding ofCode(int code) {
        return switch (code) {
            case 0 -> RAW;
            case 1 -> JPEG;
            case 2 -> ZSTD;
            default -> null;
        };
    }

    /**
     * The wire code of this encoding.
     *
     * @return the wire code, 0 to 2.
     */
    public int code() {
        return code;
    }
}
