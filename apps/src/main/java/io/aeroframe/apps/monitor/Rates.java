package io.aeroframe.apps.monitor;

import io.aeroframe.transport.StreamStatus.FrameTrace;
import java.util.List;

/**
 * How often frames come, and how much that is.
 *
 * @param fps            frames a second; 0 if none came lately.
 * @param bytesPerSecond payload.
 * @param silentNs       the time since the last frame; -1 if there was none.
 */
public record Rates(double fps, double bytesPerSecond, long silentNs) {

    /** Older frames do not count for the present rate. */
    private static final long WINDOW_NS = 2_000_000_000L;

    private static final long MIN_SILENCE_NS = 1_000_000_000L;

    /** A stream is silent when four of its frames are missing. */
    private static final int SILENT_INTERVALS = 4;

    /**
     * The rates of the last two seconds; of a slower stream, those of its last two frames.
     *
     * @param recent frames, oldest first.
     * @param nowNs  the present time of {@link System#nanoTime()}.
     * @return the rates.
     */
    public static Rates of(List<FrameTrace> recent, long nowNs) {
        int last = recent.size() - 1;
        if (last < 0) {
            return new Rates(0, 0, -1);
        }
        long lastNs = recent.get(last).timeNs();
        long silentNs = Math.max(0, nowNs - lastNs);
        int first = last;
        long bytes = 0;
        while (first > 0 && (nowNs - recent.get(first - 1).timeNs() <= WINDOW_NS || first == last)) {
            bytes += recent.get(first).bytes();
            first--;
        }
        long spanNs = lastNs - recent.get(first).timeNs();
        int intervals = last - first;
        boolean isSilent = intervals == 0
                || spanNs <= 0
                || silentNs > MIN_SILENCE_NS && silentNs > SILENT_INTERVALS * spanNs / intervals;
        return isSilent
                ? new Rates(0, 0, silentNs)
                : new Rates(intervals * 1e9 / spanNs, bytes * 1e9 / spanNs, silentNs);
    }

    /**
     * Whether frames have stopped coming.
     *
     * @return true after a second, and four intervals of the stream, without one.
     */
    public boolean isSilent() {
        return fps == 0;
    }
}
