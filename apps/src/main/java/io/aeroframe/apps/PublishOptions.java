package io.aeroframe.apps;

import io.aeroframe.apps.bridge.Bridges;
import io.aeroframe.apps.options.DurationConverter;
import io.aeroframe.apps.options.FrameRate;
import io.aeroframe.apps.options.SizeConverter;
import io.aeroframe.transport.FrameChannel;
import io.aeroframe.transport.FrameFormat;
import io.aeroframe.transport.PixelFormat;
import io.aeroframe.vision.jpeg.ChromaSubsampling;
import io.aeroframe.vision.source.FrameSources;
import io.aeroframe.vision.source.PictureSize;
import io.aeroframe.vision.source.SourceKind;
import io.aeroframe.vision.source.SourceNames;
import io.aeroframe.vision.source.SourceOptions;
import io.aeroframe.vision.source.SourceOptions.EncodingChoice;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Options of the commands that publish. */
final class PublishOptions {

    private static final int DEFAULT_QUALITY = 80;
    private static final int FOURCC_LENGTH = 4;
    private static final int MIN_SLOTS = 3;
    private static final int MAX_SLOTS = 256;

    @Option(
            names = "--channel",
            paramLabel = "C",
            description = "ipc (default), udp:HOST:PORT, or an Aeron channel URI. May be given more than once: "
                    + "every frame is encoded once and goes to all.")
    private List<String> channels = new ArrayList<>();

    @Option(
            names = "--encoding",
            paramLabel = "E",
            description = "raw, jpeg or zstd (lossless). Default: raw if all channels are IPC or a --format is "
                    + "given, else jpeg.")
    private Encoding encoding;

    @Option(names = "--quality", paramLabel = "1..100", description = "Of JPEG frames. Default: 80.")
    private Integer quality;

    @Option(
            names = "--subsampling",
            paramLabel = "444|422|420|gray",
            converter = SubsamplingConverter.class,
            description = "How much of the colour JPEG frames keep. Default: 420, as with OpenCV; 444 for text.")
    private ChromaSubsampling subsampling;

    @Option(
            names = "--size",
            paramLabel = "WxH",
            converter = SizeConverter.class,
            description = "Resize to this, such as 640x480 or 720p.")
    private PictureSize size;

    @Option(
            names = "--format",
            paramLabel = "F",
            converter = FormatConverter.class,
            description = "Pixel format of raw and zstd frames: bgr24 (default), rgb24, gray8, or native for the "
                    + "source's own; what JPEG frames are made of, too.")
    private Format format;

    @Option(
            names = "--fps",
            paramLabel = "R",
            converter = FrameRate.SourceConverter.class,
            description = "Frames a second: a number or a fraction, source (default: the source's own timing) or max.")
    private FrameRate rate = FrameRate.SOURCE;

    @Option(names = "--loop", description = "Start again at the end of the source.")
    private boolean loop;

    @Option(
            names = "--start",
            paramLabel = "T",
            converter = DurationConverter.class,
            description = "Begin a video file at this time from its start, such as 10s.")
    private Duration start;

    @Option(
            names = "--input-size",
            paramLabel = "WxH",
            converter = SizeConverter.class,
            description = "Size of the frames in a raw video file, such as clip.yuv.")
    private PictureSize inputSize;

    @Option(
            names = "--input-format",
            paramLabel = "F",
            description = "Pixel format of the frames in a raw video file, as FFmpeg calls it, such as yuv420p, nv12 or"
                    + " bgr24.")
    private String inputFormat;

    @Option(
            names = "--reconnect",
            paramLabel = "on|off",
            description = "Whether a live address that falls silent or ends is opened again until it is back."
                    + " Default: on.")
    private Switch reconnect;

    @Option(
            names = "--input-option",
            paramLabel = "KEY=VALUE",
            description = "An option of FFmpeg's own for a video file or address, such as rtsp_transport=udp. May be"
                    + " given more than once.")
    private List<String> inputOptions = new ArrayList<>();

    @Option(
            names = "--protocol-whitelist",
            paramLabel = "LIST",
            description = "The protocols by which FFmpeg may read a video file or address, and what it refers to, such"
                    + " as file,crypto,data,ftp. Default: what is safe for playlists of strangers.")
    private String protocolWhitelist;

    @Option(
            names = "--fourcc",
            paramLabel = "CODE",
            description = "Pixel format to ask a camera for, such as MJPG or YUYV. Default: MJPG where JPEG frames are"
                    + " wanted, else the camera's own.")
    private String fourcc;

    @Option(names = "--lossless", description = "Wait for slow subscribers instead of dropping frames.")
    private boolean lossless;

    @Option(
            names = "--pool",
            paramLabel = "on|off",
            description = "Whether frames on IPC stay in shared memory, where all subscribers read them. Default: on.")
    private Switch pool;

    @Option(
            names = "--slots",
            paramLabel = "N",
            description = "Frames that the shared memory holds, " + MIN_SLOTS + " to " + MAX_SLOTS
                    + ". Default: as many as fit the subscribers.")
    private Integer slots;

    @Option(names = "--await-subscriber", description = "Begin when a subscriber is there, on every channel.")
    private boolean awaitSubscriber;

    @Option(
            names = "--ttl",
            paramLabel = "T",
            converter = DurationConverter.class,
            description = "Subscribers drop frames that are older than this at delivery, such as 200ms; a number"
                    + " without a unit is seconds. Default: no limit.")
    private Duration timeToLive = Duration.ZERO;

    @Mixin
    private SharedOptions shared;

    private enum Switch {
        on,
        off
    }

    private enum Encoding {
        raw,
        jpeg,
        zstd
    }

    /**
     * A pixel format as typed.
     *
     * @param name        the name as typed.
     * @param pixelFormat null for the source's own.
     */
    private record Format(String name, PixelFormat pixelFormat) {}

    private static final class SubsamplingConverter implements ITypeConverter<ChromaSubsampling> {
        @Override
        public ChromaSubsampling convert(String text) {
            try {
                return ChromaSubsampling.of(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }

    private static final class FormatConverter implements ITypeConverter<Format> {
        @Override
        public Format convert(String text) {
            String name = text.toLowerCase(Locale.ROOT);
            return switch (name) {
                case "bgr24" -> new Format(name, PixelFormat.BGR24);
                case "rgb24" -> new Format(name, PixelFormat.RGB24);
                case "gray8" -> new Format(name, PixelFormat.GRAY8);
                case "native" -> new Format(name, null);
                default ->
                    throw new TypeConversionException("'" + text + "' is not one of bgr24, rgb24, gray8, native");
            };
        }
    }

    void validate() {
        shared.validate();
        if (quality != null && (quality < 1 || quality > 100)) {
            throw shared.usage("--quality " + quality + ": give 1 to 100");
        }
        if (quality != null && encoding != null && encoding != Encoding.jpeg) {
            throw shared.usage("--quality " + quality + " is for JPEG frames: leave it out, or use --encoding jpeg");
        }
        if (subsampling != null && encoding != null && encoding != Encoding.jpeg) {
            throw shared.usage(
                    "--subsampling " + subsampling + " is for JPEG frames: leave it out, or use --encoding jpeg");
        }
        if (fourcc != null && fourcc.length() != FOURCC_LENGTH) {
            throw shared.usage("--fourcc " + fourcc + ": give four characters, such as MJPG or YUYV");
        }
        parsedInputOptions();
        boolean isForJpeg = format == null || format.pixelFormat != PixelFormat.RGB24;
        if (encoding == Encoding.jpeg && !isForJpeg) {
            throw shared.usage("--format " + format.name
                    + " is for raw and zstd frames: leave it out, or use --encoding raw or zstd");
        }
        validateSize();
        validatePool();
    }

    /** Refuses options that do nothing for a source. */
    void validateFor(String source) {
        shared.validateFor(source);
        if (loop) {
            requireKind(
                    source,
                    "--loop",
                    SourceKind.PICTURES,
                    SourceKind.VIDEO_FILE,
                    SourceKind.RAW_VIDEO,
                    SourceKind.ADDRESS);
        }
        if (start != null) {
            requireKind(
                    source,
                    "--start",
                    SourceKind.VIDEO_FILE,
                    SourceKind.RAW_VIDEO,
                    SourceKind.ADDRESS,
                    SourceKind.LIVE_ADDRESS);
        }
        if (reconnect != null) {
            requireKind(source, "--reconnect", SourceKind.LIVE_ADDRESS, SourceKind.ADDRESS);
        }
        if (!inputOptions.isEmpty()) {
            requireKind(source, "--input-option", SourceKind.VIDEO_FILE, SourceKind.ADDRESS, SourceKind.LIVE_ADDRESS);
        }
        if (protocolWhitelist != null) {
            requireKind(
                    source, "--protocol-whitelist", SourceKind.VIDEO_FILE, SourceKind.ADDRESS, SourceKind.LIVE_ADDRESS);
        }
        if (fourcc != null) {
            requireKind(source, "--fourcc", SourceKind.CAMERA);
        }
        requireInputFormat(source);
    }

    /** Raw video has no header; of a file that is not there, opening it says so. */
    private void requireInputFormat(String source) {
        if (inputSize != null || inputFormat != null) {
            String option = inputSize != null ? "--input-size" : "--input-format";
            requireKind(
                    source,
                    option,
                    "leave it out; a raw video file ends in .yuv, .nv12, .rgb, .bgr, .gray or .raw",
                    List.of(SourceKind.RAW_VIDEO));
        }
        boolean isComplete = inputSize != null && inputFormat != null;
        if (!isComplete && FrameSources.isFile(source) && SourceKind.of(source) == SourceKind.RAW_VIDEO) {
            throw shared.usage(source + " is a raw video file, which does not say the size and pixel format of its"
                    + " frames: add " + (inputSize == null ? "--input-size WxH" : "")
                    + (inputSize == null && inputFormat == null ? " and " : "")
                    + (inputFormat == null ? "--input-format FORMAT" : "")
                    + ", such as --input-size 1280x720 --input-format yuv420p");
        }
    }

    private void requireKind(String source, String option, SourceKind... kinds) {
        requireKind(source, option, "leave it out", List.of(kinds));
    }

    private void requireKind(String source, String option, String wayOut, List<SourceKind> kinds) {
        SourceKind kind = SourceKind.of(source);
        String bridge = Bridges.describeSource(source);
        boolean isOpenedHere = bridge == null && kind != SourceKind.UNKNOWN; // else opening it says what is wrong
        if (bridge != null || isOpenedHere && !kinds.contains(kind)) {
            String known = kinds.stream().map(SourceKind::toString).collect(Collectors.joining(" or "));
            throw shared.usage(option + " is for " + known + ", and '" + SourceNames.shown(source) + "' is "
                    + (bridge != null ? bridge : kind) + ": " + wayOut);
        }
    }

    private void validateSize() {
        PixelFormat smallest = format == null ? PixelFormat.BGR24 : format.pixelFormat;
        if (size != null && smallest != null) {
            try {
                FrameFormat.raw(smallest, size.width(), size.height());
            } catch (IllegalArgumentException ex) {
                throw shared.usage("--size " + size + ": " + ex.getMessage());
            }
        }
    }

    /** A time to live is mostly less than a second, which a number without a unit is not. */
    void noteTimeToLive() {
        String typed = shared.typed("--ttl");
        if (typed != null && typed.strip().matches("[\\d.]+")) {
            shared.say("--ttl " + typed + " is " + typed.strip() + " seconds; for milliseconds type --ttl "
                    + typed.strip() + "ms");
        }
    }

    private Map<String, String> parsedInputOptions() {
        Map<String, String> parsed = new LinkedHashMap<>();
        for (String option : inputOptions) {
            int end = option.indexOf('=');
            if (end < 1) { // a value alone may be a secret
                throw shared.usage("--input-option: give KEY=VALUE, such as rtsp_transport=udp");
            }
            parsed.put(option.substring(0, end), option.substring(end + 1));
        }
        return parsed;
    }

    private void validatePool() {
        if (slots != null && (slots < MIN_SLOTS || slots > MAX_SLOTS)) {
            throw shared.usage("--slots " + slots + ": give " + MIN_SLOTS + " to " + MAX_SLOTS);
        }
        if (slots != null && pool == Switch.off) {
            throw shared.usage("--slots " + slots + " is for shared memory: leave it out, or use --pool on");
        }
        if ((slots != null || pool == Switch.on) && channels().stream().noneMatch(FrameChannel::isIpc)) {
            throw shared.usage((slots != null ? "--slots " + slots : "--pool on")
                    + " is for IPC: leave it out, or publish on --channel ipc too");
        }
    }

    /** Whether frames on IPC are to stay in shared memory. */
    boolean isPooled() {
        return pool != Switch.off;
    }

    /** Frames that the shared memory is to hold, 0 for the transport's own number. */
    int slots() {
        return slots == null ? 0 : slots;
    }

    List<FrameChannel> channels() {
        try {
            return channels.isEmpty()
                    ? List.of(FrameChannel.IPC)
                    : channels.stream().map(FrameChannel::parse).distinct().toList();
        } catch (IllegalArgumentException ex) {
            throw shared.usage(ex.getMessage());
        }
    }

    /**
     * What is asked of the source.
     *
     * @param report takes what the source has to say on its way.
     */
    SourceOptions sourceOptions(Consumer<String> report) {
        return new SourceOptions()
                .size(size == null ? 0 : size.width(), size == null ? 0 : size.height())
                .pixelFormat(format == null ? PixelFormat.BGR24 : format.pixelFormat)
                .encoding(encodingChoice())
                .quality(quality == null ? DEFAULT_QUALITY : quality)
                .loop(loop)
                .subsampling(subsampling == null ? ChromaSubsampling.YUV420 : subsampling)
                .startNs(start == null ? 0 : start.toNanos())
                .reconnect(reconnect != Switch.off)
                .inputOptions(parsedInputOptions())
                .protocolWhitelist(protocolWhitelist)
                .report(report)
                .fourcc(fourcc)
                .inputSize(inputSize == null ? 0 : inputSize.width(), inputSize == null ? 0 : inputSize.height())
                .inputFormat(inputFormat)
                .framesPerSecond(rate.isSource() || rate.isMax() ? 0 : rate.perSecond());
    }

    private EncodingChoice encodingChoice() {
        if (encoding != null) {
            return switch (encoding) {
                case raw -> EncodingChoice.RAW;
                case jpeg -> EncodingChoice.JPEG;
                case zstd -> EncodingChoice.ZSTD;
            };
        }
        if (quality != null || subsampling != null) {
            return EncodingChoice.JPEG;
        }
        if (format != null) {
            return EncodingChoice.RAW;
        }
        return channels().stream().allMatch(FrameChannel::isIpc)
                ? EncodingChoice.RAW_OR_PASSED_JPEG
                : EncodingChoice.JPEG;
    }

    FrameRate rate() {
        return rate;
    }

    boolean isLossless() {
        return lossless;
    }

    boolean awaitsSubscriber() {
        return awaitSubscriber;
    }

    Duration timeToLive() {
        return timeToLive;
    }

    SharedOptions shared() {
        return shared;
    }
}
