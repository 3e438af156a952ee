package io.aeroframe.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class PublicationCountsTest {

    private static final int FRAMES = 2_000_000;

    @Test
    void showsABalancedLedgerToOtherThreadsWhileItChanges() throws InterruptedException {
        PublicationCounts counts = new PublicationCounts();
        AtomicBoolean isDone = new AtomicBoolean();
        Thread writer = new Thread(() -> {
            for (int frame = 0; frame < FRAMES; frame++) {
                if (frame % 2 == 0) {
                    counts.sent(100);
                } else {
                    counts.dropped(LogPublication.Outcome.NO_SLOT);
                }
            }
            isDone.set(true);
        });
        writer.start();
        while (!isDone.get()) {
            PublicationLedger ledger = counts.ledger();
            assertEquals(ledger.published(), ledger.sent() + ledger.dropped(), ledger::toString);
            assertEquals(100 * ledger.sent(), ledger.bytes(), ledger::toString);
            assertTrue(ledger.sent() - ledger.droppedNoSlot() <= 1, ledger::toString);
        }
        writer.join();
        assertEquals(FRAMES, counts.ledger().published());
    }

    @Test
    void remembersWhyTheLastFrameWasDropped() {
        PublicationCounts counts = new PublicationCounts();
        assertNull(counts.lastDrop());
        counts.dropped(LogPublication.Outcome.NOT_CONNECTED);
        assertEquals(DropReason.NO_SUBSCRIBER, counts.lastDrop());
        counts.dropped(LogPublication.Outcome.NO_ROOM);
        assertEquals(DropReason.BACK_PRESSURE, counts.lastDrop());
        counts.sent(1);
        assertEquals(DropReason.BACK_PRESSURE, counts.lastDrop());
        counts.dropped(LogPublication.Outcome.NO_SLOT);
        assertEquals(DropReason.NO_SLOT, counts.lastDrop());
    }
}
