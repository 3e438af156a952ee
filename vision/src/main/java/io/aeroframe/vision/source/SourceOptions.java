package io.aeroframe.vision.source;

import io.aeroframe.transport.PixelFormat;
import io.aeroframe.vision.jpeg.ChromaSubsampling;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Settings for {@link FrameSources#open(String, SourceOptions)}. Every setter validates its value and returns these
 * options, so that calls chain; what is not set keeps its default. Opening a source copies the options: later changes
 * do not affect it. One thread at a time.
 *
 * <pre>{@code
 * FrameSources.open("clip.mp4", new SourceOptions().size(640, 360).encoding(EncodingChoice.JPEG).quality(90));
 * }</pre>
 */
public final class SourceOptions implements Cloneable {

    /** The encodings that a source can deliver. */
    public enum EncodingChoice {
        /** Raw frames, except that a JPEG picture that needs no change is delivered as it is. */
        RAW_OR_PASSED_JPEG,
        /** Raw frames only: JPEG pictures are decoded. */
        RAW,
        /** JPEG frames only. A JPEG picture that needs no change is delivered as it is. */
        JPEG,
        /** Zstandard frames only: JPEG pictures are decoded. */
        ZSTD
    }

    private static final int FOURCC_LENGTH = 4;

    private int width;
    private int height;
    private PixelFormat pixelFormat = PixelFormat.BGR24;
    private EncodingChoice encoding = EncodingChoice.RAW_OR_PASSED_JPEG;
    private int quality = 80;
    private ChromaSubsampling subsampling = ChromaSubsampling.YUV420;
    private boolean loop;
    private long startNs;
    private boolean reconnect;
    private String fourcc;
    private double framesPerSecond;
    private int inputWidth;
    private int inputHeight;
    private String inputFormat;
    private Map<String, String> inputOptions = Map.of();
    private String protocolWhitelist;
    private SourceInterrupt interrupt = new SourceInterrupt();
    private Consumer<String> report = line -> {};

    /** Creates options with every setting at its default. */
    public SourceOptions() {}

    /**
     * Copies these options.
     *
     * @return a copy whose setters leave these options alone.
     */
    public SourceOptions copy() {
        return clone();
    }

    @Override
    protected SourceOptions clone() {
        try {
            return (SourceOptions) super.clone();
        } catch (CloneNotSupportedException e) {
            throw new AssertionError(e);
        }
    }

    /**
     * Sets the size of the frames to deliver. Default: the source's own size.
     *
     * @param newWidth  width in pixels; 0, together with the height, for the source's own size.
     * @param newHeight height in pixels; 0, together with the width, for the source's own size.
     * @return these options.
     * @throws IllegalArgumentException if one is negative, or only one is 0.
     */
    public SourceOptions size(int newWidth, int newHeight) {
        if ((newWidth == 0) != (newHeight == 0) || newWidth < 0 || newHeight < 0) {
            throw new IllegalArgumentException(
                    "size=" + newWidth + "x" + newHeight + ": both must be positive, or both 0");
        }
        width = newWidth;
        height = newHeight;
        return this;
    }

    /**
     * The width of the frames to deliver.
     *
     * @return width in pixels, or 0 for the source's own.
     */
    public int width() {
        return width;
    }

    /**
     * The height of the frames to deliver.
     *
     * @return height in pixels, or 0 for the source's own.
     */
    public int height() {
        return height;
    }

    /**
     * Whether a size is set.
     *
     * @return false if frames keep the source's own size.
     */
    public boolean hasSize() {
        return width != 0;
    }

    /**
     * Sets the pixel format of raw frames. Default: BGR24.
     *
     * @param newPixelFormat pixel format, or null for the source's own.
     * @return these options.
     */
    public SourceOptions pixelFormat(PixelFormat newPixelFormat) {
        pixelFormat = newPixelFormat;
        return this;
    }

    /**
     * The pixel format of raw frames.
     *
     * @return pixel format, or null for the source's own.
     */
    public PixelFormat pixelFormat() {
        return pixelFormat;
    }

    /**
     * Sets the encoding to deliver. Default: {@link EncodingChoice#RAW_OR_PASSED_JPEG}.
     *
     * @param newEncoding encoding.
     * @return these options.
     * @throws NullPointerException if the encoding is null.
     */
    public SourceOptions encoding(EncodingChoice newEncoding) {
        encoding = Objects.requireNonNull(newEncoding, "encoding");
        return this;
    }

    /**
     * The encoding to deliver.
     *
     * @return encoding.
     */
    public EncodingChoice encoding() {
        return encoding;
    }

    /**
     * Sets the quality of the JPEG frames that the source encodes itself. Default: 80.
     *
     * @param newQuality quality, 1 to 100.
     * @return these options.
     * @throws IllegalArgumentException if the quality is out of range.
     */
    public SourceOptions quality(int newQuality) {
        if (newQuality < 1 || newQuality > 100) {
            throw new IllegalArgumentException("quality=" + newQuality + " is not within 1 to 100");
        }
        quality = newQuality;
        return this;
    }

    /**
     * The quality of the JPEG frames that the source encodes itself.
     *
     * @return quality, 1 to 100.
     */
    public int quality() {
        return quality;
    }

    /**
     * Sets the chroma subsampling of the JPEG frames that the source encodes itself. Default: 4:2:0.
     *
     * @param newSubsampling subsampling.
     * @return these options.
     * @throws NullPointerException if the subsampling is null.
     */
    public SourceOptions subsampling(ChromaSubsampling newSubsampling) {
        subsampling = Objects.requireNonNull(newSubsampling, "subsampling");
        return this;
    }

    /**
     * The chroma subsampling of the JPEG frames that the source encodes itself.
     *
     * @return subsampling.
     */
    public ChromaSubsampling subsampling() {
        return subsampling;
    }

    /**
     * Sets whether files start again at their end. Default: false.
     *
     * @param newLoop true to start again.
     * @return these options.
     */
    public SourceOptions loop(boolean newLoop) {
        loop = newLoop;
        return this;
    }

    /**
     * Whether files start again at their end.
     *
     * @return true to start again.
     */
    public boolean loop() {
        return loop;
    }

    /**
     * Sets where a video file starts. Default: 0.
     *
     * @param newStartNs offset from the file's start in ns.
     * @return these options.
     * @throws IllegalArgumentException if the offset is negative.
     */
    public SourceOptions startNs(long newStartNs) {
        if (newStartNs < 0) {
            throw new IllegalArgumentException("startNs=" + newStartNs + " is negative");
        }
        startNs = newStartNs;
        return this;
    }

    /**
     * Where a video file starts.
     *
     * @return offset from the file's start in ns.
     */
    public long startNs() {
        return startNs;
    }

    /**
     * Sets whether a live address is opened again when it falls silent or ends, for as long as it takes. Default:
     * false.
     *
     * @param newReconnect true to open it again.
     * @return these options.
     */
    public SourceOptions reconnect(boolean newReconnect) {
        reconnect = newReconnect;
        return this;
    }

    /**
     * Whether a live address is opened again when it falls silent or ends.
     *
     * @return true to open it again.
     */
    public boolean reconnect() {
        return reconnect;
    }

    /**
     * Sets the pixel format to request from a camera. Default: the camera's own.
     *
     * @param newFourcc four-character code such as MJPG or YUYV, or null for the camera's own.
     * @return these options.
     * @throws IllegalArgumentException if the code does not have four characters.
     */
    public SourceOptions fourcc(String newFourcc) {
        if (newFourcc != null && newFourcc.length() != FOURCC_LENGTH) {
            throw new IllegalArgumentException("fourcc=" + newFourcc + " does not have four characters, as MJPG does");
        }
        fourcc = newFourcc;
        return this;
    }

    /**
     * The pixel format to request from a camera.
     *
     * @return four-character code, or null for the camera's own.
     */
    public String fourcc() {
        return fourcc;
    }

    /**
     * Sets the frame rate to request from a camera, and that of raw video. Default: the camera's own; 25 for raw video.
     *
     * @param newFramesPerSecond frame rate, or 0 for the default.
     * @return these options.
     * @throws IllegalArgumentException if the rate is negative or not finite.
     */
    public SourceOptions framesPerSecond(double newFramesPerSecond) {
        if (!(newFramesPerSecond >= 0 && newFramesPerSecond < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("framesPerSecond=" + newFramesPerSecond + " is not 0 or more");
        }
        framesPerSecond = newFramesPerSecond;
        return this;
    }

    /**
     * The frame rate to request from a camera, and that of raw video.
     *
     * @return frame rate, or 0 for the default.
     */
    public double framesPerSecond() {
        return framesPerSecond;
    }

    /**
     * Sets options of FFmpeg for a video file or an address, such as {@code rtsp_transport} or {@code user_agent}.
     * Default: none. They go to the protocol, the container and the decoder; opening fails if none of them takes one.
     *
     * @param newInputOptions values by FFmpeg's names; never shown in messages.
     * @return these options.
     * @throws NullPointerException if a name or a value is null.
     */
    public SourceOptions inputOptions(Map<String, String> newInputOptions) {
        inputOptions = Map.copyOf(newInputOptions);
        return this;
    }

    /**
     * Options of FFmpeg for a video file or an address.
     *
     * @return values by FFmpeg's names; unmodifiable.
     */
    public Map<String, String> inputOptions() {
        return inputOptions;
    }

    /**
     * Sets by which protocols a video file or an address may be read, and what it refers to. Default: what is safe for
     * input from anyone. That is {@code file,crypto,data} for files, in addition {@code http,https,httpproxy,tcp,tls}
     * for HLS playlists and {@code rtp,udp} for session descriptions (SDP), and no files for addresses.
     *
     * @param newProtocolWhitelist FFmpeg's names, separated by commas, which replace the default; null for the default.
     * @return these options.
     */
    public SourceOptions protocolWhitelist(String newProtocolWhitelist) {
        protocolWhitelist = newProtocolWhitelist;
        return this;
    }

    /**
     * By which protocols a video file or an address may be read.
     *
     * @return FFmpeg's names, separated by commas; null for the default.
     */
    public String protocolWhitelist() {
        return protocolWhitelist;
    }

    /**
     * Sets what ends the source from another thread, also while it is being opened. Default: one that nobody calls.
     *
     * @param newInterrupt interrupt; sources that share it end together.
     * @return these options.
     * @throws NullPointerException if the interrupt is null.
     */
    public SourceOptions interrupt(SourceInterrupt newInterrupt) {
        interrupt = Objects.requireNonNull(newInterrupt, "interrupt");
        return this;
    }

    /**
     * What ends the source from another thread.
     *
     * @return interrupt.
     */
    public SourceInterrupt interrupt() {
        return interrupt;
    }

    /**
     * Sets the size of the frames in a file of raw video, which has no header that says it. Default: not set.
     *
     * @param newWidth  width in pixels; 0, together with the height, for not set.
     * @param newHeight height in pixels; 0, together with the width, for not set.
     * @return these options.
     * @throws IllegalArgumentException if one is negative, or only one is 0.
     */
    public SourceOptions inputSize(int newWidth, int newHeight) {
        if ((newWidth == 0) != (newHeight == 0) || newWidth < 0 || newHeight < 0) {
            throw new IllegalArgumentException(
                    "inputSize=" + newWidth + "x" + newHeight + ": both must be positive, or both 0");
        }
        inputWidth = newWidth;
        inputHeight = newHeight;
        return this;
    }

    /**
     * The width of the frames in a file of raw video.
     *
     * @return width in pixels, or 0 if not set.
     */
    public int inputWidth() {
        return inputWidth;
    }

    /**
     * The height of the frames in a file of raw video.
     *
     * @return height in pixels, or 0 if not set.
     */
    public int inputHeight() {
        return inputHeight;
    }

    /**
     * Sets the pixel format of the frames in a file of raw video. Default: not set.
     *
     * @param newInputFormat FFmpeg's name of the pixel format, such as yuv420p, or null for not set. Opening the source
     *                       checks it.
     * @return these options.
     */
    public SourceOptions inputFormat(String newInputFormat) {
        inputFormat = newInputFormat;
        return this;
    }

    /**
     * The pixel format of the frames in a file of raw video.
     *
     * @return its name, or null if not set.
     */
    public String inputFormat() {
        return inputFormat;
    }

    /**
     * Sets the consumer of messages for the user, such as a lost connection. Default: messages are dropped.
     *
     * @param newReport consumer of one line at a time, called on the thread that uses the source.
     * @return these options.
     * @throws NullPointerException if the consumer is null.
     */
    public SourceOptions report(Consumer<String> newReport) {
        report = Objects.requireNonNull(newReport, "report");
        return this;
    }

    /**
     * The consumer of messages for the user.
     *
     * @return consumer of one line at a time.
     */
    public Consumer<String> report() {
        return report;
    }

    /** Whether a JPEG picture of this size needs no change: it is wanted, with its own size and pixels. */
    boolean allowsPassedJpeg(int pictureWidth, int pictureHeight) {
        return encoding != EncodingChoice.RAW
                && (pixelFormat == null || pixelFormat == PixelFormat.BGR24)
                && (!hasSize() || width == pictureWidth && height == pictureHeight);
    }
}
