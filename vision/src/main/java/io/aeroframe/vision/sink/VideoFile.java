package io.aeroframe.vision.sink;

import io.aeroframe.vision.internal.Ffmpeg;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVIOContext;
import org.bytedeco.ffmpeg.avformat.AVIOInterruptCB;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.BytePointer;

/**
 * A file with one video stream, being written. What the container lets go of is given to the operating system at once,
 * so that it is there should this process be killed. One thread.
 */
final class VideoFile implements AutoCloseable {

    /** FFmpeg refuses to fill a longer gap of an AVI file in one go. */
    private static final int LONGEST_GAP_TICKS = 50_000;

    private final Path path;
    private final VideoContainer container;
    private final AVFormatContext context = new AVFormatContext(null);
    private final AVIOContext output = new AVIOContext(null);
    private final AVRational ticks;
    private final AVPacket filler = avcodec.av_packet_alloc();
    private AVStream stream;
    private AVRational timeBase;
    private long lastTicks;
    private boolean isBegun;
    private boolean hasFailed;
    private boolean isClosed;

    private VideoFile(Path path, VideoContainer container) {
        this.path = path;
        this.container = container;
        this.ticks = new AVRational().num(1).den(container.ticksPerSecond());
    }

    /**
     * Begins a file; one of the name is replaced.
     *
     * @param parameters the parameters of the video; copied.
     * @param startNs    when its first frame was captured, ns since the epoch; 0 if unknown.
     * @throws IOException if it cannot be written, or the container cannot have such a video.
     */
    static VideoFile create(Path path, VideoContainer container, AVCodecParameters parameters, long startNs)
            throws IOException {
        VideoFile file = new VideoFile(path, container);
        try {
            file.begin(parameters, startNs);
            return file;
        } catch (IOException e) {
            file.close();
            throw e;
        }
    }

    private void begin(AVCodecParameters parameters, long startNs) throws IOException {
        // Named as a file, or FFmpeg would take a name with a colon for an address.
        String url = "file:" + path;
        require(avformat.avformat_alloc_output_context2(context, null, container.muxer(), url));
        try (BytePointer name = new BytePointer(url, StandardCharsets.UTF_8)) {
            require(avformat.avio_open2(
                    output, name, avformat.AVIO_FLAG_WRITE, (AVIOInterruptCB) null, (AVDictionary) null));
        }
        context.pb(output);
        context.flags(context.flags() | AVFormatContext.AVFMT_FLAG_FLUSH_PACKETS);
        stream = avformat.avformat_new_stream(context, null);
        require(avcodec.avcodec_parameters_copy(stream.codecpar(), parameters));
        stream.codecpar().codec_tag(0);
        stream.time_base(ticks);
        AVDictionary metadata = new AVDictionary(null);
        if (startNs > 0) {
            avutil.av_dict_set(
                    metadata, "creation_time", Instant.ofEpochSecond(0, startNs).toString(), 0);
            context.metadata(metadata);
        }
        AVDictionary options = new AVDictionary(null);
        if (container.option() != null) {
            avutil.av_dict_set(options, container.option(), container.optionValue(), 0);
        }
        try {
            require(avformat.avformat_write_header(context, options));
        } finally {
            avutil.av_dict_free(options);
        }
        isBegun = true;
        timeBase = stream.time_base();
    }

    /**
     * Writes a packet.
     *
     * @param packet the packet with times in the container's ticks that rise from packet to packet; left with other
     *               times.
     * @throws IOException if it cannot be written.
     */
    void write(AVPacket packet) throws IOException {
        if (container == VideoContainer.AVI) {
            fillUntil(packet.dts());
        }
        lastTicks = packet.dts();
        put(packet);
    }

    private void fillUntil(long dts) throws IOException {
        while (dts - lastTicks > LONGEST_GAP_TICKS) {
            lastTicks += LONGEST_GAP_TICKS;
            filler.dts(lastTicks).pts(lastTicks).duration(1);
            put(filler);
        }
    }

    private void put(AVPacket packet) throws IOException {
        packet.stream_index(0);
        avcodec.av_packet_rescale_ts(packet, ticks, timeBase);
        require(avformat.av_write_frame(context, packet));
    }

    private void require(int result) throws IOException {
        if (result < 0) {
            hasFailed = true;
            throw new IOException(
                    path + " cannot be written: " + Ffmpeg.errorText(result) + "; make room or name another place");
        }
    }

    /**
     * Completes the file: with its index, where the container has one. Does nothing after a failure.
     *
     * @throws IOException if that cannot be written; what is there of the file can be played all the same.
     */
    void finish() throws IOException {
        if (isBegun && !hasFailed) {
            isBegun = false;
            require(avformat.av_write_trailer(context));
        }
    }

    /** Gives the file back, complete or not. Again does nothing. */
    @Override
    public void close() {
        if (isClosed) {
            return;
        }
        isClosed = true;
        if (!output.isNull()) {
            avformat.avio_closep(output);
        }
        if (!context.isNull()) {
            context.pb(null);
            avformat.avformat_free_context(context);
        }
        avcodec.av_packet_free(filler);
        ticks.close();
    }
}
