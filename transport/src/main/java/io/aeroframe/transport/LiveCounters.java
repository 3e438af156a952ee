package io.aeroframe.transport;

import java.util.function.BooleanSupplier;
import org.agrona.concurrent.status.CountersReader;

/**
 * The driver's counters while their session lasts. For threads inside a gate of the session: the counters are unmapped
 * only when no thread is inside. Ask again for each use.
 */
final class LiveCounters {

    private final ClientSession session;
    private final BooleanSupplier isDriverUp;

    LiveCounters(ClientSession session, BooleanSupplier isDriverUp) {
        this.session = session;
        this.isDriverUp = isDriverUp;
    }

    /**
     * Whether the driver of these counters is still the current one. Reads files: not for threads that carry frames.
     */
    BooleanSupplier isDriverUp() {
        return isDriverUp;
    }

    /** Null if the session is over. */
    CountersReader reader() {
        return session.isOver() ? null : session.aeron().countersReader();
    }
}
