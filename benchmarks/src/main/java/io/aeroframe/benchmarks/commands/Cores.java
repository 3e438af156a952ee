package io.aeroframe.benchmarks.commands;

import io.aeroframe.benchmarks.harness.Schedule;
import io.aeroframe.benchmarks.options.Plan;
import java.io.PrintWriter;

/** Whether the machine has a core for each thread that takes one. */
final class Cores {

    private Cores() {}

    /** Warns if threads that spin outnumber the cores: then they, and what they measure, wait for the scheduler. */
    static void warn(Plan plan, int readers, PrintWriter err) {
        int cores = Runtime.getRuntime().availableProcessors();
        boolean writerSpins = plan.rate().periodNs() <= 2 * Schedule.SPIN_NS;
        int spinning = (plan.idle().takesACore() ? readers : 0) + (writerSpins ? 1 : 0);
        if (spinning > cores) {
            err.println(
                    "bench: warning: " + spinning + " threads spin on " + cores
                            + " cores: what is measured is the scheduler as well; use --idle wait or backoff, a lower --fps, or fewer readers");
            err.flush();
        }
    }
}
