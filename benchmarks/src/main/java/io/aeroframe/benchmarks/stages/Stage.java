package io.aeroframe.benchmarks.stages;

import io.aeroframe.benchmarks.harness.Latencies;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;

/** What happens to a frame from its source to a screen, in that order. */
public enum Stage {
    /** The source moves to its next frame: reads, captures, decodes. */
    capture("capture", "the source's next frame: read, captured, decoded", true),
    /** A place in shared memory, or in the log's staging buffer. */
    claim("claim", "a place for it", true),
    /** The source writes the frame there: draws, converts, encodes. */
    write("write", "drawn, converted or encoded into that place", true),
    /** The call, which on the log path copies the frame. */
    commit("commit", "the call; goes on beside 'received'", true),
    /** From the stamp at the begin of the commit to the first statement of the handler. */
    received("received", "from the commit to the handler in the other process", false),
    /** From JPEG or zstd to pixels. */
    decoded("decoded", "JPEG or zstd to pixels", false),
    /** Painted in a window, or made into the bytes that a window paints. */
    shown("shown", "pixels to the screen's form, or to the screen", false),
    /** From the begin of the capture to the end of showing. */
    whole("whole", "from the begin of capture to the end of shown", false);

    private final String title;
    private final String meaning;
    private final boolean isWriters;

    Stage(String title, String meaning, boolean isWriters) {
        this.title = title;
        this.meaning = meaning;
        this.isWriters = isWriters;
    }

    String title() {
        return title;
    }

    String meaning() {
        return meaning;
    }

    /** Whether the publishing process measures it. */
    boolean isWriters() {
        return isWriters;
    }

    /** One for each, empty. */
    static List<Histogram> histograms() {
        List<Histogram> histograms = new ArrayList<>();
        for (int i = 0; i < values().length; i++) {
            histograms.add(Latencies.histogram());
        }
        return histograms;
    }

    /** Counts one frame's time. */
    void record(List<Histogram> histograms, long ns) {
        Latencies.record(histograms.get(ordinal()), ns);
    }
}
