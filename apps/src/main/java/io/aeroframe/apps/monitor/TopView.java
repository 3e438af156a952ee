package io.aeroframe.apps.monitor;

import io.aeroframe.apps.terminal.TextColumns;
import io.aeroframe.transport.StreamStatus;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/**
 * The table of {@code top}: which streams it shows, in which order, and how much of them fits. It keeps the numbers of
 * the last look, as it shows what has been dropped since. One thread.
 */
public final class TopView {

    /** The columns, in the order in which they stand; a narrow terminal loses those of a higher rank first. */
    private enum Column {
        STREAM(0, true, Line::stream),
        CHANNEL(8, true, line -> line.row.channel()),
        FORMAT(
                6,
                true,
                line -> line.row.format() == null ? "-" : line.row.format().describe()),
        FPS(1, false, line -> number(line.row.rates().fps())),
        MBPS(5, false, line -> number(line.row.rates().bytesPerSecond() / 1e6)),
        SUBS(4, false, line -> Integer.toString(line.row.subscriptions().size())),
        P50(7, false, line -> micros(line.latencies.percentile(50))),
        P99(3, false, line -> micros(line.latencies.percentile(99))),
        DROPS(2, false, line -> line.dropsPerSecond < 0 ? "-" : number(line.dropsPerSecond)),
        STATE(4, true, line -> line.row.state()),
        PUBLISHER(9, true, Line::publisher);

        private final int rank;
        private final boolean isText;
        private final Function<Line, String> text;

        Column(int rank, boolean isText, Function<Line, String> text) {
            this.rank = rank;
            this.isText = isText;
            this.text = text;
        }

        String title() {
            return switch (this) {
                case MBPS -> "MB/s";
                case P50 -> "P50 us";
                case P99 -> "P99 us";
                case DROPS -> "DROPS/s";
                default -> name();
            };
        }
    }

    /** By what the streams are ordered. */
    public enum Order {
        /** By name. */
        NAME,
        /** The most frames a second first. */
        RATE,
        /** The most bytes a second first. */
        BANDWIDTH,
        /** The slowest first. */
        DELAY,
        /** The most drops first. */
        DROPS
    }

    private static final int GAP = 2;
    private static final double NS_PER_S = 1e9;

    private Order order = Order.NAME;
    private String filter = "";
    private Map<Long, Long> lastDrops = new HashMap<>();
    private long lastNs;
    private List<Line> shown = List.of();

    private record Line(StreamRow row, Spread latencies, double dropsPerSecond) {

        String stream() {
            return row.stream().value();
        }

        String publisher() {
            return row.publication() == null
                    ? "-"
                    : row.publication().processId() + " "
                            + ProcessName.of(row.publication().processId());
        }
    }

    /**
     * Changes the order.
     *
     * @param wanted the order from now on.
     */
    public void order(Order wanted) {
        order = wanted;
    }

    /**
     * Shows only streams whose name contains a text.
     *
     * @param text the text, in upper or lower case; empty for all.
     */
    public void filter(String text) {
        filter = text;
    }

    /**
     * The text that names have to contain.
     *
     * @return the text; empty for all.
     */
    public String filter() {
        return filter;
    }

    /**
     * Takes what a monitor has seen.
     *
     * @param rows  all streams.
     * @param nowNs the present time of {@link System#nanoTime()}.
     */
    public void look(List<StreamRow> rows, long nowNs) {
        Map<Long, Long> drops = new HashMap<>();
        List<Line> lines = new ArrayList<>();
        for (StreamRow row : rows) {
            long sum = dropsOf(row);
            long id = row.source().id();
            drops.put(id, sum);
            Long before = lastDrops.get(id);
            double perSecond = before == null ? -1 : Math.max(0, sum - before) * NS_PER_S / Math.max(1, nowNs - lastNs);
            lines.add(new Line(row, latencies(row), perSecond));
        }
        lastDrops = drops;
        lastNs = nowNs;
        shown = lines;
    }

    private static Spread latencies(StreamRow row) {
        return Spread.of(row.subscriptions().stream()
                .flatMap(subscription -> subscription.recent().stream())
                .filter(frame -> frame.latencyNs() >= 0)
                .mapToDouble(StreamStatus.FrameTrace::latencyNs)
                .toArray());
    }

    /** What never reached a subscriber that there was, and what subscribers lost on the way. */
    private static long dropsOf(StreamRow row) {
        long sum = row.publication() == null
                ? 0
                : sum(row.publication(), "dropped back pressure", "dropped no slot", "dropped at source");
        for (StreamStatus subscription : row.subscriptions()) {
            sum += sum(subscription, "lost", "overrun", "expired");
            if (row.publication() == null) {
                sum += sum(subscription, "dropped by publisher");
            }
        }
        return sum;
    }

    private static long sum(StreamStatus status, String... names) {
        long sum = 0;
        for (String name : names) {
            sum += status.ledger().getOrDefault(name, 0L);
        }
        return sum;
    }

    /**
     * How many streams the filter lets through.
     *
     * @return the number.
     */
    public long matching() {
        return shown.stream().filter(this::isWanted).count();
    }

    private boolean isWanted(Line line) {
        return line.stream().toLowerCase(Locale.ROOT).contains(filter.toLowerCase(Locale.ROOT));
    }

    /**
     * The lines of the screen.
     *
     * @param width  the columns of the terminal.
     * @param height its rows, for all lines together.
     * @return the head, a line a stream, and one that says how many more there are.
     */
    public List<String> lines(int width, int height) {
        List<Line> lines =
                shown.stream().filter(this::isWanted).sorted(comparator()).toList();
        int room = Math.max(1, height - 1);
        int hidden = lines.size() <= room ? 0 : lines.size() - (room - 1);
        List<Line> visible = lines.subList(0, lines.size() - hidden);
        List<Column> columns = new ArrayList<>(List.of(Column.values()));
        int[] widths = widths(columns, visible);
        while (total(widths) > width && columns.size() > 2) {
            columns.remove(columns.stream()
                    .max(Comparator.comparingInt(column -> column.rank))
                    .orElseThrow());
            widths = widths(columns, visible);
        }
        List<String> text = new ArrayList<>();
        text.add(TextColumns.cut(line(columns, widths, Column::title), width));
        for (Line line : visible) {
            text.add(TextColumns.cut(line(columns, widths, column -> column.text.apply(line)), width));
        }
        if (hidden > 0) {
            text.add("... " + hidden + " more");
        }
        return text;
    }

    private Comparator<Line> comparator() {
        Comparator<Line> byName = Comparator.comparing(Line::stream);
        Comparator<Line> byNumber =
                switch (order) {
                    case NAME -> byName;
                    case RATE ->
                        Comparator.comparingDouble(line -> -line.row.rates().fps());
                    case BANDWIDTH ->
                        Comparator.comparingDouble(line -> -line.row.rates().bytesPerSecond());
                    case DELAY ->
                        Comparator.comparingDouble(
                                line -> line.latencies.count() == 0 ? 1 : -line.latencies.percentile(99));
                    case DROPS -> Comparator.comparingDouble(line -> -line.dropsPerSecond);
                };
        return byNumber.thenComparing(byName);
    }

    private static int[] widths(List<Column> columns, List<Line> lines) {
        return columns.stream()
                .mapToInt(column -> lines.stream()
                        .mapToInt(line -> TextColumns.of(column.text.apply(line)))
                        .reduce(column.title().length(), Math::max))
                .toArray();
    }

    private static int total(int[] widths) {
        int total = -GAP;
        for (int width : widths) {
            total += width + GAP;
        }
        return total;
    }

    private static String line(List<Column> columns, int[] widths, Function<Column, String> cell) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            String text = cell.apply(columns.get(i));
            String padding = " ".repeat(widths[i] - TextColumns.of(text));
            line.append(columns.get(i).isText ? text + padding : padding + text).append(" ".repeat(GAP));
        }
        return line.toString().stripTrailing();
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }

    private static String micros(double ns) {
        return Double.isNaN(ns) ? "-" : String.format(Locale.ROOT, "%.0f", ns / 1e3);
    }
}
