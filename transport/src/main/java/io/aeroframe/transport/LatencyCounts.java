package io.aeroframe.transport;

/**
 * How many frames had each latency, in buckets 7 % wide. Immutable.
 */
public final class LatencyCounts {

    private final long[] counts;
    private final long total;

    LatencyCounts(long[] counts) {
        this.counts = counts;
        long sum = 0;
        for (long count : counts) {
            sum += count;
        }
        total = sum;
    }

    /**
     * How many frames there are.
     *
     * @return the number.
     */
    public long total() {
        return total;
    }

    /**
     * How many frames had at most a latency.
     *
     * @param latencyNs the latency in nanoseconds; the answer is exact where a bucket ends, such as at powers of two.
     * @return the number of frames.
     */
    public long upTo(long latencyNs) {
        long sum = 0;
        for (int i = 0; i < counts.length && LatencyBuckets.lowerBound(i + 1) <= latencyNs; i++) {
            sum += counts[i];
        }
        return sum;
    }

    /**
     * An approximation of the sum of all latencies, each taken as the middle of its bucket.
     *
     * @return nanoseconds.
     */
    public double sumNs() {
        double sum = 0;
        for (int i = 0; i < counts.length; i++) {
            sum += counts[i] * ((LatencyBuckets.lowerBound(i) + LatencyBuckets.lowerBound(i + 1)) / 2.0);
        }
        return sum;
    }

    /**
     * A percentile.
     *
     * @param percentile 0 to 100.
     * @return nanoseconds, the middle of a bucket; -1 if there are no frames.
     */
    public long percentileNs(double percentile) {
        long rank = Math.max(1, (long) Math.ceil(total * percentile / 100));
        long seen = 0;
        for (int i = 0; i < counts.length; i++) {
            seen += counts[i];
            if (seen >= rank) {
                return (LatencyBuckets.lowerBound(i) + LatencyBuckets.lowerBound(i + 1)) / 2;
            }
        }
        return -1;
    }
}
