package io.aeroframe.transport;

import io.aeron.Counter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * A ledger as counters of the driver, one for each of its numbers, so that Aeron's own tools show it. They are as good
 * as the ledger within a poll or a frame, and end with the session or the publication or subscription that they belong
 * to.
 *
 * <p>{@link #show} is for the thread of the publication or subscription, inside its gate: it takes no lock, and does
 * nothing until the driver has made the counters. If the driver has no room for them the stream goes on without.
 */
final class LedgerCounters implements AutoCloseable {

    /** Of a publication's counters. Aeron leaves the types from 1000 on to its users. */
    static final int PUBLICATION_TYPE_ID = 17_001;

    /** Of a subscription's counters. */
    static final int SUBSCRIPTION_TYPE_ID = 17_002;

    private final ClientSession session;
    private final List<CompletableFuture<Counter>> requests = new ArrayList<>();
    private final long[] shown;

    /** Complete when it is seen. */
    private volatile Counter[] counters;

    /**
     * Asks the driver for counters. They are there some time later.
     *
     * @param what  what goes in front of each label: the side and the stream.
     * @param names the names of the numbers, as in the ledger.
     */
    LedgerCounters(ClientSession session, int typeId, String what, String... names) {
        this.session = session;
        shown = new long[names.length];
        Counter[] made = new Counter[names.length];
        for (String name : names) {
            requests.add(session.addCounter(typeId, "aeroframe " + what + ": " + name));
        }
        CompletableFuture.allOf(requests.toArray(CompletableFuture[]::new)).thenRun(() -> {
            for (int i = 0; i < made.length; i++) {
                made[i] = requests.get(i).join();
            }
            counters = made;
        });
    }

    /** Shows a number if it has changed. */
    void show(int index, long value) {
        if (shown[index] != value) {
            Counter[] made = counters;
            if (made != null && !session.isOver() && !made[index].isClosed()) {
                shown[index] = value;
                made[index].setRelease(value);
            }
        }
    }

    /** Gives the counters back. Inside the gate, or with it closed. */
    @Override
    public void close() {
        counters = null;
        session.execute(() -> requests.forEach(request -> {
            if (!request.cancel(false) && !request.isCompletedExceptionally()) {
                request.join().close();
            }
        }));
    }
}
