package io.aeroframe.driver;

import io.aeron.driver.status.PublisherLimit;
import io.aeron.status.HeartbeatTimestamp;
import org.agrona.collections.LongHashSet;
import org.agrona.concurrent.status.CountersReader;

/** What the driver's counters tell about who uses it. Any thread may read them. */
final class DriverCounters {

    private DriverCounters() {}

    static int clientCount(CountersReader counters) {
        return clients(counters).size();
    }

    /**
     * Whether a publication whose client has left is still in the driver: its subscribers have not had all of it yet.
     */
    static boolean hasUnsentPublications(CountersReader counters) {
        LongHashSet clients = clients(counters);
        boolean[] found = new boolean[1];
        counters.forEach((counterId, typeId, keyBuffer, label) -> {
            if (typeId == PublisherLimit.PUBLISHER_LIMIT_TYPE_ID
                    && !clients.contains(counters.getCounterOwnerId(counterId))) {
                found[0] = true;
            }
        });
        return found[0];
    }

    private static LongHashSet clients(CountersReader counters) {
        LongHashSet clients = new LongHashSet();
        counters.forEach((counterId, typeId, keyBuffer, label) -> {
            if (typeId == HeartbeatTimestamp.HEARTBEAT_TYPE_ID) {
                clients.add(keyBuffer.getLong(HeartbeatTimestamp.REGISTRATION_ID_OFFSET));
            }
        });
        return clients;
    }
}
