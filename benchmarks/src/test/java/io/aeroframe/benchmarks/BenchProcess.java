package io.aeroframe.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.agrona.concurrent.SleepingMillisIdleStrategy;

/** The bench in a process with a base directory of its own, which is removed on close. */
public final class BenchProcess implements AutoCloseable {

    /** So long that only a test that fails waits for it, even on a slow or busy machine. */
    private static final long DEADLINE_S = 120;

    private final Path directory;
    private final Path out;
    private final Path err;
    private final Process process;

    private BenchProcess(Path directory, Process process) {
        this.directory = directory;
        this.process = process;
        out = directory.resolve("out");
        err = directory.resolve("err");
    }

    public static BenchProcess start(String... arguments) throws IOException {
        return start(System.getenv("PATH"), arguments);
    }

    /** Starts the bench with a search path for programs. */
    public static BenchProcess start(String searchPath, String[] arguments) throws IOException {
        Path memory = Path.of("/dev/shm");
        Path directory = Files.isWritable(memory)
                ? Files.createTempDirectory(memory, "aeroframe-bench-")
                : Files.createTempDirectory("aeroframe-bench-");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1", // starts faster; figures do not matter here; child processes inherit it
                "-XX:+UseSerialGC",
                "--add-opens",
                "java.base/jdk.internal.misc=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Bench.class.getName()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectOutput(directory.resolve("out").toFile())
                .redirectError(directory.resolve("err").toFile());
        builder.environment().put("AEROFRAME_DIR", directory.resolve("base").toString());
        builder.environment().put("PATH", searchPath);
        builder.environment().remove("JAVA_TOOL_OPTIONS"); // the JVM would print it to standard error
        return new BenchProcess(directory, builder.start());
    }

    /** Waits for the end of the bench and returns its exit status. */
    public int awaitEnd() throws InterruptedException {
        if (!process.waitFor(DEADLINE_S, TimeUnit.SECONDS)) {
            throw new AssertionError("timed out after " + DEADLINE_S + " s waiting for the end of the bench");
        }
        return process.exitValue();
    }

    /** Waits until the bench has started a process with that argument. */
    public ProcessHandle awaitChild(String argument) {
        long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_S);
        SleepingMillisIdleStrategy idle = new SleepingMillisIdleStrategy(5);
        while (System.nanoTime() - deadlineNs < 0) {
            for (ProcessHandle child : process.descendants().toList()) {
                String[] arguments = child.info().arguments().orElse(new String[0]);
                if (List.of(arguments).contains(argument)) {
                    return child;
                }
            }
            idle.idle();
        }
        throw new AssertionError("timed out after " + DEADLINE_S + " s waiting for the " + argument + " of the bench");
    }

    public long pid() {
        return process.pid();
    }

    public void interrupt() {
        process.destroy();
    }

    public String output() throws IOException {
        return Files.readString(out);
    }

    public String errors() throws IOException {
        return Files.readString(err);
    }

    /** Returns the files that the driver left behind. */
    public List<Path> leftovers() throws IOException {
        Path base = directory.resolve("base");
        if (!Files.exists(base)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(base)) {
            return files.toList();
        }
    }

    @Override
    public void close() throws IOException {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        try (Stream<Path> paths = Files.walk(directory)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
