package io.aeroframe.transport;

/**
 * The format of a frame: its size, the layout of its pixels, and its encoding.
 *
 * @param width       the width in pixels, 1 to {@link #MAX_DIMENSION}.
 * @param height      the height in pixels, 1 to {@link #MAX_DIMENSION}.
 * @param stride      the number of bytes from one row of plane 0 to the next, at least
 *     {@link PixelFormat#minStride(int)}; 0 for JPEG and zstd.
 * @param pixelFormat the pixel format of the frame once decoded: for JPEG, BGR24 or GRAY8.
 * @param encoding    the encoding: raw pixels, JPEG or zstd.
 * @param color       the mapping from YUV to RGB; ignored for pixel formats that are not YUV.
 * @param sampleAspect the shape of a pixel when it is shown.
 */
public record FrameFormat(
        int width,
        int height,
        int stride,
        PixelFormat pixelFormat,
        FrameEncoding encoding,
        ColorEncoding color,
        SampleAspect sampleAspect) {

    /** The largest width and height. This is JPEG's own limit. */
    public static final int MAX_DIMENSION = 65_535;

    /** Pixels of no real picture are longer than this; they are shown as square. */
    private static final int MAX_STRETCH = 16;

    /** The longest payload in bytes, limited by the size of a Java buffer. */
    static final int MAX_PAYLOAD_LENGTH = Integer.MAX_VALUE - 8;

    /** What Zstandard adds to incompressible data, in bytes, besides 1/256 of its length. */
    private static final int ZSTD_OVERHEAD = 1024;

    /**
     * Validates the format.
     *
     * @param width       the width in pixels, 1 to {@link #MAX_DIMENSION}.
     * @param height      the height in pixels, 1 to {@link #MAX_DIMENSION}.
     * @param stride      the distance between rows in bytes.
     * @param pixelFormat the pixel format of the frame once decoded.
     * @param encoding    the encoding.
     * @param color       the mapping from YUV to RGB.
     * @param sampleAspect the shape of a pixel when it is shown.
     * @throws IllegalArgumentException if an argument is null, a dimension is out of range, the stride is too small, or
     *     the frame would not fit into a 2 GiB buffer.
     */
    public FrameFormat {
        if (pixelFormat == null || encoding == null || color == null || sampleAspect == null) {
            throw new IllegalArgumentException("pixelFormat=" + pixelFormat + " encoding=" + encoding + " color="
                    + color + " sampleAspect=" + sampleAspect + ": none may be null");
        }
        if (width < 1 || width > MAX_DIMENSION || height < 1 || height > MAX_DIMENSION) {
            throw new IllegalArgumentException(
                    "size=" + width + "x" + height + " is not within 1x1 to " + MAX_DIMENSION + "x" + MAX_DIMENSION);
        }
        if (encoding == FrameEncoding.RAW) {
            if (stride < pixelFormat.minStride(width)) {
                throw new IllegalArgumentException("stride=" + stride + " < " + pixelFormat.minStride(width)
                        + " bytes of a row of " + width + " " + pixelFormat + " pixels");
            }
            requireLength(pixelFormat, stride, height);
        } else {
            if (stride != 0) {
                throw new IllegalArgumentException(
                        "stride=" + stride + ": a " + encoding + " frame has none, it must be 0");
            }
            if (encoding == FrameEncoding.ZSTD) {
                requireLength(pixelFormat, pixelFormat.minStride(width), height);
            }
        }
    }

    /**
     * A format with square pixels.
     *
     * @param width       the width in pixels, 1 to {@link #MAX_DIMENSION}.
     * @param height      the height in pixels, 1 to {@link #MAX_DIMENSION}.
     * @param stride      the distance between rows in bytes.
     * @param pixelFormat the pixel format of the frame once decoded.
     * @param encoding    the encoding.
     * @param color       the mapping from YUV to RGB.
     * @throws IllegalArgumentException as the other constructor does.
     */
    public FrameFormat(
            int width, int height, int stride, PixelFormat pixelFormat, FrameEncoding encoding, ColorEncoding color) {
        this(width, height, stride, pixelFormat, encoding, color, SampleAspect.SQUARE);
    }

    private static void requireLength(PixelFormat pixelFormat, int stride, int height) {
        long length = (long) stride * height <= MAX_PAYLOAD_LENGTH
                ? pixelFormat.payloadLength(stride, height)
                : (long) stride * height;
        if (length > MAX_PAYLOAD_LENGTH) {
            throw new IllegalArgumentException("stride=" + stride + " height=" + height + ": a " + pixelFormat
                    + " frame of " + length + " bytes is over the 2 GiB limit");
        }
    }

    /**
     * A raw frame without padding between its rows; BT.601 limited range if it is YUV.
     *
     * @param pixelFormat the pixel format.
     * @param width       the width in pixels.
     * @param height      the height in pixels.
     * @return the format.
     */
    public static FrameFormat raw(PixelFormat pixelFormat, int width, int height) {
        if (width < 1 || width > MAX_DIMENSION) {
            throw new IllegalArgumentException("width=" + width + " is not within 1 to " + MAX_DIMENSION);
        }
        return new FrameFormat(
                width,
                height,
                pixelFormat.minStride(width),
                pixelFormat,
                FrameEncoding.RAW,
                ColorEncoding.BT601_LIMITED);
    }

    /**
     * A raw BGR frame, three bytes per pixel, without padding.
     *
     * @param width  the width in pixels.
     * @param height the height in pixels.
     * @return the format.
     */
    public static FrameFormat bgr24(int width, int height) {
        return raw(PixelFormat.BGR24, width, height);
    }

    /**
     * A raw gray frame, one byte per pixel, without padding.
     *
     * @param width  the width in pixels.
     * @param height the height in pixels.
     * @return the format.
     */
    public static FrameFormat gray8(int width, int height) {
        return raw(PixelFormat.GRAY8, width, height);
    }

    /**
     * A JPEG frame that decodes to BGR24.
     *
     * @param width  the width in pixels.
     * @param height the height in pixels.
     * @return the format.
     */
    public static FrameFormat jpeg(int width, int height) {
        return jpeg(width, height, PixelFormat.BGR24);
    }

    /**
     * A JPEG frame.
     *
     * @param width       the width in pixels.
     * @param height      the height in pixels.
     * @param pixelFormat the pixel format that it decodes to: BGR24 for color, GRAY8 for a single component.
     * @return the format.
     */
    public static FrameFormat jpeg(int width, int height, PixelFormat pixelFormat) {
        return new FrameFormat(width, height, 0, pixelFormat, FrameEncoding.JPEG, ColorEncoding.BT601_FULL);
    }

    /**
     * A losslessly compressed frame, which decompresses to {@code raw(pixelFormat, width, height)}.
     *
     * @param pixelFormat the pixel format that it decompresses to.
     * @param width       the width in pixels.
     * @param height      the height in pixels.
     * @return the format.
     * @throws IllegalArgumentException if the raw frame would not fit into a 2 GiB buffer.
     */
    public static FrameFormat zstd(PixelFormat pixelFormat, int width, int height) {
        return new FrameFormat(width, height, 0, pixelFormat, FrameEncoding.ZSTD, ColorEncoding.BT601_LIMITED);
    }

    /**
     * The format of the raw frame that this one decodes to, without padding between its rows.
     *
     * @return this format if it is raw, otherwise a raw format with the same size, pixel format, color encoding and
     *     sample aspect; for JPEG, gray or BGR whatever the header says, as a JPEG image holds nothing else.
     */
    public FrameFormat decoded() {
        return switch (encoding) {
            case RAW -> this;
            case JPEG ->
                raw(pixelFormat == PixelFormat.GRAY8 ? PixelFormat.GRAY8 : PixelFormat.BGR24, width, height)
                        .withSampleAspect(sampleAspect);
            case ZSTD -> raw(pixelFormat, width, height).withColor(color).withSampleAspect(sampleAspect);
        };
    }

    /**
     * This format with another color encoding.
     *
     * @param other the color encoding.
     * @return the format.
     */
    public FrameFormat withColor(ColorEncoding other) {
        return other == color
                ? this
                : new FrameFormat(width, height, stride, pixelFormat, encoding, other, sampleAspect);
    }

    /**
     * This format with another shape of pixels.
     *
     * @param other the sample aspect.
     * @return the format.
     */
    public FrameFormat withSampleAspect(SampleAspect other) {
        return other.equals(sampleAspect)
                ? this
                : new FrameFormat(width, height, stride, pixelFormat, encoding, color, other);
    }

    /**
     * The width of the picture when it is shown with square pixels: where they are not, the shorter side of a pixel is
     * stretched.
     *
     * @return the width in pixels, {@link #width()} to {@link #MAX_DIMENSION}.
     */
    public int displayWidth() {
        return stretched(width, sampleAspect.width(), sampleAspect.height());
    }

    /**
     * The height of the picture when it is shown with square pixels.
     *
     * @return the height in pixels, {@link #height()} to {@link #MAX_DIMENSION}.
     */
    public int displayHeight() {
        return stretched(height, sampleAspect.height(), sampleAspect.width());
    }

    private static int stretched(int length, int longer, int shorter) {
        if (longer <= shorter || longer > MAX_STRETCH * shorter) {
            return length;
        }
        return (int) Math.min(MAX_DIMENSION, ((long) length * longer + shorter / 2) / shorter);
    }

    /**
     * The number of bytes to reserve for the payload. For a raw frame this is its exact length, for a JPEG or zstd
     * frame the longest payload accepted.
     *
     * <p>In theory a JPEG can be larger than its pixels, although noise at quality 100 takes about half of their size.
     * The limit is the size of its BGR pixels plus 64 KiB for tables and embedded profiles. Zstandard enlarges
     * incompressible data by less than 1/256.
     *
     * @return the number of bytes.
     */
    public int maxPayloadLength() {
        if (encoding == FrameEncoding.RAW) {
            return (int) pixelFormat.payloadLength(stride, height);
        }
        if (encoding == FrameEncoding.ZSTD) {
            long pixels = pixelFormat.payloadLength(pixelFormat.minStride(width), height);
            return (int) Math.min(MAX_PAYLOAD_LENGTH, pixels + pixels / 256 + ZSTD_OVERHEAD);
        }
        return (int) Math.min(MAX_PAYLOAD_LENGTH, 3L * width * height + 65_536);
    }

    /**
     * A short description, for people: {@code 1280x688 BGR24}, {@code 640x480 JPEG}, {@code 1280x688 BGR24 zstd}.
     *
     * @return the text, for messages.
     */
    public String describe() {
        String kind =
                switch (encoding) {
                    case RAW -> pixelFormat.toString();
                    case JPEG -> "JPEG";
                    case ZSTD -> pixelFormat + " zstd";
                };
        return width + "x" + height + " " + kind;
    }
}
