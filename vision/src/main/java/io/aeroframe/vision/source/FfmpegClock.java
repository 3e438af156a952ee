package io.aeroframe.vision.source;

import org.bytedeco.ffmpeg.global.avutil;

/**
 * Presentation times that start at 0 and never fall, from the timestamps of a stream, which may be missing, start
 * anywhere and jump back. One thread.
 */
final class FfmpegClock {

    private static final long SECOND_NS = 1_000_000_000L;

    /** What FFmpeg takes where a stream says nothing. */
    static final double FALLBACK_RATE = 25;

    private long numeratorNs;
    private long denominator;
    private long frameNs;
    private long originNs;
    private long timeNs;
    private boolean hasFrame;
    private boolean hasOrigin;

    /**
     * Sets what the stream says of time.
     *
     * @param numerator       the numerator of its time base in seconds.
     * @param denominator     the denominator of its time base.
     * @param framesPerSecond the frame rate for frames without a timestamp; 0 if unknown.
     */
    void configure(int numerator, int denominator, double framesPerSecond) {
        this.numeratorNs = numerator * SECOND_NS;
        this.denominator = Math.max(1, denominator);
        this.frameNs = Math.round(SECOND_NS / (framesPerSecond > 0 ? framesPerSecond : FALLBACK_RATE));
    }

    /**
     * Moves on by a frame.
     *
     * @param timestamp the timestamp in units of the time base, or {@code AV_NOPTS_VALUE}.
     * @return when it is to be shown, in ns from the first frame.
     */
    long next(long timestamp) {
        long expectedNs = hasFrame ? timeNs + frameNs : 0;
        if (timestamp == avutil.AV_NOPTS_VALUE) {
            timeNs = expectedNs;
        } else {
            long absoluteNs = avutil.av_rescale(timestamp, numeratorNs, denominator);
            boolean fell = hasOrigin && hasFrame && absoluteNs - originNs <= timeNs;
            if (!hasOrigin || fell) {
                originNs = absoluteNs - expectedNs;
                hasOrigin = true;
            }
            timeNs = absoluteNs - originNs;
        }
        hasFrame = true;
        return timeNs;
    }

    /** The next timestamp is the first of another pass: its frame follows the last one by a frame's time. */
    void restart() {
        hasOrigin = false;
    }
}
