package io.aeroframe.benchmarks.harness;

/** The writing end of a path. For one thread. */
public interface FrameSender extends AutoCloseable {

    /** Whether a reader is connected. */
    boolean isConnected();

    /**
     * Sends one frame, with a time stamp taken right before it is handed over.
     *
     * @param number      the frame's number, 0 for the first
     * @param scheduledNs the time when the frame was due, {@link System#nanoTime()}; it travels with the frame
     * @return false if the frame was dropped
     */
    boolean send(long number, long scheduledNs);

    /**
     * The time between two frames in the first half of the warm-up: short enough that a second of it compiles the code,
     * long enough that the readers keep up.
     */
    default long warmupPeriodNs() {
        return 100_000;
    }

    /** The counts so far. */
    Report.PublicationCounts counts();

    /** The length of a frame's payload in bytes. */
    int payloadLength();

    /** Signals the end of the stream and disconnects. */
    @Override
    void close();
}
