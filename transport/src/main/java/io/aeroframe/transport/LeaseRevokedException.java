package io.aeroframe.transport;

/**
 * The publisher has revoked a frame's memory, because this process showed no sign of life for longer than the media
 * driver's client liveness timeout. The memory may hold another frame by now.
 */
public final class LeaseRevokedException extends FrameTransportException {

    private static final long serialVersionUID = 1L;

    LeaseRevokedException(long sequence) {
        super(
                Reason.LEASE_REVOKED,
                "frame " + sequence
                        + ": its lease was revoked because this process was stopped, or its Aeron client was "
                        + "closed, for"
                        + " longer than the client liveness timeout");
    }
}
