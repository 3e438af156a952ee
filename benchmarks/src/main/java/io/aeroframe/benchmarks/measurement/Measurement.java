package io.aeroframe.benchmarks.measurement;

import com.sun.management.OperatingSystemMXBean;
import io.aeroframe.benchmarks.harness.BenchException;
import io.aeroframe.benchmarks.harness.ChildProcess;
import io.aeroframe.benchmarks.harness.Report;
import io.aeroframe.benchmarks.harness.Schedule;
import io.aeroframe.benchmarks.options.Plan;
import io.aeroframe.benchmarks.report.Figures;
import io.aeroframe.driver.FrameDriver;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Runs of a measurement: each starts a writer and its readers as processes of their own on this process's driver, tells them when to begin, and
 * puts together what they report. Whatever happens, no process outlives its run, nor this one. One thread.
 */
public final class Measurement implements AutoCloseable {

    private static final long READY_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(60);
    private static final long REPORT_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(30);
    private static final OperatingSystemMXBean SYSTEM =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private final FrameDriver driver = FrameDriver.join(new FrameDriver.Context().privateDriver(true));
    private final List<ChildProcess> roles = new CopyOnWriteArrayList<>();
    private final Thread killer = new Thread(this::kill, "bench-killer");
    private volatile boolean isInterrupted;
    private int run;

    public Measurement() {
        Runtime.getRuntime().addShutdownHook(killer);
    }

    private void kill() {
        isInterrupted = true;
        roles.forEach(ChildProcess::kill);
    }

    /**
     * One run.
     *
     * @param readers       reading processes.
     * @param subscriptions of each of them.
     * @throws BenchException       if a process fails.
     * @throws InterruptedException if the command was interrupted.
     */
    public Figures run(Plan plan, int readers, int subscriptions) throws InterruptedException {
        return run(plan, readers, subscriptions, Map.of());
    }

    /**
     * One run whose processes are told more than the plan. With something for a slow reader there is one, which is not measured.
     *
     * @param readers       reading processes.
     * @param subscriptions of each of them.
     * @param more          options of {@link RoleMain}, by the part they are for.
     * @throws BenchException       if a process fails.
     * @throws InterruptedException if the command was interrupted.
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
     * One run of processes of any kind that report as a {@link RoleMain} does.
     *
     * @param launches    how each is started: one writer, readers, and what serves them.
     * @param subscribers in all readers.
     * @throws BenchException       if a process fails.
     * @throws InterruptedException if the command was interrupted.
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
                throw new InterruptedException(); // it is the interruption that ended the processes
            }
            throw ex;
        } finally {
            roles.forEach(ChildProcess::close);
            roles.clear();
        }
    }

    /** Where the processes of the runs may meet; goes with this, even if this process is killed. */
    public Path directory() {
        return Path.of(driver.aeronDirectoryName());
    }

    /** How a process of the next run is started. */
    public ChildProcess.Launch launch(String name, Role part, Plan plan, int subscriptions) {
        return launch(name, part, plan, subscriptions, Map.of());
    }

    private ChildProcess.Launch launch(
            String name, Role part, Plan plan, int subscriptions, Map<Role, List<String>> more) {
        List<String> arguments = new ArrayList<>(List.of(part.name()));
        arguments.addAll(List.of("--aeron-dir", driver.aeronDirectoryName(), "--run", Integer.toString(run + 1)));
        arguments.addAll(List.of("--subscriptions", Integer.toString(subscriptions)));
        arguments.addAll(plan.arguments());
        arguments.addAll(more.getOrDefault(part, List.of()));
        return ChildProcess.Launch.java(name, RoleMain.class, arguments);
    }

    private void start(ChildProcess.Launch launch, BlockingQueue<ChildProcess.Event> events) {
        ChildProcess role = ChildProcess.start(launch, events);
        roles.add(role);
        if (isInterrupted) {
            role.kill(); // the hook has run already
        }
    }

    private Figures await(Plan plan, int subscribers, BlockingQueue<ChildProcess.Event> events)
            throws InterruptedException {
        Map<ChildProcess, Report> ready = new HashMap<>();
        collect(events, ready, System.nanoTime() + READY_TIMEOUT_NS);
        checkComplete(ready, "was not ready within 60 s");
        Schedule schedule = Schedule.soon(plan);
        roles.forEach(role -> role.go(schedule));
        Map<ChildProcess, Report> reports = new HashMap<>();
        collect(events, reports, schedule.beginNs());
        long beginCpuNs = SYSTEM.getProcessCpuTime();
        collect(events, reports, schedule.endNs());
        long cpuNs = SYSTEM.getProcessCpuTime() - beginCpuNs;
        collect(events, reports, schedule.endNs() + REPORT_TIMEOUT_NS);
        checkComplete(reports, "has not ended 30 s after its time");

        List<Report.Read> read = new ArrayList<>();
        Report.Written written = null;
        Report.SlowRead aside = null;
        for (Report report : reports.values()) {
            if (report instanceof Report.Read reader) {
                read.add(reader);
            } else if (report instanceof Report.Written writer) {
                written = writer;
            } else if (report instanceof Report.SlowRead slow) {
                aside = slow;
            }
        }
        Figures figures = Figures.of(plan, subscribers, written, read, aside, cpuNs);
        if (figures.get(Figures.RECEIVED) == 0) {
            throw new BenchException("of " + (long) figures.get(Figures.SENT)
                    + " frames sent none was received; use a lower --fps, or a smaller --size");
        }
        return figures;
    }

    /** Takes reports until there is one of each process, or until the time has come. */
    private void collect(BlockingQueue<ChildProcess.Event> events, Map<ChildProcess, Report> reports, long untilNs)
            throws InterruptedException {
        while (reports.size() < roles.size()) {
            ChildProcess.Event event = events.poll(untilNs - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (event == null) {
                return;
            }
            if (event.report() instanceof Report.Failed failed) {
                throw new BenchException(event.role().name() + ": " + failed.message());
            }
            if (event.report() != null) {
                reports.put(event.role(), event.report());
            } else if (!reports.containsKey(event.role())) {
                throw new BenchException(
                        "the " + event.role().name() + " ended with status " + event.status() + " before it was done");
            }
        }
    }

    private void checkComplete(Map<ChildProcess, Report> reports, String complaint) {
        for (ChildProcess role : roles) {
            if (!reports.containsKey(role)) {
                throw new BenchException("the " + role.name() + " " + complaint);
            }
        }
    }

    /** Ends the driver. */
    @Override
    public void close() {
        driver.close();
        try {
            Runtime.getRuntime().removeShutdownHook(killer);
        } catch (IllegalStateException ex) {
            // the JVM is going down, and the hook has its work
        }
    }
}
