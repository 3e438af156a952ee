package io.aeroframe.vision.source;

import io.aeroframe.transport.FrameFormat;
import io.aeroframe.transport.SampleAspect;
import io.aeroframe.vision.internal.Ffmpeg;
import io.aeroframe.vision.internal.NativeMemory;
import io.aeroframe.vision.internal.PictureConversion;
import io.aeroframe.vision.jpeg.JpegFormatException;
import io.aeroframe.vision.jpeg.JpegHeader;
import io.aeroframe.vision.jpeg.JpegTables;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Locale;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.PointerPointer;

/**
 * Anything FFmpeg opens: video files, {@code rtsp://}, {@code http://}, {@code udp://} and its other addresses. Decoded
 * in this process; audio and further streams are left out.
 *
 * <p>A frame that is asked for in the decoder's own format and size is copied row by row, bit for bit; else it is
 * converted and resized in one step, straight into the target. Frames whose format is not one of {@link
 * io.aeroframe.transport.PixelFormat} are delivered, if none is asked for, in the nearest that is: 4:2:2 of 8 bits in
 * YUYV, 4:2:0 of more than 8 bits in I420, gray of more in GRAY16, RGB with alpha in BGRA32, all else in BGR24. What
 * loses something by that is reported. Frames that the container
 * or their own data says are on their side, upside down or mirrored are turned.
 *
 * <p>Motion JPEG is not decoded where the options allow JPEG frames and ask for no other size or pixels: its images are
 * passed on as they are, unless they lack the tables that a JPEG image needs.
 *
 * <p>Packets that cannot be decoded are skipped and counted in {@link #decodeErrors()}. An address that does not
 * answer, or sends nothing for 5 s, fails; a playlist may pause for 30 s. A live one (rtsp, udp, tcp and the like, a
 * session description, and http without a length) is reopened until it is back, if {@link
 * SourceOptions#reconnect(boolean)} is set. What a live stream other than http sends while FFmpeg probes it, a second
 * at most, is left out, because the newest frames matter most. One thread at a time; {@link #interrupt()} from any.
 */
public final class FfmpegSource implements FrameSource {

    private static final long TIMEOUT_NS = 5_000_000_000L;

    private final FfmpegLocation location;
    private final SourceOptions options;
    private final FfmpegReader reader;
    private final double framesPerSecond;
    private final String description;
    private final boolean isLive;
    private final AVFrame frame = avutil.av_frame_alloc();
    private final PointerPointer<?> planes = frame.data();
    private final IntPointer strides = frame.linesize();

    private FfmpegPicture picture;
    private Orientation orientation;
    private FrameFormat format;
    private PictureConversion conversion;
    private FrameTurn turn;
    private ByteBuffer unturned;
    private final JpegTables tables = new JpegTables();
    private ByteBuffer packetBytes;
    private boolean hasFrame;
    private String reportedLoss;
    private int copies;
    private boolean isClosed;

    private FfmpegSource(FfmpegLocation location, SourceOptions options, FfmpegReader reader) {
        this.location = location;
        this.options = options;
        this.reader = reader;
        framesPerSecond = reader.input().video().framesPerSecond();
        isLive = reader.input().video().isLive();
        description = describe(location, reader.input().video());
    }

    /**
     * Opens a file or an address. Reads as much of it as it takes to know its streams, and decodes nothing yet.
     *
     * @param input   a path, or an address FFmpeg knows.
     * @param options what is asked of it; the quality is not looked at, and frames are raw unless they can be passed
     *                on.
     * @return the source, before its first frame.
     * @throws IOException              if the input is missing, unreadable, no video, or does not answer within 5 s.
     * @throws IllegalArgumentException if FFmpeg does not know the pixel format that is set for raw video.
     * @throws IllegalStateException    if FFmpeg cannot be loaded.
     */
    public static FfmpegSource open(String input, SourceOptions options) throws IOException {
        return open(input, options, TIMEOUT_NS);
    }

    static FfmpegSource open(String input, SourceOptions options, long timeoutNs) throws IOException {
        FfmpegLocation location = FfmpegLocation.of(input);
        Ffmpeg.load();
        RawVideo raw = RawVideo.of(input, location, options);
        return new FfmpegSource(location, options, FfmpegReader.open(location, raw, options, timeoutNs));
    }

    @Override
    public boolean advance() throws IOException {
        requireOpen();
        hasFrame = false;
        if (!reader.next(frame)) {
            return false;
        }
        while (reader.isPassingPackets() && !takePacket()) {
            if (!reader.next(frame)) {
                return false;
            }
        }
        if (!reader.isPassingPackets()) {
            Orientation next = reader.input().video().orientation(frame);
            SampleAspect aspect = reader.input().video().sampleAspect(frame);
            if (picture == null || !picture.isOf(frame, aspect) || orientation != next) {
                changeShape(next, aspect);
            }
        }
        hasFrame = true;
        return true;
    }

    /** Returns false if the packet is not a JPEG image that can be passed on. */
    private boolean takePacket() throws IOException {
        AVPacket packet = reader.packet();
        try {
            packetBytes = tables.complete(NativeMemory.bytes(packet.data().address(), packet.size()), packet.size());
            FrameFormat next = MjpegPacket.format(packetBytes)
                    .withSampleAspect(reader.input().video().sampleAspect());
            boolean isTurned = ExifOrientation.ofJpeg(packetBytes, packetBytes.limit()) != Orientation.UPRIGHT;
            if (isTurned || isField(next)) { // no subscriber has to know which way is up, nor weave fields
                return reader.decodeFromHere(frame);
            }
            if (!next.equals(format)) {
                format = next;
            }
            return true;
        } catch (JpegFormatException e) {
            if (format == null) {
                return reader.decodeFromHere(frame); // what FFmpeg makes of it
            }
            reader.input().countError();
            return false;
        }
    }

    /** Whether a packet is two images, of one half of the rows each: an interlaced picture. */
    private boolean isField(FrameFormat image) throws JpegFormatException {
        return image.height() * 4L < reader.input().video().height() * 3L
                && JpegHeader.imageLength(packetBytes, 0, packetBytes.limit()) < packetBytes.limit() / 4 * 3;
    }

    private void changeShape(Orientation nextOrientation, SampleAspect aspect) throws IOException {
        FfmpegPicture next = FfmpegPicture.of(frame, aspect);
        PictureConversion nextConversion;
        FrameTurn nextTurn;
        try {
            FrameFormat nextFormat = next.deliveredAs(options, nextOrientation);
            if (!nextFormat.equals(format)) {
                format = nextFormat;
            }
            nextTurn = nextOrientation == Orientation.UPRIGHT ? null : FrameTurn.of(nextOrientation, format);
            nextConversion = new PictureConversion(
                    next.plainPixels(),
                    next.width(),
                    next.height(),
                    next.color(),
                    nextTurn == null ? format : nextTurn.from());
        } catch (IllegalArgumentException e) {
            throw new IOException(location.fullName() + ": its frames cannot be delivered: " + e.getMessage(), e);
        }
        closeConversion();
        conversion = nextConversion;
        turn = nextTurn;
        unturned = turn == null ? null : ByteBuffer.allocateDirect(format.maxPayloadLength());
        picture = next;
        orientation = nextOrientation;
        if (options.pixelFormat() == null && options.encoding() != SourceOptions.EncodingChoice.JPEG) {
            reportLoss();
        }
    }

    private void reportLoss() {
        String loss = picture.lossIn(format);
        if (loss != null && !loss.equals(reportedLoss)) {
            options.report().accept(location.fullName() + ": " + loss);
            reportedLoss = loss;
        }
    }

    @Override
    public FrameFormat format() {
        requireFrame();
        return format;
    }

    @Override
    public int maxPayloadLength() {
        requireFrame();
        return reader.isPassingPackets() ? packetBytes.limit() : format.maxPayloadLength();
    }

    @Override
    public long presentationTimeNs() {
        requireFrame();
        return reader.timeNs();
    }

    @Override
    public long durationNs() {
        requireFrame();
        return reader.durationNs();
    }

    @Override
    public int write(ByteBuffer target) {
        requireFrame();
        if (reader.isPassingPackets()) {
            target.put(0, packetBytes, 0, packetBytes.limit());
            copies = 1;
            return packetBytes.limit();
        }
        int length = conversion.convert(planes, strides, turn == null ? target : unturned);
        copies = conversion.copies();
        if (turn != null) {
            turn.turn(unturned, target);
            copies++;
        }
        return length;
    }

    /**
     * How often the bytes of the last frame were copied.
     *
     * @return 0 if it was converted straight into the target; 1 if it is the decoder's own, which the decoder still
     *     refers to while it decodes the next ones, if its width is not a multiple of 64 pixels, if it was turned, and
     *     if it was passed on as JPEG.
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
        return isLive;
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
    @Override
    public long decodeErrors() {
        return reader.decodeErrors();
    }

    @Override
    public void interrupt() {
        reader.interrupt();
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
        reader.close();
    }

    private void closeConversion() {
        if (conversion != null) {
            conversion.close();
            conversion = null;
        }
        if (turn != null) {
            turn.close();
            turn = null;
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

    private static String describe(FfmpegLocation location, VideoStream video) {
        StringBuilder text =
                new StringBuilder(location.shortName()).append(" (").append(video.codecName());
        if (video.width() > 0 && video.height() > 0) {
            text.append(", ").append(video.width()).append('x').append(video.height());
        }
        double rate = video.framesPerSecond();
        if (rate > 0) {
            String digits = String.format(Locale.ROOT, "%.2f", rate);
            text.append(", ").append(digits.replaceFirst("\\.?0+$", "")).append(" fps");
        }
        return text.append(')').toString();
    }
}
