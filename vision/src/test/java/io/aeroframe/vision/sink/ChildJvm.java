package io.aeroframe.vision.sink;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** How to start another Java process of this test's kind. */
final class ChildJvm {

    private ChildJvm() {}

    static List<String> command(Class<?> main, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        for (String option : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            if (option.startsWith("--add-opens")) {
                command.add(option);
            }
        }
        if (Runtime.version().feature() >= 22) {
            // Else Java warns on standard error of the native libraries that are loaded.
            command.add("--enable-native-access=ALL-UNNAMED");
        }
        // No file of the JVM's own may stand in the way of a test that bounds the size of files.
        command.add("-XX:-UsePerfData");
        command.add("-Xmx256m");
        command.add("-cp");
        command.add(System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
        command.add(main.getName());
        command.addAll(List.of(arguments));
        return command;
    }

    /** Waits for a process to end by itself, and ends it if it does not. */
    static void endWithin(Process process, int seconds) {
        if (process.onExit().completeOnTimeout(null, seconds, TimeUnit.SECONDS).join() == null) {
            process.destroyForcibly();
        }
    }
}
