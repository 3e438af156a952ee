package io.aeroframe.vision.source;

import io.aeroframe.transport.ColorEncoding;
import io.aeroframe.transport.FrameFormat;
import io.aeroframe.transport.PixelFormat;
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
 */
record FfmpegPicture(int pixels, int width, int height, int colorSpace, int colorRange, int primaries) {

    private static final int HD_HEIGHT = 720;

    static FfmpegPicture of(AVFrame frame) {
        return new FfmpegPicture(
                frame.format(),
                frame.width(),
                frame.height(),
                frame.colorspace(),
                frame.color_range(),
                frame.color_primaries());
    }

    /** Whether a frame has this shape; without allocating. */
    boolean isOf(AVFrame frame) {
        return frame.width() == width
                && frame.height() == height
                && frame.format() == pixels
                && frame.colorspace() == colorSpace
                && frame.color_range() == colorRange
                && frame.color_primaries() == primaries;
    }

    /** The pixel format without what JPEG's names for it say of the range, which {@link #color()} has. */
    int plainPixels() {
        return pixels == avutil.AV_PIX_FMT_YUVJ420P ? avutil.AV_PIX_FMT_YUV420P : pixels;
    }

    /**
     * The matrix and range; where the stream does not say, BT.709 from 720 lines and limited range. Gray is of full
     * range, as our gray frames are.
     *
     * @throws IllegalArgumentException if there is no way from its YUV to RGB.
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
        return PixelFormat.BGR24;
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
        return format.isYuv() ? raw.withColor(encoding()) : raw;
    }

    private ColorEncoding encoding() {
        PictureColor color = color();
        ColorEncoding own = color.encoding();
        return own != null ? own : ColorEncoding.of(true, color.isFullRange());
    }
}
