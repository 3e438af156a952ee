package io.aeroframe.vision.source;

import java.io.IOException;

/** A frame of a source is damaged and is left out. The source goes on with the next one. */
public final class BadFrameException extends IOException {

    private static final long serialVersionUID = 1L;

    /**
     * Creates an exception.
     *
     * @param message the source, the frame and what is wrong with it.
     */
    public BadFrameException(String message) {
        super(message);
    }

    /**
     * Creates an exception with a cause.
     *
     * @param message the source, the frame and what is wrong with it.
     * @param cause   the reason.
     */
    public BadFrameException(String message, Throwable cause) {
        super(message, cause);
    }
}
