package io.aeroframe.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class HostIdentityTest {

    @Test
    void thisProcessSharesItsClockWithItselfUnlessTheIdentityIsUnknown() {
        HostIdentity here = HostIdentity.current();
        assertEquals(here, HostIdentity.current());
        assertEquals(here.high() != 0 || here.low() != 0, here.isSameAs(here.high(), here.low()));
        assertFalse(new HostIdentity(0, 0).isSameAs(0, 0));
        assertTrue(new HostIdentity(0, 1).isSameAs(0, 1));
        assertFalse(new HostIdentity(0, 1).isSameAs(0, 2));
    }

    /** A container may have a clock of its own on the same boot of the same host. */
    @Test
    void theOffsetOfATimeNamespaceIsThatOfTheMonotonicClock() {
        assertEquals(0, HostIdentity.monotonicOffsetNs(""));
        assertEquals(
                0,
                HostIdentity.monotonicOffsetNs("monotonic           0         0\nboottime            7         0\n"));
        assertEquals(
                1_000_000_000_005L,
                HostIdentity.monotonicOffsetNs("monotonic        1000         5\nboottime            0         0\n"));
        assertEquals(-2_000_000_000L, HostIdentity.monotonicOffsetNs("boottime 1 1\nmonotonic -2 0\n"));
    }
}
