package io.aeroframe.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;

class ShortSliceTest {

    private static final int REFUSED = 1; // EPERM

    private long beforeNs;
    private long afterNs;

    @Test
    void theThreadThatAsksGetsShortSlices() throws Exception {
        Futex.Calls calls = Futex.system().calls();
        assumeTrue(calls != null && Futex.system().isAvailable(), "not Linux");
        Thread thread = new Thread(() -> {
            beforeNs = ShortSlice.currentNs(calls);
            ShortSlice.request(calls);
            afterNs = ShortSlice.currentNs(calls);
        });
        thread.start();
        thread.join();
        assumeTrue(beforeNs != 0, "before Linux 6.12");
        assertEquals(ShortSlice.SLICE_NS, afterNs);
        assertEquals(beforeNs, ShortSlice.currentNs(calls), "another thread's is unchanged");
    }

    @Test
    void aSystemThatRefusesIsLeftAlone() {
        int[] count = new int[1];
        Futex.Calls refusing = new Futex.Calls() {
            @Override
            public long call(long number, long a, long b, long c, long d, long e) {
                count[0]++;
                return -1;
            }

            @Override
            public int lastError() {
                return REFUSED;
            }
        };
        ShortSlice.request(refusing);
        assertEquals(0, ShortSlice.currentNs(refusing));
        assertEquals(2, count[0]);
    }
}
