package io.aeroframe.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a main class of the tests in a JVM of its own, which may crash. */
final class ChildJvm {

    private static final long TIMEOUT_S = 300;

    private ChildJvm() {}

    /**
     * Runs a class to its end.
     *
     * @param directory for what the JVM prints, and for its crash report.
     * @param options   of the JVM.
     * @return what it has printed.
     */
    static String run(Path directory, Class<?> main, List<String> options, Object... arguments) {
        Path output = directory.resolve("output");
        Path crash = directory.resolve("crash.log");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-opens",
                "java.base/jdk.internal.misc=ALL-UNNAMED",
                "-XX:ErrorFile=" + crash,
                "-XX:-CreateCoredumpOnCrash",
                "-XX:+UseSerialGC",
                "-XX:-UsePerfData",
                "-ea"));
        if (Runtime.version().feature() >= 22) {
            command.add("--enable-native-access=ALL-UNNAMED");
        }
        command.addAll(options);
        command.addAll(List.of(
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                main.getName()));
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            boolean hasEnded = false;
            try {
                hasEnded = process.waitFor(TIMEOUT_S, TimeUnit.SECONDS);
            } catch (InterruptedException ex) {
                throw new AssertionError("interrupted while waiting for " + main.getSimpleName(), ex);
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
}
