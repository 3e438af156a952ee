package io.aeroframe.transport;

/** Two streams with different names have the same Aeron stream id on one channel. Rename one of them. */
public final class StreamCollisionException extends FrameTransportException {

    private static final long serialVersionUID = 1L;

    StreamCollisionException(StreamName wanted, String found) {
        super(
                Reason.STREAM_COLLISION,
                "stream '" + wanted + "' shares Aeron stream id " + wanted.streamId() + " with stream '" + found
                        + "', which is published on the same channel: rename one of them, or use another channel");
    }
}
