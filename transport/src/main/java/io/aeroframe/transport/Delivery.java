package io.aeroframe.transport;

/** Which frames a subscription gives to its handler. */
public enum Delivery {
    /** Every frame that arrives, in order. */
    EVERY,
    /** The newest frame that is there at the time of the poll; older ones are passed over and counted. */
    LATEST
}
