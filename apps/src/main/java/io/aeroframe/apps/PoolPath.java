package io.aeroframe.apps;

import io.aeroframe.transport.Frame;
import io.aeroframe.transport.FramePublication;
import io.aeroframe.transport.FrameSubscription;
import io.aeroframe.transport.PublicationLedger;
import io.aeroframe.transport.SubscriptionLedger;
import org.agrona.concurrent.IdleStrategy;

/** What the transport will say of its pool path; until it has one, that there is none. */
final class PoolPath {

    private PoolPath() {}

    static boolean isPooled(FramePublication publication) {
        return false;
    }

    static boolean isPooled(Frame frame) {
        return false;
    }

    static long droppedNoSlot(PublicationLedger ledger) {
        return 0;
    }

    static long overrun(SubscriptionLedger ledger) {
        return 0;
    }

    /** Slots 0 for the transport's own number. */
    static FramePublication.Context configure(FramePublication.Context context, boolean isPooled, int slots) {
        return context;
    }

    static IdleStrategy waitFor(FrameSubscription subscription) {
        return Idle.backoff.strategy();
    }
}
