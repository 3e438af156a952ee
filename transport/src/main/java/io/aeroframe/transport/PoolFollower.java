package io.aeroframe.transport;

import io.aeroframe.driver.FrameDriverException;
import io.aeroframe.driver.internal.SharedDirectory;
import io.aeron.Aeron;
import io.aeron.Subscription;
import io.aeron.status.HeartbeatTimestamp;
import java.util.concurrent.atomic.AtomicInteger;
import org.agrona.concurrent.status.CountersReader;

/**
 * The pool that a subscription reads at present. It attaches when a message names a pool, and follows to the next one.
 * A pool that it has left stays mapped while any frame or lease of it is out.
 *
 * <p>For the polling thread, except for {@link #checkOwner()}, which another thread calls about ten times a second.
 */
final class PoolFollower {

    private static final long NONE = 0;

    private final SharedDirectory directory;
    private final Aeron aeron;
    private final StreamName stream;
    private final Subscription subscription;
    private PoolReader pool;
    private long missingPoolId;

    /** The id of {@link #pool}, for the thread that checks its owner. */
    private volatile long watchedPoolId = NONE;

    /**
     * The pool that was found without an owner, by id so that it says nothing about the next pool. Written by {@link
     * #checkOwner()}.
     */
    private volatile long ownerlessPoolId = NONE;

    /** Incremented by the polling thread on each arrival. Opaque access on both sides: nothing else depends on it. */
    private final AtomicInteger life = new AtomicInteger();

    /** The last value that {@link #checkOwner()} saw. */
    private int seenLife;

    PoolFollower(SharedDirectory directory, Aeron aeron, StreamName stream, Subscription subscription) {
        this.directory = directory;
        this.aeron = aeron;
        this.stream = stream;
        this.subscription = subscription;
    }

    /** The pool that is attached; null if there is none. */
    PoolReader current() {
        return pool;
    }

    /**
     * The pool with an id. Attaching to another one maps its memory, which takes as long as the system takes for that
     * much.
     *
     * @return null if the pool no longer exists.
     * @throws FrameTransportException if the pool cannot be used, or has no room for another subscriber.
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

    /** Whether the publisher has evicted this subscription from the pool. */
    boolean isEvicted() {
        return pool != null && pool.isEvicted();
    }

    /** Joins again after an eviction, with no lease. */
    void rejoin() {
        if (!pool.rejoin()) {
            leave(); // all places are taken: the next frame reports it
        }
    }

    /** Notes an arrival, which makes a check of the publisher unnecessary for a while. */
    void noteLife() {
        life.setOpaque(life.getPlain() + 1);
    }

    /**
     * Whether the process that publishes into the current pool was gone, or had removed the pool, at the last {@link
     * #checkOwner()}. The driver notices only some seconds later. Costs one read.
     */
    boolean isOwnerGone() {
        return pool != null && ownerlessPoolId == pool.poolId();
    }

    /**
     * Checks whether the owner of the current pool is alive, unless something has arrived since the last check. Opens
     * and locks a file. One thread at a time.
     *
     * @throws FrameDriverException if that cannot be determined.
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

    /** Leaves the pool. Frames and leases that are out stay valid until they are returned. */
    void leave() {
        if (pool != null) {
            watchedPoolId = NONE;
            pool.leave();
            pool = null;
        }
    }

    /** Leaves the pool of a publisher that is gone, and removes the files that it left behind. */
    void leaveAndSweep() {
        if (pool != null) {
            leave();
            directory.sweep();
        }
    }
}
