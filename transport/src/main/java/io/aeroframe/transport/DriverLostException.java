package io.aeroframe.transport;

/** No media driver answers: its owner has gone or is stopped, and no process has taken over. */
public final class DriverLostException extends FrameTransportException {

    private static final long serialVersionUID = 1L;

    DriverLostException(String where) {
        this(where, null);
    }

    DriverLostException(String where, Throwable cause) {
        super(
                Reason.DRIVER_LOST,
                where + ": no media driver answers: its owner has gone and no process has taken over; start again",
                cause);
    }
}
