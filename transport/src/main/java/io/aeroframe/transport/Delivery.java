package io.aeroframe.transport;

/** Which frames a subscription delivers to its handler. */
public enum Delivery {
    /** Every frame that arrives, in order. */
    EVERY,
    /** Only the newest frame available at each poll. Older ones are skipped and counted as superseded. */
    LATEST
}
