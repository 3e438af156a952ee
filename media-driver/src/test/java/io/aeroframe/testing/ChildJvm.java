package io.aeroframe.testing;

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
import java.util.concurrent.TimeUnit;

/** A process that runs a main class of the tests in a JVM with options of its own. */
public final class ChildJvm extends ChildProcess {

    private static final long TIMEOUT_S = Boolean.getBoolean("faults") ? 3_600 : 300;

    private static final BufferedReader COMMANDS =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));

    private ChildJvm(ProcessBuilder builder) throws IOException {
        super(builder);
    }

    /**
     * The command that runs a class on the class path of the tests, with assertions, the flags that Aeron needs and the
     * serial garbage collector, and without the rehearsal of the frame path.
     *
     * @param mainClass the class to run.
     * @param options   the JVM's options; a later one overrides an earlier one.
     * @param arguments the arguments of the main method.
     * @return a list that the caller may change.
     */
    public static List<String> command(Class<?> mainClass, List<String> options, Object... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-opens",
                "java.base/jdk.internal.misc=ALL-UNNAMED",
                "-XX:+UseSerialGC",
                "-Daeroframe.rehearsal.ms=0", // a killed process would leave that pool, too
                "-XX:-UsePerfData", // its file would get in the way of tests that limit the size of files
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

    /** Starts a process with a small heap, whose standard error goes where its standard output goes. */
    public static ChildJvm start(Class<?> mainClass, List<String> options, Object... arguments) throws IOException {
        return new ChildJvm(
                new ProcessBuilder(command(mainClass, smallHeap(options), arguments)).redirectErrorStream(true));
    }

    /**
     * Runs a class to its end; fails if it crashes, ends with another status than 0, or takes too long.
     *
     * @param directory the directory for the process's output and the JVM's crash report.
     * @param mainClass the class to run.
     * @param options   the JVM's options.
     * @param arguments the arguments of the main method.
     * @return the output of the process.
     */
    public static String run(Path directory, Class<?> mainClass, List<String> options, Object... arguments) {
        Path output = directory.resolve("output");
        Path crash = directory.resolve("crash.log");
        List<String> all = smallHeap(options);
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
            assertTrue(hasEnded, () -> "has not ended after " + TIMEOUT_S + " s: " + tail(printed));
            assertTrue(Files.notExists(crash), () -> "the JVM crashed: " + tail(printed));
            assertEquals(0, process.exitValue(), () -> tail(printed));
            return printed;
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    private static List<String> smallHeap(List<String> options) {
        List<String> all = new ArrayList<>(List.of("-Xmx128m"));
        all.addAll(options);
        return all;
    }

    private static String tail(String text) {
        return text.substring(Math.max(0, text.length() - 4_000));
    }

    /** Waits for a process to end by itself, and kills it if it does not. */
    public static void endWithin(Process process, int seconds) {
        if (process.onExit().completeOnTimeout(null, seconds, TimeUnit.SECONDS).join() == null) {
            process.destroyForcibly();
        }
    }

    /**
     * In the child: the next command. Halts the process at the end of the input, so that a test that dies leaves no
     * process behind.
     */
    public static String nextCommand() {
        try {
            String command = COMMANDS.readLine();
            if (command == null) {
                Runtime.getRuntime().halt(1);
            }
            return command;
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }
}
