package io.aeroframe.transport;

import io.aeroframe.driver.FrameDriverException;
import io.aeroframe.driver.internal.SharedDirectory;
import io.aeron.Aeron;
import io.aeron.Subscription;
import io.aeron.status.HeartbeatTimestamp;
import java.util.concurrent.atomic.AtomicInteger;
import org.agrona.concurrent.status.CountersReader;

/**
 * The pool that a subscription reads at present: attaches when a message names one, and follows to the next. A pool
 * that it has left stays mapped as long as a frame or a lease of it is out.
 *
 * <p>For the polling thread, but for {@link #checkOwner()}, which another one calls about ten times a second.
 */
final class PoolFollower {

    private static final long NONE = 0;

    private final SharedDirectory directory;
    private final Aeron aeron;
    private final StreamName stream;
    private final Subscription subscription;
    private PoolReader pool;
    private long missingPoolId;

    /** The id of {@link #pool}, for the thread that looks after its owner. */
    private volatile long watchedPoolId = NONE;

    /**
     * The pool that was found without an owner. By its id, so that it says nothing of the next pool. Written by {@link
     * #checkOwner()}.
     */
    private volatile long ownerlessPoolId = NONE;

    /** Counted by the polling thread when something has come. Opaque on both sides: nothing else follows from it. */
    private final AtomicInteger life = new AtomicInteger();

    /** The other thread's: what it saw last. */
    private int seenLife;

    PoolFollower(SharedDirectory directory, Aeron aeron, StreamName stream, Subscription subscription) {
        this.directory = directory;
        this.aeron = aeron;
        this.stream = stream;
        this.subscription = subscription;
    }

    /** The pool that this is attached to; null if none. */
    PoolReader current() {
        return pool;
    }

    /**
     * The pool of an id. Attaching to one maps its memory, which takes as long as the system takes for that much.
     *
     * @return null if there is none any more.
     * @throws FrameTransportException if it cannot be used, or has no room for another subscriber.
     */
    PoolReader pool(long poolId, long publicationId) {
        return pool != null && pool.poolId() == poolId ? pool : attach(poolId, publicationId);
    }

    private PoolReader attach(long poolId, long publicationId) {
        if (poolId == missingPoolId) {
            return null;
        }
        leave();
        PoolReader next = PoolReader.attach(directory, stream, poolId, publicationId, membership());
        if (next == null) {
            missingPoolId = poolId;
        } else {
            pool = next;
            watchedPoolId = poolId;
        }
        return next;
    }

    private PoolReader.Membership membership() {
        CountersReader counters = aeron.countersReader();
        int heartbeat = HeartbeatTimestamp.findCounterIdByRegistrationId(
                counters, HeartbeatTimestamp.HEARTBEAT_TYPE_ID, aeron.clientId());
        return new PoolReader.Membership(aeron.clientId(), heartbeat, subscription.registrationId());
    }

    /** Whether the publisher has taken back what this subscription held. */
    boolean isEvicted() {
        return pool != null && pool.isEvicted();
    }

    /** Takes part again, with no lease. */
    void rejoin() {
        if (!pool.rejoin()) {
            leave(); // all places are taken: the next frame reports it
        }
    }

    /** Something has come: no need to look after the publisher for a while. */
    void noteLife() {
        life.setOpaque(life.getPlain() + 1);
    }

    /**
     * Whether the process that publishes into the current pool was gone, or had removed the pool, at the last {@link
     * #checkOwner()}: the driver notices only some seconds later. Costs a read.
     */
    boolean isOwnerGone() {
        return pool != null && ownerlessPoolId == pool.poolId();
    }

    /**
     * Looks whether the owner of the current pool is there, if nothing has come since the last look. Opens and locks a
     * file. Any one thread.
     *
     * @throws FrameDriverException if that cannot be found out.
     */
    void checkOwner() {
        int lived = life.getOpaque();
        if (lived != seenLife) {
            seenLife = lived;
            return;
        }
        long poolId = watchedPoolId;
        if (poolId != NONE && poolId != ownerlessPoolId && directory.isAbandoned(PoolLayout.fileName(poolId))) {
            ownerlessPoolId = poolId;
        }
    }

    /** Leaves the pool. Frames and leases that are out stay good until they are given back. */
    void leave() {
        if (pool != null) {
            watchedPoolId = NONE;
            pool.leave();
            pool = null;
        }
    }

    /** Leaves the pool of a publisher that is gone, and removes the files that it has left behind. */
    void leaveAndSweep() {
        if (pool != null) {
            leave();
            directory.sweep();
        }
    }
}
