package io.aeroframe.transport;

import io.aeron.Aeron;
import io.aeron.exceptions.AeronException;
import org.agrona.concurrent.status.CountersReader;

/**
 * The driver's counters, as long as there is a client: Aeron unmaps them some milliseconds after it has closed one that lost its
 * driver, so that they are asked for anew each time, and used at once. Thread-safe.
 */
final class LiveCounters {

    private final Aeron aeron;

    LiveCounters(Aeron aeron) {
        this.aeron = aeron;
    }

    /** Null if the client is closed. */
    CountersReader reader() {
        if (aeron.isClosed()) {
            return null;
        }
        try {
            return aeron.countersReader();
        } catch (AeronException ex) {
            return null; // closed just now
        }
    }
}
