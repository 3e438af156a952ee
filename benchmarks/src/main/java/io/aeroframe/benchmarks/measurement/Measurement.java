package io.aeroframe.benchmarks.measurement;

import com.sun.management.OperatingSystemMXBean;
import io.aeroframe.benchmarks.harness.BenchException;
import io.aeroframe.benchmarks.harness.ChildProcess;
import io.aeroframe.benchmarks.harness.Report;
import io.aeroframe.benchmarks.harness.Schedule;
import io.aeroframe.benchmarks.harness.ScratchDirectory;
import io.aeroframe.benchmarks.options.Plan;
import io.aeroframe.benchmarks.report.Figures;
import io.aeroframe.driver.DriverContext;
import io.aeroframe.driver.FrameDriver;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Runs of a measurement. Each run starts a writer and its readers as child processes on this process's driver, sends
 * them a schedule, and combines their reports. No child process outlives its run or this process. For one thread.
 */
public final class Measurement implements AutoCloseable {

    private static final long READY_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(60);
    private static final long REPORT_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(30);
    private static final OperatingSystemMXBean SYSTEM =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    /** Null while no process of a run needs one. */
    private FrameDriver driver;

    private final ScratchDirectory directory = new ScratchDirectory();
    private final List<ChildProcess> children = new CopyOnWriteArrayList<>();
    private final Thread killer = new Thread(this::kill, "bench-killer");
    private volatile boolean isInterrupted;
    private int run;

    /** Makes a directory for all runs. The driver starts with the first process that needs it. */
    public Measurement() {
        Runtime.getRuntime().addShutdownHook(killer);
    }

    private void kill() {
        isInterrupted = true;
        endChildren();
        directory.close();
    }

    /** Ends the processes, what serves the others last. */
    private void endChildren() {
        List<ChildProcess> ended = new ArrayList<>(children);
        Collections.reverse(ended);
        ended.forEach(ChildProcess::terminate);
        ended.forEach(ChildProcess::close);
        children.removeAll(ended);
    }

    private FrameDriver driver() {
        if (driver == null) {
            driver = FrameDriver.join(new DriverContext().privateDriver(true));
        }
        return driver;
    }

    /** Stops the driver, for runs beside which none is to run. */
    public void stopDriver() {
        if (driver != null) {
            driver.close();
            driver = null;
        }
    }

    /**
     * Runs a plan once.
     *
     * @param readers       the number of reading processes
     * @param subscriptions the number of subscriptions of each reader
     * @throws BenchException       if a process fails
     * @throws InterruptedException if the command is interrupted
     */
    public Figures run(Plan plan, int readers, int subscriptions) throws InterruptedException {
        return run(plan, readers, subscriptions, Map.of());
    }

    /**
     * Runs a plan once with further options for some processes. If there are options for a slow reader, one is started;
     * it is not measured.
     *
     * @param readers       the number of reading processes
     * @param subscriptions the number of subscriptions of each reader
     * @param more          further options of {@link RoleMain} for each role
     * @throws BenchException       if a process fails
     * @throws InterruptedException if the command is interrupted
     */
    public Figures run(Plan plan, int readers, int subscriptions, Map<Role, List<String>> more)
            throws InterruptedException {
        List<ChildProcess.Launch> launches = new ArrayList<>();
        for (int i = 1; i <= readers; i++) {
            String name = readers == 1 ? "reader" : "reader " + i;
            launches.add(launch(name, Role.reader, plan, subscriptions, more));
        }
        if (more.containsKey(Role.slow)) {
            launches.add(launch("slow reader", Role.slow, plan, 1, more));
        }
        launches.add(launch("writer", Role.writer, plan, 1, more));
        return run(plan, launches, readers * subscriptions);
    }

    /**
     * Runs processes of any kind that report as {@link RoleMain} does.
     *
     * @param launches    the processes: one writer, the readers, and any that serve them
     * @param subscribers the number of subscriptions of all readers together
     * @throws BenchException       if a process fails
     * @throws InterruptedException if the command is interrupted
     */
    public Figures run(Plan plan, List<ChildProcess.Launch> launches, int subscribers) throws InterruptedException {
        BlockingQueue<ChildProcess.Event> events = new LinkedBlockingQueue<>();
        run++;
        try {
            for (ChildProcess.Launch launch : launches) {
                start(launch, events);
            }
            return await(plan, subscribers, events);
        } catch (BenchException ex) {
            if (isInterrupted) {
                throw new InterruptedException(); // the shutdown hook killed the processes
            }
            throw ex;
        } finally {
            endChildren();
        }
    }

    /** A directory that the processes of the runs may use. It is removed with this, even if this process is killed. */
    public Path directory() {
        return directory.path();
    }

    /** Returns how to start a process of the next run that uses the driver. */
    public ChildProcess.Launch launch(String name, Role role, Plan plan, int subscriptions) {
        return launch(name, role, plan, subscriptions, Map.of());
    }

    /** Returns how to start a process of the next run that does not use Aeron. */
    public ChildProcess.Launch launchWithoutDriver(String name, Role role, Plan plan) {
        List<String> arguments = new ArrayList<>(List.of(role.name(), "--run", Integer.toString(run + 1)));
        arguments.addAll(plan.arguments());
        return ChildProcess.Launch.java(name, RoleMain.class, arguments);
    }

    private ChildProcess.Launch launch(
            String name, Role role, Plan plan, int subscriptions, Map<Role, List<String>> more) {
        List<String> arguments = new ArrayList<>(List.of(role.name()));
        arguments.addAll(List.of("--aeron-dir", driver().aeronDirectoryName(), "--run", Integer.toString(run + 1)));
        arguments.addAll(List.of("--subscriptions", Integer.toString(subscriptions)));
        arguments.addAll(plan.arguments());
        arguments.addAll(more.getOrDefault(role, List.of()));
        return ChildProcess.Launch.java(name, RoleMain.class, arguments);
    }

    private void start(ChildProcess.Launch launch, BlockingQueue<ChildProcess.Event> events) {
        ChildProcess child = ChildProcess.start(launch, events);
        children.add(child);
        if (isInterrupted) {
            child.close(); // the shutdown hook may have run before the child was added
        }
    }

    private Figures await(Plan plan, int subscribers, BlockingQueue<ChildProcess.Event> events)
            throws InterruptedException {
        Map<ChildProcess, Report> ready = new HashMap<>();
        collect(events, ready, System.nanoTime() + READY_TIMEOUT_NS);
        checkComplete(ready, "was not ready within 60 s");
        Schedule schedule = Schedule.soon(plan);
        children.forEach(child -> child.go(schedule));
        Map<ChildProcess, Report> reports = new HashMap<>();
        collect(events, reports, schedule.measuredStartNs());
        long startCpuNs = SYSTEM.getProcessCpuTime();
        collect(events, reports, schedule.endNs());
        long cpuNs = SYSTEM.getProcessCpuTime() - startCpuNs;
        collect(events, reports, schedule.endNs() + REPORT_TIMEOUT_NS);
        checkComplete(reports, "did not end within 30 s of its schedule");

        List<Report.Read> read = new ArrayList<>();
        Report.Written written = null;
        Report.SlowRead slowRead = null;
        for (Report report : reports.values()) {
            if (report instanceof Report.Read reader) {
                read.add(reader);
            } else if (report instanceof Report.Written writer) {
                written = writer;
            } else if (report instanceof Report.SlowRead slow) {
                slowRead = slow;
            }
        }
        Figures figures = Figures.of(plan, subscribers, written, read, slowRead, cpuNs);
        if (figures.get(Figures.RECEIVED) == 0) {
            throw new BenchException("none of " + (long) figures.get(Figures.SENT)
                    + " frames sent was received; use a lower --fps, or a smaller --size");
        }
        return figures;
    }

    /** Collects reports until there is one from each process, or until a time. */
    private void collect(BlockingQueue<ChildProcess.Event> events, Map<ChildProcess, Report> reports, long untilNs)
            throws InterruptedException {
        while (reports.size() < children.size()) {
            ChildProcess.Event event = events.poll(untilNs - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (event == null) {
                return;
            }
            if (event.report() instanceof Report.Failed failed) {
                throw new BenchException(event.process().name() + ": " + failed.message());
            }
            if (event.report() != null) {
                reports.put(event.process(), event.report());
            } else if (!reports.containsKey(event.process())) {
                throw new BenchException("the " + event.process().name() + " ended with status " + event.status()
                        + " before it was done");
            }
        }
    }

    private void checkComplete(Map<ChildProcess, Report> reports, String complaint) {
        for (ChildProcess child : children) {
            if (!reports.containsKey(child)) {
                throw new BenchException("the " + child.name() + " " + complaint);
            }
        }
    }

    /** Closes the driver and removes the directory. */
    @Override
    public void close() {
        stopDriver();
        directory.close();
        try {
            Runtime.getRuntime().removeShutdownHook(killer);
        } catch (IllegalStateException ex) {
            // the JVM is shutting down, and the hook runs or has run
        }
    }
}
