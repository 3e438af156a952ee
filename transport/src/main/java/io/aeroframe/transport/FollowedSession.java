package io.aeroframe.transport;

import org.agrona.concurrent.status.CountersReader;

/**
 * Which publication of a name a subscription follows, as a driver counter that publishers of that name on this host
 * read: the session id of the publication, in the lower half, and {@link #FOLLOWS}; or 0 if it follows none.
 */
final class FollowedSession {

    /** Follows {@code FrameDriver.HAND_OVER_COUNTER_TYPE_ID}. */
    private static final int TYPE_ID = 17_004;

    private static final String NAME = "followed session";
    private static final long FOLLOWS = 1L << 32;

    private FollowedSession() {}

    /** Requests the counter for a subscription. */
    static LedgerCounters counter(ClientSession session, SubscriptionContext context) {
        return new LedgerCounters(session, TYPE_ID, what(context.stream(), context.channel()), NAME);
    }

    /** The value for a followed session. */
    static long value(int sessionId) {
        return FOLLOWS | Integer.toUnsignedLong(sessionId);
    }

    private static String what(StreamName stream, FrameChannel channel) {
        return "subscription " + stream + " on " + channel.address();
    }

    /** Whom the subscriptions of this host follow. */
    enum Followed {
        NONE,
        THIS,
        OTHERS
    }

    /** Whom subscriptions of this host to a name on a channel follow. None without a driver to ask. */
    static Followed of(LiveCounters live, StreamName stream, FrameChannel channel, int sessionId) {
        CountersReader counters = live.reader();
        if (counters == null) {
            return Followed.NONE;
        }
        String label = LedgerCounters.label(what(stream, channel), NAME);
        boolean isOtherFollowed = false;
        for (int id = 0; id <= counters.maxCounterId(); id++) {
            int state = counters.getCounterState(id);
            if (state == CountersReader.RECORD_UNUSED) {
                break; // all later records are unused, too
            }
            if (state == CountersReader.RECORD_ALLOCATED
                    && counters.getCounterTypeId(id) == TYPE_ID
                    && counters.getCounterLabel(id).equals(label)) {
                long value = counters.getCounterValue(id);
                if (value == value(sessionId)) {
                    return Followed.THIS;
                }
                isOtherFollowed |= value != 0;
            }
        }
        return isOtherFollowed ? Followed.OTHERS : Followed.NONE;
    }
}
