package io.aeroframe.transport;

/**
 * What the payload of a frame is. The numbers of {@link #code()} are part of the wire format and never change.
 */
public enum FrameEncoding {
    /** Pixels as {@link PixelFormat} and stride describe them. */
    RAW(0),
    /** One JPEG image. */
    JPEG(1),
    /**
     * The pixels of {@link FrameFormat#decoded()}, losslessly: each byte less the same channel's byte of the pixel to its left, the whole compressed as
     * one Zstandard frame.
     */
    ZSTD(2);

    private final int code;

    FrameEncoding(int code) {
        this.code = code;
    }

    /**
     * The encoding with a given wire code.
     *
     * @param code as on the wire.
     * @return the encoding, or null if the code is not known.
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
     * The number that stands for this encoding on the wire.
     *
     * @return 0 to 2.
     */
    public int code() {
        return code;
    }
}
