package io.aeroframe.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A process of its own that runs a main class of the tests, with JVM options of its own. Its output is read line by
 * line.
 */
final class ChildJvm implements AutoCloseable {

    private static final long TIMEOUT_S = Boolean.getBoolean("faults") ? 3_600 : 300;
    private static final String GONE = "the process is gone";

    private final Process process;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

    private ChildJvm(Process process) {
        this.process = process;
        Thread reader = new Thread(this::readLines, "child-jvm-" + process.pid());
        reader.setDaemon(true);
        reader.start();
    }

    /**
     * Starts the process.
     *
     * @param options of its JVM.
     */
    static ChildJvm start(Class<?> mainClass, List<String> options, Object... arguments) throws IOException {
        return new ChildJvm(new ProcessBuilder(command(mainClass, options, arguments))
                .redirectErrorStream(true)
                .start());
    }

    /**
     * Runs a class to its end, which may be a crash: that fails.
     *
     * @param directory for what the JVM prints, and for its crash report.
     * @param options   of the JVM.
     * @return what it has printed.
     */
    static String run(Path directory, Class<?> mainClass, List<String> options, Object... arguments) {
        Path output = directory.resolve("output");
        Path crash = directory.resolve("crash.log");
        List<String> all = new ArrayList<>(options);
        all.add("-XX:ErrorFile=" + crash);
        all.add("-XX:-CreateCoredumpOnCrash");
        try {
            Process process = new ProcessBuilder(command(mainClass, all, arguments))
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            boolean hasEnded = false;
            try {
                hasEnded = process.waitFor(TIMEOUT_S, TimeUnit.SECONDS);
            } catch (InterruptedException ex) {
                throw new AssertionError("interrupted while waiting for " + mainClass.getSimpleName(), ex);
            } finally {
                process.destroyForcibly();
            }
            String printed = Files.readString(output, StandardCharsets.UTF_8);
            assertTrue(hasEnded, () -> "has not ended in time: " + tail(printed));
            assertTrue(Files.notExists(crash), () -> "the JVM crashed: " + tail(printed));
            assertEquals(0, process.exitValue(), () -> tail(printed));
            return printed;
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    private static String tail(String text) {
        return text.substring(Math.max(0, text.length() - 4_000));
    }

    private static List<String> command(Class<?> mainClass, List<String> options, Object... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-opens",
                "java.base/jdk.internal.misc=ALL-UNNAMED",
                "-XX:+UseSerialGC",
                "-XX:-UsePerfData",
                "-Xmx128m",
                "-ea"));
        if (Runtime.version().feature() >= 22) {
            command.add("--enable-native-access=ALL-UNNAMED");
        }
        command.addAll(options);
        command.addAll(List.of(
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                mainClass.getName()));
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
        return command;
    }

    private void readLines() {
        try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                lines.add(line);
            }
            lines.add(GONE);
        } catch (IOException ex) {
            lines.add(GONE + ": " + ex.getMessage());
        }
    }

    /** What follows a word in the next line that begins with it. */
    String await(String word, int seconds) throws InterruptedException {
        long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        List<String> others = new ArrayList<>();
        while (true) {
            String line = lines.poll(Math.max(0, deadlineNs - System.nanoTime()), TimeUnit.NANOSECONDS);
            if (line == null || line.startsWith(GONE)) {
                throw new AssertionError(
                        "timed out waiting for '" + word + "': " + String.join("\n", others) + "\nthen " + line);
            }
            if (line.equals(word) || line.startsWith(word + " ")) {
                return line.substring(word.length()).trim();
            }
            others.add(line);
        }
    }

    /** Writes a line to its standard input. */
    void tell(String order) throws IOException {
        process.outputWriter().write(order + "\n");
        process.outputWriter().flush();
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }

    // ---- the process's own side

    /** The next order; ends the process when there are no more, so that a test that dies leaves none behind. */
    static String nextOrder() {
        try {
            String order = ORDERS.readLine();
            if (order == null) {
                Runtime.getRuntime().halt(1);
            }
            return order;
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    private static final BufferedReader ORDERS =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
}
