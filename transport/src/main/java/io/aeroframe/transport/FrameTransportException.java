package io.aeroframe.transport;

/** Frames cannot be sent or received. The message is one line that names the stream, the reason and the way out. */
public class FrameTransportException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * With a message only.
     *
     * @param message for people.
     */
    public FrameTransportException(String message) {
        super(message);
    }

    /**
     * With the failure behind it.
     *
     * @param message for people.
     * @param cause   the failure behind it.
     */
    public FrameTransportException(String message, Throwable cause) {
        super(message, cause);
    }

    /** A client closes what it has made before it says that it is closed itself, so that the two reasons cannot be told apart in time. */
    static FrameTransportException connectionGone(StreamName stream) {
        return new FrameTransportException(
                "stream '" + stream
                        + "': the media driver is gone, which another process hosted, or the connection was closed; start again");
    }
}
