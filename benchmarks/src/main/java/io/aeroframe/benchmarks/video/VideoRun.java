package io.aeroframe.benchmarks.video;

import io.aeroframe.benchmarks.harness.BenchException;
import io.aeroframe.benchmarks.python.Python;
import io.aeroframe.benchmarks.report.JsonFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.agrona.IoUtil;

/**
 * Runs the processes of {@code bench video} as a user would, with a base directory of their own that is removed with
 * them. For one thread.
 */
final class VideoRun implements AutoCloseable {

    private static final String SCRIPT = "video_capture.py";
    private static final Path SHARED_MEMORY = Path.of("/dev/shm");
    private static final long MARGIN_S = 60;
    private static final long EXIT_TIMEOUT_S = 2;

    private final Path file;
    private final double seconds;
    private final Path command;
    private final Path directory;
    private final List<Process> processes = new CopyOnWriteArrayList<>();
    private final Thread killer = new Thread(this::kill, "bench-killer");

    VideoRun(Path file, double seconds, Path command) throws IOException {
        this.file = file.toAbsolutePath();
        this.seconds = seconds;
        this.command = command;
        directory = Files.isDirectory(SHARED_MEMORY)
                ? Files.createTempDirectory(SHARED_MEMORY, "aeroframe-bench-")
                : Files.createTempDirectory("aeroframe-bench-");
        Python.copyScript(SCRIPT, directory);
        Runtime.getRuntime().addShutdownHook(killer);
    }

    /** Runs the Python script and returns the frames per second that it writes. */
    double python(String interpreter) throws InterruptedException, IOException {
        Process script = start(
                List.of(interpreter, directory.resolve(SCRIPT).toString(), file.toString(), Double.toString(seconds)));
        String[] words = lastLine(script, "the script").split(" ");
        if (words.length != 3 || !words[0].equals("bench-video")) {
            throw new BenchException("the script printed '" + String.join(" ", words) + "' instead of its result");
        }
        return Double.parseDouble(words[1]) / Double.parseDouble(words[2]);
    }

    /** Runs a publisher and a subscriber and returns the frames per second that the subscriber receives. */
    double aeroframe(List<String> format) throws InterruptedException, IOException {
        List<String> publish = new ArrayList<>(List.of(
                command.toString(),
                "publish",
                file.toString(),
                "video",
                "--encoding",
                "raw",
                "--fps",
                "max",
                "--loop",
                "--lossless",
                "--await-subscriber",
                "--seconds",
                Double.toString(seconds),
                "--json"));
        publish.addAll(format);
        Process subscriber = start(List.of(command.toString(), "subscribe", "video", "null:", "--json"));
        Process publisher = start(publish);
        lastLine(publisher, "the publisher");
        String line = lastLine(subscriber, "the subscriber");
        Map<String, Object> summary = JsonFile.parse(line);
        if (!Boolean.TRUE.equals(summary.get("summary")) || !(summary.get("fps") instanceof Double fps)) {
            throw new BenchException("the subscriber's last line is not a summary: " + line);
        }
        return fps;
    }

    private Process start(List<String> arguments) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(arguments).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().put("AEROFRAME_DIR", directory.resolve("base").toString());
        Process process = builder.start();
        processes.add(process);
        return process;
    }

    /** Waits for the end of a process and returns the last line that it printed. */
    private String lastLine(Process process, String name) throws InterruptedException, IOException {
        if (!process.waitFor((long) seconds + MARGIN_S, TimeUnit.SECONDS)) {
            throw new BenchException(name + " did not end in time");
        }
        processes.remove(process);
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.exitValue() != 0) {
            throw new BenchException(name + " ended with status " + process.exitValue());
        }
        return output.lines().reduce((first, second) -> second).orElse("");
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
        IoUtil.delete(directory.toFile(), true);
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
