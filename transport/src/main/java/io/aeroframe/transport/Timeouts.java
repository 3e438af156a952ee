package io.aeroframe.transport;

import java.time.Duration;

/** Settings that bound a wait. */
final class Timeouts {

    /** In nanoseconds two of these can be added to any time of {@link System#nanoTime()}: some 73 years. */
    private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE / 4);

    private Timeouts() {}

    /**
     * Checks a setting.
     *
     * @param name the name of the setting, for the message.
     * @return the value, no longer than can be counted in nanoseconds.
     * @throws IllegalArgumentException if it is null or negative.
     */
    static Duration check(String name, Duration value) {
        if (value == null || value.isNegative()) {
            throw new IllegalArgumentException(name + "=" + value + " is not a time to wait: give zero or more");
        }
        return value.compareTo(LONGEST) > 0 ? LONGEST : value;
    }
}
