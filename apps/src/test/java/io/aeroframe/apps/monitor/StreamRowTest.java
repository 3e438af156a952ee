package io.aeroframe.apps.monitor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeroframe.transport.StreamStatus;
import io.aeroframe.transport.StreamStatus.FrameTrace;
import io.aeroframe.transport.StreamStatus.Role;
import io.aeroframe.transport.StreamStatus.State;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StreamRowTest {

    private static final long NOW_NS = -5_000_000_000L; // the clock may be negative
    private static final long S = 1_000_000_000L;

    @Test
    void theRateIsThatOfTheLastTwoSeconds() {
        List<FrameTrace> recent = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            recent.add(frame(NOW_NS - 12 * S + i * S / 10)); // until two seconds ago, at 10 Hz
        }
        for (int i = 0; i < 100; i++) {
            recent.add(frame(NOW_NS - 2 * S + i * S / 50)); // since then at 50 Hz
        }
        assertEquals(50, Rates.of(recent, NOW_NS).fps(), 0.01);
        assertEquals(50 * 7, Rates.of(recent, NOW_NS).bytesPerSecond(), 0.1);
    }

    @Test
    void aSlowStreamHasARateAndAStoppedOneHasNone() {
        List<FrameTrace> recent = List.of(frame(NOW_NS - 9 * S), frame(NOW_NS - 4 * S));
        assertEquals(0.2, Rates.of(recent, NOW_NS).fps(), 0.001);
        Rates stopped = Rates.of(recent, NOW_NS + 20 * S);
        assertTrue(stopped.isSilent());
        assertEquals(24 * S, stopped.silentNs());
        assertTrue(Rates.of(List.of(), NOW_NS).isSilent());
        assertEquals(-1, Rates.of(List.of(), NOW_NS).silentNs());
    }

    @Test
    void statesAreInWords() {
        assertEquals(
                "no frame yet",
                only(status("a", Role.PUBLICATION, State.WAITING, 1)).state());
        assertEquals(
                "no subscribers",
                only(status("a", Role.PUBLICATION, State.NO_SUBSCRIBER, 1)).state());
        assertEquals(
                "waiting for a publisher",
                only(status("a", Role.SUBSCRIPTION, State.WAITING, 0)).state());
        assertEquals("lost", only(status("a", Role.SUBSCRIPTION, State.LOST, 1)).state());
        StreamStatus silent =
                Statuses.status("a", Role.PUBLICATION, State.STREAMING, 1, Map.of(), List.of(frame(NOW_NS - 7 * S)));
        assertEquals("silent for 7 s", only(silent).state());
    }

    @Test
    void aStreamOfAnotherHostIsKnownByItsSubscribers() {
        List<StreamRow> rows = StreamRow.of(
                List.of(
                        status("a", Role.SUBSCRIPTION, State.STREAMING, 5),
                        status("a", Role.SUBSCRIPTION, State.STREAMING, 5),
                        status("b", Role.PUBLICATION, State.STREAMING, 6)),
                NOW_NS);
        assertEquals(2, rows.size());
        assertNull(rows.get(0).publication());
        assertEquals(2, rows.get(0).subscriptions().size());
        assertEquals(0, rows.get(1).subscriptions().size());
    }

    private static StreamRow only(StreamStatus status) {
        List<StreamRow> rows = StreamRow.of(List.of(status), NOW_NS);
        assertEquals(1, rows.size());
        return rows.get(0);
    }

    private static StreamStatus status(String name, Role role, State state, long publicationId) {
        return Statuses.status(name, role, state, publicationId, Map.of(), List.of());
    }

    private static FrameTrace frame(long timeNs) {
        return new FrameTrace(0, timeNs, -1, 0, 7);
    }
}
