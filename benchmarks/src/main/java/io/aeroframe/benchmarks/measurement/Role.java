package io.aeroframe.benchmarks.measurement;

/** The part that a child process plays in a measurement. */
public enum Role {
    writer,
    reader,
    /** A reader that is not measured and holds each frame for some time. */
    slow
}
