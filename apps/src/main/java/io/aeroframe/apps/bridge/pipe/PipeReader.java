package io.aeroframe.apps.bridge.pipe;

import io.aeroframe.apps.bridge.ReceivedFrame;
import io.aeroframe.vision.source.BadFrameException;
import java.io.IOException;

/** Takes frames from a pipe: a way to find where one ends. One thread. */
interface PipeReader {

    /**
     * Reads the next frame.
     *
     * @param input    the pipe, at the start of a frame or its end.
     * @param received takes the frame.
     * @return false if there are no more.
     * @throws BadFrameException if the frame is damaged but its end was found.
     * @throws IOException       if the pipe cannot be read on; the message names the offset of the byte.
     */
    boolean next(PipeInput input, ReceivedFrame received) throws IOException;

    /** The number of frames a second that the pipe states, 0 if it does not. */
    default double framesPerSecond() {
        return 0;
    }

    /** What is in the pipe, for people. */
    String describe();
}
