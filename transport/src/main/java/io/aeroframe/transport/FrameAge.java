package io.aeroframe.transport;

/**
 * The age of the frames of one publication. On the same host it is the difference of two readings of one clock.
 * Another host's clock cannot be compared with this one, but the frames can be compared with each other: the one that
 * took the least time to arrive counts as new, and the others are as old as they took longer. What is learned this
 * way fades slowly, because two clocks never run at quite the same rate. One thread.
 */
final class FrameAge {

    /** The quartz clocks of two hosts drift apart by less than this: 0.2 ms a second. */
    private static final long DRIFT_DIVISOR = 5_000;

    private boolean hasLearned;
    private long publicationId;

    /**
     * The least difference between the clocks so far, transit included. Any number: the clocks have arbitrary
     * origins.
     */
    private long leastNs;

    private long learnedNs;

    /**
     * The age of a frame.
     *
     * @param publicationId of the frame; what was learned belongs to one publication.
     * @param publishTimeNs by its host's monotonic clock.
     * @param isSameHost    whether that is this host's clock.
     * @param nowNs         by this host's.
     * @return nanoseconds since it was published; for another host's frame, less the transit time of its fastest one.
     */
    long of(long publicationId, long publishTimeNs, boolean isSameHost, long nowNs) {
        long differenceNs = nowNs - publishTimeNs;
        if (isSameHost) {
            return differenceNs;
        }
        if (!hasLearned || this.publicationId != publicationId) {
            hasLearned = true;
            this.publicationId = publicationId;
            leastNs = differenceNs;
            learnedNs = nowNs;
            return 0;
        }
        long wornNs = (nowNs - learnedNs) / DRIFT_DIVISOR;
        leastNs += wornNs;
        learnedNs += wornNs * DRIFT_DIVISOR;
        if (differenceNs - leastNs < 0) { // clocks may wrap: differences compare, numbers do not
            leastNs = differenceNs;
        }
        return differenceNs - leastNs;
    }
}
