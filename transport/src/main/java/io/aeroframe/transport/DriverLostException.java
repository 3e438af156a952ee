package io.aeroframe.transport;

/**
 * No media driver answers: the process that hosted it has gone, or does not run, and none has taken over.
 */
public final class DriverLostException extends FrameTransportException {

    private static final long serialVersionUID = 1L;

    DriverLostException(String where) {
        this(where, null);
    }

    DriverLostException(String where, Throwable cause) {
        super(
                where
                        + ": no media driver answers: the process that hosted it has gone, and none has taken over; start again",
                cause);
    }
}
