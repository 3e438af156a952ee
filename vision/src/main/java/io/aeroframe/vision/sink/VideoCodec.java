package io.aeroframe.vision.sink;

import io.aeroframe.transport.ColorEncoding;
import io.aeroframe.transport.FrameFormat;
import io.aeroframe.transport.PixelFormat;
import io.aeroframe.vision.internal.AvPixelFormats;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVCodecDescriptor;
import org.bytedeco.ffmpeg.avformat.AVOutputFormat;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;

/**
 * An encoder of FFmpeg's for raw frames, and how it is used: for a live picture, so without frames that wait for later
 * ones.
 */
final class VideoCodec {

    /** What is offered; any other encoder of the FFmpeg build is taken by its name too. */
    private static final List<String> OFFERED = List.of("h264", "mpeg4", "mjpeg", "ffv1", "vp8", "vp9", "av1");

    private static final Set<Integer> IN_TRANSPORT_STREAMS = Set.of(
            avcodec.AV_CODEC_ID_H264,
            avcodec.AV_CODEC_ID_HEVC,
            avcodec.AV_CODEC_ID_MPEG4,
            avcodec.AV_CODEC_ID_MPEG2VIDEO);

    /** What every build has. */
    private static final String MPEG4 = "mpeg4";

    /** The encoder of H.264 that needs no special hardware. */
    private static final String H264 = "libopenh264";

    /** Below this FFmpeg's FFV1 can have one slice only, and does not find that out by itself. */
    private static final int ONE_SLICE_WIDTH = 352;

    private static final int HD_HEIGHT = 720;

    private final AVCodec codec;
    private final VideoContainer container;
    private final boolean isLossless;
    private final Set<PixelFormat> accepted = EnumSet.noneOf(PixelFormat.class);
    private int yuyv = AvPixelFormats.of(PixelFormat.YUYV);

    private VideoCodec(AVCodec codec, VideoContainer container) {
        this.codec = codec;
        this.container = container;
        this.isLossless = isLossless(codec);
        findAccepted();
    }

    /**
     * The encoder for a container.
     *
     * @param name a codec ({@code h264}) or an encoder ({@code libopenh264}) of FFmpeg's; null for the default.
     * @throws IllegalArgumentException if there is none, the message listing those that are.
     */
    static VideoCodec of(String name, VideoContainer container) {
        AVCodec codec = name == null ? defaultFor(container) : encoder(name);
        if (codec == null) {
            throw new IllegalArgumentException("there is no video encoder '" + name + "' here; for "
                    + container.extension() + " there are " + offeredFor(container));
        }
        if (!fits(codec, container)) {
            throw new IllegalArgumentException(
                    "a video encoded by '" + codec.name().getString() + "' does not go into " + container.extension()
                            + "; there are " + offeredFor(container));
        }
        VideoCodec found = new VideoCodec(codec, container);
        if (found.accepted.isEmpty()) {
            throw new IllegalArgumentException("the video encoder '" + name + "' takes none of the pixel formats that"
                    + " frames have; there are " + offeredFor(container));
        }
        return found;
    }

    /** H.264 where there is an encoder, but not in WebM, nor in AVI, which keeps no presentation times of it. */
    private static AVCodec defaultFor(VideoContainer container) {
        if (container == VideoContainer.WEBM) {
            return avcodec.avcodec_find_encoder_by_name("libvpx-vp9");
        }
        AVCodec h264 = container == VideoContainer.AVI ? null : avcodec.avcodec_find_encoder_by_name(H264);
        return isThere(h264) ? h264 : avcodec.avcodec_find_encoder_by_name(MPEG4);
    }

    /** Whether there is an encoder for a codec, or of a name. */
    static boolean exists(String name) {
        return encoder(name) != null;
    }

    private static AVCodec encoder(String name) {
        // Of AV1's encoders the first one is far too slow for a live picture.
        AVCodec codec = avcodec.avcodec_find_encoder_by_name(name.equals("av1") ? "libsvtav1" : name);
        if (isThere(codec) && codec.type() == avutil.AVMEDIA_TYPE_VIDEO) {
            return codec;
        }
        AVCodecDescriptor descriptor = avcodec.avcodec_descriptor_get_by_name(name);
        if (descriptor == null || descriptor.isNull() || descriptor.type() != avutil.AVMEDIA_TYPE_VIDEO) {
            return null;
        }
        codec = avcodec.avcodec_find_encoder(descriptor.id());
        return isThere(codec) ? codec : null;
    }

    private static boolean isThere(Pointer found) {
        return found != null && !found.isNull();
    }

    private static boolean fits(AVCodec codec, VideoContainer container) {
        if (container == VideoContainer.TS) {
            return IN_TRANSPORT_STREAMS.contains(codec.id()); // FFmpeg does not say
        }
        AVOutputFormat format = avformat.av_guess_format(container.muxer(), null, null);
        return avformat.avformat_query_codec(format, codec.id(), avcodec.FF_COMPLIANCE_NORMAL) == 1;
    }

    private static String offeredFor(VideoContainer container) {
        List<String> names = new ArrayList<>();
        for (String name : OFFERED) {
            AVCodec codec = encoder(name);
            if (codec != null && fits(codec, container)) {
                names.add(name);
            }
        }
        return String.join(", ", names);
    }

    /** Codecs that can do both, such as JPEG 2000, are used as those that lose something. */
    private static boolean isLossless(AVCodec codec) {
        AVCodecDescriptor descriptor = avcodec.avcodec_descriptor_get(codec.id());
        int both = avcodec.AV_CODEC_PROP_LOSSLESS | avcodec.AV_CODEC_PROP_LOSSY;
        return isThere(descriptor) && (descriptor.props() & both) == avcodec.AV_CODEC_PROP_LOSSLESS;
    }

    private void findAccepted() {
        try (PointerPointer<IntPointer> list = new PointerPointer<>(1);
                IntPointer count = new IntPointer(1)) {
            list.zero();
            int result = avcodec.avcodec_get_supported_config(
                    null, codec, avcodec.AV_CODEC_CONFIG_PIX_FORMAT, 0, list, count);
            if (result < 0 || list.get(0) == null) {
                return;
            }
            IntPointer numbers = new IntPointer(list.get(0));
            boolean isPlanar422 = false;
            for (int i = 0; i < count.get(); i++) {
                for (PixelFormat format : PixelFormat.values()) {
                    if (numbers.get(i) == AvPixelFormats.of(format)) {
                        accepted.add(format);
                    }
                }
                isPlanar422 |= numbers.get(i) == avutil.AV_PIX_FMT_YUV422P;
            }
            if (isLossless && isPlanar422 && accepted.add(PixelFormat.YUYV)) {
                yuyv = avutil.AV_PIX_FMT_YUV422P;
            }
        }
    }

    AVCodec encoder() {
        return codec;
    }

    /** What FFmpeg calls the encoder: {@code libopenh264}. */
    String name() {
        return codec.name().getString();
    }

    boolean isMjpeg() {
        return codec.id() == avcodec.AV_CODEC_ID_MJPEG;
    }

    /** Whether what it encodes comes back bit for bit. */
    boolean isLossless() {
        return isLossless;
    }

    /** The {@code AV_PIX_FMT} in which the encoder takes frames: planar where it has no YUYV. */
    int pixelsOf(PixelFormat format) {
        return format == PixelFormat.YUYV ? yuyv : AvPixelFormats.of(format);
    }

    /** Whether YUYV has to be split into planes for the encoder. */
    boolean splitsYuyv() {
        return yuyv == avutil.AV_PIX_FMT_YUV422P;
    }

    /**
     * What a frame has to be made before it is encoded: what keeps the most of it among what the encoder takes.
     *
     * @param from a raw format.
     * @return of even width and height where the codec has no others; without padding; null if the codec is lossless
     *     and nothing that it takes, or that the file can say of the colors, keeps all of the frame.
     */
    FrameFormat inputFor(FrameFormat from) {
        return isLossless ? losslessInputFor(from) : lossyInputFor(from);
    }

    private FrameFormat losslessInputFor(FrameFormat from) {
        List<PixelFormat> equals =
                switch (from.pixelFormat()) {
                    case I420, NV12 -> List.of(from.pixelFormat(), PixelFormat.I420, PixelFormat.NV12);
                    case BGR24, RGB24, GRAY8 ->
                        List.of(from.pixelFormat(), PixelFormat.BGR24, PixelFormat.RGB24, PixelFormat.BGRA32);
                    default -> List.of(from.pixelFormat());
                };
        boolean isColorKept =
                !from.pixelFormat().isYuv() || statesMatrix() && statesRange() || from.color() == assumedFor(from);
        return equals.stream()
                .filter(pixels -> accepted.contains(pixels) && isColorKept)
                .findFirst()
                .map(pixels -> FrameFormat.raw(pixels, from.width(), from.height())
                        .withColor(from.color())
                        .withSampleAspect(from.sampleAspect()))
                .orElse(null);
    }

    /** What readers take YUV for of which nothing is said. */
    private static ColorEncoding assumedFor(FrameFormat format) {
        return ColorEncoding.of(format.height() >= HD_HEIGHT, false);
    }

    private FrameFormat lossyInputFor(FrameFormat from) {
        PixelFormat pixels = preferencesFor(from.pixelFormat()).stream()
                .filter(accepted::contains)
                .findFirst()
                .orElseGet(() -> accepted.iterator().next());
        int width = isEvenOnly() ? from.width() + (from.width() & 1) : from.width();
        int height = isEvenOnly() ? from.height() + (from.height() & 1) : from.height();
        return FrameFormat.raw(pixels, width, height).withColor(colorFor(from)).withSampleAspect(from.sampleAspect());
    }

    private static List<PixelFormat> preferencesFor(PixelFormat from) {
        if (from.isYuv()) {
            return List.of(from, PixelFormat.I420, PixelFormat.NV12, PixelFormat.YUYV);
        }
        return switch (from) {
            case GRAY8 -> List.of(PixelFormat.GRAY8, PixelFormat.I420, PixelFormat.BGR24, PixelFormat.RGB24);
            case GRAY16 -> List.of(PixelFormat.GRAY16, PixelFormat.GRAY8, PixelFormat.I420, PixelFormat.BGR24);
            default -> List.of(from, PixelFormat.BGR24, PixelFormat.RGB24, PixelFormat.BGRA32, PixelFormat.I420);
        };
    }

    private ColorEncoding colorFor(FrameFormat from) {
        if (isMjpeg()) {
            return ColorEncoding.BT601_FULL;
        }
        boolean isYuv = from.pixelFormat().isYuv();
        boolean isBt709 = isYuv && statesMatrix() ? from.color().isBt709() : from.height() >= HD_HEIGHT;
        // Where the range is not stated players take it for limited.
        return ColorEncoding.of(isBt709, isYuv && from.color().isFullRange() && statesRange());
    }

    /** Whether the stream or the file says which matrix its YUV has. */
    private boolean statesMatrix() {
        return statesColorItself() || container.statesColor();
    }

    /** Whether decoders take the range from what the stream or the file says. */
    private boolean statesRange() {
        return statesColorItself() || isLossless && container.statesColor();
    }

    /** Whether the matrix is only stated together with primaries and transfer: MP4 and MOV take all three or none. */
    boolean needsPrimaries() {
        return (container == VideoContainer.MP4 || container == VideoContainer.MOV) && !statesColorItself();
    }

    private boolean statesColorItself() {
        int id = codec.id();
        return id == avcodec.AV_CODEC_ID_H264 || id == avcodec.AV_CODEC_ID_VP9 || id == avcodec.AV_CODEC_ID_AV1;
    }

    private boolean isEvenOnly() {
        return codec.id() == avcodec.AV_CODEC_ID_H264 || codec.id() == avcodec.AV_CODEC_ID_HEVC;
    }

    /**
     * Sets a good picture at a speed for live frames. What an encoder does not know of it is left out.
     *
     * @param context the context of this encoder with its size, not opened yet.
     */
    void configure(AVCodecContext context) {
        context.max_b_frames(0);
        context.thread_count(0);
        context.thread_type(AVCodecContext.FF_THREAD_SLICE); // frame threads would hold back as many frames
        switch (codec.id()) {
            case avcodec.AV_CODEC_ID_H264 -> {
                set(context, "rc_mode", "off");
                context.qmin(22).qmax(22);
                context.slices(Math.min(8, Runtime.getRuntime().availableProcessors()));
            }
            case avcodec.AV_CODEC_ID_MPEG4, avcodec.AV_CODEC_ID_MJPEG, avcodec.AV_CODEC_ID_MPEG2VIDEO -> {
                context.flags(context.flags() | avcodec.AV_CODEC_FLAG_QSCALE);
                context.global_quality(3 * avutil.FF_QP2LAMBDA);
            }
            case avcodec.AV_CODEC_ID_FFV1 -> {
                if (context.width() < ONE_SLICE_WIDTH && context.height() < ONE_SLICE_WIDTH) {
                    context.slices(1);
                }
            }
            case avcodec.AV_CODEC_ID_VP8, avcodec.AV_CODEC_ID_VP9 -> {
                context.bit_rate(0);
                set(context, "crf", "20");
                set(context, "deadline", "realtime");
                set(context, "cpu-used", "8");
                set(context, "lag-in-frames", "0");
                set(context, "row-mt", "1");
            }
            case avcodec.AV_CODEC_ID_AV1 -> {
                set(context, "crf", "28");
                set(context, "preset", "10");
                set(context, "svtav1-params", "pred-struct=1");
            }
            default -> {}
        }
    }

    private static void set(AVCodecContext context, String option, String value) {
        if (context.priv_data() != null) {
            avutil.av_opt_set(context.priv_data(), option, value, 0); // an encoder of other makers may not have it
        }
    }
}
