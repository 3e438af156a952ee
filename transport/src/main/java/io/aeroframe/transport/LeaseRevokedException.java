package io.aeroframe.transport;

/**
 * The publisher has taken a frame back from a subscriber that showed no sign of life for longer than the media driver's client
 * liveness timeout: what is in its memory now is not that frame.
 */
public final class LeaseRevokedException extends FrameTransportException {

    private static final long serialVersionUID = 1L;

    LeaseRevokedException(long sequence) {
        super("frame " + sequence + ": its lease was revoked: this process was stopped, or its Aeron client closed, for"
                + " longer than the client liveness timeout");
    }
}
