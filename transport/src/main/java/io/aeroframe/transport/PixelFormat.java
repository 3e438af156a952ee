package io.aeroframe.transport;

/**
 * How the pixels of a raw frame lie in memory.
 *
 * <p>A packed format is one plane of {@code height} rows. A planar format (NV12, I420) keeps its chroma planes behind the
 * luma plane, at half the width and half the height, both rounded up. All planes of a frame derive from one number,
 * the frame's <em>stride</em>: the bytes from the start of one row of plane 0 to the next.
 *
 * <p>The numbers of {@link #code()} are part of the wire format and never change.
 */
public enum PixelFormat {
    /** One byte a pixel, luminance. */
    GRAY8(1, 1, 1),
    /** Two bytes a pixel, luminance, little-endian. */
    GRAY16(2, 2, 1),
    /** Three bytes a pixel: blue, green, red. OpenCV's usual order. */
    BGR24(3, 3, 1),
    /** Three bytes a pixel: red, green, blue. */
    RGB24(4, 3, 1),
    /** Four bytes a pixel: blue, green, red, alpha. */
    BGRA32(5, 4, 1),
    /** Four bytes for two pixels: Y0 U Y1 V, 4:2:2. A row of odd width is padded to a whole pair. */
    YUYV(6, 2, 1),
    /** A plane of Y, then one plane of interleaved U and V, 4:2:0. Chroma stride: the frame's stride rounded up to even. */
    NV12(7, 1, 2),
    /** A plane of Y, then one of U and one of V, 4:2:0. Chroma stride: half the frame's stride, rounded up. */
    I420(8, 1, 3);

    private static final PixelFormat[] BY_CODE = new PixelFormat[9];

    static {
        for (PixelFormat format : values()) {
            BY_CODE[format.code] = format;
        }
    }

    private final int code;
    private final int bytesPerPixel;
    private final int planes;

    PixelFormat(int code, int bytesPerPixel, int planes) {
        this.code = code;
        this.bytesPerPixel = bytesPerPixel;
        this.planes = planes;
    }

    /**
     * The format with a given wire code.
     *
     * @param code as on the wire.
     * @return the format, or null if the code is not known.
     */
    public static PixelFormat ofCode(int code) {
        return code >= 0 && code < BY_CODE.length ? BY_CODE[code] : null;
    }

    /**
     * The number that stands for this format on the wire.
     *
     * @return 1 to 8.
     */
    public int code() {
        return code;
    }

    /**
     * How many planes a frame has.
     *
     * @return 1 for packed formats, 2 for NV12, 3 for I420.
     */
    public int planeCount() {
        return planes;
    }

    /**
     * Bytes that carry picture in one row of a plane, padding left out.
     *
     * @param plane 0 to {@link #planeCount()} - 1.
     * @param width of the frame in pixels.
     * @return bytes.
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
     * @param width of the frame in pixels.
     * @return bytes.
     */
    public int minStride(int width) {
        return rowLength(0, width);
    }

    /**
     * Bytes from the start of one row of a plane to the next.
     *
     * @param plane  0 to {@link #planeCount()} - 1.
     * @param stride of the frame in bytes.
     * @return bytes.
     */
    public int planeStride(int plane, int stride) {
        if (plane == 0) {
            return stride;
        }
        return this == NV12 ? Math.multiplyExact(half(stride), 2) : half(stride);
    }

    /**
     * Rows in a plane.
     *
     * @param plane  0 to {@link #planeCount()} - 1.
     * @param height of the frame in pixels.
     * @return rows.
     */
    public int planeHeight(int plane, int height) {
        return plane == 0 ? height : half(height);
    }

    /**
     * Where a plane starts, in bytes from the start of the payload.
     *
     * @param plane  0 to {@link #planeCount()} - 1; {@link #planeCount()} gives the end of the last plane.
     * @param stride of the frame in bytes.
     * @param height of the frame in pixels.
     * @return bytes, computed exactly.
     */
    public long planeOffset(int plane, int stride, int height) {
        long offset = 0;
        for (int i = 0; i < plane; i++) {
            offset += (long) planeStride(i, stride) * planeHeight(i, height);
        }
        return offset;
    }

    /**
     * Bytes of a whole frame, padding counted.
     *
     * @param stride of the frame in bytes.
     * @param height of the frame in pixels.
     * @return bytes, computed exactly.
     */
    public long payloadLength(int stride, int height) {
        return planeOffset(planes, stride, height);
    }

    private static int half(int value) {
        return (value >>> 1) + (value & 1);
    }
}
