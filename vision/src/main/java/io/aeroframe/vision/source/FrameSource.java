package io.aeroframe.vision.source;

import io.aeroframe.transport.FrameFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.agrona.DirectBuffer;

/**
 * Where frames come from before a publication.
 *
 * <p>Two steps, so that a frame nobody has room for is never produced in full: {@link #advance()} moves to the next
 * frame and makes its {@link #format()} known; {@link #write(ByteBuffer)} puts it into memory, usually a claim of the
 * publication. One thread at a time. {@link #interrupt()} alone may come from another thread.
 */
public interface FrameSource extends AutoCloseable {

    /**
     * Moves to the next frame.
     *
     * @return false at the end of the source.
     * @throws BadFrameException if the next frame is damaged; the source goes on with the one after it.
     * @throws IOException if the source cannot be read; the message names it, says why and, where there is one, the way
     *                     out.
     */
    boolean advance() throws IOException;

    /**
     * The shape of the current frame. May change from frame to frame.
     *
     * @return the format; the same object as long as the shape does not change.
     */
    FrameFormat format();

    /**
     * Bytes that {@link #write(ByteBuffer)} needs room for: exact for raw frames, an upper bound for JPEG.
     *
     * @return bytes.
     */
    default int maxPayloadLength() {
        return format().maxPayloadLength();
    }

    /**
     * When the current frame is to be shown, from the start of the source.
     *
     * @return nanoseconds, or {@link #NO_TIME} where the source has no clock of its own (pictures).
     */
    long presentationTimeNs();

    /**
     * How long the current frame is shown if it is the last one.
     *
     * @return nanoseconds; 0, the default, if the source does not know.
     */
    default long durationNs() {
        return 0;
    }

    /**
     * When the current frame was captured, where the source knows it.
     *
     * @return nanoseconds since the epoch, or {@link #NO_TIME}, the default, if the frame counts as captured now.
     */
    default long captureTimeNs() {
        return NO_TIME;
    }

    /**
     * The metadata of the current frame.
     *
     * @return at offsets 0 to {@link DirectBuffer#capacity()}, until the next {@link #advance()}; null, the default,
     *     for none.
     */
    default DirectBuffer metadata() {
        return null;
    }

    /**
     * Frames that were lost between the last frame and the current one.
     *
     * @return the number of frames; 0 by default.
     */
    default long lost() {
        return 0;
    }

    /**
     * Frames that the source left out because newer ones were waiting.
     *
     * @return the number of frames so far; 0 by default.
     */
    default long superseded() {
        return 0;
    }

    /**
     * Frames that were delivered although they may be torn, because they changed each time the source read them.
     *
     * @return the number of frames so far; 0 by default.
     */
    default long torn() {
        return 0;
    }

    /**
     * Pieces of the input that could not be decoded and were left out.
     *
     * @return the number of pieces so far; 0 by default.
     */
    default long decodeErrors() {
        return 0;
    }

    /**
     * Puts the current frame into memory, without padding beyond what {@link #format()} says. Once per frame at most.
     *
     * @param target a direct buffer whose position 0 is where the frame goes; position and limit are left alone.
     * @return bytes written.
     * @throws BadFrameException if the frame is damaged; the source goes on with the next one.
     * @throws IOException if the frame cannot be produced.
     */
    int write(ByteBuffer target) throws IOException;

    /**
     * How often the bytes of the frame that was written last were merely copied, not counting their decoding, drawing,
     * conversion or encoding: from where they were produced until they lay in the target, and on the way of what they
     * were made of.
     *
     * @return 0 if the frame was produced in the target itself, and before the first one.
     */
    int copies();

    /**
     * The current frame in the memory where the source has it anyway, for a caller that makes another frame of it and
     * would otherwise have it written first, at the price of a copy.
     *
     * @return a direct buffer with the frame at its position 0, to be read only, until the next {@link #advance()} or
     *     {@link #close()}; null, the default, if there is none.
     */
    default ByteBuffer inPlace() {
        return null;
    }

    /**
     * The nominal rate of the source.
     *
     * @return frames a second, or 0 if unknown.
     */
    double framesPerSecond();

    /**
     * What is read, for the status line: {@code clip.mp4 (h264, 1280x688, 30 fps)}.
     *
     * @return one short line.
     */
    String describe();

    /**
     * Whether frames come at their own time, so that {@link #advance()} waits for them and nobody else should.
     *
     * @return true for cameras and live network streams.
     */
    default boolean isLive() {
        return false;
    }

    /** Makes a blocked {@link #advance()} of another thread fail soon with an IOException. Does nothing by default. */
    default void interrupt() {}

    @Override
    void close();

    /** The {@link #presentationTimeNs()} of a source without a clock. */
    long NO_TIME = Long.MIN_VALUE;
}
