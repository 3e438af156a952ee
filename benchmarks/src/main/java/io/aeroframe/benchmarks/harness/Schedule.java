package io.aeroframe.benchmarks.harness;

import io.aeroframe.benchmarks.options.Plan;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * When the frames of a run are due, and which of them are measured. All processes of a run have the same one: {@link System#nanoTime()} is one
 * clock for all processes of a host. A frame belongs to the measured part by the time it was due, wherever and whenever it is looked at.
 *
 * @param rehearsalNs writer and readers begin to send and receive as fast as is sensible: at a few frames a second the code would not be
 *                    compiled when it counts.
 * @param startNs     the first frame at the pace that is measured is due.
 * @param beginNs     the warm-up is over.
 * @param endNs       the measured part is over.
 * @param periodNs    from frame to frame; 0 without a schedule, when a frame is due whenever the writer turns to it.
 */
public record Schedule(long rehearsalNs, long startNs, long beginNs, long endNs, double periodNs) {

    /** A sleeping thread may be late by this much; the rest of the way it spins. */
    public static final long SPIN_NS = 200_000;

    private static final long LEAD_NS = TimeUnit.MILLISECONDS.toNanos(200);

    private static final String COMMAND = "go";

    /** Starts shortly, when all processes know of it. */
    public static Schedule soon(Plan plan) {
        long rehearsalNs = System.nanoTime() + LEAD_NS;
        long warmupNs = (long) (plan.warmupSeconds() * 1e9);
        long beginNs = rehearsalNs + warmupNs;
        return new Schedule(
                rehearsalNs,
                rehearsalNs + warmupNs / 2,
                beginNs,
                beginNs + (long) (plan.seconds() * 1e9),
                plan.rate().periodNs());
    }

    /** The line that tells a process to go. */
    String line() {
        return String.join(
                " ",
                COMMAND,
                Long.toString(rehearsalNs),
                Long.toString(startNs),
                Long.toString(beginNs),
                Long.toString(endNs),
                Double.toString(periodNs));
    }

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

    /** Whether frames are due at set times. */
    boolean isTimed() {
        return periodNs > 0;
    }

    long dueNs(long frame) {
        return startNs + (long) (frame * periodNs);
    }

    /** The time at which that part of the measured part, 0 to 1, is over. */
    long measuredNs(double part) {
        return beginNs + (long) (part * (endNs - beginNs));
    }

    /** Whether a frame that was due then belongs to the measured part. */
    public boolean isMeasured(long dueNs) {
        return dueNs - beginNs >= 0 && dueNs - endNs < 0;
    }

    /** Returns when the time has come; at once if it has passed. */
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
