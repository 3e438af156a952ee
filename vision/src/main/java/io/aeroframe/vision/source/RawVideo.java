package io.aeroframe.vision.source;

import io.aeroframe.vision.internal.Ffmpeg;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVInputFormat;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;

/**
 * A file of pixels and nothing else: frame after frame without a header, padding or times. What it does not say is set
 * from outside, see {@link SourceOptions#inputSize(int, int)} and {@link SourceOptions#inputFormat(String)}.
 *
 * @param name            the file's name for messages.
 * @param width           width of a frame in pixels.
 * @param height          height of a frame in pixels.
 * @param pixelFormat     FFmpeg's name of the pixel format.
 * @param framesPerSecond frame rate.
 * @param frameLength     length of a frame in bytes.
 */
record RawVideo(String name, int width, int height, String pixelFormat, double framesPerSecond, int frameLength) {

    /** The pixel format that an extension stands for with most programs that write such files. */
    private static final Map<String, String> EXTENSIONS = Map.ofEntries(
            Map.entry("yuv", "yuv420p"),
            Map.entry("i420", "yuv420p"),
            Map.entry("yv12", "yuv420p"),
            Map.entry("nv12", "nv12"),
            Map.entry("nv21", "nv21"),
            Map.entry("yuyv", "yuyv422"),
            Map.entry("yuy2", "yuyv422"),
            Map.entry("uyvy", "uyvy422"),
            Map.entry("rgb", "rgb24"),
            Map.entry("rgb24", "rgb24"),
            Map.entry("rgba", "rgba"),
            Map.entry("bgr", "bgr24"),
            Map.entry("bgr24", "bgr24"),
            Map.entry("bgra", "bgra"),
            Map.entry("gray", "gray"),
            Map.entry("grey", "gray"),
            Map.entry("gray8", "gray"),
            Map.entry("y8", "gray"),
            Map.entry("gray16", "gray16le"),
            Map.entry("y16", "gray16le"),
            Map.entry("raw", "bgr24"));

    /** What this project and others call a format that has another name in FFmpeg. */
    private static final Map<String, String> OTHER_NAMES = Map.of(
            "gray8", "gray",
            "grey", "gray",
            "gray16", "gray16le",
            "i420", "yuv420p",
            "yuyv", "yuyv422",
            "yuy2", "yuyv422",
            "uyvy", "uyvy422",
            "bgra32", "bgra",
            "rgb", "rgb24",
            "bgr", "bgr24");

    /** Some name such a file .yuv, too, but it has a header. */
    private static final byte[] Y4M = "YUV4MPEG2 ".getBytes(StandardCharsets.US_ASCII);

    /**
     * Whether a file is one of pixels alone: by the extension, unless its first bytes are the header of YUV4MPEG2.
     *
     * @param spec the specification as on the command line.
     */
    static boolean handles(String spec) {
        return EXTENSIONS.containsKey(extension(spec)) && !hasHeader(spec);
    }

    /** The pixel format that a name suggests, for an example. */
    static String likelyFormat(String spec) {
        return EXTENSIONS.getOrDefault(extension(spec), "yuv420p");
    }

    private static String extension(String spec) {
        return spec.substring(spec.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    }

    private static boolean hasHeader(String spec) {
        if (!PictureList.isExisting(spec) || !Files.isRegularFile(Path.of(spec))) {
            return false; // nothing may be taken out of a pipe
        }
        try (InputStream in = Files.newInputStream(Path.of(spec))) {
            return Arrays.equals(Y4M, in.readNBytes(Y4M.length));
        } catch (IOException e) {
            return false; // opening it says why
        }
    }

    /**
     * What the options say of a file, checked against its length. FFmpeg must be loaded.
     *
     * @param spec     the specification as on the command line.
     * @param location the location of the same.
     * @param options  settings with the size and the pixel format.
     * @return null if it is another kind of source.
     * @throws IOException              if the options leave something out, or the file is shorter than a frame.
     * @throws IllegalArgumentException if FFmpeg does not know the pixel format, or no frame has this size.
     */
    static RawVideo of(String spec, FfmpegLocation location, SourceOptions options) throws IOException {
        if (SourceKind.of(spec) != SourceKind.RAW_VIDEO) {
            return null;
        }
        if (options.inputWidth() == 0 || options.inputFormat() == null) {
            throw new SourceException(
                    SourceException.Reason.RAW_VIDEO_NOT_DESCRIBED,
                    location.fullName() + ": is raw video without a header; set the size and the pixel format of its"
                            + " frames, such as 1280x720 and " + likelyFormat(spec));
        }
        String lower = options.inputFormat().toLowerCase(Locale.ROOT);
        String format = OTHER_NAMES.getOrDefault(lower, lower);
        int width = options.inputWidth();
        int height = options.inputHeight();
        int length = frameLength(format, width, height);
        double rate = options.framesPerSecond() > 0 ? options.framesPerSecond() : FfmpegClock.FALLBACK_RATE;
        RawVideo video = new RawVideo(location.fullName(), width, height, format, rate, length);
        if (location.isFile() && Files.isRegularFile(Path.of(spec))) {
            video.checkLength(Files.size(Path.of(spec)), options);
        }
        return video;
    }

    private static int frameLength(String format, int width, int height) {
        int number = avutil.av_get_pix_fmt(format);
        if (number == avutil.AV_PIX_FMT_NONE
                || (avutil.av_pix_fmt_desc_get(number).flags() & avutil.AV_PIX_FMT_FLAG_HWACCEL) != 0) {
            throw new IllegalArgumentException("the pixel format '" + format
                    + "' of the input is not one of FFmpeg's, such as yuv420p, nv12, yuyv422, gray, rgb24 or bgr24");
        }
        int length = avutil.av_image_get_buffer_size(number, width, height, 1);
        if (length <= 0) {
            throw new IllegalArgumentException("frames of " + width + "x" + height + " in " + format
                    + " are too large: " + Ffmpeg.errorText(length));
        }
        return length;
    }

    private void checkLength(long fileLength, SourceOptions options) throws IOException {
        if (fileLength < frameLength) {
            throw new SourceException(
                    SourceException.Reason.RAW_VIDEO_TOO_SHORT,
                    name + ": has " + fileLength + " bytes, which is less than one frame: " + describe() + " takes "
                            + frameLength + " bytes; check the size and the pixel format");
        }
        long rest = fileLength % frameLength;
        if (rest != 0) {
            options.report()
                    .accept(name + ": its last " + rest + " bytes are left out, because they are not a whole frame: "
                            + describe() + " takes " + frameLength + " bytes; if the size and the pixel format are"
                            + " right, its recording is not complete");
        }
    }

    private String describe() {
        return width + "x" + height + " " + pixelFormat;
    }

    /**
     * The demuxer that reads it.
     *
     * @param settings takes what the demuxer has to know.
     */
    AVInputFormat demuxer(AVDictionary settings) {
        avutil.av_dict_set(settings, "video_size", width + "x" + height, 0);
        avutil.av_dict_set(settings, "pixel_format", pixelFormat, 0);
        avutil.av_dict_set(settings, "framerate", Double.toString(framesPerSecond), 0);
        return avformat.av_find_input_format("rawvideo");
    }

    /**
     * Goes to the frame that is shown at a time, or one before it: every frame has the same length.
     *
     * @param ns the time from the start, in nanoseconds; after the end it is the last frame.
     * @return false if it cannot be rewound.
     */
    boolean seek(AVFormatContext context, long ns) {
        long frames = avformat.avio_size(context.pb()) / frameLength;
        long frame = Math.max(0, Math.min(frames - 1, (long) (ns / 1e9 * framesPerSecond) - 1));
        return avformat.av_seek_frame(context, -1, frame * frameLength, avformat.AVSEEK_FLAG_BYTE) >= 0;
    }
}
