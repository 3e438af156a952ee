package io.aeroframe.transport;

/**
 * How YUV pixels map to RGB: the matrix (ITU-R BT.601 or BT.709) and the range of luma, 16 to 235 (limited) or 0 to 255
 * (full). Video files with 720 lines or more are usually BT.709 limited; JPEG is BT.601 full. Two flag bits of the
 * header carry it.
 */
public enum ColorEncoding {
    /** Standard-definition video and most cameras. */
    BT601_LIMITED(false, false),
    /** JPEG and formats derived from it. */
    BT601_FULL(false, true),
    /** High-definition video. */
    BT709_LIMITED(true, false),
    /** High-definition video from some cameras and screen recorders. */
    BT709_FULL(true, true);

    private final boolean bt709;
    private final boolean fullRange;

    ColorEncoding(boolean bt709, boolean fullRange) {
        this.bt709 = bt709;
        this.fullRange = fullRange;
    }

    /**
     * The encoding with the given properties.
     *
     * @param bt709     true for the BT.709 matrix, false for BT.601.
     * @param fullRange true for luma from 0 to 255, false for 16 to 235.
     * @return the encoding.
     */
    public static ColorEncoding of(boolean bt709, boolean fullRange) {
        if (bt709) {
            return fullRange ? BT709_FULL : BT709_LIMITED;
        }
        return fullRange ? BT601_FULL : BT601_LIMITED;
    }

    /**
     * Whether the matrix is BT.709.
     *
     * @return true for BT.709, false for BT.601.
     */
    public boolean isBt709() {
        return bt709;
    }

    /**
     * Whether luma uses the full range.
     *
     * @return true for luma from 0 to 255, false for 16 to 235.
     */
    public boolean isFullRange() {
        return fullRange;
    }
}
