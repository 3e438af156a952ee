package io.aeroframe.apps.monitor;

import io.aeroframe.transport.StreamStatus;
import io.aeroframe.transport.StreamStatus.FrameTrace;
import java.util.ArrayDeque;
import java.util.List;

/** The frames of one publication or subscription since it was first looked at, up to a number of the newest. */
public final class FrameFollower {

    private final ArrayDeque<FrameTrace> frames = new ArrayDeque<>();
    private final int window;
    private boolean hasBegun;
    private long seen;
    private long missed;

    /**
     * Follows nothing yet.
     *
     * @param window the most frames to keep, 2 or more.
     */
    public FrameFollower(int window) {
        this.window = window;
    }

    /**
     * Takes what is new since the last look. The first look only notes where to begin.
     *
     * @param status always of the same publication or subscription.
     */
    public void look(StreamStatus status) {
        if (!hasBegun) {
            hasBegun = true;
            seen = status.frameCount();
            return;
        }
        List<FrameTrace> recent = status.recent();
        long fresh = status.frameCount() - seen;
        missed += Math.max(0, fresh - recent.size());
        int from = (int) Math.max(0, recent.size() - fresh);
        for (FrameTrace frame : recent.subList(from, recent.size())) {
            frames.add(frame);
            if (frames.size() > window) {
                frames.remove();
            }
        }
        seen = status.frameCount();
    }

    /**
     * The newest frames.
     *
     * @return oldest first.
     */
    public List<FrameTrace> frames() {
        return List.copyOf(frames);
    }

    /**
     * Frames that had gone again before they were looked at.
     *
     * @return the number.
     */
    public long missed() {
        return missed;
    }

    /**
     * The times between frames.
     *
     * @return seconds, one fewer than there are frames.
     */
    public Spread intervals() {
        List<FrameTrace> all = frames();
        double[] values = new double[Math.max(0, all.size() - 1)];
        for (int i = 0; i < values.length; i++) {
            values[i] = (all.get(i + 1).timeNs() - all.get(i).timeNs()) / 1e9;
        }
        return Spread.of(values);
    }

    /**
     * The payload of each frame.
     *
     * @return bytes.
     */
    public Spread sizes() {
        return Spread.of(frames.stream().mapToDouble(FrameTrace::bytes).toArray());
    }

    /**
     * The times from publishing to delivery.
     *
     * @return seconds, of the frames whose latency is known.
     */
    public Spread latencies() {
        return Spread.of(frames.stream()
                .filter(frame -> frame.latencyNs() >= 0)
                .mapToDouble(frame -> frame.latencyNs() / 1e9)
                .toArray());
    }

    /**
     * The times from capture to delivery.
     *
     * @param epochOffsetNs what to add to {@link System#nanoTime()} for nanoseconds since the epoch.
     * @return seconds.
     */
    public Spread ages(long epochOffsetNs) {
        return Spread.of(frames.stream()
                .mapToDouble(frame -> (frame.timeNs() + epochOffsetNs - frame.captureTimeNs()) / 1e9)
                .toArray());
    }
}
