package io.aeroframe.vision.sink;

import org.bytedeco.ffmpeg.global.avutil;

/**
 * Presentation times for a file, from the times at which frames were captured: they start at 0 and always rise, by a
 * tick at least. A frame that is missing makes the one before it longer.
 *
 * <p>Capture times are of a wall clock, which somebody may set. Where they disagree with the monotonic times of
 * publication by more than a second, the shorter step that goes forward is believed. One thread.
 */
final class VideoClock {

    private static final long SECOND_NS = 1_000_000_000L;
    private static final long FIRST_FRAME_NS = SECOND_NS / 25;

    private final int ticksPerSecond;
    private long captureNs;
    private long publishNs;
    private long timeNs;
    private long frameNs = FIRST_FRAME_NS;
    private long ticks = -1;
    private long stepTicks;

    VideoClock(int ticksPerSecond) {
        this.ticksPerSecond = ticksPerSecond;
        this.stepTicks = Math.max(1, ticksPerSecond * FIRST_FRAME_NS / SECOND_NS);
    }

    /**
     * Moves on by a frame.
     *
     * @param newCaptureNs when it was captured, in ns of a wall clock.
     * @param newPublishNs when it was published, in ns of a monotonic clock.
     * @return its presentation time in ticks.
     */
    long next(long newCaptureNs, long newPublishNs) {
        if (ticks < 0) {
            ticks = 0;
        } else {
            long stepNs = step(newCaptureNs - captureNs, newPublishNs - publishNs);
            timeNs += stepNs;
            if (stepNs > 0) {
                frameNs = stepNs;
            }
            long next = Math.max(ticks + 1, avutil.av_rescale(timeNs, ticksPerSecond, SECOND_NS));
            stepTicks = next - ticks;
            ticks = next;
        }
        captureNs = newCaptureNs;
        publishNs = newPublishNs;
        return ticks;
    }

    /** How long the last frame is shown if none follows: as long as the one before it. */
    long duration() {
        return stepTicks;
    }

    private long step(long capturedNs, long publishedNs) {
        if (capturedNs >= 0 && Math.abs(capturedNs - publishedNs) <= SECOND_NS) {
            return capturedNs;
        }
        if (capturedNs > 0 && publishedNs > 0) {
            return Math.min(capturedNs, publishedNs);
        }
        long forward = Math.max(capturedNs, publishedNs);
        return forward > 0 ? forward : frameNs;
    }
}
