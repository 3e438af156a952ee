package io.aeroframe.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class SubscriptionCountsTest {

    private static final int FRAMES = 2_000_000;

    @Test
    void showsABalancedLedgerToOtherThreadsWhileItChanges() throws InterruptedException {
        SubscriptionCounts counts = new SubscriptionCounts();
        AtomicBoolean isDone = new AtomicBoolean();
        Thread writer = new Thread(() -> {
            for (long sequence = 0; sequence < FRAMES; sequence += 2) {
                counts.advanceTo(1, sequence, 0); // every second frame is lost
                counts.received(100);
            }
            isDone.set(true);
        });
        writer.start();
        long lastPublished = 0;
        while (!isDone.get()) {
            SubscriptionLedger ledger = counts.ledger();
            assertTrue(ledger.isBalanced(), ledger.toString());
            assertEquals(100 * ledger.received(), ledger.bytes());
            assertTrue(ledger.published() >= lastPublished, ledger.toString());
            lastPublished = ledger.published();
        }
        writer.join();
        SubscriptionLedger last = counts.ledger();
        assertEquals(FRAMES / 2, last.received());
        assertEquals(FRAMES / 2 - 1, last.lost());
    }
}
