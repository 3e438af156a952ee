package io.aeroframe.vision.sink;

import io.aeroframe.transport.Frame;
import io.aeroframe.transport.FrameEncoding;
import io.aeroframe.transport.FrameFormat;
import io.aeroframe.vision.DecodedFrames;
import io.aeroframe.vision.internal.Ffmpeg;
import io.aeroframe.vision.jpeg.JpegCodecs;
import io.aeroframe.vision.jpeg.JpegFormatException;
import io.aeroframe.vision.zstd.ZstdFormatException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.global.avcodec;

/**
 * Writes a video file: {@code .mp4}, {@code .mov}, {@code .mkv}, {@code .webm}, {@code .ts} or {@code .avi}.
 *
 * <p>Frames are encoded: as H.264 where this FFmpeg can, in WebM as VP9, in AVI as MPEG-4, or as asked for. JPEG frames
 * go into Matroska and AVI byte for byte as Motion JPEG, and into the others if that is asked for, as few players show
 * it there. Times are those at which the frames were captured, the first at 0, so that a frame that is missing makes
 * the one before it longer. AVI has one frame rate, which is measured at the start; where frames come faster later, the
 * file is finished and the next one begun.
 *
 * <p>The file can be played while it is being written, and after this process was killed: up to the last second.
 *
 * <p>A video has one size and one kind of pixels. Where the frames change, the file is finished and the next one begun:
 * {@code out-2.mp4}. A JPEG or zstd frame that is damaged is skipped, counted and reported at most once a second.
 *
 * <p>A file that exists is replaced only if that was asked for, and once the first frame is there. All methods may be
 * called from any thread, one at a time getting through.
 */
public final class VideoSink implements FrameSink {

    private final Path path;
    private final VideoContainer container;
    private final VideoCodec codec;
    private final SinkOptions options;
    private final boolean isPlaceholder;
    private final UndecodableFrames undecodableFrames;
    private final DecodedFrames raws = DecodedFrames.rawOrJpeg();
    private VideoFile file;
    private VideoTrack track;
    private VideoClock clock;
    private int fileCount;
    private long lastSequence = -1;
    // Written with the lock; read without it, by a polling thread that must not wait for a frame that is being taken.
    private volatile boolean open = true;
    private volatile int copies;

    private VideoSink(
            Path path, VideoContainer container, VideoCodec codec, SinkOptions options, boolean isPlaceholder) {
        this.path = path;
        this.container = container;
        this.codec = codec;
        this.options = options;
        this.isPlaceholder = isPlaceholder;
        this.undecodableFrames = new UndecodableFrames(path.toString(), options.report());
    }

    /**
     * Whether a file name is one of a video that can be written.
     *
     * @param name any text.
     * @return true for those that end with one of the extensions above, in any case.
     */
    public static boolean handles(String name) {
        return VideoContainer.ofName(name) != null;
    }

    /**
     * Whether videos can be encoded by a codec here.
     *
     * @param codec FFmpeg's name of a codec ({@code h264}) or encoder ({@code libopenh264}).
     * @return false if there is no encoder for it.
     * @throws IllegalStateException if FFmpeg cannot be loaded.
     */
    public static boolean canEncode(String codec) {
        Ffmpeg.load();
        return VideoCodec.exists(codec);
    }

    /**
     * Makes the sink. The file is there from now on, unless there is an older one, which stays until the first frame.
     *
     * @param name    the name of the file.
     * @param options whose codec and whose permission to replace a file count.
     * @return the sink.
     * @throws IOException              if the file exists and may not be replaced, or cannot be written.
     * @throws IllegalArgumentException if the name has another extension, or there is no such codec.
     * @throws IllegalStateException    if FFmpeg cannot be loaded.
     */
    public static VideoSink open(String name, SinkOptions options) throws IOException {
        JpegCodecs.preload();
        VideoContainer container = VideoContainer.ofName(name);
        if (container == null) {
            throw new IllegalArgumentException(
                    "'" + name + "' is not a name for a video: use " + VideoContainer.knownExtensions());
        }
        Path path;
        try {
            path = Path.of(name);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("'" + name + "' is not a name for a video: " + e.getReason(), e);
        }
        Ffmpeg.load();
        VideoCodec codec = VideoCodec.of(options.codec(), container);
        return new VideoSink(path, container, codec, options, prepare(path, options.overwrite()));
    }

    /** Finds out early that the file cannot be written. Returns whether it was made for that. */
    private static boolean prepare(Path path, boolean isOverwriting) throws IOException {
        if (Files.isDirectory(path)) {
            throw new IOException(path + " is a directory; name a file in it");
        }
        if (!Files.exists(path)) {
            try {
                Files.createFile(path);
                return true;
            } catch (FileAlreadyExistsException e) {
                throw exists(path); // made just now by somebody else, or a link to nowhere
            } catch (IOException e) {
                throw new IOException(
                        path + " cannot be written: " + AtomicFile.reasonOf(e) + "; name a place that you may write to",
                        e);
            }
        }
        if (!isOverwriting) {
            throw exists(path);
        }
        if (!Files.isWritable(path)) {
            throw new IOException(path + " cannot be written: permission denied; name a place that you may write to");
        }
        return false;
    }

    private static IOException exists(Path path) {
        return new SinkException(
                SinkException.Reason.FILE_EXISTS,
                path + " already exists; name another file, or allow it to be overwritten");
    }

    /**
     * Writes a frame. Does nothing once the sink is closed.
     *
     * @param received borrowed for the call.
     * @throws IOException if the file cannot be written, or the frame not be encoded: the sink is closed then, and what
     *                     is there of the file can be played.
     */
    @Override
    public synchronized void accept(Frame received) throws IOException {
        if (!open) {
            return;
        }
        try {
            Frame frame = raws.of(received);
            if (track == null
                    || isPassedOn(frame.format()) != track instanceof JpegTrack
                    || !track.takes(frame.format())
                    || file.isTooSlow()) {
                boolean isFaster = file != null && file.isTooSlow();
                finishFile();
                beginFile(frame, isFaster);
            }
            if (frame.sequence() <= lastSequence) {
                clock.changePublisher();
            }
            lastSequence = frame.sequence();
            long ticks = clock.next(frame.captureTimeNs(), frame.publishTimeNs());
            track.write(frame, ticks, clock.duration(), file);
            copies = track.copies();
        } catch (JpegFormatException | ZstdFormatException e) {
            undecodableFrames.skipped(received, e);
        } catch (IOException e) {
            open = false;
            closeFile();
            throw e;
        }
    }

    private void beginFile(Frame frame, boolean isFaster) throws IOException {
        FrameFormat format = frame.format();
        Path next = fileCount == 0 ? path : nextPath();
        track = isPassedOn(format) ? new JpegTrack(format) : VideoEncoder.open(codec, container, format);
        clock = new VideoClock(container.ticksPerSecond());
        AVCodecParameters parameters = track.parameters();
        try {
            file = VideoFile.create(next, container, parameters, frame.captureTimeNs());
        } finally {
            avcodec.avcodec_parameters_free(parameters);
        }
        fileCount++;
        if (fileCount > 1) {
            String change = isFaster ? "come faster" : "are " + format.describe();
            options.report().accept("the frames " + change + " now: they go into " + next);
        }
    }

    private boolean isPassedOn(FrameFormat format) {
        boolean keepsJpeg = options.codec() == null ? container.keepsJpeg() : codec.isMjpeg();
        return format.encoding() == FrameEncoding.JPEG && keepsJpeg;
    }

    private Path nextPath() {
        String name = path.getFileName().toString();
        int dot = name.lastIndexOf('.');
        for (int number = fileCount + 1; ; number++) {
            Path next = path.resolveSibling(name.substring(0, dot) + "-" + number + name.substring(dot));
            if (options.overwrite() || !Files.exists(next)) {
                return next;
            }
        }
    }

    private void finishFile() throws IOException {
        if (file != null) {
            track.finish(clock.duration(), file);
            file.finish();
        }
        closeFile();
    }

    private void closeFile() {
        if (file != null) {
            file.close();
            file = null;
        }
        if (track != null) {
            track.close();
            track = null;
        }
    }

    /**
     * JPEG and zstd frames that were damaged and are not in the file.
     *
     * @return how many so far.
     */
    public synchronized long skippedFrames() {
        return undecodableFrames.count();
    }

    /**
     * How often the bytes of the last frame were copied.
     *
     * @return 0 for a JPEG frame that goes into the file as it is; 1 for a frame that is encoded, as FFmpeg copies what
     *     it is given; more where conversion needs memory of its own.
     */
    @Override
    public int copies() {
        return copies;
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    /**
     * Finishes the file. One to which no frame came is removed. Does nothing after a failure, which has been thrown
     * already.
     *
     * @throws IOException if the file cannot be completed; what is there of it can be played all the same.
     */
    @Override
    public synchronized void close() throws IOException {
        if (open) {
            open = false;
            try {
                finishFile();
            } finally {
                closeFile();
            }
        }
        raws.close();
        if (fileCount == 0 && isPlaceholder) {
            Files.deleteIfExists(path);
        }
    }
}
