package io.aeroframe.benchmarks.video;

import io.aeroframe.benchmarks.harness.BenchException;
import io.aeroframe.benchmarks.harness.UserCommands;
import io.aeroframe.benchmarks.python.Python;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Runs the processes of {@code bench video} as a user would, with a base directory of their own that is removed with
 * them. For one thread.
 */
final class VideoRun implements AutoCloseable {

    private static final String SCRIPT = "video_capture.py";
    private static final long MARGIN_S = 60;

    private final Path file;
    private final double seconds;
    private final UserCommands commands;

    VideoRun(Path file, double seconds, Path command) throws IOException {
        this.file = file.toAbsolutePath();
        this.seconds = seconds;
        commands = new UserCommands(command);
        Python.copyScript(SCRIPT, commands.directory());
    }

    /**
     * Runs the Python script and returns the frames per second that it writes.
     *
     * @param arguments nothing, or the directory of Aeroframe's Python package
     */
    double python(String interpreter, List<String> arguments) throws InterruptedException, IOException {
        List<String> command = new ArrayList<>(List.of(
                interpreter,
                commands.directory().resolve(SCRIPT).toString(),
                file.toString(),
                Double.toString(seconds)));
        command.addAll(arguments);
        Process script = commands.startOther(command);
        String[] words = lastLine(script, "the script").split(" ");
        if (words.length != 3 || !words[0].equals("bench-video")) {
            throw new BenchException("the script printed '" + String.join(" ", words) + "' instead of its result");
        }
        return Double.parseDouble(words[1]) / Double.parseDouble(words[2]);
    }

    /** Runs a publisher and a subscriber and returns the frames per second that the subscriber receives. */
    double aeroframe(List<String> format) throws InterruptedException, IOException {
        List<String> publish = new ArrayList<>(List.of(
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
        Process subscriber = commands.start(List.of("subscribe", "video", "null:", "--json"));
        Process publisher = commands.start(publish);
        lastLine(publisher, "the publisher");
        String line = lastLine(subscriber, "the subscriber");
        Map<String, Object> summary = UserCommands.json(line);
        if (!Boolean.TRUE.equals(summary.get("summary")) || !(summary.get("fps") instanceof Double fps)) {
            throw new BenchException("the subscriber's last line is not a summary: " + line);
        }
        return fps;
    }

    /** Waits for the end of a process and returns the last line that it printed. */
    private String lastLine(Process process, String name) throws InterruptedException {
        List<String> lines = commands.lines(process, name, (long) seconds + MARGIN_S);
        return lines.isEmpty() ? "" : lines.get(lines.size() - 1);
    }

    @Override
    public void close() {
        commands.close();
    }
}
