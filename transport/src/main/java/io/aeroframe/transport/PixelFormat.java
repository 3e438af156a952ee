package io.aeroframe.transport;

/**
 * How the pixels of a raw frame are laid out in memory.
 *
 * <p>A packed format is one plane of {@code height} rows. A planar format (NV12, I420) has its chroma planes behind the
 * luma plane, at half the width and half the height, both rounded up. The layout of all planes follows from the frame's
 * <em>stride</em>: the number of bytes from the start of one row of plane 0 to the start of the next.
 *
 * <p>The {@link #code()} of each constant is part of the wire format and never changes.
 */
public enum PixelFormat {
    /** One byte per pixel, luminance. */
    GRAY8(1, 1, 1, false),
    /** Two bytes per pixel, luminance, little-endian. */
    GRAY16(2, 2, 1, false),
    /** Three bytes per pixel: blue, green, red. OpenCV's usual order. */
    BGR24(3, 3, 1, false),
    /** Three bytes per pixel: red, green, blue. */
    RGB24(4, 3, 1, false),
    /** Four bytes per pixel: blue, green, red, alpha. */
    BGRA32(5, 4, 1, false),
    /** Four bytes per two pixels: Y0 U Y1 V, 4:2:2. A row of odd width is padded to a whole pair. */
    YUYV(6, 2, 1, true),
    /**
     * A plane of Y, then a plane of interleaved U and V, 4:2:0. Chroma stride: the frame's stride, rounded up to even.
     */
    NV12(7, 1, 2, true),
    /** A plane of Y, then a plane of U and a plane of V, 4:2:0. Chroma stride: half the frame's stride, rounded up. */
    I420(8, 1, 3, true);

    private static final PixelFormat[] BY_CODE = new PixelFormat[9];

    static {
        for (PixelFormat format : values()) {
            BY_CODE[format.code] = format;
        }
    }

    private final int code;
    private final int bytesPerPixel;
    private final int planes;
    private final boolean isYuv;

    PixelFormat(int code, int bytesPerPixel, int planes, boolean isYuv) {
        this.code = code;
        this.bytesPerPixel = bytesPerPixel;
        this.planes = planes;
        this.isYuv = isYuv;
    }

    /**
     * The format with a given wire code.
     *
     * @param code the wire code.
     * @return the format, or null if the code is unknown.
     */
    public static PixelFormat ofCode(int code) {
        return code >= 0 && code < BY_CODE.length ? BY_CODE[code] : null;
    }

    /**
     * The wire code of this format.
     *
     * @return the wire code, 1 to 8.
     */
    public int code() {
        return code;
    }

    /**
     * The number of planes of a frame.
     *
     * @return 1 for packed formats, 2 for NV12, 3 for I420.
     */
    public int planeCount() {
        return planes;
    }

    /**
     * Whether the pixels are luma and chroma, so that a frame's {@link ColorEncoding} applies.
     *
     * @return true for YUYV, NV12 and I420.
     */
    public boolean isYuv() {
        return isYuv;
    }

    /**
     * The number of bytes from a sample to the next one of its channel in the same row.
     *
     * @param plane the plane, 0 to {@link #planeCount()} - 1.
     * @return the number of bytes; for YUYV, from one pair of pixels to the next.
     */
    public int sampleDistance(int plane) {
        if (this == YUYV) {
            return 4;
        }
        if (plane == 0) {
            return bytesPerPixel;
        }
        return this == NV12 ? 2 : 1;
    }

    /**
     * The number of bytes of pixels in one row of a plane, without padding.
     *
     * @param plane the plane, 0 to {@link #planeCount()} - 1.
     * @param width the frame's width in pixels.
     * @return the number of bytes.
     */
    public int rowLength(int plane, int width) {
        if (this == YUYV) {
            return Math.multiplyExact(half(width), 4);
        }
        if (plane == 0) {
            return Math.multiplyExact(width, bytesPerPixel);
        }
        return this == NV12 ? Math.multiplyExact(half(width), 2) : half(width);
    }

    /**
     * The smallest stride that holds a row of plane 0.
     *
     * @param width the frame's width in pixels.
     * @return the number of bytes.
     */
    public int minStride(int width) {
        return rowLength(0, width);
    }

    /**
     * The number of bytes from the start of one row of a plane to the start of the next.
     *
     * @param plane  the plane, 0 to {@link #planeCount()} - 1.
     * @param stride the frame's stride in bytes.
     * @return the number of bytes.
     */
    public int planeStride(int plane, int stride) {
        if (plane == 0) {
            return stride;
        }
        return this == NV12 ? Math.multiplyExact(half(stride), 2) : half(stride);
    }

    /**
     * The number of rows in a plane.
     *
     * @param plane  the plane, 0 to {@link #planeCount()} - 1.
     * @param height the frame's height in pixels.
     * @return the number of rows.
     */
    public int planeHeight(int plane, int height) {
        return plane == 0 ? height : half(height);
    }

    /**
     * The offset of a plane within the payload.
     *
     * @param plane  the plane, 0 to {@link #planeCount()} - 1; {@link #planeCount()} for the end of the last plane.
     * @param stride the frame's stride in bytes.
     * @param height the frame's height in pixels.
     * @return the exact number of bytes.
     */
    public long planeOffset(int plane, int stride, int height) {
        long offset = 0;
        for (int i = 0; i < plane; i++) {
            offset += (long) planeStride(i, stride) * planeHeight(i, height);
        }
        return offset;
    }

    /**
     * The length of a whole frame, including padding.
     *
     * @param stride the frame's stride in bytes.
     * @param height the frame's height in pixels.
     * @return the exact number of bytes.
     */
    public long payloadLength(int stride, int height) {
        return planeOffset(planes, stride, height);
    }

    private static int half(int value) {
        return (value >>> 1) + (value & 1);
    }
}
