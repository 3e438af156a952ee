package io.aeroframe.benchmarks.harness;

/** The writer's end of a path. One thread. */
public interface FrameSender extends AutoCloseable {

    /** Whether a reader is there. */
    boolean isConnected();

    /**
     * Sends one frame, stamped right before it goes.
     *
     * @param number of the frame, 0 for the first.
     * @param dueNs  when it was due, {@link System#nanoTime()}; it travels along.
     * @return false if it was dropped.
     */
    boolean send(long number, long dueNs);

    /** From frame to frame before the pace that is measured: enough for the compiler in a second, and a pause in which the readers keep up. */
    default long rehearsalPeriodNs() {
        return 100_000;
    }

    /** The account so far. */
    Report.PublicationCounts counts();

    /** Bytes of a frame. */
    int payloadLength();

    /** Says that the stream has ended, and disconnects. */
    @Override
    void close();
}
