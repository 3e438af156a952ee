package io.aeroframe.benchmarks.report;

import io.aeroframe.apps.options.Idle;
import io.aeroframe.benchmarks.options.FramePath;
import io.aeroframe.benchmarks.options.Plan;
import java.io.PrintWriter;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Prints figures as a table: a line for each latency, then frames, losses and resources. */
public final class FiguresTable {

    private static final Map<String, String> LATENCIES = Map.of(
            Figures.STAMPED, "from the stamp",
            Figures.SCHEDULED, "from the schedule",
            Figures.TOUCHED, "to last byte read",
            Figures.PUBLISH, "claim to commit");
    private static final List<String> ORDER =
            List.of(Figures.STAMPED, Figures.SCHEDULED, Figures.TOUCHED, Figures.PUBLISH);

    private final PrintWriter out;

    /** Creates a table that prints to a writer. */
    public FiguresTable(PrintWriter out) {
        this.out = out;
    }

    /** Prints all figures of a run. */
    public void print(String title, Figures figures) {
        line(
                "%s, %s, %d subscriber%s",
                title, idling(figures.plan().idle()), figures.subscribers(), figures.subscribers() == 1 ? "" : "s");
        line(
                "  %-18s %s",
                "microseconds",
                Figures.PERCENTILES.keySet().stream()
                        .map(name -> right(label(name)))
                        .collect(Collectors.joining()));
        for (String prefix : ORDER) {
            if (!Double.isNaN(figures.get(prefix + "p50_us"))) {
                line(
                        "  %-18s %s",
                        LATENCIES.get(prefix),
                        Figures.PERCENTILES.keySet().stream()
                                .map(name -> right(number(figures.get(prefix + name))))
                                .collect(Collectors.joining()));
                if (!figures.spreads().isEmpty()) {
                    line("  %-18s %s", "  of the runs", ranges(figures, prefix, Figures.PERCENTILES.keySet()));
                }
            }
        }
        line(
                "  frames: published %.0f = sent %.0f + dropped %.0f; received %.0f, lost %.0f; %.1f fps%s",
                figures.get(Figures.PUBLISHED),
                figures.get(Figures.SENT),
                figures.get(Figures.DROPPED),
                figures.get(Figures.RECEIVED),
                figures.get(Figures.LOST),
                figures.get(Figures.FPS),
                throughput(figures));
        printLosses(figures);
        line(
                "  CPU: writer %.2f s (%.1f %% of a core), readers %.2f s (%.1f %%), driver %.2f s (%.1f %%)",
                figures.get("cpu_publisher_s"),
                figures.get(Figures.PUBLISHER_CPU),
                figures.get("cpu_subscriber_s"),
                figures.get(Figures.SUBSCRIBER_CPU),
                figures.get("cpu_driver_s"),
                figures.get(Figures.DRIVER_CPU));
        line(
                "  heap: %.2f bytes per frame on the writing thread, %.2f on the polling thread",
                figures.get(Figures.PUBLISHER_ALLOCATION), figures.get(Figures.SUBSCRIBER_ALLOCATION));
        out.flush();
    }

    private void printLosses(Figures figures) {
        String reasons = List.of(
                        "dropped_back_pressure",
                        "dropped_no_slot",
                        "dropped_no_subscriber",
                        "lost_on_the_way",
                        "overrun",
                        "superseded",
                        "expired",
                        "invalid",
                        Figures.MISMATCHED)
                .stream()
                .filter(name -> figures.get(name) != 0)
                .map(name -> name.replace('_', ' ') + " " + String.format(Locale.ROOT, "%.0f", figures.get(name)))
                .collect(Collectors.joining(", "));
        if (!reasons.isEmpty()) {
            line("  from the ledgers: %s", reasons);
        }
    }

    /** Returns nothing for frames that are neither copied nor filled: none of their bytes move. */
    private static String throughput(Figures figures) {
        Plan plan = figures.plan();
        return plan.path() == FramePath.pool && !plan.isFilled()
                ? ""
                : String.format(Locale.ROOT, ", %.1f MB/s", figures.get("mb_per_s"));
    }

    /** Prints the ratios of figures to those of another measurement. */
    public void printRatios(Figures figures, Figures peer, List<String> names) {
        line("ratio %s / %s", figures.plan().path().title(), peer.plan().path().title());
        line("  %-18s %s", "", names.stream().map(name -> right(label(name))).collect(Collectors.joining()));
        line(
                "  %-18s %s",
                "",
                names.stream()
                        .map(name -> right(ratio(figures.get(name) / peer.get(name))))
                        .collect(Collectors.joining()));
        out.flush();
    }

    /** Prints a line. */
    public void line(String format, Object... values) {
        out.printf(Locale.ROOT, format + "%n", values);
    }

    /** Returns the column title of a figure. */
    public static String label(String name) {
        return switch (name) {
            case "p999_us" -> "p99.9";
            case "p9999_us" -> "p99.99";
            case Figures.PUBLISHER_CPU -> "cpu writer";
            case Figures.SUBSCRIBER_CPU -> "cpu reader";
            default -> name.replace("_us", "");
        };
    }

    /** Returns a column for each of the figures: the lowest and the highest of the runs. */
    public static String ranges(Figures figures, String prefix, Collection<String> names) {
        return names.stream()
                .map(name -> right(figures.spread(prefix + name).range()))
                .collect(Collectors.joining());
    }

    /** Formats microseconds: one decimal below 100, none above; a hyphen for NaN. */
    public static String number(double microseconds) {
        return Double.isNaN(microseconds)
                ? "-"
                : String.format(Locale.ROOT, microseconds < 100 ? "%.1f" : "%.0f", microseconds);
    }

    /** Formats a ratio; a hyphen for NaN. */
    public static String ratio(double value) {
        return Double.isFinite(value) ? String.format(Locale.ROOT, "%.3f", value) : "-";
    }

    /** Right-aligns a column. */
    public static String right(String text) {
        return String.format(Locale.ROOT, "%11s", text);
    }

    private static String idling(Idle idle) {
        return switch (idle) {
            case wait -> "readers wait to be woken";
            case spin -> "readers spin";
            case yield -> "readers yield";
            case backoff -> "readers back off to 0.1 ms";
            case sleep -> "readers sleep for 1 ms";
        };
    }
}
