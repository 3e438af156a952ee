package io.aeroframe.benchmarks.harness;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/** A process that the bench started, as seen from the bench: it sends {@link Report}s and waits for a schedule. */
public final class ChildProcess implements AutoCloseable {

    private static final long EXIT_TIMEOUT_S = 2;

    private final String name;
    private final Process process;

    private ChildProcess(String name, Process process) {
        this.name = name;
        this.process = process;
    }

    /**
     * A report from a process, or its end.
     *
     * @param process the process
     * @param report  the report; null if the process ended
     * @param status  the exit status; 0 if the process has not ended
     */
    public record Event(ChildProcess process, Report report, int status) {}

    /**
     * How to start a process.
     *
     * @param name    the process's name in messages
     * @param command the program and its arguments
     * @param errors  the destination of its standard error
     */
    public record Launch(String name, List<String> command, ProcessBuilder.Redirect errors) {

        /** Returns a JVM with the same flags, class path and standard error as this one. */
        public static Launch java(String name, Class<?> main, List<String> arguments) {
            List<String> command = new ArrayList<>();
            command.add(System.getProperty("java.home") + File.separator + "bin" + File.separator + "java");
            command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
            command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
            command.addAll(arguments);
            return new Launch(name, command, ProcessBuilder.Redirect.INHERIT);
        }
    }

    /**
     * Starts a process.
     *
     * @param events the queue that receives its reports, and last its end
     */
    public static ChildProcess start(Launch launch, BlockingQueue<Event> events) {
        String name = launch.name();
        ChildProcess child;
        try {
            child = new ChildProcess(
                    name,
                    new ProcessBuilder(launch.command())
                            .redirectError(launch.errors())
                            .start());
        } catch (IOException ex) {
            throw new BenchException("the " + name + " cannot be started: " + ex.getMessage(), ex);
        }
        Thread listener = new Thread(() -> child.listen(events), "bench-" + name);
        listener.setDaemon(true);
        listener.start();
        return child;
    }

    private void listen(BlockingQueue<Event> events) {
        try (BufferedReader lines = process.inputReader(StandardCharsets.US_ASCII)) {
            String line;
            while ((line = lines.readLine()) != null) {
                Report report = Report.parse(line);
                if (report != null) {
                    events.add(new Event(this, report, 0));
                }
            }
        } catch (IOException ex) {
            // the pipe closes when the process is destroyed; the event below reports its end
        }
        try {
            events.add(new Event(this, null, process.waitFor()));
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
    }

    public String name() {
        return name;
    }

    /**
     * Starts the run in the process.
     *
     * @throws BenchException if the process has ended
     */
    public void go(Schedule schedule) {
        try {
            OutputStream out = process.getOutputStream();
            out.write((schedule.line() + "\n").getBytes(StandardCharsets.US_ASCII));
            out.flush();
        } catch (IOException ex) {
            throw new BenchException("the " + name + " ended before it started", ex);
        }
    }

    /** Terminates the process without waiting for its end. Thread-safe. */
    public void terminate() {
        process.destroy();
    }

    /** Terminates the process, kills it after {@value #EXIT_TIMEOUT_S} s, and waits for its end. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(EXIT_TIMEOUT_S, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor(EXIT_TIMEOUT_S, TimeUnit.SECONDS);
            }
        } catch (InterruptedException ex) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
