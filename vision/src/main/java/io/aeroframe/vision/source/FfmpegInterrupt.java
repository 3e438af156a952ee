package io.aeroframe.vision.source;

import java.util.Arrays;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVIOInterruptCB;
import org.bytedeco.javacpp.Pointer;

/**
 * Ends FFmpeg's blocked reads and connects: when another thread says so, or when nothing came within a time.
 *
 * <p>FFmpeg asks a callback, with the address of the context it works for, up to ten times a second while it waits.
 * There is one callback for all inputs, as JavaCPP has room for ten in a process.
 */
final class FfmpegInterrupt {

    private static final Callback CALLBACK = new Callback();

    private static final Object REGISTRATION = new Object();

    /** Replaced, never changed: the callback reads it without a lock. Written under {@link #REGISTRATION}. */
    private static volatile FfmpegInterrupt[] registered = {};

    private volatile boolean isRaised;

    // Written and read by the thread that works with the input: FFmpeg asks on the thread that called it. Volatile for
    // protocols that read ahead on a thread of their own.
    private volatile long timeoutNs;
    private volatile long deadlineNs;
    private volatile boolean hasDeadline;
    private volatile boolean hasTimedOut;
    private volatile long contextAddress;

    /** Ends what blocks now, and all that would block later. Any thread. */
    void raise() {
        isRaised = true;
    }

    boolean isRaised() {
        return isRaised;
    }

    /**
     * Whether the time ran out since {@link #expectWithin(long)}. For good: FFmpeg hands out what it still had before
     * it fails, and does not read on from an interrupted connection.
     */
    boolean hasTimedOut() {
        return hasTimedOut;
    }

    /** The time of {@link #expectWithin(long)}. */
    long timeoutNs() {
        return timeoutNs;
    }

    /**
     * Starts the clock.
     *
     * @param newTimeoutNs after which a blocked call ends; 0 for never.
     */
    void expectWithin(long newTimeoutNs) {
        timeoutNs = newTimeoutNs;
        if (timeoutNs != 0) {
            deadlineNs = System.nanoTime() + timeoutNs;
            hasDeadline = true;
        }
    }

    /** Has FFmpeg ask this for a context that is not opened yet. */
    void attach(AVFormatContext context) {
        hasTimedOut = false;
        hasDeadline = false;
        contextAddress = context.address();
        AVIOInterruptCB slot = context.interrupt_callback();
        slot.callback(CALLBACK);
        slot.opaque(context);
        synchronized (REGISTRATION) {
            FfmpegInterrupt[] more = new FfmpegInterrupt[registered.length + 1];
            System.arraycopy(registered, 0, more, 0, registered.length);
            more[registered.length] = this;
            registered = more;
        }
    }

    /** Ends {@link #attach(AVFormatContext)}: after the context is closed, as closing may block too. */
    void detach() {
        synchronized (REGISTRATION) {
            int kept = 0;
            FfmpegInterrupt[] fewer = new FfmpegInterrupt[registered.length];
            for (FfmpegInterrupt other : registered) {
                if (other != this) {
                    fewer[kept++] = other;
                }
            }
            contextAddress = 0;
            registered = Arrays.copyOf(fewer, kept);
        }
    }

    private boolean isDue() {
        if (isRaised) {
            return true;
        }
        if (hasDeadline && System.nanoTime() - deadlineNs > 0) {
            hasTimedOut = true;
        }
        return hasTimedOut;
    }

    private static final class Callback extends AVIOInterruptCB.Callback_Pointer {

        @Override
        public int call(Pointer context) {
            long address = context.address();
            for (FfmpegInterrupt interrupt : registered) {
                if (interrupt.contextAddress == address) {
                    return interrupt.isDue() ? 1 : 0;
                }
            }
            return 0;
        }
    }
}
