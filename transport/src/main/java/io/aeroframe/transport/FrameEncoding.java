package io.aeroframe.transport;

/**
 * What the payload of a frame is. The numbers of {@link #code()} are part of the wire format and never change.
 */
public enum FrameEncoding {
    /** Pixels as {@link PixelFormat} and stride describe them. */
    RAW(0),
    /** One JPEG image. */
    JPEG(1);

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
            default -> null;
        };
    }

    /**
     * The number that stands for this encoding on the wire.
     *
     * @return 0 or 1.
     */
    public int code() {
        return code;
    }
}
