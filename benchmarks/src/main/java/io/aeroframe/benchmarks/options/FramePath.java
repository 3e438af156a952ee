package io.aeroframe.benchmarks.options;

/** The path that frames take in a measurement. */
public enum FramePath {
    /** Aeroframe's pool path: frames stay in shared memory, and a descriptor travels. */
    pool("aeroframe pool path"),
    /** Aeroframe's log path: frames travel inside Aeron's log buffers. */
    log("aeroframe log path"),
    /** Plain Aeron: {@code Publication.offer}, {@code FragmentAssembler}, default settings. */
    aeron("plain Aeron");

    private final String title;

    FramePath(String title) {
        this.title = title;
    }

    /** The name to print. */
    public String title() {
        return title;
    }
}
