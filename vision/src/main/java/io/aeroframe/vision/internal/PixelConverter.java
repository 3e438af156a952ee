package io.aeroframe.vision.internal;

import io.aeroframe.transport.ColorEncoding;
import io.aeroframe.transport.FrameEncoding;
import io.aeroframe.transport.FrameFormat;
import io.aeroframe.transport.PixelFormat;
import java.nio.ByteBuffer;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.PointerPointer;

/**
 * Raw frames of one format to another: pixel format, size, stride, and for YUV the matrix and the range.
 *
 * <p>Where only the stride differs the rows are copied; all else is one step of FFmpeg's swscale, with accurate
 * rounding and chroma at full resolution: the mean of the pixels when shrinking, bicubic when enlarging. Gray is of
 * full range (0 to 255) and BT.601 of RGB, as in OpenCV. One thread at a time. Allocates nothing per frame.
 */
public final class PixelConverter implements AutoCloseable {

    /** The smallest page of the platforms there are; larger ones are multiples of it. */
    private static final int PAGE = 4096;

    /** Bytes past a row that swscale's vector loads may touch, without using what they find. */
    private static final int OVERREAD = 128;

    private final FrameFormat from;
    private final FrameFormat to;
    private final boolean isCopy;
    private final BufferPlanes source;
    private final PictureConversion conversion;
    private AVFrame padded;
    private PointerPointer<?> paddedPlanes;
    private IntPointer paddedStrides;
    private int copies;
    private boolean isClosed;

    /**
     * Prepares the conversion.
     *
     * @param from format of the frames to convert.
     * @param to   format of the frames to make.
     * @throws IllegalArgumentException if one of them is not raw.
     */
    public PixelConverter(FrameFormat from, FrameFormat to) {
        if (from.encoding() != FrameEncoding.RAW || to.encoding() != FrameEncoding.RAW) {
            throw new IllegalArgumentException(
                    "from=" + from.describe() + " to=" + to.describe() + ": only raw frames can be converted");
        }
        this.from = from;
        this.to = to;
        boolean isGray = from.pixelFormat() == PixelFormat.GRAY8 || from.pixelFormat() == PixelFormat.GRAY16;
        PictureColor color = PictureColor.of(isGray ? ColorEncoding.BT601_FULL : from.color());
        int pixels = AvPixelFormats.of(from.pixelFormat());
        conversion = new PictureConversion(pixels, from.width(), from.height(), color, to);
        isCopy = PictureConversion.isCopy(pixels, from.width(), from.height(), color, to);
        source = new BufferPlanes(from);
    }

    /**
     * The format of the frames to convert.
     *
     * @return as given.
     */
    public FrameFormat from() {
        return from;
    }

    /**
     * The format of the frames that are made.
     *
     * @return as given.
     */
    public FrameFormat to() {
        return to;
    }

    /**
     * Converts a frame. Both buffers are direct; the frames are at their position 0, whatever their current position
     * and limit, which are left alone. The buffers must not overlap. Nothing past either frame is written or needed.
     *
     * @param from the source, at least {@code from().maxPayloadLength()} bytes; may be read-only.
     * @param to   the target, at least {@code to().maxPayloadLength()} bytes.
     * @throws IllegalArgumentException if a buffer is not direct or too small, or {@code to} is read-only.
     * @throws IllegalStateException    if the converter is closed.
     */
    public void convert(ByteBuffer from, ByteBuffer to) {
        if (isClosed) {
            throw new IllegalStateException("the converter to " + this.to.describe() + " is closed");
        }
        source.pointAt(from, "source");
        if (isCopy || mayBeReadPast(source.end())) {
            conversion.convert(source.addresses(), source.strides(), to);
            copies = conversion.copies();
            return;
        }
        if (padded == null) {
            padded = PictureConversion.allocate(
                    AvPixelFormats.of(this.from.pixelFormat()), this.from.width(), this.from.height());
            paddedPlanes = padded.data();
            paddedStrides = padded.linesize();
        }
        avutil.av_image_copy2(
                paddedPlanes,
                paddedStrides,
                source.addresses(),
                source.strides(),
                padded.format(),
                this.from.width(),
                this.from.height());
        conversion.convert(paddedPlanes, paddedStrides, to);
        copies = 1 + conversion.copies();
    }

    /**
     * How often the bytes of the last frame, or of what it was made of, were copied besides being converted.
     *
     * @return 0 if it was made straight from the one buffer in the other; see {@link PictureConversion#copies()}, and 1
     *     more if the source ended so close to the end of a page that it had to be copied away from there first.
     */
    public int copies() {
        return copies;
    }

    /**
     * Memory is protected by pages: a load that starts in the frame and ends in the same page cannot fault, wherever
     * the buffer ends. A mapped frame that fills its last page is copied first.
     */
    private static boolean mayBeReadPast(long end) {
        int offset = (int) (end & (PAGE - 1));
        return offset != 0 && offset <= PAGE - OVERREAD;
    }

    /** Frees the native memory. Closing twice does nothing. */
    @Override
    public void close() {
        if (isClosed) {
            return;
        }
        isClosed = true;
        conversion.close();
        source.close();
        if (padded != null) {
            avutil.av_frame_free(padded);
        }
    }
}
