package io.aeroframe.transport;

/**
 * A frame kept past its handler.
 *
 * <p>Close it when done, on any thread. One thread at a time may read the frame, and only until the lease is closed.
 * After that, the views returned by {@link Frame#payload()} and {@link Frame#metadata()} are empty. A byte buffer taken
 * from the frame must not be used any more: its memory may hold another frame or be unmapped.
 */
public interface FrameLease extends AutoCloseable {

    /**
     * The retained frame.
     *
     * @return the frame.
     * @throws IllegalStateException if the lease is closed.
     */
    Frame frame();

    /**
     * Releases the frame's memory. Thread-safe and idempotent. It takes a short lock, but never waits for a frame or
     * for the driver.
     */
    @Override
    void close();
}
