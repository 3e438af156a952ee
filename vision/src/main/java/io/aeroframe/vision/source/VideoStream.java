package io.aeroframe.vision.source;

import io.aeroframe.transport.SampleAspect;
import io.aeroframe.vision.internal.NativeMemory;
import java.nio.ByteOrder;
import java.util.Set;
import org.bytedeco.ffmpeg.avcodec.AVPacketSideData;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVFrameSideData;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.BytePointer;

/**
 * What is known of the video of an input: its codec, size, times, rate, shape and orientation, as the container says,
 * or a frame where that says more. As long as the input is open; one thread.
 */
final class VideoStream {

    /** A rate above this is a clock, not a frame rate: what FFmpeg reports where it found none. */
    private static final double MAX_RATE = 1_000;

    /** Containers with an index. In others a seek to the start may land behind it, or nowhere. */
    private static final Set<String> REWOUND = Set.of("mov", "matroska", "avi");

    /**
     * The longest time from a frame to the next. Where streams are cut and joined as they are, more is a jump of the
     * timestamps (the same limit as in the ffmpeg tool); elsewhere a picture may stay for minutes.
     */
    private static final long LONGEST_STEP_NS = 900_000_000_000L;

    private static final long LONGEST_JOINED_STEP_NS = 10_000_000_000L;

    private static final Set<String> PLAYLISTS = Set.of("hls", "dash");

    private static final int DISPLAY_MATRIX_LENGTH = 9 * Integer.BYTES;

    private final FfmpegLocation location;
    private final AVFormatContext context;
    private final AVStream stream;
    private final boolean isBare;
    private final boolean isAspectInContainer;
    private SampleAspect aspect;
    private int lastAspectNum;
    private int lastAspectDen;

    VideoStream(FfmpegLocation location, AVFormatContext context, AVStream stream) {
        this.location = location;
        this.context = context;
        this.stream = stream;
        isBare = (context.iformat().flags() & avformat.AVFMT_NOTIMESTAMPS) != 0;
        AVRational shape = stream.sample_aspect_ratio();
        isAspectInContainer = shape.num() > 0 && shape.den() > 0;
        aspect = SampleAspect.of(shape.num(), shape.den());
    }

    /** Whether these are an encoder's bytes without a container, so that the times FFmpeg reports are its guesses. */
    boolean isBare() {
        return isBare;
    }

    /** The frame rate, 0 if unknown. */
    double framesPerSecond() {
        double stated = isBare ? perSecond(stream.codecpar().framerate()) : 0;
        return stated > 0 ? stated : perSecond(avformat.av_guess_frame_rate(context, stream, null));
    }

    private static double perSecond(AVRational rate) {
        double value = rate.den() == 0 ? 0 : rate.num() / (double) rate.den();
        return value > 0 && value <= MAX_RATE ? value : 0;
    }

    /** What FFmpeg calls the codec: {@code h264}. */
    String codecName() {
        return avcodec.avcodec_get_name(stream.codecpar().codec_id()).getString();
    }

    /** Width in pixels as the container says, 0 if it does not. */
    int width() {
        return stream.codecpar().width();
    }

    /** Height in pixels as the container says, 0 if it does not. */
    int height() {
        return stream.codecpar().height();
    }

    /**
     * Whether this comes as it is made: an address that cannot be rewound, or one of the web without a length, such as
     * a camera's. A playlist is read piece by piece, and is none.
     */
    boolean isLive() {
        if (location.isLive()) {
            return true;
        }
        return !location.isFile()
                && context.duration() == avutil.AV_NOPTS_VALUE
                && !PLAYLISTS.contains(container())
                && (context.pb() == null || avformat.avio_size(context.pb()) <= 0);
    }

    /** Whether every packet is a JPEG image. */
    boolean isMjpeg() {
        return stream.codecpar().codec_id() == avcodec.AV_CODEC_ID_MJPEG;
    }

    /** The shape of a pixel as the container says; square where it does not. */
    SampleAspect sampleAspect() {
        return aspect;
    }

    /** The same of a frame, which counts where the container does not say. The same object while it stays the same. */
    SampleAspect sampleAspect(AVFrame frame) {
        if (!isAspectInContainer) {
            AVRational own = frame.sample_aspect_ratio();
            if (own.num() != lastAspectNum || own.den() != lastAspectDen) {
                lastAspectNum = own.num();
                lastAspectDen = own.den();
                aspect = SampleAspect.of(own.num(), own.den());
            }
        }
        return aspect;
    }

    /** How frames are turned before they are shown, as the container says. */
    Orientation orientation() {
        AVPacketSideData matrix = avcodec.av_packet_side_data_get(
                stream.codecpar().coded_side_data(),
                stream.codecpar().nb_coded_side_data(),
                avcodec.AV_PKT_DATA_DISPLAYMATRIX);
        boolean isThere = matrix != null && !matrix.isNull() && matrix.size() >= DISPLAY_MATRIX_LENGTH;
        return isThere ? orientation(matrix.data()) : Orientation.UPRIGHT;
    }

    /** The same of a frame: as its own data says, where that has something to say of it. Allocates only then. */
    Orientation orientation(AVFrame frame) {
        if (frame.nb_side_data() == 0) {
            return Orientation.UPRIGHT;
        }
        AVFrameSideData matrix = avutil.av_frame_get_side_data(frame, avutil.AV_FRAME_DATA_DISPLAYMATRIX);
        boolean isThere = matrix != null && !matrix.isNull() && matrix.size() >= DISPLAY_MATRIX_LENGTH;
        return isThere ? orientation(matrix.data()) : Orientation.UPRIGHT;
    }

    private static Orientation orientation(BytePointer matrix) {
        return Orientation.ofDisplayMatrix(NativeMemory.bytes(matrix.address(), DISPLAY_MATRIX_LENGTH)
                .order(ByteOrder.nativeOrder())
                .asIntBuffer());
    }

    /**
     * A time from the start.
     *
     * @param timestamp the timestamp in units of the time base, or {@code AV_NOPTS_VALUE}.
     * @param lastNs    the time of the previous frame, -1 if there was none.
     * @return in ns; a frame's time after the last where there is no timestamp.
     */
    long timeNs(long timestamp, long lastNs) {
        if (timestamp == avutil.AV_NOPTS_VALUE) {
            double rate = framesPerSecond();
            return lastNs < 0 ? 0 : lastNs + Math.round(1e9 / (rate > 0 ? rate : FfmpegClock.FALLBACK_RATE));
        }
        long start = stream.start_time() == avutil.AV_NOPTS_VALUE ? 0 : stream.start_time();
        return avutil.av_rescale(
                timestamp - start,
                stream.time_base().num() * 1_000_000_000L,
                stream.time_base().den());
    }

    /** Whether the container has an index of its frames. */
    boolean hasIndex() {
        return REWOUND.contains(container());
    }

    private String container() {
        return context.iformat().name().getString().split(",")[0];
    }

    /** The length of the video as its container says; 0 if it does not, or only knows that of its sound. */
    long lengthNs() {
        if (stream.duration() != avutil.AV_NOPTS_VALUE && stream.duration() > 0) {
            return avutil.av_rescale(
                    stream.duration(),
                    stream.time_base().num() * 1_000_000_000L,
                    stream.time_base().den());
        }
        boolean isEstimate = context.duration_estimation_method() == avformat.AVFMT_DURATION_FROM_BITRATE;
        return context.nb_streams() > 1 || isEstimate || context.duration() == avutil.AV_NOPTS_VALUE
                ? 0
                : context.duration() * 1_000;
    }

    /** Sets a clock to the time base of the stream. */
    void configure(FfmpegClock clock) {
        boolean isJoined = isLive() || (context.iformat().flags() & avformat.AVFMT_TS_DISCONT) != 0;
        clock.configure(
                stream.time_base().num(),
                stream.time_base().den(),
                framesPerSecond(),
                isJoined ? LONGEST_JOINED_STEP_NS : LONGEST_STEP_NS);
    }
}
