package io.aeroframe.transport;

import io.aeron.Aeron;
import io.aeron.exceptions.AeronException;
import java.util.function.BooleanSupplier;
import org.agrona.concurrent.status.CountersReader;

/**
 * The driver's counters, as long as there is a client: Aeron unmaps them some milliseconds after it has closed one that lost its
 * driver, so that they are asked for anew each time, and used at once. Thread-safe.
 */
final class LiveCounters {

    private final Aeron aeron;
    private final BooleanSupplier isDriverUp;

    LiveCounters(Aeron aeron, BooleanSupplier isDriverUp) {
        this.aeron = aeron;
        this.isDriverUp = isDriverUp;
    }

    /** Whether their driver still is the one that is up. Looks at files. */
    BooleanSupplier isDriverUp() {
        return isDriverUp;
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
