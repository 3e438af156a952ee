package io.aeroframe.vision.source;

import io.aeroframe.vision.internal.Ffmpeg;
import io.aeroframe.vision.internal.FfmpegLog;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVIOContext;
import org.bytedeco.ffmpeg.avformat.AVInputFormat;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerPointer;

/**
 * An opened input of FFmpeg with the decoder of its best video stream. One thread at a time.
 */
final class FfmpegInput implements AutoCloseable {

    private static final int AGAIN = org.bytedeco.ffmpeg.presets.avutil.AVERROR_EAGAIN();

    /** A decoder that fails this often in a row without any input is not going to end by itself. */
    private static final int MAX_DRAIN_ERRORS = 1_000;

    private static final long CLOSE_TIMEOUT_NS = 1_000_000_000L;

    /** A video that ends earlier than announced by less than this is taken to be whole. */
    private static final long MIN_MISSING_NS = 500_000_000L;

    private static final long AGAIN_PAUSE_NS = 1_000_000L;

    /**
     * A frame thread waits where the frame before is not decoded yet, and all of them while the frame is put to use
     * that is next. With one for each processor these are idle for a fifth of the time.
     */
    private static final int THREADS_PER_PROCESSOR = 4;

    /** As FFmpeg bounds its own choice: each thread holds a picture. */
    private static final int MAX_FRAME_THREADS = 16;

    /** A live playlist names its next segment when that is complete, which takes several seconds. */
    private static final long PLAYLIST_TIMEOUT_NS = 30_000_000_000L;

    private static final Set<String> PLAYLISTS = Set.of("hls", "dash");

    private final FfmpegLocation location;
    private final RawVideo raw;
    private final FfmpegInterrupt interrupt;
    private final SourceOptions options;
    private long timeoutNs;
    private final FfmpegFailures failures;
    private final AVFormatContext context;
    private final AVPacket packet = avcodec.av_packet_alloc();
    private AVIOContext ownIo;
    private MjpegIo mjpeg;
    private VideoStream video;
    private AVCodecContext decoder;
    private int streamIndex;
    private boolean isPacketHeld;
    private boolean isDraining;
    private int drainErrors;
    private int failure;
    private long decodeErrors;
    private long end = avutil.AV_NOPTS_VALUE;
    private boolean isClosed;

    private FfmpegInput(
            FfmpegLocation location, RawVideo raw, SourceOptions options, FfmpegInterrupt interrupt, long timeoutNs) {
        this.location = location;
        this.raw = raw;
        this.options = options;
        this.interrupt = interrupt;
        this.timeoutNs = location.isLocal() ? 0 : timeoutNs;
        failures = new FfmpegFailures(location, interrupt, options);
        context = avformat.avformat_alloc_context();
        interrupt.attach(context);
    }

    /**
     * Opens an input and its decoder.
     *
     * @param raw       what it is if it is raw video, else null.
     * @param options   the options of FFmpeg, and the protocols it may use.
     * @param timeoutNs after which an address that does not answer, or stops sending, fails.
     * @throws IOException with a message for the user.
     */
    static FfmpegInput open(
            FfmpegLocation location, RawVideo raw, SourceOptions options, FfmpegInterrupt interrupt, long timeoutNs)
            throws IOException {
        FfmpegInput input = new FfmpegInput(location, raw, options, interrupt, timeoutNs);
        boolean isOpen = false;
        FfmpegLog.begin();
        try (FfmpegInputOptions dictionary = new FfmpegInputOptions(location, options)) {
            input.openContainer(dictionary);
            input.openDecoder(dictionary);
            isOpen = true;
            return input;
        } finally {
            if (!isOpen) {
                input.close();
            }
        }
    }

    private void openContainer(FfmpegInputOptions dictionary) throws IOException {
        if (location.isLive()) {
            // Without this the packets read while probing come first, and all later ones late by as much.
            context.flags(context.flags() | AVFormatContext.AVFMT_FLAG_NOBUFFER);
        }
        AVInputFormat format = raw == null ? null : raw.demuxer(dictionary.dictionary());
        if (location.isNamedPipe()) {
            openNamedPipe();
        } else if (location.isWeb() && openWeb(dictionary)) {
            format = avformat.av_find_input_format(MjpegIo.FORMAT);
        }
        interrupt.expectWithin(timeoutNs);
        try (BytePointer url = new BytePointer(location.url(), StandardCharsets.UTF_8)) {
            int result = avformat.avformat_open_input(context, url, format, dictionary.dictionary());
            if (result < 0) {
                throw failures.open(result);
            }
        }
        dictionary.retainUsers();
        if (PLAYLISTS.contains(context.iformat().name().getString())) {
            timeoutNs = Math.max(timeoutNs, PLAYLIST_TIMEOUT_NS);
        }
        if ("tty".equals(context.iformat().name().getString())) {
            throw failures.open(avutil.AVERROR_INVALIDDATA); // FFmpeg shows any text file as a film of a terminal
        }
        interrupt.expectWithin(timeoutNs);
        int result = avformat.avformat_find_stream_info(context, (PointerPointer<?>) null);
        // Where it was interrupted FFmpeg is content with what it found so far, but will not read on.
        if (result < 0 || interrupt.isRaised() || interrupt.hasTimedOut()) {
            throw failures.open(result);
        }
    }

    private void openNamedPipe() throws IOException {
        try (NamedPipe pipe = NamedPipe.open(location, Path.of(location.fullName()), interrupt)) {
            openOwn(pipe.url(), new AVDictionary(null));
        }
    }

    /** Opens an address of the web. Returns whether it sends Motion JPEG that had to be wrapped for FFmpeg. */
    private boolean openWeb(FfmpegInputOptions dictionary) throws IOException {
        interrupt.expectWithin(timeoutNs);
        openOwn(location.url(), dictionary.dictionary());
        if (!MjpegIo.isNeededFor(ownIo)) {
            return false;
        }
        mjpeg = new MjpegIo(ownIo);
        context.pb(mjpeg.context());
        return true;
    }

    private void openOwn(String address, AVDictionary dictionary) throws IOException {
        AVIOContext io = new AVIOContext(null);
        int result =
                avformat.avio_open2(io, address, avformat.AVIO_FLAG_READ, context.interrupt_callback(), dictionary);
        if (result < 0) {
            throw failures.open(result);
        }
        ownIo = io;
        context.pb(io);
    }

    private void openDecoder(FfmpegInputOptions dictionary) throws IOException {
        streamIndex =
                avformat.av_find_best_stream(context, avutil.AVMEDIA_TYPE_VIDEO, -1, -1, (PointerPointer<?>) null, 0);
        // The cover of a song counts as a video stream to FFmpeg.
        if (streamIndex < 0
                || (context.streams(streamIndex).disposition() & avformat.AV_DISPOSITION_ATTACHED_PIC) != 0) {
            throw failures.noVideo();
        }
        for (int i = 0; i < context.nb_streams(); i++) {
            if (i != streamIndex) {
                context.streams(i).discard(avcodec.AVDISCARD_ALL);
            }
        }
        AVStream stream = context.streams(streamIndex);
        requireOnePicture();
        video = new VideoStream(location, context, stream);
        AVCodec codec = avcodec.avcodec_find_decoder(stream.codecpar().codec_id());
        if (codec == null || codec.isNull()) {
            throw new IOException(location.fullName() + ": its video is " + video.codecName()
                    + ", which this FFmpeg cannot decode; convert it to H.264 first");
        }
        decoder = avcodec.avcodec_alloc_context3(codec);
        int result = avcodec.avcodec_parameters_to_context(decoder, stream.codecpar());
        if (result >= 0) {
            decoder.pkt_timebase(stream.time_base());
            if (location.isLive()) {
                decoder.thread_count(0); // as many as there are processors
                // Frame threads delay every frame by as many frames as there are threads.
                decoder.thread_type(AVCodecContext.FF_THREAD_SLICE);
                decoder.flags(decoder.flags() | avcodec.AV_CODEC_FLAG_LOW_DELAY);
            } else {
                decoder.thread_count(Math.min(
                        MAX_FRAME_THREADS,
                        THREADS_PER_PROCESSOR * Runtime.getRuntime().availableProcessors()));
                decoder.thread_type(AVCodecContext.FF_THREAD_FRAME | AVCodecContext.FF_THREAD_SLICE);
            }
            result = avcodec.avcodec_open2(decoder, codec, dictionary.dictionary());
        }
        if (result < 0) {
            throw new IOException(location.fullName() + ": its " + video.codecName() + " video cannot be decoded: "
                    + Ffmpeg.errorText(result));
        }
        dictionary.requireUsed(location);
    }

    /** A HEIC or AVIF picture of tiles is a stream a tile: the best of them would be a part of it. */
    private void requireOnePicture() throws IOException {
        for (int i = 0; i < context.nb_stream_groups(); i++) {
            if (context.stream_groups(i).type() == avformat.AV_STREAM_GROUP_PARAMS_TILE_GRID) {
                throw new IOException(location.fullName()
                        + ": is a picture of several tiles, which are not put together here; convert it first, for"
                        + " instance with heif-convert");
            }
        }
    }

    /**
     * Decodes the next frame. No frame is lost at the end: what the decoder holds comes first.
     *
     * @param frame filled with the frame.
     * @return false at the end.
     * @throws IOException if the input failed; undecodable data is counted and skipped.
     */
    boolean read(AVFrame frame) throws IOException {
        requireOpen();
        while (true) {
            if (interrupt.isRaised()) {
                throw failures.read(avutil.AVERROR_EXIT);
            }
            int result = avcodec.avcodec_receive_frame(decoder, frame);
            if (result >= 0) {
                return true;
            }
            if (result == avutil.AVERROR_EOF) {
                return end();
            }
            if (result != AGAIN) {
                decodeErrors++;
                if (isDraining && ++drainErrors > MAX_DRAIN_ERRORS) {
                    return end();
                }
            }
            if (!isDraining) {
                feed();
            }
        }
    }

    private void requireOpen() throws IOException {
        if (isClosed) {
            throw new IOException(location.fullName() + ": is closed; it could not be opened again");
        }
    }

    private long bytesRead() {
        return context.pb() == null || context.pb().isNull() ? 0 : context.pb().pos();
    }

    private long bytesAnnounced() {
        return context.pb() == null || context.pb().isNull() ? 0 : avformat.avio_size(context.pb());
    }

    private boolean end() throws IOException {
        if (failure != 0) {
            throw failures.read(failure, bytesRead(), bytesAnnounced());
        }
        return false;
    }

    /**
     * Reads the next packet instead of decoding it.
     *
     * @return false at the end.
     * @throws IOException if the input failed.
     */
    boolean readPacket() throws IOException {
        requireOpen();
        avcodec.av_packet_unref(packet);
        while (!isDraining) {
            if (interrupt.isRaised()) {
                throw failures.read(avutil.AVERROR_EXIT);
            }
            if (fetch()) {
                return true;
            }
        }
        return end();
    }

    /** The packet that was read last. */
    AVPacket packet() {
        return packet;
    }

    /** When that packet is shown, in units of the time base, or {@code AV_NOPTS_VALUE}. */
    long packetTimestamp() {
        if (video.isBare()) {
            return avutil.AV_NOPTS_VALUE;
        }
        return packet.pts() == avutil.AV_NOPTS_VALUE ? packet.dts() : packet.pts();
    }

    /** When a frame is shown, in units of the time base, or {@code AV_NOPTS_VALUE}. */
    long timestamp(AVFrame frame) {
        return video.isBare() ? avutil.AV_NOPTS_VALUE : frame.best_effort_timestamp();
    }

    /** How long a frame is shown, in units of the time base; 0 if that is not known. */
    long duration(AVFrame frame) {
        return video.isBare() ? 0 : frame.duration();
    }

    /** Has the packet that was read last decoded by the next {@link #read(AVFrame)}. */
    void decodeHeldPacket() {
        isPacketHeld = true;
    }

    /** Counts what cannot be used. */
    void countError() {
        decodeErrors++;
    }

    /** Reads a packet of the stream. Returns false if there was none this time. */
    private boolean fetch() {
        FfmpegLog.forget();
        interrupt.expectWithin(timeoutNs);
        int result = avformat.av_read_frame(context, packet);
        if (result == AGAIN) {
            LockSupport.parkNanos(AGAIN_PAUSE_NS);
            return false;
        }
        if (result < 0) {
            drain(result);
            return false;
        }
        if (packet.stream_index() != streamIndex) {
            avcodec.av_packet_unref(packet);
            return false;
        }
        long shown = packetTimestamp();
        if (shown != avutil.AV_NOPTS_VALUE) {
            end = Math.max(end, shown + packet.duration());
        }
        return true;
    }

    /**
     * How much of the video that its container announces did not come: an incomplete download, or a damaged file whose
     * rest cannot be found. To be asked at the end.
     *
     * @return in ns; 0 if nothing is missing, or if it cannot be known.
     */
    long missingNs() {
        if (end == avutil.AV_NOPTS_VALUE) {
            return 0;
        }
        long endNs = video.timeNs(end, 0);
        long lengthNs = video.lengthNs();
        double rate = video.framesPerSecond();
        long toleranceNs = Math.max(MIN_MISSING_NS, Math.round(2e9 / (rate > 0 ? rate : FfmpegClock.FALLBACK_RATE)));
        return lengthNs - endNs > toleranceNs ? lengthNs - endNs : 0;
    }

    private void feed() {
        if (!isPacketHeld && !fetch()) {
            return;
        }
        int result = avcodec.avcodec_send_packet(decoder, packet);
        isPacketHeld = result == AGAIN;
        if (!isPacketHeld) {
            avcodec.av_packet_unref(packet);
            if (result < 0) {
                decodeErrors++;
            }
        }
    }

    private void drain(int result) {
        if (result == avutil.AVERROR_INVALIDDATA) {
            decodeErrors++; // as the ffmpeg tool does: where the container is broken, the file ends
        } else if (result != avutil.AVERROR_EOF) {
            failure = result;
        }
        isDraining = true;
        avcodec.avcodec_send_packet(decoder, null);
    }

    /**
     * Goes back to the start.
     *
     * @return false if the input cannot do so reliably: it has to be opened again.
     */
    boolean rewind() {
        long start = context.start_time();
        boolean isAtStart = raw != null
                ? raw.seek(context, 0)
                : video.hasIndex()
                        && start != avutil.AV_NOPTS_VALUE
                        && avformat.avformat_seek_file(context, -1, Long.MIN_VALUE, start, start, 0) >= 0;
        if (!isAtStart) {
            return false;
        }
        avcodec.avcodec_flush_buffers(decoder);
        isDraining = false;
        isPacketHeld = false;
        drainErrors = 0;
        return true;
    }

    /**
     * Goes to the frame from which one at a time can be decoded, or to the start: what comes then may be earlier.
     * Before the first read, or after {@link #rewind()}; only where there is an index.
     *
     * @param ns the time from the start, in nanoseconds.
     */
    void seek(long ns) {
        long start = context.start_time() == avutil.AV_NOPTS_VALUE ? 0 : context.start_time();
        long target = start + ns / 1_000;
        boolean isThere = raw != null
                ? raw.seek(context, ns)
                : avformat.avformat_seek_file(context, -1, Long.MIN_VALUE, target, target, 0) >= 0;
        if (isThere) {
            avcodec.avcodec_flush_buffers(decoder);
        }
    }

    /** Whether {@link #seek(long)} finds its way. */
    boolean hasIndex() {
        return raw != null || video.hasIndex();
    }

    /** What is known of the video, as the container and its frames say it. */
    VideoStream video() {
        return video;
    }

    /** Packets and pieces of the container that could not be decoded so far. */
    long decodeErrors() {
        return decodeErrors;
    }

    /** The failure of an input without any frame. */
    IOException noFrame(long errors) {
        return failures.noFrame(errors);
    }

    boolean isClosed() {
        return isClosed;
    }

    @Override
    public void close() {
        if (isClosed) {
            return;
        }
        isClosed = true;
        if (decoder != null) {
            avcodec.avcodec_free_context(decoder);
        }
        avcodec.av_packet_free(packet);
        interrupt.expectWithin(location.isLocal() ? 0 : CLOSE_TIMEOUT_NS);
        avformat.avformat_close_input(context);
        if (mjpeg != null) {
            mjpeg.close();
        }
        if (ownIo != null) {
            avformat.avio_closep(ownIo); // closing the input leaves it open
        }
        interrupt.detach();
    }
}
