package io.aeroframe.transport;

/** Receives the frames of a {@link FrameSubscription} on the thread that polls it. */
@FunctionalInterface
public interface FrameHandler {

    /**
     * Receives one complete, validated frame.
     *
     * <p>An exception thrown here reaches the caller of {@link FrameSubscription#poll(FrameHandler, int)}. The frame
     * still counts as received.
     *
     * @param frame the frame, borrowed until this method returns.
     */
    void onFrame(Frame frame);
}
