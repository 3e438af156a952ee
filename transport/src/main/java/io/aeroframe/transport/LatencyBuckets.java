package io.aeroframe.transport;

/**
 * Buckets of latencies in nanoseconds, each a sixteenth of a power of two wide: exact below 32 ns, within 7 % above.
 * The last one also takes everything from 68 s on.
 */
final class LatencyBuckets {

    private static final int SUB_BUCKET_BITS = 4;
    private static final int SUB_BUCKETS = 1 << SUB_BUCKET_BITS;
    private static final int MAX_EXPONENT = 36;

    /** How many there are. */
    static final int COUNT = (MAX_EXPONENT - SUB_BUCKET_BITS + 1) * SUB_BUCKETS;

    private LatencyBuckets() {}

    /** The bucket of a latency, 0 or more. */
    static int indexOf(long latencyNs) {
        if (latencyNs < SUB_BUCKETS) {
            return (int) Math.max(0, latencyNs);
        }
        int shift = Long.SIZE - 1 - Long.numberOfLeadingZeros(latencyNs) - SUB_BUCKET_BITS;
        int index = (shift << SUB_BUCKET_BITS) + (int) (latencyNs >>> shift);
        return Math.min(index, COUNT - 1);
    }

    /** The smallest latency of a bucket; of {@link #COUNT}, where the last one would end. */
    static long lowerBound(int index) {
        if (index < 2 * SUB_BUCKETS) {
            return index;
        }
        int shift = (index >> SUB_BUCKET_BITS) - 1;
        return (long) (SUB_BUCKETS + (index & SUB_BUCKETS - 1)) << shift;
    }
}
