package io.aeroframe.benchmarks;

import io.aeroframe.testing.Await;
import io.aeroframe.testing.ChildJvm;
import io.aeroframe.testing.MemoryDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The bench in a process with a base directory of its own, which is removed on close. */
public final class BenchProcess implements AutoCloseable {

    private final MemoryDirectory directory;
    private final Path out;
    private final Path err;
    private final Process process;

    private BenchProcess(MemoryDirectory directory, Process process) {
        this.directory = directory;
        this.process = process;
        out = directory.path().resolve("out");
        err = directory.path().resolve("err");
    }

    public static BenchProcess start(String... arguments) throws IOException {
        return start(System.getenv("PATH"), arguments);
    }

    /** Starts the bench with a search path for programs. */
    public static BenchProcess start(String searchPath, String[] arguments) throws IOException {
        MemoryDirectory directory = new MemoryDirectory();
        // This starts faster; figures do not matter here; child processes inherit it.
        List<String> command = ChildJvm.command(Bench.class, List.of("-XX:TieredStopAtLevel=1"));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectOutput(directory.path().resolve("out").toFile())
                .redirectError(directory.path().resolve("err").toFile());
        builder.environment().put("AEROFRAME_DIR", directory.base().toString());
        builder.environment().put("PATH", searchPath);
        builder.environment().remove("JAVA_TOOL_OPTIONS"); // the JVM would print it to standard error
        return new BenchProcess(directory, builder.start());
    }

    /** Waits for the end of the bench and returns its exit status. */
    public int awaitEnd() throws InterruptedException {
        if (!process.waitFor(Await.PATIENCE_S, TimeUnit.SECONDS)) {
            throw new AssertionError("timed out after " + Await.PATIENCE_S + " s waiting for the end of the bench");
        }
        return process.exitValue();
    }

    /** Waits until the bench has started a process with that argument. */
    public ProcessHandle awaitChild(String argument) {
        ProcessHandle[] found = new ProcessHandle[1];
        Await.until("the " + argument + " of the bench", () -> {
            found[0] = process.descendants()
                    .filter(child -> List.of(child.info().arguments().orElse(new String[0]))
                            .contains(argument))
                    .findFirst()
                    .orElse(null);
            return found[0] != null;
        });
        return found[0];
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
        Path base = directory.base();
        if (!Files.exists(base)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(base)) {
            return files.toList();
        }
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        directory.close();
    }
}
