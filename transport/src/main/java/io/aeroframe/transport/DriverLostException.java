package io.aeroframe.transport;

/**
 * The media driver that another process hosted is gone, or took this process for dead, and everything that was connected to it is closed. Connect again.
 */
public final class DriverLostException extends FrameTransportException {

    private static final long serialVersionUID = 1L;

    DriverLostException(String where) {
        this(where, null);
    }

    DriverLostException(String where, Throwable cause) {
        super(
                where
                        + ": the media driver is gone, which another process hosted, or the connection was closed; start again",
                cause);
    }
}
