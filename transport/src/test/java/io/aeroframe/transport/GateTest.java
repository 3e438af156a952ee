package io.aeroframe.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One thread at a time is inside, and exactly one releases. */
@Timeout(180)
class GateTest {

    private final Gate gate = new Gate("publication of stream 's'");

    @Test
    void theThreadInsideReleasesWhatWasClosedMeanwhile() {
        assertTrue(gate.enter());
        assertTrue(gate.isInside());
        assertTrue(gate.isInsideHere());
        assertFalse(gate.close());
        assertFalse(gate.close());
        assertTrue(gate.isClosed());
        assertFalse(gate.enter());
        assertFalse(gate.leave());
        assertTrue(gate.isInside(), "until it has released");
        gate.released();
        assertFalse(gate.isInside());
        assertFalse(gate.enter());
        assertFalse(gate.close());
    }

    @Test
    void whoClosesAnEmptyGateReleases() {
        assertTrue(gate.enter());
        assertTrue(gate.leave());
        assertTrue(gate.close());
        assertTrue(gate.isInsideHere());
        gate.released();
        assertFalse(gate.close());
    }

    @Test
    void aSecondThreadAndAHandlersOwnAreRefused() throws InterruptedException {
        assertTrue(gate.enter());
        IllegalStateException own = assertThrows(IllegalStateException.class, gate::enter);
        assertTrue(own.getMessage().contains("this thread already"), own.getMessage());
        String[] message = new String[1];
        Thread other = new Thread(
                () -> message[0] =
                        assertThrows(IllegalStateException.class, gate::enter).getMessage(),
                "other");
        other.start();
        other.join();
        assertTrue(message[0].contains("thread '" + Thread.currentThread().getName() + "'"), message[0]);
    }

    @Test
    void aStormOfClosesReleasesOnce() throws InterruptedException {
        for (int round = 0; round < 2_000; round++) {
            Gate raced = new Gate("raced");
            AtomicInteger released = new AtomicInteger();
            int[] inside = new int[1]; // plain: only the gate orders the accesses
            Thread owner = new Thread(() -> {
                while (raced.enter()) {
                    inside[0]++;
                    if (!raced.leave()) {
                        released.incrementAndGet();
                        raced.released();
                    }
                }
            });
            owner.start();
            Thread closer = new Thread(() -> close(raced, released));
            closer.start();
            close(raced, released);
            owner.join();
            closer.join();
            assertEquals(1, released.get());
        }
    }

    private static void close(Gate gate, AtomicInteger released) {
        if (gate.close()) {
            released.incrementAndGet();
            gate.released();
        }
    }
}
