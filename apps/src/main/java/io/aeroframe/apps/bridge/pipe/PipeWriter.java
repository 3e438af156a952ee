package io.aeroframe.apps.bridge.pipe;

import io.aeroframe.transport.Frame;
import java.io.IOException;

/** Puts frames into a pipe. One thread. */
interface PipeWriter extends AutoCloseable {

    /**
     * Writes a frame.
     *
     * @param frame  borrowed for the call.
     * @param isLast whether it is known to be the last.
     */
    void write(PipeOutput output, Frame frame, boolean isLast) throws IOException;

    /** Writes what marks the end, if there is something that does. */
    default void finish(PipeOutput output) throws IOException {}

    @Override
    void close();
}
