package io.aeroframe.transport;

import java.util.function.BooleanSupplier;
import org.agrona.concurrent.status.CountersReader;

/**
 * The driver's counters, as long as their session lasts. For threads that are inside a gate of the session: the memory
 * of the counters is unmapped only when none is. Ask again at each use.
 */
final class LiveCounters {

    private final ClientSession session;
    private final BooleanSupplier isDriverUp;

    LiveCounters(ClientSession session, BooleanSupplier isDriverUp) {
        this.session = session;
        this.isDriverUp = isDriverUp;
    }

    /** Whether their driver still is the one that is up. Looks at files: not for a thread that carries frames. */
    BooleanSupplier isDriverUp() {
        return isDriverUp;
    }

    /** Null if the session is over. */
    CountersReader reader() {
        return session.isOver() ? null : session.aeron().countersReader();
    }
}
