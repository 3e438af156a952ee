package io.aeroframe.transport;

/**
 * Computes the age of the frames of one publication.
 *
 * <p>For a publisher on the same host, the age is the difference between two readings of one clock. Another host's
 * clock cannot be compared with this one, but frames can be compared with each other: the frame with the shortest
 * transit counts as new, and every other frame is as old as its transit was longer. This baseline fades slowly, because
 * two clocks never run at exactly the same rate. One thread.
 */
final class FrameAge {

    /** Bounds the drift between two hosts' quartz clocks: 1/5000, or 0.2 ms per second. */
    private static final long DRIFT_DIVISOR = 5_000;

    private boolean hasBaseline;
    private long publicationId;

    /**
     * The smallest difference between the two clocks so far, including transit. It can be any number, as both clocks
     * have arbitrary origins.
     */
    private long baselineNs;

    private long fadedNs;

    /**
     * The age of a frame.
     *
     * @param publicationId the frame's publication; another one starts a new baseline.
     * @param publishTimeNs the publish time, by the monotonic clock of the publisher's host.
     * @param isSameHost    whether that is this host's clock.
     * @param nowNs         the time by this host's monotonic clock.
     * @return the nanoseconds since the frame was published; for another host, minus the shortest transit so far.
     */
    long of(long publicationId, long publishTimeNs, boolean isSameHost, long nowNs) {
        long differenceNs = nowNs - publishTimeNs;
        if (isSameHost) {
            return differenceNs;
        }
        if (!hasBaseline || this.publicationId != publicationId) {
            hasBaseline = true;
            this.publicationId = publicationId;
            baselineNs = differenceNs;
            fadedNs = nowNs;
            return 0;
        }
        long fadeNs = (nowNs - fadedNs) / DRIFT_DIVISOR;
        baselineNs += fadeNs;
        fadedNs += fadeNs * DRIFT_DIVISOR;
        if (differenceNs - baselineNs < 0) { // clocks may wrap: differences compare, numbers do not
            baselineNs = differenceNs;
        }
        return differenceNs - baselineNs;
    }
}
