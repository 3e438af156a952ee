package io.aeroframe.driver;

import org.agrona.concurrent.EpochClock;

/**
 * A media driver that is up: what an Aeron client needs to connect to it.
 *
 * @param aeronDirectoryName the value of {@code Aeron.Context.aeronDirectoryName}.
 * @param identity           the identity of this run of the driver: another when another process has taken over, or its
 *                           owner has started it again.
 * @param epochClock         the value of {@code Aeron.Context.epochClock}: driver and clients have to agree on
 *                           the time.
 */
public record RunningDriver(String aeronDirectoryName, String identity, EpochClock epochClock) {

    /**
     * Whether it is the same run of the same driver.
     *
     * @param other or null.
     * @return true if so.
     */
    public boolean isSameAs(RunningDriver other) {
        return other != null && identity.equals(other.identity);
    }
}
