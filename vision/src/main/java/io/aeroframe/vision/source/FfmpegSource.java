package io.aeroframe.vision.source;

import io.aeroframe.transport.FrameFormat;
import io.aeroframe.vision.Ffmpeg;
import io.aeroframe.vision.PictureConversion;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Locale;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.PointerPointer;

/**
 * Anything FFmpeg opens: video files, {@code rtsp://}, {@code http://}, {@code udp://} and its other addresses. Decoded in
 * this process; the frames are raw, whatever {@link SourceOptions#encoding()} says.
 *
 * <p>A frame that is asked for in the decoder's own format and size is copied row by row, bit for bit; else it is
 * converted and resized in one step, straight into the target. Frames whose format is not one of
 * {@link io.aeroframe.transport.PixelFormat} are delivered, if none is asked for, in the nearest that is: 4:2:0 of more
 * than 8 bits in I420, gray of more in GRAY16, RGB with alpha in BGRA32, all else in BGR24.
 *
 * <p>What the decoder cannot decode is skipped and counted in {@link #decodeErrors()}, as the ffmpeg tool does. An address
 * that does not answer or stops sending for 5 s fails. What arrives of a live stream (rtsp, udp, tcp and their kin) while
 * its streams are found out, a second at most, is left out: the newest frame is worth most. One thread at a time; {@link #interrupt()} from any.
 */
public final class FfmpegSource implements FrameSource {

    private static final long TIMEOUT_NS = 5_000_000_000L;

    private final FfmpegLocation location;
    private final SourceOptions options;
    private final FfmpegInterrupt interrupt;
    private final long timeoutNs;
    private final double framesPerSecond;
    private final String description;
    private final FfmpegClock clock = new FfmpegClock();
    private final AVFrame frame = avutil.av_frame_alloc();
    private final PointerPointer<?> planes = frame.data();
    private final IntPointer strides = frame.linesize();

    private FfmpegInput input;
    private FfmpegPicture picture;
    private FrameFormat format;
    private PictureConversion conversion;
    private boolean hasFrame;
    private int copies;
    private long timeNs;
    private long framesInPass;
    private long frames;
    private long earlierErrors;
    private boolean isClosed;

    private FfmpegSource(
            FfmpegLocation location,
            SourceOptions options,
            FfmpegInterrupt interrupt,
            long timeoutNs,
            FfmpegInput input) {
        this.location = location;
        this.options = options;
        this.interrupt = interrupt;
        this.timeoutNs = timeoutNs;
        this.input = input;
        framesPerSecond = input.framesPerSecond();
        description = describe(location, input);
        input.configure(clock);
    }

    /**
     * Opens a file or an address. Reads as much of it as it takes to know its streams, and decodes nothing yet.
     *
     * @param input   a path, or an address FFmpeg knows.
     * @param options size, pixel format and loop; encoding and quality are not looked at.
     * @return the source, before its first frame.
     * @throws IOException           if the input is missing, unreadable, no video, or does not answer within 5 s.
     * @throws IllegalStateException if FFmpeg cannot be loaded.
     */
    public static FfmpegSource open(String input, SourceOptions options) throws IOException {
        return open(input, options, TIMEOUT_NS);
    }

    static FfmpegSource open(String input, SourceOptions options, long timeoutNs) throws IOException {
        FfmpegLocation location = FfmpegLocation.of(input);
        Ffmpeg.load();
        FfmpegInterrupt interrupt = new FfmpegInterrupt();
        return new FfmpegSource(
                location, options, interrupt, timeoutNs, FfmpegInput.open(location, interrupt, timeoutNs));
    }

    @Override
    public boolean advance() throws IOException {
        requireOpen();
        hasFrame = false;
        while (!input.read(frame)) {
            if (frames == 0) {
                throw new IOException(location.fullName() + ": none of its video could be decoded (" + decodeErrors()
                        + " errors); the file is damaged or not complete");
            }
            if (!options.loop()) {
                return false;
            }
            if (framesInPass == 0) {
                throw new IOException(location.fullName() + ": cannot be played again from its start");
            }
            startAgain();
        }
        framesInPass++;
        frames++;
        timeNs = clock.next(frame.best_effort_timestamp());
        if (picture == null || !picture.isOf(frame)) {
            changeShape();
        }
        hasFrame = true;
        return true;
    }

    private void startAgain() throws IOException {
        framesInPass = 0;
        clock.restart();
        if (!input.rewind()) {
            earlierErrors += input.decodeErrors();
            input.close();
            input = FfmpegInput.open(location, interrupt, timeoutNs);
            input.configure(clock);
        }
    }

    private void changeShape() throws IOException {
        FfmpegPicture next = FfmpegPicture.of(frame);
        PictureConversion nextConversion;
        try {
            FrameFormat nextFormat = next.deliveredAs(options);
            if (!nextFormat.equals(format)) {
                format = nextFormat;
            }
            nextConversion =
                    new PictureConversion(next.plainPixels(), next.width(), next.height(), next.color(), format);
        } catch (IllegalArgumentException e) {
            throw new IOException(location.fullName() + ": its frames cannot be delivered: " + e.getMessage(), e);
        }
        closeConversion();
        conversion = nextConversion;
        picture = next;
    }

    @Override
    public FrameFormat format() {
        requireFrame();
        return format;
    }

    @Override
    public long presentationTimeNs() {
        requireFrame();
        return timeNs;
    }

    @Override
    public int write(ByteBuffer target) {
        requireFrame();
        int length = conversion.convert(planes, strides, target);
        copies = conversion.copies();
        return length;
    }

    /**
     * How often the bytes of the last frame were copied.
     *
     * @return 0 if it was converted straight into the target; 1 if it is the decoder's own, which the decoder still refers to while it
     *     decodes the next ones, and if its width is no multiple of 64 pixels.
     */
    @Override
    public int copies() {
        return copies;
    }

    @Override
    public double framesPerSecond() {
        return framesPerSecond;
    }

    @Override
    public boolean isLive() {
        return location.isLive();
    }

    @Override
    public String describe() {
        return description;
    }

    /**
     * Pieces of the input that could not be decoded and were skipped.
     *
     * @return since the source was opened, over all passes of a loop.
     */
    public long decodeErrors() {
        return earlierErrors + input.decodeErrors();
    }

    @Override
    public void interrupt() {
        interrupt.raise();
    }

    /** Frees all native memory and closes the input. Closing twice does nothing. */
    @Override
    public void close() {
        if (isClosed) {
            return;
        }
        isClosed = true;
        hasFrame = false;
        closeConversion();
        avutil.av_frame_free(frame);
        input.close();
    }

    private void closeConversion() {
        if (conversion != null) {
            conversion.close();
            conversion = null;
        }
    }

    private void requireOpen() {
        if (isClosed) {
            throw new IllegalStateException(location.fullName() + ": the source is closed");
        }
    }

    private void requireFrame() {
        requireOpen();
        if (!hasFrame) {
            throw new IllegalStateException(location.fullName() + ": no current frame; advance() must return true");
        }
    }

    private static String describe(FfmpegLocation location, FfmpegInput input) {
        StringBuilder text =
                new StringBuilder(location.shortName()).append(" (").append(input.codecName());
        if (input.width() > 0 && input.height() > 0) {
            text.append(", ").append(input.width()).append('x').append(input.height());
        }
        double rate = input.framesPerSecond();
        if (rate > 0) {
            String digits = String.format(Locale.ROOT, "%.2f", rate);
            text.append(", ").append(digits.replaceFirst("\\.?0+$", "")).append(" fps");
        }
        return text.append(')').toString();
    }
}
