package io.aeroframe.vision.source;

import io.aeroframe.transport.ColorEncoding;
import io.aeroframe.transport.FrameFormat;
import io.aeroframe.transport.PixelFormat;
import io.aeroframe.transport.SampleAspect;
import io.aeroframe.vision.internal.AvPixelFormats;
import io.aeroframe.vision.internal.PictureColor;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVPixFmtDescriptor;
import org.bytedeco.ffmpeg.global.avutil;

/**
 * The shape of a decoded picture, as FFmpeg says it.
 *
 * @param pixels     an {@code AV_PIX_FMT}.
 * @param width      the width in pixels.
 * @param height     the height in pixels.
 * @param colorSpace an {@code AVCOL_SPC}.
 * @param colorRange an {@code AVCOL_RANGE}.
 * @param primaries  an {@code AVCOL_PRI}.
 * @param aspect     the shape of a pixel.
 */
record FfmpegPicture(
        int pixels, int width, int height, int colorSpace, int colorRange, int primaries, SampleAspect aspect) {

    private static final int HD_HEIGHT = 720;

    static FfmpegPicture of(AVFrame frame, SampleAspect aspect) {
        return new FfmpegPicture(
                frame.format(),
                frame.width(),
                frame.height(),
                frame.colorspace(),
                frame.color_range(),
                frame.color_primaries(),
                aspect);
    }

    /** Whether a frame has this shape; without allocating. */
    boolean isOf(AVFrame frame, SampleAspect frameAspect) {
        return frame.width() == width
                && frame.height() == height
                && frame.format() == pixels
                && frame.colorspace() == colorSpace
                && frame.color_range() == colorRange
                && frame.color_primaries() == primaries
                && frameAspect.equals(aspect);
    }

    /** The pixel format without what JPEG's names for it say of the range, which {@link #color()} has. */
    int plainPixels() {
        return switch (pixels) {
            case avutil.AV_PIX_FMT_YUVJ420P -> avutil.AV_PIX_FMT_YUV420P;
            case avutil.AV_PIX_FMT_YUVJ422P -> avutil.AV_PIX_FMT_YUV422P;
            case avutil.AV_PIX_FMT_YUVJ444P -> avutil.AV_PIX_FMT_YUV444P;
            case avutil.AV_PIX_FMT_YUVJ440P -> avutil.AV_PIX_FMT_YUV440P;
            case avutil.AV_PIX_FMT_YUVJ411P -> avutil.AV_PIX_FMT_YUV411P;
            default -> pixels;
        };
    }

    /**
     * The matrix and range; where the stream does not say, BT.709 from 720 lines and limited range. Gray is of full
     * range, as our gray frames are.
     *
     * @throws IllegalArgumentException if its YUV cannot be converted to RGB.
     */
    PictureColor color() {
        if (avutil.av_pix_fmt_desc_get(pixels).nb_components() <= 2) {
            return PictureColor.of(ColorEncoding.BT601_FULL);
        }
        boolean isJpeg = pixels == avutil.AV_PIX_FMT_YUVJ420P
                || pixels == avutil.AV_PIX_FMT_YUVJ422P
                || pixels == avutil.AV_PIX_FMT_YUVJ444P
                || pixels == avutil.AV_PIX_FMT_YUVJ440P
                || pixels == avutil.AV_PIX_FMT_YUVJ411P;
        boolean isFullRange = isJpeg || colorRange == avutil.AVCOL_RANGE_JPEG;
        boolean isNamed = colorSpace != avutil.AVCOL_SPC_UNSPECIFIED
                && colorSpace != avutil.AVCOL_SPC_RESERVED
                && colorSpace != avutil.AVCOL_SPC_RGB;
        return isNamed && !isRgb()
                ? PictureColor.of(colorSpace, primaries, isFullRange)
                : PictureColor.of(ColorEncoding.of(height >= HD_HEIGHT && !isJpeg, isFullRange));
    }

    private boolean isRgb() {
        long flags = avutil.av_pix_fmt_desc_get(pixels).flags();
        return (flags & (avutil.AV_PIX_FMT_FLAG_RGB | avutil.AV_PIX_FMT_FLAG_BAYER | avutil.AV_PIX_FMT_FLAG_PAL)) != 0;
    }

    /** Our pixel format that is this one, or keeps the most of it. */
    PixelFormat nearest() {
        int plain = plainPixels();
        for (PixelFormat format : PixelFormat.values()) {
            if (AvPixelFormats.of(format) == plain) {
                return format;
            }
        }
        AVPixFmtDescriptor descriptor = avutil.av_pix_fmt_desc_get(plain);
        long flags = descriptor.flags();
        boolean hasAlpha = (flags & avutil.AV_PIX_FMT_FLAG_ALPHA) != 0;
        if (isRgb()) {
            boolean isPalette = (flags & avutil.AV_PIX_FMT_FLAG_PAL) != 0;
            return hasAlpha && !isPalette ? PixelFormat.BGRA32 : PixelFormat.BGR24;
        }
        if (descriptor.nb_components() <= 2) {
            return descriptor.comp(0).depth() > Byte.SIZE ? PixelFormat.GRAY16 : PixelFormat.GRAY8;
        }
        if (descriptor.log2_chroma_w() == 1 && descriptor.log2_chroma_h() == 1 && !hasAlpha) {
            return plain == avutil.AV_PIX_FMT_NV21 ? PixelFormat.NV12 : PixelFormat.I420;
        }
        return isPlain422(descriptor) ? PixelFormat.YUYV : PixelFormat.BGR24;
    }

    private static boolean isPlain422(AVPixFmtDescriptor descriptor) {
        return descriptor.log2_chroma_w() == 1
                && descriptor.log2_chroma_h() == 0
                && descriptor.nb_components() == 3
                && descriptor.comp(0).depth() == Byte.SIZE;
    }

    /**
     * What is lost where a picture is not carried as it is, whatever its size.
     *
     * @param format the format of the frames.
     * @return for a message, or null if nothing is.
     */
    String lossIn(FrameFormat format) {
        boolean isMatrixLost = format.pixelFormat().isYuv() && color().encoding() == null;
        if (keepsSamples(format.pixelFormat()) && !isMatrixLost) {
            return null;
        }
        String name = avutil.av_get_pix_fmt_name(pixels).getString();
        String kind = isMatrixLost ? name + " with the color matrix " + PictureColor.nameOf(colorSpace) : name;
        String target = format.pixelFormat() + (isMatrixLost ? " with BT.709" : "");
        return "its frames are " + kind + ", which is converted to " + target + " and loses some accuracy";
    }

    private boolean keepsSamples(PixelFormat format) {
        int plain = plainPixels();
        AVPixFmtDescriptor descriptor = avutil.av_pix_fmt_desc_get(plain);
        boolean isBayer = (descriptor.flags() & avutil.AV_PIX_FMT_FLAG_BAYER) != 0;
        boolean isFloat = (descriptor.flags() & avutil.AV_PIX_FMT_FLAG_FLOAT) != 0;
        int depth = descriptor.comp(0).depth();
        return switch (format) {
            case GRAY8 -> descriptor.nb_components() == 1 && depth <= Byte.SIZE;
            case GRAY16 -> descriptor.nb_components() == 1 && depth <= Short.SIZE && !isFloat;
            case BGR24, RGB24, BGRA32 -> isRgb() && depth <= Byte.SIZE && !isBayer;
            case YUYV -> isPlain422(descriptor);
            case NV12 -> plain == avutil.AV_PIX_FMT_NV12 || plain == avutil.AV_PIX_FMT_NV21;
            case I420 -> plain == avutil.AV_PIX_FMT_YUV420P;
        };
    }

    /**
     * The format of the frames made of this picture.
     *
     * @param options     a size and a pixel format, or none.
     * @param orientation how the picture is turned to make the frame.
     * @return without padding; if the frames are YUV the colour encoding is the picture's, or BT.709 of its range where
     *     a frame cannot say what it is.
     * @throws IllegalArgumentException if the picture is larger than a frame can be, or {@link #color()} fails.
     */
    FrameFormat deliveredAs(SourceOptions options, Orientation orientation) {
        PixelFormat format = options.pixelFormat() == null ? nearest() : options.pixelFormat();
        if (format == PixelFormat.YUYV && orientation != Orientation.UPRIGHT) {
            format = PixelFormat.BGR24; // pixels that share their colour in pairs cannot be turned
        }
        boolean isOnItsSide = orientation.isTransposed();
        FrameFormat raw = FrameFormat.raw(
                format,
                options.hasSize() ? options.width() : isOnItsSide ? height : width,
                options.hasSize() ? options.height() : isOnItsSide ? width : height);
        int uprightWidth = isOnItsSide ? height : width;
        int uprightHeight = isOnItsSide ? width : height;
        SampleAspect upright = isOnItsSide ? aspect.transposed() : aspect;
        FrameFormat shown =
                raw.withSampleAspect(upright.resized(uprightWidth, uprightHeight, raw.width(), raw.height()));
        return format.isYuv() ? shown.withColor(encoding()) : shown;
    }

    private ColorEncoding encoding() {
        PictureColor color = color();
        ColorEncoding own = color.encoding();
        return own != null ? own : ColorEncoding.of(true, color.isFullRange());
    }
}
