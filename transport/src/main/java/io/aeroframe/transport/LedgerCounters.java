package io.aeroframe.transport;

import io.aeron.Counter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Exposes a ledger as driver counters, one for each number, so that Aeron's own tools can show it. The counters lag the
 * ledger by no more than a poll or a frame. They end with the session, or with the publication or subscription.
 *
 * <p>{@link #show} is for the thread of the publication or subscription, inside its gate. It takes no lock, and does
 * nothing until the driver has allocated the counters. If the driver has no room for them, the stream goes on without.
 */
final class LedgerCounters implements NumberedCounts, AutoCloseable {

    /** The type id of a publication's counters. Aeron reserves ids from 1000 on for applications. */
    static final int PUBLICATION_TYPE_ID = 17_001;

    /** The type id of a subscription's counters. */
    static final int SUBSCRIPTION_TYPE_ID = 17_002;

    private final ClientSession session;
    private final List<CompletableFuture<Counter>> requests = new ArrayList<>();
    private final long[] shown;

    /** Published complete. */
    private volatile Counter[] counters;

    /**
     * Requests the counters from the driver, which allocates them some time later.
     *
     * @param what  the prefix of each label: the side and the stream.
     * @param names the names of the numbers, as in the ledger.
     */
    LedgerCounters(ClientSession session, int typeId, String what, String... names) {
        this.session = session;
        shown = new long[names.length];
        Counter[] made = new Counter[names.length];
        for (String name : names) {
            requests.add(session.addCounter(typeId, label(what, name)));
        }
        CompletableFuture.allOf(requests.toArray(CompletableFuture[]::new)).thenRun(() -> {
            for (int i = 0; i < made.length; i++) {
                made[i] = requests.get(i).join();
            }
            counters = made;
        });
    }

    /** The label of a counter. */
    static String label(String what, String name) {
        return "aeroframe " + what + ": " + name;
    }

    /** Sets a counter if its number has changed. */
    @Override
    public void show(int index, long value) {
        if (shown[index] != value) {
            Counter[] made = counters;
            if (made != null && !session.isOver() && !made[index].isClosed()) {
                shown[index] = value;
                made[index].setRelease(value);
            }
        }
    }

    /** Releases the counters. Inside the gate, or with the gate closed. */
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
