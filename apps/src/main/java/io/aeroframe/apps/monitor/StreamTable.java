package io.aeroframe.apps.monitor;

import io.aeroframe.apps.terminal.TextColumns;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The table of all streams that {@code list} and {@code top} show. */
public final class StreamTable {

    private static final List<String> HEAD =
            List.of("STREAM", "CHANNEL", "FORMAT", "FPS", "MB/s", "SUBS", "PUBLISHER", "STATE");

    private StreamTable() {}

    /**
     * The lines of the table, its head first.
     *
     * @param rows the streams.
     * @return one line each, of any width; the head alone if there are no streams.
     */
    public static List<String> lines(List<StreamRow> rows) {
        List<List<String>> cells = new ArrayList<>();
        cells.add(HEAD);
        rows.forEach(row -> cells.add(cells(row)));
        int[] widths = new int[HEAD.size()];
        for (List<String> line : cells) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], TextColumns.of(line.get(i)));
            }
        }
        return cells.stream().map(line -> line(line, widths)).toList();
    }

    private static String line(List<String> cells, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            String padding = " ".repeat(widths[i] - TextColumns.of(cells.get(i)));
            boolean isNumber = i >= 3 && i <= 5;
            line.append(isNumber ? padding + cells.get(i) : cells.get(i) + padding)
                    .append("  ");
        }
        return line.toString().stripTrailing();
    }

    private static List<String> cells(StreamRow row) {
        return List.of(
                row.stream().value(),
                row.channel(),
                row.format() == null ? "-" : row.format().describe(),
                String.format(Locale.ROOT, "%.1f", row.rates().fps()),
                String.format(Locale.ROOT, "%.1f", row.rates().bytesPerSecond() / 1e6),
                Integer.toString(row.subscriptions().size()),
                publisher(row),
                row.state());
    }

    private static String publisher(StreamRow row) {
        if (row.publication() == null) {
            return row.source().publicationId() == 0 ? "-" : "another host";
        }
        String name = ProcessName.of(row.publication().processId());
        return row.publication().processId() + (name.isEmpty() ? "" : " " + name);
    }
}
