package io.aeroframe.driver;

import io.aeron.driver.status.PublisherLimit;
import io.aeron.driver.status.PublisherPos;
import io.aeron.driver.status.StreamCounter;
import io.aeron.driver.status.SubscriberPos;
import io.aeron.status.HeartbeatTimestamp;
import org.agrona.DirectBuffer;
import org.agrona.collections.Long2LongHashMap;
import org.agrona.collections.LongHashSet;
import org.agrona.concurrent.status.CountersReader;

/** What the driver's counters show about its clients. Any thread may read them. */
final class DriverCounters {

    private static final long UNKNOWN = Long.MIN_VALUE;

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

    /**
     * Whether every client that answers has answered that its publications have stopped sending. Clients without the
     * counter, and counters whose client is gone, are not asked.
     */
    static boolean haveStoppedSending(CountersReader counters) {
        LongHashSet clients = clients(counters);
        boolean[] isSending = new boolean[1];
        counters.forEach((counterId, typeId, keyBuffer, label) -> {
            if (typeId == FrameDriver.HAND_OVER_COUNTER_TYPE_ID
                    && clients.contains(counters.getCounterOwnerId(counterId))) {
                isSending[0] |= counters.getCounterValue(counterId) == 0;
            }
        });
        return !isSending[0];
    }

    /** How far each publication is, by its session and stream. */
    static Long2LongHashMap publisherPositions(CountersReader counters) {
        Long2LongHashMap positions = new Long2LongHashMap(UNKNOWN);
        counters.forEach((counterId, typeId, keyBuffer, label) -> {
            if (typeId == PublisherPos.PUBLISHER_POS_TYPE_ID) {
                positions.put(stream(keyBuffer), counters.getCounterValue(counterId));
            }
        });
        return positions;
    }

    /**
     * Whether a subscriber has yet to read what was sent by a publication that sends no more.
     *
     * @param positions the positions of all publications some time ago.
     */
    static boolean arePausedUnread(CountersReader counters, Long2LongHashMap positions) {
        Long2LongHashMap paused = publisherPositions(counters);
        paused.keySet().removeIfLong(stream -> paused.get(stream) != positions.get(stream));
        boolean[] found = new boolean[1];
        counters.forEach((counterId, typeId, keyBuffer, label) -> {
            if (typeId == SubscriberPos.SUBSCRIBER_POSITION_TYPE_ID) {
                found[0] |= counters.getCounterValue(counterId) < paused.get(stream(keyBuffer));
            }
        });
        return found[0];
    }

    private static long stream(DirectBuffer key) {
        return (long) key.getInt(StreamCounter.SESSION_ID_OFFSET) << 32
                | key.getInt(StreamCounter.STREAM_ID_OFFSET) & 0xFFFF_FFFFL;
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
