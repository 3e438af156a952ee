package io.aeroframe.vision.sink;

import java.util.function.LongSupplier;
import org.bytedeco.ffmpeg.global.avutil;

/**
 * Presentation times for a file, from the times at which frames were captured: they start at 0 and always rise, by a
 * tick at least. A frame that is missing makes the one before it longer.
 *
 * <p>Capture times are of a wall clock, which somebody may set, and another publisher's clocks may differ by hours or
 * days. Where capture times disagree with the monotonic times of publication by more than a second, the shorter step
 * that goes forward is believed, if it is not much longer than the time that passed here; else the latter is. One
 * thread.
 */
final class VideoClock {

    private static final long SECOND_NS = 1_000_000_000L;
    private static final long FIRST_FRAME_NS = SECOND_NS / 25;

    /** By how much a frame may be longer than the time that passed here until the next: a queue may have held it up. */
    private static final long MAX_DELAY_NS = 10 * SECOND_NS;

    /** A step this much longer than the one before is a gap. */
    private static final int GAP_FACTOR = 4;

    private final int ticksPerSecond;
    private final LongSupplier localClock;
    private long captureNs;
    private long publishNs;
    private long localNs;
    private long timeNs;
    private long frameNs = FIRST_FRAME_NS;
    private long ticks = -1;
    private long stepTicks;
    private long earlierStepTicks;
    private boolean hasStep;
    private boolean isOtherPublisher;

    VideoClock(int ticksPerSecond) {
        this(ticksPerSecond, System::nanoTime);
    }

    /**
     * A clock of a new file.
     *
     * @param localClock the monotonic clock of this process, in ns.
     */
    VideoClock(int ticksPerSecond, LongSupplier localClock) {
        this.ticksPerSecond = ticksPerSecond;
        this.localClock = localClock;
        this.stepTicks = Math.max(1, ticksPerSecond * FIRST_FRAME_NS / SECOND_NS);
        this.earlierStepTicks = stepTicks;
    }

    /** The next frame is of another publisher, the clocks of which may be others. */
    void changePublisher() {
        isOtherPublisher = true;
    }

    /**
     * Moves on by a frame.
     *
     * @param newCaptureNs when it was captured, in ns of a wall clock.
     * @param newPublishNs when it was published, in ns of a monotonic clock.
     * @return its presentation time in ticks.
     */
    long next(long newCaptureNs, long newPublishNs) {
        long newLocalNs = localClock.getAsLong();
        if (ticks < 0) {
            ticks = 0;
        } else {
            long stepNs = step(newCaptureNs - captureNs, newPublishNs - publishNs, newLocalNs - localNs);
            timeNs += stepNs;
            if (stepNs > 0) {
                frameNs = stepNs;
            }
            long next = Math.max(ticks + 1, avutil.av_rescale(timeNs, ticksPerSecond, SECOND_NS));
            earlierStepTicks = hasStep ? stepTicks : next - ticks;
            hasStep = true;
            stepTicks = next - ticks;
            ticks = next;
        }
        captureNs = newCaptureNs;
        publishNs = newPublishNs;
        localNs = newLocalNs;
        isOtherPublisher = false;
        return ticks;
    }

    /** How long the last frame is shown if none follows: as long as the one before it, or before a gap. */
    long duration() {
        return stepTicks > GAP_FACTOR * earlierStepTicks ? earlierStepTicks : stepTicks;
    }

    private long step(long capturedNs, long publishedNs, long passedNs) {
        boolean agree = capturedNs >= 0 && Math.abs(capturedNs - publishedNs) <= SECOND_NS;
        if (agree && !isOtherPublisher) {
            return capturedNs;
        }
        long forward = capturedNs > 0 && publishedNs > 0
                ? Math.min(capturedNs, publishedNs)
                : Math.max(capturedNs, publishedNs);
        if (forward > 0 && forward <= passedNs + MAX_DELAY_NS) {
            return forward;
        }
        return Math.max(passedNs, Math.min(frameNs, SECOND_NS));
    }
}
