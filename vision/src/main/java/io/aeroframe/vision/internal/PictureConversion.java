package io.aeroframe.vision.internal;

import io.aeroframe.transport.ColorEncoding;
import io.aeroframe.transport.FrameEncoding;
import io.aeroframe.transport.FrameFormat;
import io.aeroframe.transport.PixelFormat;
import java.nio.ByteBuffer;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVPixFmtDescriptor;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.ffmpeg.global.swscale;
import org.bytedeco.ffmpeg.swscale.SwsContext;
import org.bytedeco.ffmpeg.swscale.SwsFilter;
import org.bytedeco.ffmpeg.swscale.SwsVector;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.PointerPointer;

/**
 * Puts pictures of one shape that FFmpeg holds, in any of its pixel formats, into the memory of raw frames: a plain
 * copy of the rows where nothing is to change, else one step of swscale that converts and resizes.
 *
 * <p>For the sources and sinks of this module; between two frame formats of ours, use {@link PixelConverter}. One
 * thread at a time. Allocates nothing per picture.
 */
public final class PictureConversion implements AutoCloseable {

    /**
     * swscale works in groups of this many pixels and may write a whole group where the row ends inside one: over the
     * plane that follows, or past the buffer. Only rows of whole groups are given to it directly.
     */
    private static final int GROUP = 64;

    /** What swscale's stores want of the rows they write. */
    private static final int ALIGNMENT = 16;

    private static final int ACCURATE =
            swscale.SWS_ACCURATE_RND | swscale.SWS_FULL_CHR_H_INT | swscale.SWS_FULL_CHR_H_INP;
    private static final int UNIT = 1 << 16;

    private final FrameFormat to;
    private final int toPixels;
    private final int fromHeight;
    private final SwsContext context;
    private final BufferPlanes target;
    private AVFrame staging;
    private PointerPointer<?> stagingPlanes;
    private IntPointer stagingStrides;
    private int copies;
    private boolean isClosed;

    /**
     * Prepares the conversion.
     *
     * @param pixels FFmpeg's pixel format of the pictures, an {@code AV_PIX_FMT}.
     * @param width  the width of the pictures in pixels.
     * @param height the height of the pictures in pixels.
     * @param color  the color of the pictures: the matrix if they are YUV, the range if they are YUV or gray.
     * @param to     the raw format of the frames. Gray frames are always of full range.
     * @throws IllegalArgumentException if {@code to} is not raw or swscale cannot read the pictures.
     */
    public PictureConversion(int pixels, int width, int height, PictureColor color, FrameFormat to) {
        if (to.encoding() != FrameEncoding.RAW) {
            throw new IllegalArgumentException(to.describe() + ": only raw frames can be converted to");
        }
        Ffmpeg.load();
        this.to = to;
        this.toPixels = AvPixelFormats.of(to.pixelFormat());
        this.fromHeight = height;
        this.context = isCopy(pixels, width, height, color, to) ? null : open(pixels, width, height, color, to);
        this.target = new BufferPlanes(to);
    }

    /**
     * The format of the frames.
     *
     * @return as given.
     */
    public FrameFormat to() {
        return to;
    }

    /**
     * Converts a picture.
     *
     * @param planes  addresses of the picture's planes. Unless the rows are merely copied, the memory must be readable
     *                for {@value #GROUP} bytes past the last row, as FFmpeg's own always is.
     * @param strides bytes from row to row of each plane.
     * @param frame   a direct buffer; the frame goes to its position 0, whatever its current position and limit.
     * @return bytes of the frame.
     * @throws IllegalArgumentException if the buffer is read-only, not direct or too small.
     * @throws IllegalStateException    if swscale fails, or this is closed.
     */
    public int convert(PointerPointer<?> planes, IntPointer strides, ByteBuffer frame) {
        if (isClosed) {
            throw new IllegalStateException("the conversion to " + to.describe() + " is closed");
        }
        if (frame.isReadOnly()) {
            throw new IllegalArgumentException("the target buffer is read-only");
        }
        target.pointAt(frame, "target");
        if (context == null) {
            copyRows(target.addresses(), target.strides(), planes, strides);
            copies = 1;
        } else if (to.width() % GROUP == 0 && target.isAligned(ALIGNMENT)) {
            scale(planes, strides, target.addresses(), target.strides());
            copies = 0;
        } else {
            if (staging == null) {
                staging = allocate(toPixels, to.width(), to.height());
                stagingPlanes = staging.data();
                stagingStrides = staging.linesize();
            }
            scale(planes, strides, stagingPlanes, stagingStrides);
            copyRows(target.addresses(), target.strides(), stagingPlanes, stagingStrides);
            copies = 1;
        }
        return target.length();
    }

    /**
     * How often the bytes of the last frame were copied besides being converted.
     *
     * @return 1 where the rows were merely copied, and where the frame was made in other memory first, as swscale may
     *     write past rows of which the width is not a multiple of {@value #GROUP} pixels; else 0: it was made in its
     *     place.
     */
    public int copies() {
        return copies;
    }

    private void scale(PointerPointer<?> from, IntPointer fromStrides, PointerPointer<?> into, IntPointer intoStrides) {
        int rows = swscale.sws_scale(context, from, fromStrides, 0, fromHeight, into, intoStrides);
        if (rows != to.height()) {
            throw new IllegalStateException("swscale made " + rows + " rows of a " + to.describe() + " frame");
        }
    }

    private void copyRows(
            PointerPointer<?> into, IntPointer intoStrides, PointerPointer<?> from, IntPointer fromStrides) {
        avutil.av_image_copy2(into, intoStrides, from, fromStrides, toPixels, to.width(), to.height());
    }

    /** A picture of FFmpeg's own, with room past its rows for whole groups. */
    static AVFrame allocate(int pixels, int width, int height) {
        AVFrame frame = avutil.av_frame_alloc();
        frame.format(pixels).width(width).height(height);
        int result = avutil.av_frame_get_buffer(frame, GROUP);
        if (result < 0) {
            avutil.av_frame_free(frame);
            throw new IllegalStateException(
                    "no memory for a picture of " + width + "x" + height + ": " + Ffmpeg.errorText(result));
        }
        return frame;
    }

    static boolean isCopy(int pixels, int width, int height, PictureColor color, FrameFormat to) {
        return pixels == AvPixelFormats.of(to.pixelFormat())
                && width == to.width()
                && height == to.height()
                && (!to.pixelFormat().isYuv() || color.equals(PictureColor.of(to.color())));
    }

    /**
     * swscale's shortcut from YUYV to I420 leaves out the last chroma row of an odd height. A filter that changes
     * nothing keeps it from taking the shortcut.
     */
    private static SwsFilter unscaledFilter(int pixels, FrameFormat to) {
        if (pixels != avutil.AV_PIX_FMT_YUYV422 || to.pixelFormat() != PixelFormat.I420 || (to.height() & 1) == 0) {
            return null;
        }
        SwsVector identity = swscale.sws_allocVec(3);
        identity.coeff().put(0, 0.0).put(1, 1.0).put(2, 0.0);
        return new SwsFilter().lumH(null).lumV(identity).chrH(null).chrV(null);
    }

    private static SwsContext open(int pixels, int width, int height, PictureColor color, FrameFormat to) {
        if (swscale.sws_isSupportedInput(pixels) == 0) {
            throw new IllegalArgumentException("pixel format " + pixels + ": swscale cannot read it");
        }
        boolean toYuv = to.pixelFormat().isYuv();
        boolean toGray = to.pixelFormat() == PixelFormat.GRAY8 || to.pixelFormat() == PixelFormat.GRAY16;
        int fromRange = color.isFullRange() ? 1 : 0;
        int toRange = toGray || toYuv && to.color().isFullRange() ? 1 : 0;
        SwsContext context = swscale.sws_alloc_context();
        // The ranges must be known before the context is made: it chooses its conversion functions by them.
        context.src_w(width)
                .src_h(height)
                .src_format(pixels)
                .src_range(fromRange)
                .dst_w(to.width())
                .dst_h(to.height())
                .dst_format(AvPixelFormats.of(to.pixelFormat()))
                .dst_range(toRange)
                .flags(flags(pixels, width, height, to));
        SwsFilter filter = unscaledFilter(pixels, to);
        int result = swscale.sws_init_context(context, filter, null);
        if (filter != null) {
            swscale.sws_freeVec(filter.lumV());
            filter.close();
        }
        if (result < 0) {
            swscale.sws_freeContext(context);
            throw new IllegalArgumentException("a picture of " + width + "x" + height + " cannot be made a frame of "
                    + to.describe() + ": " + Ffmpeg.errorText(result));
        }
        // Where one side has no matrix of its own it takes the other's, else swscale would go through RGB. Between
        // RGB and gray it is BT.601's, as in JPEG and OpenCV.
        PictureColor own = PictureColor.of(toYuv ? to.color() : ColorEncoding.BT601_FULL);
        PictureColor from = isYuv(pixels) ? color : own;
        try (IntPointer matrix = from.coefficients();
                IntPointer toMatrix = (toYuv ? own : from).coefficients()) {
            swscale.sws_setColorspaceDetails(context, matrix, fromRange, toMatrix, toRange, 0, UNIT, UNIT);
        }
        return context;
    }

    /**
     * Video shown at its own size is the common case and is worth swscale's fast path, which takes the nearest chroma
     * sample, as ffmpeg and OpenCV do: 25 times faster than the exact one. Everything else is computed exactly.
     */
    private static int flags(int pixels, int width, int height, FrameFormat to) {
        if (to.width() == width && to.height() == height) {
            boolean isVideoToRgb = isVideo(pixels) && !to.pixelFormat().isYuv();
            return isVideoToRgb ? swscale.SWS_BICUBIC : ACCURATE | swscale.SWS_BICUBIC;
        }
        return ACCURATE | (to.width() <= width && to.height() <= height ? swscale.SWS_AREA : swscale.SWS_BICUBIC);
    }

    /** 8-bit 4:2:0, as nearly all video has it. */
    private static boolean isVideo(int pixels) {
        return pixels == avutil.AV_PIX_FMT_YUV420P
                || pixels == avutil.AV_PIX_FMT_YUVJ420P
                || pixels == avutil.AV_PIX_FMT_NV12;
    }

    private static boolean isYuv(int pixels) {
        AVPixFmtDescriptor descriptor = avutil.av_pix_fmt_desc_get(pixels);
        return descriptor.nb_components() >= 3 && (descriptor.flags() & avutil.AV_PIX_FMT_FLAG_RGB) == 0;
    }

    /** Frees the native memory. Closing twice does nothing. */
    @Override
    public void close() {
        if (isClosed) {
            return;
        }
        isClosed = true;
        if (context != null) {
            swscale.sws_freeContext(context);
        }
        if (staging != null) {
            avutil.av_frame_free(staging);
        }
        target.close();
    }
}
