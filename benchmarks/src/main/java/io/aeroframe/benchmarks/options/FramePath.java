package io.aeroframe.benchmarks.options;

/** What carries the frames of a measurement. */
public enum FramePath {
    /** Aeroframe: frames stay in shared memory, and a descriptor travels. */
    pool("aeroframe pool path"),
    /** Aeroframe: frames travel inside Aeron's log buffers. */
    log("aeroframe log path"),
    /** Aeron as its users would write it: {@code Publication.offer}, {@code FragmentAssembler}, default settings. */
    aeron("plain Aeron");

    private final String title;

    FramePath(String title) {
        this.title = title;
    }

    /** For people. */
    public String title() {
        return title;
    }
}
