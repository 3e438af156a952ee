package io.aeroframe.transport;

import io.aeron.AeronCounters;
import java.util.function.LongPredicate;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.status.CountersReader;

/**
 * Which subscriptions the driver has linked to an IPC publication, and how far each has read, from the driver's {@code
 * sub-pos} counters. Their key begins with the subscription's registration id, the session id and the stream id.
 */
final class SubscriberPositions {

    private static final int SUBSCRIPTION = CountersReader.KEY_OFFSET;
    private static final int SESSION = SUBSCRIPTION + Long.BYTES;
    private static final int STREAM = SESSION + Integer.BYTES;

    private final LiveCounters live;
    private final int sessionId;
    private final int streamId;

    SubscriberPositions(LiveCounters live, int sessionId, int streamId) {
        this.live = live;
        this.sessionId = sessionId;
        this.streamId = streamId;
    }

    /**
     * Whether each linked subscription is one of the given, or has read up to a position. True if there is no driver to
     * ask.
     */
    boolean areAll(LongPredicate subscriptionIds, long orHaveRead) {
        return countOthers(subscriptionIds, orHaveRead) == 0;
    }

    /** The number of linked subscriptions. 0 if there is no driver to ask. */
    int count() {
        return countOthers(subscriptionId -> false, Long.MAX_VALUE);
    }

    /** The number of linked subscriptions that are not among the given, and have not read up to a position. */
    private int countOthers(LongPredicate subscriptionIds, long position) {
        CountersReader counters = live.reader();
        if (counters == null) {
            return 0;
        }
        DirectBuffer metaData = counters.metaDataBuffer();
        int count = 0;
        for (int id = 0; id <= counters.maxCounterId(); id++) {
            int state = counters.getCounterState(id);
            if (state == CountersReader.RECORD_UNUSED) {
                break; // all later records are unused, too
            }
            int offset = CountersReader.metaDataOffset(id);
            if (state == CountersReader.RECORD_ALLOCATED
                    && counters.getCounterTypeId(id) == AeronCounters.DRIVER_SUBSCRIBER_POSITION_TYPE_ID
                    && metaData.getInt(offset + SESSION) == sessionId
                    && metaData.getInt(offset + STREAM) == streamId
                    && !subscriptionIds.test(metaData.getLong(offset + SUBSCRIPTION))
                    && counters.getCounterValue(id) < position) {
                count++;
            }
        }
        return count;
    }
}
