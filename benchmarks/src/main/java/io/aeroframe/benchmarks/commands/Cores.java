package io.aeroframe.benchmarks.commands;

import io.aeroframe.benchmarks.harness.Schedule;
import io.aeroframe.benchmarks.options.Plan;
import java.io.PrintWriter;

/** Checks that the machine has enough cores for the threads that spin. */
final class Cores {

    private Cores() {}

    /** Warns if more threads spin than there are cores: then the latencies include waits for the scheduler. */
    static void warn(Plan plan, int readers, PrintWriter err) {
        int cores = Runtime.getRuntime().availableProcessors();
        boolean writerSpins = plan.rate().periodNs() <= 2 * Schedule.SPIN_NS;
        int spinning = (plan.idle().isBusy() ? readers : 0) + (writerSpins ? 1 : 0);
        if (spinning > cores) {
            err.println("bench: warning: " + spinning + " threads spin on " + cores
                    + " cores, so that latencies include the scheduler's; use --idle wait or backoff, a lower"
                    + " --fps, or fewer readers");
            err.flush();
        }
    }
}
