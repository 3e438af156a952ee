package io.aeroframe.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class LatencyBucketsTest {

    @Test
    void bucketsFollowOneAnotherWithoutAGap() {
        for (int i = 0; i < LatencyBuckets.COUNT; i++) {
            long lower = LatencyBuckets.lowerBound(i);
            long next = LatencyBuckets.lowerBound(i + 1);
            assertTrue(lower < next, i + ": " + lower + " " + next);
            assertEquals(i, LatencyBuckets.indexOf(lower));
            assertEquals(i, LatencyBuckets.indexOf(next - 1));
            assertTrue(next - lower <= Math.max(1, lower / 16), i + ": " + lower + " " + next);
        }
    }

    @Test
    void whatIsTooShortOrTooLongIsInTheFirstOrLastBucket() {
        assertEquals(0, LatencyBuckets.indexOf(-5));
        assertEquals(LatencyBuckets.COUNT - 1, LatencyBuckets.indexOf(Long.MAX_VALUE));
        assertEquals(1L << 36, LatencyBuckets.lowerBound(LatencyBuckets.COUNT));
    }

    @Test
    void percentilesAndCountsAreThoseOfTheNumbers() {
        long[] counts = new long[LatencyBuckets.COUNT];
        for (long micros = 1; micros <= 1_000; micros++) {
            counts[LatencyBuckets.indexOf(micros * 1_000)]++;
        }
        LatencyCounts latencies = new LatencyCounts(counts);
        assertEquals(1_000, latencies.total());
        assertEquals(500_000, latencies.percentileNs(50), 500_000 / 16.0);
        assertEquals(990_000, latencies.percentileNs(99), 990_000 / 16.0);
        assertEquals(524, latencies.upTo(1L << 19)); // 524,288 ns
        assertEquals(1_000, latencies.upTo(1L << 20));
        assertEquals(500.5e6, latencies.sumNs(), 0.01 * 500.5e6);
        assertEquals(-1, new LatencyCounts(new long[LatencyBuckets.COUNT]).percentileNs(50));
    }
}
