package io.aeroframe.benchmarks.harness;

import io.aeroframe.benchmarks.options.Plan;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * When the frames of a run are due, and which of them are measured. All processes of a run share one schedule: they run
 * on one host, where {@link System#nanoTime()} is one clock for all processes. Whether a frame is measured depends on
 * its scheduled time alone, not on when it is sent or received.
 *
 * @param warmupStartNs   the time when writer and readers start to send and receive, faster than the measured rate: at
 *                        a few frames per second the code would not be compiled in time
 * @param pacedStartNs    the scheduled time of the first frame at the measured rate
 * @param measuredStartNs the time when the warm-up ends and the measured part starts
 * @param endNs           the time when the measured part ends
 * @param periodNs        the time from frame to frame; 0 if there is no schedule: then a frame is due as soon as the
 *                        writer is ready for it
 */
public record Schedule(long warmupStartNs, long pacedStartNs, long measuredStartNs, long endNs, double periodNs) {

    /** A thread that sleeps may wake up late by about this much, so it spins for the last part of each wait. */
    public static final long SPIN_NS = 200_000;

    private static final long LEAD_NS = TimeUnit.MILLISECONDS.toNanos(200);

    private static final String COMMAND = "go";

    /** Without a warm-up the processes are to be as fresh as they can be. */
    private static final long SHORT_LEAD_NS = TimeUnit.MILLISECONDS.toNanos(20);

    /** Creates a schedule that starts after enough time to send it to all processes. */
    public static Schedule soon(Plan plan) {
        long warmupStartNs = System.nanoTime() + (plan.warmupSeconds() > 0 ? LEAD_NS : SHORT_LEAD_NS);
        long warmupNs = (long) (plan.warmupSeconds() * 1e9);
        long measuredStartNs = warmupStartNs + warmupNs;
        return new Schedule(
                warmupStartNs,
                warmupStartNs + warmupNs / 2,
                measuredStartNs,
                measuredStartNs + (long) (plan.seconds() * 1e9),
                plan.rate().periodNs());
    }

    /** The line that starts a process, as {@link #parse(String)} reads it. */
    String line() {
        return String.join(
                " ",
                COMMAND,
                Long.toString(warmupStartNs),
                Long.toString(pacedStartNs),
                Long.toString(measuredStartNs),
                Long.toString(endNs),
                Double.toString(periodNs));
    }

    /**
     * Reads a line that another process wrote.
     *
     * @throws IllegalArgumentException if the line is not a schedule
     */
    public static Schedule parse(String line) {
        String[] words = line.split(" ");
        if (words.length != 6 || !words[0].equals(COMMAND)) {
            throw new IllegalArgumentException("'" + line + "' is not a schedule");
        }
        return new Schedule(
                Long.parseLong(words[1]),
                Long.parseLong(words[2]),
                Long.parseLong(words[3]),
                Long.parseLong(words[4]),
                Double.parseDouble(words[5]));
    }

    /** Whether frames have scheduled times. */
    boolean isTimed() {
        return periodNs > 0;
    }

    /** The scheduled time of a frame, counted from the first at the measured rate. */
    long scheduledNs(long frame) {
        return pacedStartNs + (long) (frame * periodNs);
    }

    /** The time when a fraction of the measured part, from 0 to 1, has passed. */
    long measuredNs(double fraction) {
        return measuredStartNs + (long) (fraction * (endNs - measuredStartNs));
    }

    /** Whether a frame with that scheduled time is measured. */
    public boolean isMeasured(long scheduledNs) {
        return scheduledNs - measuredStartNs >= 0 && scheduledNs - endNs < 0;
    }

    /** Waits until a time, without giving up the core for the last {@value #SPIN_NS} ns. */
    public static void await(long timeNs) {
        long leftNs;
        while ((leftNs = timeNs - System.nanoTime()) > 0) {
            if (leftNs > SPIN_NS) {
                LockSupport.parkNanos(leftNs - SPIN_NS);
            } else {
                Thread.onSpinWait();
            }
        }
    }
}
