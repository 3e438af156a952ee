package io.aeroframe.transport;

import io.aeroframe.driver.SharedDirectory;
import io.aeron.Aeron;
import io.aeron.Subscription;
import io.aeron.status.HeartbeatTimestamp;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.status.CountersReader;

/** The pool that a subscription reads at present: attaches when a message names one, and follows to the next. The polling thread's. */
final class PoolAttachment {

    private static final long OWNER_CHECK_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(100);

    private final SharedDirectory directory;
    private final Aeron aeron;
    private final StreamName stream;
    private final Subscription subscription;
    private AttachedPool pool;
    private long missingPoolId;
    private long checkedNs = System.nanoTime();
    private boolean hasLived;
    private boolean isOwnerGone;

    PoolAttachment(SharedDirectory directory, Aeron aeron, StreamName stream, Subscription subscription) {
        this.directory = directory;
        this.aeron = aeron;
        this.stream = stream;
        this.subscription = subscription;
    }

    /** The pool that this is attached to; null if none. */
    AttachedPool current() {
        return pool;
    }

    /**
     * The pool of an id.
     *
     * @return null if there is none any more.
     * @throws FrameTransportException if it cannot be used, or has no room for another subscriber.
     */
    AttachedPool pool(long poolId, long publicationId) {
        return pool != null && pool.poolId() == poolId ? pool : attach(poolId, publicationId);
    }

    private AttachedPool attach(long poolId, long publicationId) {
        if (poolId == missingPoolId) {
            return null;
        }
        leave();
        pool = AttachedPool.attach(directory, stream, poolId, publicationId, membership());
        isOwnerGone = false;
        if (pool == null) {
            missingPoolId = poolId;
        }
        return pool;
    }

    private AttachedPool.Membership membership() {
        CountersReader counters = aeron.countersReader();
        int heartbeat = HeartbeatTimestamp.findCounterIdByRegistrationId(
                counters, HeartbeatTimestamp.HEARTBEAT_TYPE_ID, aeron.clientId());
        return new AttachedPool.Membership(aeron.clientId(), heartbeat, subscription.registrationId());
    }

    /** Whether the publisher has taken back what this subscription held. */
    boolean isEvicted() {
        return pool != null && pool.isEvicted();
    }

    /** Takes part again, with no lease. */
    void rejoin() {
        if (!pool.rejoin()) {
            leave(); // all places are taken: the next frame tells
        }
    }

    /** Something has come: no need to look after the publisher for a while. */
    void noteLife() {
        hasLived = true;
    }

    /**
     * Whether the process that published into the pool is gone, or has removed it: the driver notices only some seconds later. Asked
     * while nothing comes.
     */
    boolean isOwnerGone() {
        if (pool == null || isOwnerGone) {
            return isOwnerGone;
        }
        long nowNs = System.nanoTime();
        if (hasLived) {
            hasLived = false;
            checkedNs = nowNs;
        } else if (nowNs - checkedNs >= OWNER_CHECK_INTERVAL_NS) {
            checkedNs = nowNs;
            isOwnerGone = directory.isAbandoned(PoolLayout.fileName(pool.poolId()));
        }
        return isOwnerGone;
    }

    /** Leaves the pool. Leases stay good until they are closed. */
    void leave() {
        if (pool != null) {
            pool.leave();
            pool = null;
        }
        isOwnerGone = false;
    }

    /** Leaves the pool of a publisher that is gone, and removes what it has left behind. */
    void leaveAndSweep() {
        if (pool != null) {
            leave();
            directory.sweep();
        }
    }
}
