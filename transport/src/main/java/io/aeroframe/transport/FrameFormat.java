package io.aeroframe.transport;

/**
 * The shape of a frame: what a claim is made for and what a header says of a frame that arrived.
 *
 * @param width       in pixels, 1 to {@link #MAX_DIMENSION}.
 * @param height      in pixels, 1 to {@link #MAX_DIMENSION}.
 * @param stride      bytes from one row of plane 0 to the next, at least {@link PixelFormat#minStride(int)}; 0 for JPEG and zstd.
 * @param pixelFormat of a raw frame; of a JPEG frame, what it decodes to (BGR24 or GRAY8); of a zstd frame, what it decompresses to.
 * @param encoding    raw pixels, JPEG or zstd.
 * @param color       how YUV pixels map to RGB; ignored for formats that are not YUV.
 */
public record FrameFormat(
        int width, int height, int stride, PixelFormat pixelFormat, FrameEncoding encoding, ColorEncoding color) {

    /** The largest width and height, JPEG's own limit. */
    public static final int MAX_DIMENSION = 65_535;

    /** The longest payload, in bytes: what a Java buffer can hold. */
    static final int MAX_PAYLOAD_LENGTH = Integer.MAX_VALUE - 8;

    /** Room for what Zstandard puts around data that cannot be compressed, beside a 256th of it. */
    private static final int ZSTD_OVERHEAD = 1024;

    /**
     * Validates the shape.
     *
     * @throws IllegalArgumentException if a dimension is out of range, the stride is too small or the frame would
     *                                  not fit a 2 GiB buffer.
     */
    public FrameFormat {
        if (pixelFormat == null || encoding == null || color == null) {
            throw new IllegalArgumentException(
                    "pixelFormat=" + pixelFormat + " encoding=" + encoding + " color=" + color + ": none may be null");
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
     * A raw frame without padding between its rows, BT.601 limited range if it is YUV.
     *
     * @param pixelFormat of the pixels.
     * @param width       in pixels.
     * @param height      in pixels.
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
     * A raw BGR frame, three bytes a pixel, without padding.
     *
     * @param width  in pixels.
     * @param height in pixels.
     * @return the format.
     */
    public static FrameFormat bgr24(int width, int height) {
        return raw(PixelFormat.BGR24, width, height);
    }

    /**
     * A raw gray frame, a byte a pixel, without padding.
     *
     * @param width  in pixels.
     * @param height in pixels.
     * @return the format.
     */
    public static FrameFormat gray8(int width, int height) {
        return raw(PixelFormat.GRAY8, width, height);
    }

    /**
     * A JPEG frame that decodes to BGR24.
     *
     * @param width  in pixels.
     * @param height in pixels.
     * @return the format.
     */
    public static FrameFormat jpeg(int width, int height) {
        return jpeg(width, height, PixelFormat.BGR24);
    }

    /**
     * A JPEG frame.
     *
     * @param width       in pixels.
     * @param height      in pixels.
     * @param pixelFormat what it decodes to: BGR24 for a colour picture, GRAY8 for one with a single component.
     * @return the format.
     */
    public static FrameFormat jpeg(int width, int height, PixelFormat pixelFormat) {
        return new FrameFormat(width, height, 0, pixelFormat, FrameEncoding.JPEG, ColorEncoding.BT601_FULL);
    }

    /**
     * A frame that is compressed losslessly: it decompresses to {@code raw(pixelFormat, width, height)}.
     *
     * @param pixelFormat what it decompresses to.
     * @param width       in pixels.
     * @param height      in pixels.
     * @return the format.
     * @throws IllegalArgumentException if the raw frame would not fit a 2 GiB buffer.
     */
    public static FrameFormat zstd(PixelFormat pixelFormat, int width, int height) {
        return new FrameFormat(width, height, 0, pixelFormat, FrameEncoding.ZSTD, ColorEncoding.BT601_LIMITED);
    }

    /**
     * The raw frame that this decodes to, without padding between its rows.
     *
     * @return this itself if it is raw, else a new format with the same size, pixel format and colour encoding.
     */
    public FrameFormat decoded() {
        return encoding == FrameEncoding.RAW
                ? this
                : raw(pixelFormat, width, height).withColor(color);
    }

    /**
     * This format with another colour encoding.
     *
     * @param other the colour encoding.
     * @return the format.
     */
    public FrameFormat withColor(ColorEncoding other) {
        return other == color ? this : new FrameFormat(width, height, stride, pixelFormat, encoding, other);
    }

    /**
     * Bytes to set aside for the payload: the exact length of a raw frame, the largest that is taken of a JPEG or zstd frame.
     *
     * <p>A JPEG may in theory be larger than its pixels (noise at quality 100 is about half); the allowance is the
     * size of its BGR pixels plus 64 KiB for tables and embedded profiles. Noise compressed is larger than itself by less than a 256th.
     *
     * @return bytes.
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
     * Short and human: {@code 1280x688 BGR24}, {@code 640x480 JPEG}, {@code 1280x688 BGR24 zstd}.
     *
     * @return text for messages.
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
