package io.aeroframe.transport;

/**
 * A frame kept past its handler. To be closed, on any thread. One thread at a time may read the frame, and none once it
 * is closed: the views that {@link Frame#payload()} and {@link Frame#metadata()} gave are empty from then on, and a
 * byte buffer that was taken from the frame must not be used, as its memory may carry another frame or be gone.
 */
public interface FrameLease extends AutoCloseable {

    /**
     * The frame that is kept.
     *
     * @return the frame.
     * @throws IllegalStateException if the lease is closed.
     */
    Frame frame();

    /**
     * Gives the memory back. Any thread; does not wait for others; closing twice, also at the same time, does nothing
     * more.
     */
    @Override
    void close();
}
