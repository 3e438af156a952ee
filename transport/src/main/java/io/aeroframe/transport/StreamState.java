package io.aeroframe.transport;

/** What a subscription knows of its stream. */
public enum StreamState {
    /** Nobody publishes it yet. */
    WAITING,
    /** A publication is followed. */
    STREAMING,
    /** The publication that was followed said that it is done, and there is no other. */
    ENDED,
    /** The publication that was followed vanished without saying that it is done, and there is no other. */
    LOST
}
