package io.aeroframe.driver;

/**
 * The media driver cannot be run or reached. The message is one line that names the place, the reason and the way out;
 * {@link #reason()} is for programs.
 */
public final class FrameDriverException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final Reason reason;

    /** Why the media driver cannot be run or reached. */
    public enum Reason {
        /**
         * The base directory, or a file in it, cannot be created, read, locked or removed, or other users can enter.
         */
        DIRECTORY,
        /** The file system of the base directory has no room for the driver's files. */
        NO_ROOM,
        /** Aeron's driver did not start. */
        START_FAILED,
        /** No driver is running in the Aeron directory, or the driver owner did not start one in time. */
        NOT_RUNNING,
        /** The thread was interrupted while it waited for the driver. */
        INTERRUPTED,
        /** Another process removed or replaced files of a driver that runs in this process. */
        FILES_REMOVED,
        /** A peer on the network asked for more memory than the limits of {@link DriverContext} allow. */
        SETUP_REFUSED,
        /** A network socket cannot be opened. */
        SOCKET
    }

    /**
     * An exception without a cause.
     *
     * @param reason  the reason for programs.
     * @param message the message for people.
     */
    public FrameDriverException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    /**
     * An exception with the failure that caused it.
     *
     * @param reason  the reason for programs.
     * @param message the message for people.
     * @param cause   the failure.
     */
    public FrameDriverException(Reason reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    /**
     * Why the media driver cannot be run or reached. Any thread.
     *
     * @return the reason.
     */
    public Reason reason() {
        return reason;
    }
}
