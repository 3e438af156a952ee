package io.aeroframe.vision.sink;

import io.aeroframe.vision.internal.Ffmpeg;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
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
    private static final int LONGEST_GAP = 50_000;

    /** What is held back at the start, to know the rate: so many frames, or so long. */
    private static final int MEASURED_FRAMES = 13;

    private static final long MEASURED_MS = 500;

    /** A publisher that caught up with what it missed makes half of this. */
    private static final long MAX_LAG_MS = 1_000;

    private final Path path;
    private final VideoContainer container;
    private final AVFormatContext context = new AVFormatContext(null);
    private final AVIOContext output = new AVIOContext(null);
    private final AVRational ticks;
    private final AVPacket filler = avcodec.av_packet_alloc();
    private final List<AVPacket> held = new ArrayList<>();
    private AVStream stream;
    private AVRational timeBase;
    private VideoRate rate;
    private long lastTime = -1;
    private long lagTicks;
    private boolean isBegun;
    private boolean hasFailed;
    private boolean isClosed;

    private VideoFile(Path path, VideoContainer container) {
        this.path = path;
        this.container = container;
        this.ticks = new AVRational().num(1).den(container.ticksPerSecond());
    }

    /**
     * Makes a file; one of the name is replaced. The header is written when the rate of the first packets is known.
     *
     * @param parameters the parameters of the video; copied.
     * @param startNs    when its first frame was captured, ns since the epoch; 0 if unknown.
     * @throws IOException if it cannot be written.
     */
    static VideoFile create(Path path, VideoContainer container, AVCodecParameters parameters, long startNs)
            throws IOException {
        VideoFile file = new VideoFile(path, container);
        try {
            file.prepare(parameters, startNs);
            return file;
        } catch (IOException e) {
            file.close();
            throw e;
        }
    }

    private void prepare(AVCodecParameters parameters, long startNs) throws IOException {
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
        stream.sample_aspect_ratio(parameters.sample_aspect_ratio());
        AVDictionary metadata = new AVDictionary(null);
        if (startNs > 0) {
            avutil.av_dict_set(
                    metadata, "creation_time", Instant.ofEpochSecond(0, startNs).toString(), 0);
            context.metadata(metadata);
        }
    }

    /**
     * Writes a packet, or keeps a copy of it until there are enough to know their rate.
     *
     * @param packet the packet with times in the container's ticks that rise from packet to packet; left with other
     *               times.
     * @throws IOException if it cannot be written, or the container cannot have such a video.
     */
    void write(AVPacket packet) throws IOException {
        if (isBegun) {
            put(packet);
            return;
        }
        AVPacket copy = avcodec.av_packet_clone(packet);
        if (copy == null || copy.isNull()) {
            throw new OutOfMemoryError("a packet of " + packet.size() + " bytes");
        }
        held.add(copy);
        long heldTicks = packet.dts() - held.get(0).dts();
        if (held.size() >= MEASURED_FRAMES || heldTicks >= MEASURED_MS * container.ticksPerSecond() / 1_000) {
            begin();
        }
    }

    private void begin() throws IOException {
        measure();
        AVDictionary options = new AVDictionary(null);
        try {
            require(avutil.av_dict_parse_string(options, container.options(), "=", ":", 0));
            require(avformat.avformat_write_header(context, options));
        } finally {
            avutil.av_dict_free(options);
        }
        timeBase = stream.time_base();
        isBegun = true;
        for (AVPacket packet : held) {
            put(packet);
        }
        releaseHeld();
    }

    private void measure() {
        long[] steps = new long[Math.max(0, held.size() - 1)];
        for (int i = 0; i < steps.length; i++) {
            steps[i] = held.get(i + 1).dts() - held.get(i).dts();
        }
        rate = VideoRate.of(steps, container.ticksPerSecond());
        stream.time_base(ticks);
        if (rate.isSteady() && steps.length > 0) {
            stream.avg_frame_rate().num(rate.numerator()).den(rate.denominator());
        }
        if (container == VideoContainer.AVI) {
            stream.time_base().num(rate.denominator()).den(rate.numerator());
        }
    }

    private void put(AVPacket packet) throws IOException {
        long wanted = packet.dts();
        avcodec.av_packet_rescale_ts(packet, ticks, timeBase);
        long time = Math.max(packet.dts(), lastTime + 1);
        if (container == VideoContainer.AVI) {
            lagTicks = avutil.av_rescale_q(time, timeBase, ticks) - wanted;
            fillUntil(time);
            packet.duration(1);
        }
        packet.pts(packet.pts() + time - packet.dts());
        packet.dts(time);
        lastTime = time;
        send(packet);
    }

    private void fillUntil(long time) throws IOException {
        while (time - lastTime > LONGEST_GAP) {
            lastTime += LONGEST_GAP;
            filler.dts(lastTime).pts(lastTime).duration(1);
            send(filler);
        }
    }

    private void send(AVPacket packet) throws IOException {
        packet.stream_index(0);
        require(avformat.av_write_frame(context, packet));
    }

    /** Whether frames come faster than the file can have them, so that they are shown late. */
    boolean isTooSlow() {
        return lagTicks * 1_000 > MAX_LAG_MS * container.ticksPerSecond();
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
        if (!isBegun && !held.isEmpty() && !hasFailed) {
            begin();
        }
        if (isBegun && !hasFailed) {
            isBegun = false;
            require(avformat.av_write_trailer(context));
        }
    }

    private void releaseHeld() {
        held.forEach(avcodec::av_packet_free);
        held.clear();
    }

    /** Gives the file back, complete or not. Again does nothing. */
    @Override
    public void close() {
        if (isClosed) {
            return;
        }
        isClosed = true;
        releaseHeld();
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
