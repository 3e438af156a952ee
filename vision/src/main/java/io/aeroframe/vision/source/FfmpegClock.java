package io.aeroframe.vision.source;

import org.bytedeco.ffmpeg.global.avutil;

/**
 * Presentation times that start at 0 and never fall, from the timestamps of a stream, which may be missing, start
 * anywhere, wrap and jump. A jump, in either direction, counts as the time of the frame before it. One thread.
 */
final class FfmpegClock {

    private static final long SECOND_NS = 1_000_000_000L;

    /** What FFmpeg takes where a stream says nothing. */
    static final double FALLBACK_RATE = 25;

    private long numeratorNs;
    private long denominator;
    private long frameNs;
    private long longestStepNs;
    private long originNs;
    private long timeNs;
    private long durationNs;
    private boolean hasFrame;
    private boolean hasOrigin;

    /**
     * Sets what the stream says of time.
     *
     * @param numerator       the numerator of its time base in seconds.
     * @param denominator     the denominator of its time base.
     * @param framesPerSecond the frame rate for frames without a timestamp; 0 if unknown.
     * @param longestStepNs   the longest time from a frame to the next; more is a jump of the timestamps.
     */
    void configure(int numerator, int denominator, double framesPerSecond, long longestStepNs) {
        this.numeratorNs = numerator * SECOND_NS;
        this.denominator = Math.max(1, denominator);
        this.longestStepNs = longestStepNs;
        this.frameNs = Math.round(SECOND_NS / (framesPerSecond > 0 ? framesPerSecond : FALLBACK_RATE));
    }

    /**
     * Moves on by a frame.
     *
     * @param timestamp the timestamp in units of the time base, or {@code AV_NOPTS_VALUE}.
     * @param duration  how long the frame is shown, in the same units, as far as the stream says so; 0 if it does not.
     * @return when it is to be shown, in ns from the first frame.
     */
    long next(long timestamp, long duration) {
        long expectedNs = hasFrame ? timeNs + durationNs : 0;
        if (timestamp == avutil.AV_NOPTS_VALUE) {
            timeNs = expectedNs;
        } else {
            long absoluteNs = avutil.av_rescale(timestamp, numeratorNs, denominator);
            long stepNs = absoluteNs - originNs - timeNs;
            boolean jumped = hasFrame && (stepNs <= 0 || stepNs > longestStepNs);
            if (!hasOrigin || jumped) {
                originNs = absoluteNs - expectedNs;
                hasOrigin = true;
            }
            timeNs = absoluteNs - originNs;
        }
        hasFrame = true;
        long statedNs = avutil.av_rescale(duration, numeratorNs, denominator);
        durationNs = statedNs > 0 && statedNs <= longestStepNs ? statedNs : frameNs;
        return timeNs;
    }

    /** How long the current frame is shown if none follows, in ns. */
    long durationNs() {
        return durationNs;
    }

    /** The next timestamp is the first of another pass: its frame comes when the last one has been shown. */
    void restart() {
        hasOrigin = false;
    }
}
