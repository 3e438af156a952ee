package io.aeroframe.transport;

/** What a subscription knows about its stream. */
public enum StreamState {
    /** No publication has been found yet. */
    WAITING,
    /** The subscription follows a publication. */
    STREAMING,
    /** The followed publication announced its end, and there is no other. */
    ENDED,
    /** The followed publication vanished or was broken off without announcing its end, and there is no other. */
    LOST
}
