package io.aeroframe.apps;

import io.aeroframe.apps.terminal.TextColumns;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.util.List;
import java.util.function.IntSupplier;

/**
 * The last line of a terminal, which shows how a stream is going and is replaced by its next text. It never reaches the
 * right edge, also of a terminal that has been resized: a line that wraps cannot be replaced. Any thread.
 */
final class StatusLine {

    /** The width of a terminal that reports none. */
    private static final int DEFAULT_COLUMNS = 80;

    /** The last column, in which some terminals wrap already, and the two of the "^C" that a terminal echoes. */
    private static final int MARGIN = 3;

    private static final StatusLine OF_PROCESS =
            new StatusLine(System.err, Boolean.getBoolean("aeroframe.terminal"), LibC::terminalColumns);

    private final PrintStream terminal;
    private final boolean isShown;
    private final IntSupplier columns;
    private int shownColumns;

    /**
     * A line on a terminal.
     *
     * @param terminal takes the texts.
     * @param isShown  whether it is a terminal; without one nothing is written.
     * @param columns  its width now; 0 if not known.
     */
    StatusLine(PrintStream terminal, boolean isShown, IntSupplier columns) {
        this.terminal = terminal;
        this.isShown = isShown;
        this.columns = columns;
    }

    /** The line on standard error, if that is a terminal. */
    static StatusLine ofProcess() {
        return OF_PROCESS;
    }

    /** Whether there is a terminal. */
    boolean isShown() {
        return isShown;
    }

    /** Shows a text, cut to the width of the terminal. */
    void show(String text) {
        show(List.of(text));
    }

    /** Shows the first text that is not wider than the terminal, or as much of the last one as is. */
    synchronized void show(List<String> texts) {
        if (!isShown) {
            return;
        }
        int room = room();
        String text = texts.stream()
                .filter(candidate -> TextColumns.of(candidate) <= room)
                .findFirst()
                .orElseGet(() -> TextColumns.cut(texts.get(texts.size() - 1), room));
        int textColumns = TextColumns.of(text);
        int rest = Math.min(shownColumns, room) - textColumns;
        terminal.print("\r" + text + " ".repeat(Math.max(0, rest)));
        terminal.flush();
        shownColumns = textColumns;
    }

    /** Empties the line, so that a message can replace it. */
    synchronized void clear() {
        if (shownColumns > 0) {
            terminal.print("\r" + " ".repeat(Math.min(shownColumns, room()) + MARGIN - 1) + "\r");
            terminal.flush();
            shownColumns = 0;
        }
    }

    /** Prints a message on lines of its own. */
    synchronized void print(PrintWriter err, String message) {
        clear();
        err.println(message);
        err.flush();
    }

    private int room() {
        int known = columns.getAsInt();
        return Math.max(0, (known > 0 ? known : DEFAULT_COLUMNS) - MARGIN);
    }
}
