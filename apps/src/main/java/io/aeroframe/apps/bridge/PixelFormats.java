package io.aeroframe.apps.bridge;

import io.aeroframe.transport.FrameFormat;
import io.aeroframe.transport.PixelFormat;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Raw formats as they are typed: FFmpeg's names, and this project's. */
public final class PixelFormats {

    private static final Pattern SIZE = Pattern.compile("(\\d{1,5})x(\\d{1,5})");

    private PixelFormats() {}

    /**
     * The pixel format of a name.
     *
     * @param name the name, in any case.
     * @return the pixel format.
     * @throws IllegalArgumentException if there is none of that name.
     */
    public static PixelFormat of(String name) {
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "bgr24" -> PixelFormat.BGR24;
            case "rgb24" -> PixelFormat.RGB24;
            case "gray", "gray8" -> PixelFormat.GRAY8;
            case "gray16", "gray16le" -> PixelFormat.GRAY16;
            case "bgra", "bgra32" -> PixelFormat.BGRA32;
            case "yuyv", "yuyv422" -> PixelFormat.YUYV;
            case "nv12" -> PixelFormat.NV12;
            case "yuv420p", "i420" -> PixelFormat.I420;
            default ->
                throw new IllegalArgumentException("the pixel format '" + name
                        + "' is not one of bgr24, rgb24, gray, gray16le, bgra, yuyv422, nv12, yuv420p");
        };
    }

    /**
     * The format of frames of a size.
     *
     * @param size        width and height as typed, such as 1280x720.
     * @param pixelFormat the pixel format.
     * @return the format, without padding between rows.
     * @throws IllegalArgumentException if the size is malformed or out of range.
     */
    public static FrameFormat of(String size, PixelFormat pixelFormat) {
        Matcher matcher = SIZE.matcher(size);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("the size '" + size + "' is not WxH, such as 1280x720");
        }
        return FrameFormat.raw(pixelFormat, Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
    }

    /**
     * The format of an array of rows, columns and channels, as OpenCV and NumPy have it.
     *
     * @param height         the number of rows.
     * @param width          the number of columns.
     * @param channels       the number of channels: 1, 3 (blue, green, red) or 4 (with alpha).
     * @param bytesPerSample 1, or 2 with one channel.
     * @return the format.
     * @throws IllegalArgumentException if there is none for such an array.
     */
    public static FrameFormat ofArray(long height, long width, long channels, int bytesPerSample) {
        String shape = height + "x" + width + "x" + channels;
        if (height < 1 || width < 1 || height > FrameFormat.MAX_DIMENSION || width > FrameFormat.MAX_DIMENSION) {
            throw new IllegalArgumentException(
                    "an array of shape " + shape + " (height, width, channels) is not a frame");
        }
        if (bytesPerSample == 2 && channels == 1) {
            return FrameFormat.raw(PixelFormat.GRAY16, (int) width, (int) height);
        }
        PixelFormat pixels = bytesPerSample != 1
                ? null
                : channels == 1
                        ? PixelFormat.GRAY8
                        : channels == 3 ? PixelFormat.BGR24 : channels == 4 ? PixelFormat.BGRA32 : null;
        if (pixels == null) {
            throw new IllegalArgumentException("an array of shape " + shape + " (height, width, channels) and "
                    + bytesPerSample + " bytes a sample: 1, 3 or 4 channels of 1 byte and 1 channel of 2 are frames");
        }
        return FrameFormat.raw(pixels, (int) width, (int) height);
    }
}
