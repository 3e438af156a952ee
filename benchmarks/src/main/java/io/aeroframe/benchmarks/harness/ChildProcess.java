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

/** A process of a measurement, as the command that started it sees it. */
public final class ChildProcess implements AutoCloseable {

    private static final long EXIT_TIMEOUT_S = 2;

    private final String name;
    private final Process process;

    private ChildProcess(String name, Process process) {
        this.name = name;
        this.process = process;
    }

    /**
     * Something that a process did.
     *
     * @param role   that did it.
     * @param report that it sent; null if it ended.
     * @param status with which it ended; 0 if it has not.
     */
    public record Event(ChildProcess role, Report report, int status) {}

    /**
     * How a process is started.
     *
     * @param name    for people.
     * @param command that it runs.
     * @param errors  where what it says on standard error goes.
     */
    public record Launch(String name, List<String> command, ProcessBuilder.Redirect errors) {

        /** A JVM with the command's own flags, class path and standard error. */
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
     * @param events takes what it does, its end last.
     */
    public static ChildProcess start(Launch launch, BlockingQueue<Event> events) {
        String name = launch.name();
        ChildProcess role;
        try {
            role = new ChildProcess(
                    name,
                    new ProcessBuilder(launch.command())
                            .redirectError(launch.errors())
                            .start());
        } catch (IOException ex) {
            throw new BenchException("the " + name + " cannot be started: " + ex.getMessage(), ex);
        }
        Thread listener = new Thread(() -> role.listen(events), "bench-" + name);
        listener.setDaemon(true);
        listener.start();
        return role;
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
            // closed while being destroyed: its end is told below
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

    long pid() {
        return process.pid();
    }

    /** Tells the process to begin. */
    public void go(Schedule schedule) {
        try {
            OutputStream out = process.getOutputStream();
            out.write((schedule.line() + "\n").getBytes(StandardCharsets.US_ASCII));
            out.flush();
        } catch (IOException ex) {
            throw new BenchException("the " + name + " has ended before it began", ex);
        }
    }

    /** Ends the process at once, without waiting. Any thread. */
    public void kill() {
        process.destroyForcibly();
    }

    /** Ends the process if it has not ended, and waits until it has. */
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
