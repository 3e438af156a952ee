package io.aeroframe.benchmarks.harness;

import io.aeroframe.benchmarks.report.JsonFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Processes of the {@code aeroframe} command, as a user starts them, with a base directory of their own. No process
 * outlives this one. For one thread.
 */
public final class UserCommands implements AutoCloseable {

    private static final long EXIT_TIMEOUT_S = 2;

    private final Path command;
    private final ScratchDirectory directory = new ScratchDirectory();
    private final List<Process> processes = new CopyOnWriteArrayList<>();

    /** What each process prints, read while it runs: a full pipe would stop it. */
    private final Map<Process, CompletableFuture<byte[]>> outputs = new ConcurrentHashMap<>();

    private final Thread killer = new Thread(this::kill, "bench-killer");

    /**
     * Creates the directory.
     *
     * @param command the {@code aeroframe} command
     * @throws BenchException if the directory cannot be created
     */
    public UserCommands(Path command) {
        this.command = command.toAbsolutePath();
        Runtime.getRuntime().addShutdownHook(killer);
    }

    /** A directory for further files. It is removed with this. */
    public Path directory() {
        return directory.path();
    }

    /** Starts {@code aeroframe} with arguments. */
    public Process start(List<String> arguments) throws IOException {
        List<String> all = new ArrayList<>(List.of(command.toString()));
        all.addAll(arguments);
        return startOther(all);
    }

    /** Starts another program. */
    public Process startOther(List<String> program) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(program).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment()
                .put("AEROFRAME_DIR", directory.path().resolve("base").toString());
        Process process = builder.start();
        processes.add(process);
        outputs.put(process, CompletableFuture.supplyAsync(() -> read(process)));
        return process;
    }

    private static byte[] read(Process process) {
        try (InputStream output = process.getInputStream()) {
            return output.readAllBytes();
        } catch (IOException ex) {
            return new byte[0]; // the process was killed
        }
    }

    /**
     * Waits for the end of a process.
     *
     * @param name     the name of the process in messages
     * @param timeoutS the longest wait, in seconds
     * @return the lines that it printed
     * @throws BenchException if it does not end in time, or fails
     */
    public List<String> lines(Process process, String name, long timeoutS) throws InterruptedException {
        if (!process.waitFor(timeoutS, TimeUnit.SECONDS)) {
            throw new BenchException(name + " did not end in time");
        }
        processes.remove(process);
        if (process.exitValue() != 0) {
            throw new BenchException(name + " ended with status " + process.exitValue());
        }
        try {
            return new String(outputs.remove(process).get(timeoutS, TimeUnit.SECONDS), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        } catch (ExecutionException | TimeoutException ex) {
            throw new BenchException("the output of " + name + " cannot be read", ex);
        }
    }

    /** Parses a line that a command printed with {@code --json}. */
    public static Map<String, Object> json(String line) {
        return JsonFile.parse(line);
    }

    /** Ends a process, as Ctrl-C does. */
    public void end(Process process) throws InterruptedException {
        process.destroy();
        if (!process.waitFor(EXIT_TIMEOUT_S, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
        processes.remove(process);
        outputs.remove(process);
    }

    /** Kills all processes and removes the directory. Thread-safe. */
    private void kill() {
        for (Process process : processes) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            process.onExit()
                    .completeOnTimeout(process, EXIT_TIMEOUT_S, TimeUnit.SECONDS)
                    .join();
        }
        directory.close();
    }

    @Override
    public void close() {
        kill();
        try {
            Runtime.getRuntime().removeShutdownHook(killer);
        } catch (IllegalStateException ex) {
            return; // the JVM is shutting down, and the hook runs or has run
        }
    }
}
