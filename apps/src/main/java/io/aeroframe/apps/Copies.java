package io.aeroframe.apps;

import io.aeroframe.transport.Frame;
import io.aeroframe.transport.FramePublication;
import java.io.PrintWriter;
import java.util.List;

/**
 * How often this side copies a frame's bytes: said once, and again when it changes. One thread.
 *
 * <p>The pool path has the frame in one place for all. The log path copies it into the log at one end and out of it at
 * the other.
 */
final class Copies {

    private static final int UNKNOWN = -1;

    private enum Path {
        POOL("pool"),
        LOG("log"),
        BOTH("pool and log");

        private final String text;

        Path(String text) {
            this.text = text;
        }
    }

    private final PrintWriter out;
    private final Runnable beforePrinting;
    private int ends = UNKNOWN;
    private int transport = UNKNOWN;
    private Path path;

    /**
     * Nothing known yet.
     *
     * @param out            takes the lines; null for none.
     * @param beforePrinting clears the line for one.
     */
    Copies(PrintWriter out, Runnable beforePrinting) {
        this.out = out;
        this.beforePrinting = beforePrinting;
    }

    /**
     * A frame was published.
     *
     * @param source       copies on its way into the memory given to the source.
     * @param publications all that it went to; the source wrote into the memory of one, and the others
     *     are sent copies.
     * @return whether that is news.
     */
    boolean onPublished(int source, List<FramePublication> publications) {
        int pooled = 0;
        for (int i = 0; i < publications.size(); i++) {
            pooled += publications.get(i).isPooled() ? 1 : 0;
        }
        Path taken = pooled == 0 ? Path.LOG : pooled == publications.size() ? Path.POOL : Path.BOTH;
        return set("source", source, publications.size() == 1 && taken == Path.POOL ? 0 : 1, taken);
    }

    /**
     * A frame was received and taken by the sink.
     *
     * @param sink       copies in the sink.
     * @param isPooled   whether it came by the pool path, see {@link #isPooled(Frame)}.
     * @param isRetained whether it was kept past its handler, which copies one that came by the log path.
     * @return whether that is news.
     */
    boolean onReceived(int sink, boolean isPooled, boolean isRetained) {
        return set("sink", sink, isPooled ? 0 : isRetained ? 2 : 1, isPooled ? Path.POOL : Path.LOG);
    }

    static boolean isPooled(Frame frame) {
        return frame.isPooled();
    }

    private boolean set(String end, int newEnds, int newTransport, Path newPath) {
        if (newEnds == ends && newTransport == transport && newPath == path) {
            return false;
        }
        ends = newEnds;
        transport = newTransport;
        path = newPath;
        if (out != null) {
            beforePrinting.run();
            out.println("aeroframe: copies of a frame's bytes: " + end + " " + ends + ", transport " + transport + " ("
                    + path.text + ")");
            out.flush();
        }
        return true;
    }

    /** All copies of this side, -1 before the first frame. */
    int total() {
        return ends == UNKNOWN ? UNKNOWN : ends + transport;
    }
}
