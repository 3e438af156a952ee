package io.aeroframe.transport;

/**
 * Frames cannot be sent or received. The message is one line that names the stream, the reason and the way out; {@link
 * #reason()} is for programs.
 */
public class FrameTransportException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final Reason reason;

    /** Why frames cannot be sent or received. */
    public enum Reason {
        /** No media driver is running: its owner has gone and no process has taken over. */
        DRIVER_LOST,
        /** The media driver is up but did not answer within {@code answerTimeout}. */
        DRIVER_SILENT,
        /** The thread was interrupted while it waited for the media driver. */
        INTERRUPTED,
        /** The channel cannot be used on this host: its address, port or interface, or the driver refused it. */
        CHANNEL,
        /** The media driver runs in another network namespace, so UDP would use that network. */
        FOREIGN_NETWORK,
        /** Memory for the stream's log buffers is lacking. */
        NO_ROOM,
        /** Memory for the pool is lacking; a publication that is not pooled needs none. */
        NO_ROOM_FOR_POOL,
        /** The frame or its metadata is larger than the path can carry. */
        TOO_LARGE,
        /** The publisher's pool cannot be opened. */
        POOL,
        /** The pool has as many subscribers as it can have. */
        TOO_MANY_SUBSCRIBERS,
        /** Two streams with different names share an Aeron stream id on one channel. */
        STREAM_COLLISION,
        /** The publisher has taken back the memory of a frame that this process held. */
        LEASE_REVOKED,
        /** The publication has used up Aeron's positions; close it and add it again. */
        POSITIONS_EXHAUSTED,
        /** A report to the error handler about a stream that goes on, such as frames that were skipped. */
        REPORT
    }

    FrameTransportException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    FrameTransportException(Reason reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    /**
     * Why frames cannot be sent or received. Any thread.
     *
     * @return the reason.
     */
    public final Reason reason() {
        return reason;
    }
}
