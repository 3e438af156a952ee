package io.aeroframe.vision.sink;

import io.aeroframe.transport.Frame;
import io.aeroframe.transport.FrameEncoding;
import io.aeroframe.transport.FrameFormat;
import io.aeroframe.transport.PixelFormat;
import io.aeroframe.transport.SampleAspect;
import io.aeroframe.vision.internal.BufferPlanes;
import io.aeroframe.vision.internal.Ffmpeg;
import io.aeroframe.vision.internal.PixelConverter;
import io.aeroframe.vision.jpeg.JpegCodec;
import io.aeroframe.vision.jpeg.JpegCodecs;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.PointerPointer;

/**
 * Encodes the frames of one size for a file. Frames of other pixel formats are converted, JPEG frames decoded first.
 * One thread.
 */
final class VideoEncoder implements VideoTrack {

    private static final int AGAIN = org.bytedeco.ffmpeg.presets.avutil.AVERROR_EAGAIN();

    /** Where a player can begin, and what a killed process loses of an MP4 file at most. */
    private static final long KEY_INTERVAL_MS = 1_000;

    private static final int NOMINAL_RATE = 30;
    private static final int CACHE_LINE = 64;

    private final VideoCodec codec;
    private final FrameFormat input;
    private final int ticksPerSecond;
    private final AVCodecContext context;
    private final AVFrame picture = avutil.av_frame_alloc();
    private final AVPacket packet = avcodec.av_packet_alloc();
    private final AVRational timeBase = new AVRational();
    private BufferPlanes planes;
    private YuyvPlanes split;
    private FrameFormat from;
    private FrameFormat rawFrom;
    private FrameFormat converted;
    private JpegCodec jpeg;
    private PixelConverter converter;
    private ByteBuffer decoded;
    private ByteBuffer pixels;
    private ByteBuffer padded;
    private long lastKeyTicks;
    private boolean hasFrames;
    private int copies;

    private VideoEncoder(VideoCodec codec, FrameFormat input, int ticksPerSecond) {
        this.codec = codec;
        this.input = input;
        this.ticksPerSecond = ticksPerSecond;
        this.context = avcodec.avcodec_alloc_context3(codec.encoder());
    }

    /**
     * Opens an encoder.
     *
     * @param format the format of the first frame, raw or JPEG; decides the size and the pixel format of the video.
     * @throws IOException if the encoder does not take such frames; the message says what to do.
     */
    static VideoEncoder open(VideoCodec codec, VideoContainer container, FrameFormat format) throws IOException {
        FrameFormat input = codec.inputFor(format.decoded());
        if (input == null) {
            throw new SinkException(
                    SinkException.Reason.CODEC_REFUSES_FORMAT,
                    codec.name() + " in " + container.extension() + " cannot keep " + format.describe()
                            + " frames without loss; use ffv1 in .mkv, or a codec that is not lossless");
        }
        VideoEncoder encoder = new VideoEncoder(codec, input, container.ticksPerSecond());
        try {
            encoder.openContext(format, container);
            return encoder;
        } catch (IOException e) {
            encoder.close();
            throw e;
        }
    }

    private void openContext(FrameFormat format, VideoContainer container) throws IOException {
        context.width(input.width()).height(input.height()).pix_fmt(codec.pixelsOf(input.pixelFormat()));
        codec.configure(context);
        context.time_base(timeBase.num(1).den(ticksPerSecond));
        try (AVRational rate = new AVRational()) {
            context.framerate(rate.num(NOMINAL_RATE).den(1));
        }
        SampleAspect aspect = input.sampleAspect();
        try (AVRational shape = new AVRational()) {
            context.sample_aspect_ratio(shape.num(aspect.width()).den(aspect.height()));
        }
        context.gop_size(10 * NOMINAL_RATE); // key frames are asked for by time
        if (container != VideoContainer.TS) { // which has them before every key frame
            context.flags(context.flags() | avcodec.AV_CODEC_FLAG_GLOBAL_HEADER);
        }
        if (input.pixelFormat().isYuv()) {
            context.color_range(input.color().isFullRange() ? avutil.AVCOL_RANGE_JPEG : avutil.AVCOL_RANGE_MPEG);
            context.colorspace(input.color().isBt709() ? avutil.AVCOL_SPC_BT709 : avutil.AVCOL_SPC_SMPTE170M);
            if (codec.needsPrimaries()) {
                context.color_primaries(avutil.AVCOL_PRI_BT709);
                context.color_trc(avutil.AVCOL_TRC_BT709);
            }
        }
        int result = avcodec.avcodec_open2(context, codec.encoder(), (PointerPointer<?>) null);
        if (result < 0) {
            throw new SinkException(
                    SinkException.Reason.CODEC_REFUSES_FORMAT,
                    codec.name() + " cannot encode " + format.describe() + " frames: " + Ffmpeg.errorText(result)
                            + "; choose another codec, such as ffv1, or another size");
        }
    }

    @Override
    public AVCodecParameters parameters() throws IOException {
        AVCodecParameters parameters = avcodec.avcodec_parameters_alloc();
        require(avcodec.avcodec_parameters_from_context(parameters, context));
        return parameters;
    }

    @Override
    public boolean takes(FrameFormat format) {
        FrameFormat next = codec.inputFor(format.decoded());
        return next != null && (codec.isLossless() ? next : next.withColor(input.color())).equals(input);
    }

    @Override
    public void write(Frame frame, long ticks, long duration, VideoFile file) throws IOException {
        if (!frame.format().equals(from)) {
            prepareFor(frame.format());
        }
        ByteBuffer bytes = pixelsOf(frame);
        picture.format(context.pix_fmt())
                .width(input.width())
                .height(input.height())
                .pts(ticks)
                .duration(duration);
        picture.color_range(context.color_range());
        picture.colorspace(context.colorspace());
        boolean isKey = !hasFrames || ticks - lastKeyTicks >= KEY_INTERVAL_MS * ticksPerSecond / 1_000;
        picture.pict_type(isKey ? avutil.AV_PICTURE_TYPE_I : avutil.AV_PICTURE_TYPE_NONE);
        if (isKey) {
            lastKeyTicks = ticks;
        }
        hasFrames = true;
        if (split != null) {
            split.split(bytes, picture);
        } else {
            planes.pointAt(bytes, "frame");
            planes.putInto(picture);
        }
        int result = avcodec.avcodec_send_frame(context, picture);
        if (result == AGAIN) {
            drainInto(file, duration);
            result = avcodec.avcodec_send_frame(context, picture);
        }
        require(result);
        drainInto(file, duration);
    }

    @Override
    public void finish(long duration, VideoFile file) throws IOException {
        if (hasFrames) {
            require(avcodec.avcodec_send_frame(context, null));
            drainInto(file, duration);
        }
    }

    private void drainInto(VideoFile file, long duration) throws IOException {
        while (true) {
            int result = avcodec.avcodec_receive_packet(context, packet);
            if (result == AGAIN || result == avutil.AVERROR_EOF) {
                return;
            }
            require(result);
            if (packet.duration() == 0) {
                packet.duration(duration);
            }
            try {
                file.write(packet);
            } finally {
                avcodec.av_packet_unref(packet);
            }
        }
    }

    private void require(int result) throws IOException {
        if (result < 0) {
            throw new IOException("a " + from.describe() + " frame cannot be encoded by " + codec.name() + ": "
                    + Ffmpeg.errorText(result));
        }
    }

    private void prepareFor(FrameFormat format) throws IOException {
        closeConversion();
        from = format;
        rawFrom = format.decoded();
        boolean isPadded = rawFrom.width() != input.width() || rawFrom.height() != input.height();
        int stride = isPadded ? input.width() : input.stride();
        converted = isPadded
                ? new FrameFormat(
                        rawFrom.width(),
                        rawFrom.height(),
                        input.pixelFormat().minStride(stride),
                        input.pixelFormat(),
                        FrameEncoding.RAW,
                        input.color())
                : input;
        boolean isAsItIs = rawFrom.pixelFormat() == input.pixelFormat()
                && !isPadded
                && (!input.pixelFormat().isYuv() || rawFrom.color() == input.color());
        FrameFormat given = isAsItIs ? rawFrom : input;
        planes = new BufferPlanes(given);
        split = input.pixelFormat() == PixelFormat.YUYV && codec.splitsYuyv() ? new YuyvPlanes(given) : null;
        if (!isAsItIs) {
            converter = new PixelConverter(rawFrom, converted);
            // Aligned, or the scaler would work in memory of its own. Both ends of the slice are rounded.
            pixels = ByteBuffer.allocateDirect(converted.maxPayloadLength() + 2 * CACHE_LINE)
                    .alignedSlice(CACHE_LINE);
        }
        if (isPadded) {
            padded = ByteBuffer.allocateDirect(input.maxPayloadLength());
        }
        if (format.encoding() == FrameEncoding.JPEG) {
            decoded = ByteBuffer.allocateDirect(rawFrom.maxPayloadLength());
            jpeg = jpeg == null ? JpegCodecs.open() : jpeg;
        }
    }

    /** The frame as the encoder takes it, where it lies if it is so already. FFmpeg copies it from there. */
    private ByteBuffer pixelsOf(Frame frame) throws IOException {
        ByteBuffer bytes = frame.payloadByteBuffer();
        copies = 1;
        if (from.encoding() == FrameEncoding.JPEG) {
            jpeg.decode(bytes, frame.payloadLength(), decoded, rawFrom);
            copies += jpeg.decodeCopies();
            bytes = decoded;
        }
        if (converter != null) {
            converter.convert(bytes, pixels);
            copies += converter.copies();
            bytes = pixels;
        }
        if (padded != null) {
            pad();
            copies++;
            bytes = padded;
        }
        return bytes;
    }

    /** Repeats the last column and the last row of a 4:2:0 picture; its chroma has them already. */
    private void pad() {
        PixelFormat layout = input.pixelFormat();
        int stride = input.stride();
        int rows = converted.height();
        padded.put(0, pixels, 0, stride * rows);
        if (converted.width() != input.width()) {
            for (int row = 0; row < rows; row++) {
                padded.put(row * stride + stride - 1, padded.get(row * stride + stride - 2));
            }
        }
        if (rows != input.height()) {
            padded.put(rows * stride, padded, (rows - 1) * stride, stride);
        }
        int chroma = (int) layout.planeOffset(1, stride, rows);
        padded.put(
                (int) layout.planeOffset(1, stride, input.height()),
                pixels,
                chroma,
                converted.maxPayloadLength() - chroma);
    }

    @Override
    public int copies() {
        return copies;
    }

    private void closeConversion() {
        if (converter != null) {
            converter.close();
            converter = null;
        }
        if (planes != null) {
            planes.close();
            planes = null;
        }
        padded = null;
    }

    @Override
    public void close() {
        closeConversion();
        if (jpeg != null) {
            jpeg.close();
            jpeg = null;
        }
        avcodec.avcodec_free_context(context);
        avcodec.av_packet_free(packet);
        avutil.av_frame_free(picture);
        timeBase.close();
    }
}
