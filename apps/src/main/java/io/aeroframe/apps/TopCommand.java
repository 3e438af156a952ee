package io.aeroframe.apps;

import io.aeroframe.apps.monitor.StreamRow;
import io.aeroframe.apps.monitor.TopView;
import io.aeroframe.apps.terminal.FullScreen;
import io.aeroframe.apps.terminal.TextColumns;
import io.aeroframe.transport.StreamMonitor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code aeroframe top}: all streams of this host on a full screen, refreshed each second. */
@Command(
        name = "top",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        description = {
            "Show all streams of this host on the whole terminal, refreshed each second.",
            "Keys: n by name, r by rate, b by bandwidth, d by delay, x by drops; / filters by name; q quits."
        })
final class TopCommand implements Callable<Integer> {

    private static final long INTERVAL_NS = TimeUnit.SECONDS.toNanos(1);
    private static final int ESCAPE = 27;
    private static final int BACKSPACE = 127;
    private static final int CONTROL_H = 8;
    private static final int CONTROL_C = 3;
    private static final String KEYS = "q quit  / filter  by: n name  r rate  b bandwidth  d delay  x drops";

    private final StopSignal stop;
    private final TopView view = new TopView();

    /** Null while no filter is being typed. */
    private StringBuilder typed;

    private boolean isDone;

    @Mixin
    private MonitorOptions options;

    TopCommand(StopSignal stop) {
        this.stop = stop;
    }

    @Override
    public Integer call() throws IOException {
        if (options.isJson()) {
            throw options.usage("--json: top is for people; use 'aeroframe list --json --watch'");
        }
        try (FullScreen screen = FullScreen.open();
                StreamMonitor monitor = options.open()) {
            while (!isDone && !stop.isRequested()) {
                long nowNs = System.nanoTime();
                List<StreamRow> rows = StreamRow.of(monitor.look(), nowNs);
                view.look(rows, nowNs);
                show(screen, rows.size());
                awaitKeys(screen, nowNs + INTERVAL_NS, rows.size());
            }
        }
        return 0;
    }

    private void awaitKeys(FullScreen screen, long untilNs, int streams) throws IOException {
        while (!isDone && !stop.isRequested()) {
            long leftMs = TimeUnit.NANOSECONDS.toMillis(untilNs - System.nanoTime());
            int key = leftMs <= 0 ? FullScreen.NO_KEY : screen.key(leftMs);
            if (key == FullScreen.NO_KEY) {
                return;
            }
            onKey(key);
            show(screen, streams);
        }
    }

    private void onKey(int key) {
        if (key == FullScreen.CLOSED || key == CONTROL_C) {
            isDone = true;
        } else if (typed != null) {
            onTyped(key);
        } else {
            switch (key) {
                case 'q', 'Q', ESCAPE -> isDone = true;
                case 'n' -> view.order(TopView.Order.NAME);
                case 'r' -> view.order(TopView.Order.RATE);
                case 'b' -> view.order(TopView.Order.BANDWIDTH);
                case 'd' -> view.order(TopView.Order.DELAY);
                case 'x' -> view.order(TopView.Order.DROPS);
                case '/' -> typed = new StringBuilder();
                default -> {} // no other key means anything
            }
        }
    }

    private void onTyped(int key) {
        switch (key) {
            case '\r', '\n' -> typed = null;
            case ESCAPE -> {
                typed = null;
                view.filter("");
                return;
            }
            case BACKSPACE, CONTROL_H -> typed.setLength(Math.max(0, typed.length() - 1));
            default -> typed.appendCodePoint(key);
        }
        if (typed != null) {
            view.filter(typed.toString());
        }
    }

    private void show(FullScreen screen, int streams) {
        int width = screen.columns();
        int height = screen.rows();
        List<String> lines = new ArrayList<>();
        String all = streams + (streams == 1 ? " stream" : " streams");
        lines.add(
                view.filter().isEmpty()
                        ? (streams == 0 ? "no streams on this host" : all)
                        : view.matching() + " of " + all + " with '" + view.filter() + "' in the name");
        lines.add("");
        lines.addAll(view.lines(width, Math.max(2, height - 4)));
        while (lines.size() < height - 1) {
            lines.add("");
        }
        lines.add(typed == null ? KEYS : "filter: " + typed + "_   (Enter keeps it, Esc ends it)");
        screen.show(lines.stream().map(line -> TextColumns.cut(line, width)).toList());
    }
}
