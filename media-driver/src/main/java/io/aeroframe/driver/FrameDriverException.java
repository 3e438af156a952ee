package io.aeroframe.driver;

/**
 * The media driver cannot be hosted or reached. The message is one line that names the place, the reason and the way
 * out.
 */
public final class FrameDriverException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * With a message only.
     *
     * @param message for people.
     */
    public FrameDriverException(String message) {
        super(message);
    }

    /**
     * With the failure behind it.
     *
     * @param message for people.
     * @param cause   the failure behind it.
     */
    public FrameDriverException(String message, Throwable cause) {
        super(message, cause);
    }
}
