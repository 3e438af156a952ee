package io.aeroframe.transport;

import io.aeron.Aeron;
import io.aeron.Counter;
import io.aeron.exceptions.AeronException;

/**
 * A ledger as counters of the driver, one for each of its numbers, so that Aeron's own tools show it. They are as good as the ledger within a
 * poll or a frame, and go with the path that they belong to. The thread of its publication or subscription.
 */
final class LedgerCounters implements AutoCloseable {

    /** Of a publication's counters. Aeron leaves the types from 1000 on to its users. */
    static final int PUBLICATION_TYPE_ID = 17_001;

    /** Of a subscription's counters. */
    static final int SUBSCRIPTION_TYPE_ID = 17_002;

    private final Aeron aeron;
    private final long[] requests;
    private final Counter[] counters;
    private final long[] shown;
    private int missing;

    /**
     * Asks the driver for counters. They are there some time later.
     *
     * @param what  in front of each label: the side and the stream.
     * @param names of the numbers, as in the ledger.
     */
    LedgerCounters(Aeron aeron, int typeId, String what, String... names) {
        this.aeron = aeron;
        requests = new long[names.length];
        counters = new Counter[names.length];
        shown = new long[names.length];
        try {
            for (int i = 0; i < names.length; i++) {
                requests[i] = aeron.asyncAddCounter(typeId, "aeroframe " + what + ": " + names[i]);
                missing++;
            }
        } catch (AeronException ex) {
            missing = 0; // the session has just ended: its path will be left
        }
    }

    /** Shows a number if it has changed. */
    void show(int index, long value) {
        if (shown[index] != value) {
            Counter counter = counters[index];
            if (counter == null && missing > 0) {
                counter = find(index);
            }
            if (counter != null && !counter.isClosed()) { // its memory is gone soon after its client
                shown[index] = value;
                counter.setRelease(value);
            }
        }
    }

    private Counter find(int index) {
        try {
            counters[index] = aeron.getCounter(requests[index]);
            missing -= counters[index] == null ? 0 : 1;
        } catch (AeronException ex) {
            missing = 0; // refused, for want of room: the stream goes on without
        }
        return counters[index];
    }

    @Override
    public void close() {
        for (int i = 0; i < counters.length; i++) {
            if (counters[i] != null) {
                counters[i].close();
            } else if (requests[i] != 0 && !aeron.isClosed()) {
                aeron.asyncRemoveCounter(requests[i]);
            }
        }
    }
}
