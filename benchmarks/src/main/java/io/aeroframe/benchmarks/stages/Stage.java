package io.aeroframe.benchmarks.stages;

import io.aeroframe.benchmarks.harness.Latencies;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;

/** The stages of a frame between its source and a screen, in order. */
enum Stage {
    /** The source moves to its next frame: it reads, captures or decodes it. */
    capture("the source reads, captures or decodes its next frame", true),
    /** The publisher claims a slot, or room in the staging buffer of the log path. */
    claim("claiming a slot or a buffer", true),
    /** The source writes the frame to the claim: it draws, converts or encodes it. */
    write("the source draws, converts or encodes the frame there", true),
    /** The call of commit, which on the log path copies the frame. */
    commit("the call of commit, which overlaps 'received'", true),
    /** From the stamp at the start of the commit to the first statement of the handler. */
    received("from the commit to the handler in the other process", false),
    /** From JPEG or Zstandard to pixels. */
    decoded("decoding JPEG or zstd", false),
    /** Painting the frame in a window, or converting it to the pixels that a window paints. */
    shown("converting for the screen, and painting if there is one", false),
    /** From the start of the capture to the end of showing. */
    total("from the start of 'capture' to the end of 'shown'", false);

    private final String meaning;
    private final boolean isPublishers;

    Stage(String meaning, boolean isPublishers) {
        this.meaning = meaning;
        this.isPublishers = isPublishers;
    }

    /** A description to print. */
    String meaning() {
        return meaning;
    }

    /** Whether the publishing process measures this stage; if not, the receiving process does. */
    boolean isPublishers() {
        return isPublishers;
    }

    /** Creates an empty histogram for each stage. */
    static List<Histogram> histograms() {
        List<Histogram> histograms = new ArrayList<>();
        for (int i = 0; i < values().length; i++) {
            histograms.add(Latencies.histogram());
        }
        return histograms;
    }

    /** Records one frame's duration of this stage. */
    void record(List<Histogram> histograms, long ns) {
        Latencies.record(histograms.get(ordinal()), ns);
    }
}
