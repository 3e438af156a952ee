package io.aeroframe.vision.sink;

import io.aeroframe.transport.Frame;
import java.io.IOException;

/**
 * Where frames go after a subscription. One thread at a time; {@link #isOpen()}, {@link #interrupt()} and
 * {@link #close()} may come from another.
 */
public interface FrameSink extends AutoCloseable {

    /**
     * Takes a frame. Returns when the sink no longer needs its memory.
     *
     * @param frame borrowed for the call.
     * @throws IOException if it cannot be put where it should go; the message names the place, the reason and the way
     *                     out.
     */
    void accept(Frame frame) throws IOException;

    /**
     * Whether the sink wants more: false once its user closed it (a window).
     *
     * @return true while frames are welcome.
     */
    default boolean isOpen() {
        return true;
    }

    /**
     * Whether frames are to be shown as they come and never queued: a person looks at this sink, so that the newest
     * frame is worth more than the complete row of them.
     *
     * @return true for a window.
     */
    default boolean isLive() {
        return false;
    }

    /**
     * Whether a later frame replaces what came of the ones before it, so that those which a slow sink skips are not
     * missed. By default as {@link #isLive()}.
     *
     * @return true for a window, and for one picture file that each frame replaces.
     */
    default boolean keepsOnlyNewest() {
        return isLive();
    }

    /**
     * How often the bytes of the frame that was taken last were merely copied. Conversion to another format, encoding,
     * painting and writing to a file are not copies. Any thread; about right for a frame that is being taken.
     *
     * @return 0 if the frame was read where it lay, and before the first one.
     */
    int copies();

    /**
     * Passes on what is held back for efficiency, to be called when no frame came for a while. Does nothing by default.
     *
     * @throws IOException as {@link #accept(Frame)}.
     */
    default void flush() throws IOException {}

    /**
     * Shows a line of text while there is no frame to show. Does nothing by default.
     *
     * @param text the text for people.
     */
    default void showStatus(String text) {}

    /**
     * Makes a blocked {@link #accept(Frame)} of another thread fail soon with an IOException. Does nothing by default.
     */
    default void interrupt() {}

    /**
     * Finishes what was begun (flushes a file, disposes a window).
     *
     * @throws IOException if what was accepted cannot be completed.
     */
    @Override
    void close() throws IOException;
}
