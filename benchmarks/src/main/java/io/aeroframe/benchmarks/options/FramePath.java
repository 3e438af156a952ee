package io.aeroframe.benchmarks.options;

import io.aeroframe.apps.options.Idle;

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

    /** How a reader of this path waits: {@link Idle#wait} is for the pool path only, so others back off. */
    public Idle idle(Idle requested) {
        return requested == Idle.wait && this != pool ? Idle.backoff : requested;
    }

    /** The name to print. */
    public String title() {
        return title;
    }
}
