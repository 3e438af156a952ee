package io.aeroframe.apps.terminal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jline.terminal.Attributes;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jline.utils.AttributedString;
import org.jline.utils.Display;
import org.jline.utils.InfoCmp.Capability;
import org.jline.utils.NonBlockingReader;

/**
 * The whole terminal, without what was on it before, which comes back when this is closed. Only what has changed is
 * written, which matters over SSH. One thread.
 */
public final class FullScreen implements AutoCloseable {

    /** No key was pressed in time. */
    public static final int NO_KEY = NonBlockingReader.READ_EXPIRED;

    /** The terminal has been closed. */
    public static final int CLOSED = NonBlockingReader.EOF;

    private static final Size USUAL = new Size(80, 24);

    private final Terminal terminal;
    private final Attributes before;
    private final Display display;
    private Size size = USUAL;

    private FullScreen(Terminal terminal) {
        this.terminal = terminal;
        before = terminal.enterRawMode();
        terminal.puts(Capability.enter_ca_mode);
        terminal.puts(Capability.cursor_invisible);
        terminal.puts(Capability.clear_screen);
        display = new Display(terminal, true);
        measure();
    }

    /**
     * Takes the terminal that standard input and output are.
     *
     * @return the screen.
     * @throws IOException if they are not a terminal.
     */
    public static FullScreen open() throws IOException {
        try {
            return new FullScreen(TerminalBuilder.builder()
                    .system(true)
                    .provider(TerminalBuilder.PROP_PROVIDER_EXEC) // needs no native library of its own
                    .dumb(false)
                    .build());
        } catch (IOException | IllegalStateException ex) {
            throw new IOException(
                    "standard input and output are not a terminal that can be used (" + ex.getMessage()
                            + "); 'aeroframe list --watch' needs none",
                    ex);
        }
    }

    private void measure() {
        Size now = terminal.getSize();
        size = now.getColumns() > 0 && now.getRows() > 0 ? now : USUAL;
        display.resize(size.getRows(), size.getColumns());
    }

    /**
     * The width at the last {@link #show(List)}.
     *
     * @return columns.
     */
    public int columns() {
        return size.getColumns();
    }

    /**
     * The height at the last {@link #show(List)}.
     *
     * @return rows.
     */
    public int rows() {
        return size.getRows();
    }

    /**
     * Shows lines, and finds out whether the terminal has another size now.
     *
     * @param lines the rows' texts, none wider than the terminal.
     */
    public void show(List<String> lines) {
        List<AttributedString> shown = new ArrayList<>();
        for (String line : lines.subList(0, Math.min(lines.size(), rows()))) {
            shown.add(new AttributedString(line));
        }
        display.update(shown, 0);
        terminal.flush();
        Size last = size;
        measure();
        if (!size.equals(last)) {
            display.clear();
        }
    }

    /**
     * Waits for a key.
     *
     * @param timeoutMs the longest wait in milliseconds.
     * @return the character; {@link #NO_KEY} or {@link #CLOSED}.
     * @throws IOException if the terminal cannot be read.
     */
    public int key(long timeoutMs) throws IOException {
        return terminal.reader().read(timeoutMs);
    }

    @Override
    public void close() throws IOException {
        terminal.puts(Capability.cursor_visible);
        terminal.puts(Capability.exit_ca_mode);
        terminal.flush();
        terminal.setAttributes(before);
        terminal.close();
    }
}
