package io.aeroframe.transport;

/**
 * How old the frames of one publication are when they are looked at. On one host that is read off its clock. Another host's clock cannot be
 * compared, but its frames can with one another: the one that took the least time on its way is taken for new, and the others are as old as
 * they took longer. What is learned so wears off slowly, because two clocks never run at quite the same rate. One thread.
 */
final class FrameAge {

    /** The quartz clocks of two hosts drift apart by less than this: 0.2 ms a second. */
    private static final long DRIFT_DIVISOR = 5_000;

    private boolean hasLearned;
    private long publicationId;

    /** Between the clocks, the way of the fastest frame included. Any number: the two clocks begin anywhere. */
    private long leastNs;

    private long learnedNs;

    /**
     * The age of a frame.
     *
     * @param publicationId that the frame is of; what was learned is that of one publication.
     * @param publishTimeNs by its host's monotonic clock.
     * @param isSameHost    whether that is this host's clock.
     * @param nowNs         by this host's.
     * @return nanoseconds since it was published; of another host's frame less the time that its fastest one took.
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
