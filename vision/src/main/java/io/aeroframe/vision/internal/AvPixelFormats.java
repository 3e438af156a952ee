package io.aeroframe.vision.internal;

import io.aeroframe.transport.PixelFormat;
import org.bytedeco.ffmpeg.global.avutil;

/**
 * FFmpeg's names for our pixel formats. Any thread.
 */
public final class AvPixelFormats {

    private AvPixelFormats() {}

    /**
     * FFmpeg's number for a pixel format of ours.
     *
     * @param format ours.
     * @return an {@code AV_PIX_FMT}.
     */
    public static int of(PixelFormat format) {
        return switch (format) {
            case GRAY8 -> avutil.AV_PIX_FMT_GRAY8;
            case GRAY16 -> avutil.AV_PIX_FMT_GRAY16LE;
            case BGR24 -> avutil.AV_PIX_FMT_BGR24;
            case RGB24 -> avutil.AV_PIX_FMT_RGB24;
            case BGRA32 -> avutil.AV_PIX_FMT_BGRA;
            case YUYV -> avutil.AV_PIX_FMT_YUYV422;
            case NV12 -> avutil.AV_PIX_FMT_NV12;
            case I420 -> avutil.AV_PIX_FMT_YUV420P;
        };
    }
}
