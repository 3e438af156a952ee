package io.aeroframe.transport;

/**
 * A frame kept past its handler. Close it once, from any thread; the frame must not be touched afterwards.
 */
public interface FrameLease extends AutoCloseable {

    /**
     * The frame that is kept.
     *
     * @return the frame.
     * @throws IllegalStateException if the lease is closed.
     */
    Frame frame();

    /** Gives the memory back. Not to be closed again later: by then the memory may carry another frame, and its lease. */
    @Override
    void close();
}
