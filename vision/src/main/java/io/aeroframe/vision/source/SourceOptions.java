package io.aeroframe.vision.source;

import io.aeroframe.transport.PixelFormat;
import io.aeroframe.vision.jpeg.ChromaSubsampling;

/**
 * What is asked of a source.
 *
 * @param width       of the frames to deliver in pixels, 0 for the source's own size; both or none.
 * @param height      of the frames to deliver in pixels, 0 for the source's own size.
 * @param pixelFormat of the raw frames to deliver; null for the source's own (native).
 * @param encoding    what to deliver.
 * @param quality     of JPEG frames that are encoded here, 1 to 100.
 * @param loop        start again at the end.
 * @param subsampling of JPEG frames that are encoded here.
 */
public record SourceOptions(
        int width,
        int height,
        PixelFormat pixelFormat,
        EncodingChoice encoding,
        int quality,
        boolean loop,
        ChromaSubsampling subsampling) {

    /** What a source is to deliver. */
    public enum EncodingChoice {
        /** Raw frames; JPEG pictures that need no change are passed on as they are. */
        RAW_OR_PASSED_JPEG,
        /** Raw frames only: JPEG pictures are decoded. */
        RAW,
        /** JPEG frames only: JPEG pictures that need no change are passed on as they are. */
        JPEG,
        /** zstd frames only: JPEG pictures are decoded. */
        ZSTD
    }

    /** BGR24 at the source's own size, JPEG pictures passed on, quality 80, no loop. */
    public static final SourceOptions DEFAULTS =
            new SourceOptions(0, 0, PixelFormat.BGR24, EncodingChoice.RAW_OR_PASSED_JPEG, 80, false);

    /**
     * Options with 4:2:0 subsampling.
     *
     * @param width       in pixels, 0 for the source's own.
     * @param height      in pixels, 0 for the source's own.
     * @param pixelFormat of raw frames, null for the source's own.
     * @param encoding    what to deliver.
     * @param quality     of JPEG frames.
     * @param loop        start again at the end.
     * @throws IllegalArgumentException if a value is out of range.
     */
    public SourceOptions(
            int width, int height, PixelFormat pixelFormat, EncodingChoice encoding, int quality, boolean loop) {
        this(width, height, pixelFormat, encoding, quality, loop, ChromaSubsampling.YUV420);
    }

    /**
     * Validates the options.
     *
     * @throws IllegalArgumentException if a value is out of range.
     */
    public SourceOptions {
        if ((width == 0) != (height == 0) || width < 0 || height < 0) {
            throw new IllegalArgumentException("size=" + width + "x" + height + ": both must be positive, or both 0");
        }
        if (quality < 1 || quality > 100) {
            throw new IllegalArgumentException("quality=" + quality + " is not within 1 to 100");
        }
    }

    /**
     * Whether frames are to be delivered in a size that may not be the source's.
     *
     * @return true if a size is asked for.
     */
    public boolean hasSize() {
        return width != 0;
    }
}
