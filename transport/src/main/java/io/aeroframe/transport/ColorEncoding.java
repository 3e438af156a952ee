package io.aeroframe.transport;

/**
 * How YUV pixels map to RGB: the matrix (ITU-R BT.601 or BT.709) and whether luma runs from 16 to 235 (limited) or from
 * 0 to 255 (full). Video files of 720 lines and more usually are BT.709 limited, JPEG is BT.601 full. Travels in two
 * flag bits of the header.
 */
public enum ColorEncoding {
    /** Standard-definition video and most cameras. */
    BT601_LIMITED(false, false),
    /** JPEG and its kin. */
    BT601_FULL(false, true),
    /** High-definition video. */
    BT709_LIMITED(true, false),
    /** High-definition video of some cameras and screen recorders. */
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
     * @param bt709     the BT.709 matrix, else BT.601.
     * @param fullRange luma from 0 to 255, else from 16 to 235.
     * @return the encoding.
     */
    public static ColorEncoding of(boolean bt709, boolean fullRange) {
        if (bt709) {
            return fullRange ? BT709_FULL : BT709_LIMITED;
        }
        return fullRange ? BT601_FULL : BT601_LIMITED;
    }

    /**
     * Which matrix.
     *
     * @return true for BT.709, false for BT.601.
     */
    public boolean isBt709() {
        return bt709;
    }

    /**
     * Which range.
     *
     * @return true for luma from 0 to 255, false for 16 to 235.
     */
    public boolean isFullRange() {
        return fullRange;
    }
}
