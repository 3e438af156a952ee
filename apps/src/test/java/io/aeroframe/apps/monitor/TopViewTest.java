package io.aeroframe.apps.monitor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeroframe.apps.terminal.TextColumns;
import io.aeroframe.transport.StreamStatus;
import io.aeroframe.transport.StreamStatus.State;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TopViewTest {

    private static final long NOW_NS = 100_000_000_000L;

    private final TopView view = new TopView();

    @Test
    void streamsAreInTheOrderThatWasAskedFor() {
        look(0);
        look(1_000_000_000L);
        assertEquals(List.of("fast", "large", "lossy", "slow"), names());
        view.order(TopView.Order.RATE);
        assertEquals("fast", names().get(0));
        view.order(TopView.Order.BANDWIDTH);
        assertEquals("large", names().get(0));
        view.order(TopView.Order.DELAY);
        assertEquals("slow", names().get(0));
        view.order(TopView.Order.DROPS);
        assertEquals("lossy", names().get(0));
    }

    @Test
    void dropsAreThoseSinceTheLastLook() {
        look(0);
        assertEquals("-", cell("lossy", "DROPS/s"));
        look(2_000_000_000L);
        assertEquals("5.0", cell("lossy", "DROPS/s"));
        assertEquals("0.0", cell("fast", "DROPS/s"));
    }

    @Test
    void theFilterGoesByTheName() {
        look(0);
        view.filter("LOW");
        assertEquals(List.of("slow"), names());
        assertEquals(1, view.matching());
        view.filter("");
        assertEquals(4, view.matching());
    }

    @ParameterizedTest
    @ValueSource(ints = {20, 40, 60, 80, 120, 300})
    void noLineIsWiderThanTheTerminal(int width) {
        look(0);
        List<String> lines = view.lines(width, 20);
        assertEquals(5, lines.size());
        lines.forEach(line -> assertTrue(TextColumns.of(line) <= width, line));
        assertEquals(width >= 60, lines.get(0).contains("STATE"), lines.get(0));
        assertEquals(width >= 120, lines.get(0).contains("PUBLISHER"), lines.get(0));
    }

    @Test
    void whatIsBelowTheTerminalIsCounted() {
        look(0);
        List<String> lines = view.lines(80, 4);
        assertEquals(4, lines.size());
        assertTrue(lines.get(1).startsWith("fast"), lines::toString);
        assertEquals("... 2 more", lines.get(3));
        assertFalse(view.lines(80, 5).toString().contains("more"));
    }

    private void look(long afterNs) {
        long drops = afterNs / 200_000_000L;
        List<StreamStatus> statuses = new ArrayList<>();
        statuses.addAll(Statuses.stream("fast", 100, 1_000, 1_000, 0, NOW_NS + afterNs));
        statuses.addAll(Statuses.stream("large", 10, 1_000_000, 2_000, 0, NOW_NS + afterNs));
        statuses.addAll(Statuses.stream("lossy", 20, 1_000, 3_000, drops, NOW_NS + afterNs));
        statuses.addAll(Statuses.stream("slow", 5, 1_000, 9_000_000, 0, NOW_NS + afterNs));
        assertTrue(statuses.stream().allMatch(status -> status.state() == State.STREAMING));
        view.look(StreamRow.of(statuses, NOW_NS + afterNs), NOW_NS + afterNs);
    }

    private List<String> names() {
        return view.lines(200, 20).stream()
                .skip(1)
                .map(line -> line.split(" ")[0])
                .toList();
    }

    private String cell(String stream, String column) {
        List<String> lines = view.lines(200, 20);
        int end = lines.get(0).indexOf(column) + column.length();
        String line = lines.stream()
                .filter(each -> each.startsWith(stream))
                .findFirst()
                .orElseThrow();
        String upTo = line.substring(0, end);
        return upTo.substring(upTo.lastIndexOf(' ') + 1);
    }
}
