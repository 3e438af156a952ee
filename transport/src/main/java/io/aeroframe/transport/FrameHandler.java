package io.aeroframe.transport;

/** Takes the frames of a {@link FrameSubscription}, on the thread that polls it. */
@FunctionalInterface
public interface FrameHandler {

    /**
     * A whole, validated frame.
     *
     * <p>An exception thrown from here reaches the caller of {@link FrameSubscription#poll(FrameHandler, int)}; the frame
     * counts as received.
     *
     * @param frame borrowed until this method returns.
     */
    void onFrame(Frame frame);
}
