package io.aeroframe.transport;

/** Where a connection to the host's media driver stands. */
public enum ConnectionState {
    /** A driver is up, and publications and subscriptions use it, or will from their next call. */
    CONNECTED,
    /**
     * The driver is gone, has been replaced, or has taken this process for dead, and the connection to the next one is
     * being made. Publications drop their frames, and count them; lossless ones wait. Subscriptions give what they
     * still have.
     */
    RECONNECTING,
    /** It was closed. */
    CLOSED
}
