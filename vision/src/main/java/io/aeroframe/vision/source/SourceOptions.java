package io.aeroframe.vision.source;

import io.aeroframe.transport.PixelFormat;
import io.aeroframe.vision.jpeg.ChromaSubsampling;
import java.util.function.Consumer;

/**
 * What is asked of a source.
 *
 * @param width           the width of the frames to deliver in pixels, 0 for the source's own size; both or none.
 * @param height          the height of the frames to deliver in pixels, 0 for the source's own size.
 * @param pixelFormat     the pixel format of the raw frames to deliver; null for the source's own (native).
 * @param encoding        what to deliver.
 * @param quality         the quality of JPEG frames that are encoded here, 1 to 100.
 * @param loop            start again at the end.
 * @param subsampling     the subsampling of JPEG frames that are encoded here.
 * @param startNs         where to begin in a video file, in nanoseconds from its start.
 * @param reconnects      whether to open a live address again when it falls silent or ends, for as long as
 *                        it takes.
 * @param fourcc          the four-character code of a camera: the pixel format to ask it for, four characters such as
 *                        MJPG; null for its own.
 * @param framesPerSecond the frame rate to request from a camera; 0 for its own.
 * @param report          takes a line for the user, on the thread that uses the source.
 */
public record SourceOptions(
        int width,
        int height,
        PixelFormat pixelFormat,
        EncodingChoice encoding,
        int quality,
        boolean loop,
        ChromaSubsampling subsampling,
        long startNs,
        boolean reconnects,
        String fourcc,
        double framesPerSecond,
        Consumer<String> report) {

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

    private static final int FOURCC_LENGTH = 4;

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
        if (startNs < 0) {
            throw new IllegalArgumentException("startNs=" + startNs + " is negative");
        }
        if (fourcc != null && fourcc.length() != FOURCC_LENGTH) {
            throw new IllegalArgumentException("fourcc=" + fourcc + " is not of four characters, such as MJPG");
        }
        if (!(framesPerSecond >= 0 && framesPerSecond < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("framesPerSecond=" + framesPerSecond + " is not 0 or more");
        }
        if (report == null) {
            throw new IllegalArgumentException("report=null: give what takes lines for the user");
        }
    }

    /**
     * From the start, silent, with JPEG in 4:2:0.
     *
     * @param width       the width of the frames to deliver in pixels, 0 for the source's own size; both or none.
     * @param height      the height of the frames to deliver in pixels, 0 for the source's own size.
     * @param pixelFormat the pixel format of the raw frames to deliver; null for the source's own (native).
     * @param encoding    what to deliver.
     * @param quality     the quality of JPEG frames that are encoded here, 1 to 100.
     * @param loop        start again at the end.
     */
    public SourceOptions(
            int width, int height, PixelFormat pixelFormat, EncodingChoice encoding, int quality, boolean loop) {
        this(
                width,
                height,
                pixelFormat,
                encoding,
                quality,
                loop,
                ChromaSubsampling.YUV420,
                0,
                false,
                null,
                0,
                line -> {});
    }

    /**
     * These options with another pixel format.
     *
     * @param other the pixel format of the raw frames; null for the source's own.
     * @return the options.
     */
    public SourceOptions withPixelFormat(PixelFormat other) {
        return new SourceOptions(
                width,
                height,
                other,
                encoding,
                quality,
                loop,
                subsampling,
                startNs,
                reconnects,
                fourcc,
                framesPerSecond,
                report);
    }

    /**
     * These options with another encoding.
     *
     * @param other what to deliver.
     * @return the options.
     */
    public SourceOptions withEncoding(EncodingChoice other) {
        return new SourceOptions(
                width,
                height,
                pixelFormat,
                other,
                quality,
                loop,
                subsampling,
                startNs,
                reconnects,
                fourcc,
                framesPerSecond,
                report);
    }

    /**
     * These options with another subsampling.
     *
     * @param other the subsampling of JPEG frames that are encoded here.
     * @return the options.
     */
    public SourceOptions withSubsampling(ChromaSubsampling other) {
        return new SourceOptions(
                width,
                height,
                pixelFormat,
                encoding,
                quality,
                loop,
                other,
                startNs,
                reconnects,
                fourcc,
                framesPerSecond,
                report);
    }

    /**
     * These options with a place to begin at.
     *
     * @param ns the time from the start of a video file, in nanoseconds.
     * @return the options.
     */
    public SourceOptions withStart(long ns) {
        return new SourceOptions(
                width,
                height,
                pixelFormat,
                encoding,
                quality,
                loop,
                subsampling,
                ns,
                reconnects,
                fourcc,
                framesPerSecond,
                report);
    }

    /**
     * These options for live addresses that may come back.
     *
     * @param isWanted whether to open one again.
     * @param listener takes a line when one is lost, and when it is back.
     * @return the options.
     */
    public SourceOptions withReconnection(boolean isWanted, Consumer<String> listener) {
        return new SourceOptions(
                width,
                height,
                pixelFormat,
                encoding,
                quality,
                loop,
                subsampling,
                startNs,
                isWanted,
                fourcc,
                framesPerSecond,
                listener);
    }

    /**
     * These options with what to ask of a camera.
     *
     * @param code the pixel format to request, four characters; null for the camera's own.
     * @param rate the rate in frames a second; 0 for its own.
     * @return the options.
     */
    public SourceOptions withCamera(String code, double rate) {
        return new SourceOptions(
                width,
                height,
                pixelFormat,
                encoding,
                quality,
                loop,
                subsampling,
                startNs,
                reconnects,
                code,
                rate,
                report);
    }

    /**
     * Whether frames are to be delivered in a size that may not be the source's.
     *
     * @return true if a size is asked for.
     */
    public boolean hasSize() {
        return width != 0;
    }

    /**
     * Whether a JPEG picture may be passed on as it is: it is wanted, and no other size and no other pixels are.
     *
     * @param pictureWidth  the picture width in pixels.
     * @param pictureHeight the picture height in pixels.
     * @return true if so.
     */
    boolean allowsPassedJpeg(int pictureWidth, int pictureHeight) {
        return encoding != EncodingChoice.RAW
                && (pixelFormat == null || pixelFormat == PixelFormat.BGR24)
                && (!hasSize() || width == pictureWidth && height == pictureHeight);
    }
}
