package io.aeroframe.apps;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** Programs in Python at the other end of a bridge: {@code bridge_peer.py}. */
final class PythonPeer {

    private static final String MODULES = "cv2, zmq, numpy";

    private PythonPeer() {}

    /** The command that runs the script. Skips the test if no interpreter has the modules. */
    static List<String> command(Object... arguments) throws IOException, InterruptedException {
        return command(MODULES, "python3-opencv python3-zmq", arguments);
    }

    /** The same with ROS. */
    static List<String> rosCommand(Object... arguments) throws IOException, InterruptedException {
        return command(
                MODULES + ", rospy, rosmaster, sensor_msgs.msg",
                "python3-opencv python3-zmq python3-rospy python3-rosmaster python3-sensor-msgs",
                arguments);
    }

    private static List<String> command(String modules, String packages, Object... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(interpreter(modules, packages));
        command.add("-B");
        command.add(Path.of("src", "test", "resources", "bridge_peer.py")
                .toAbsolutePath()
                .toString());
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
        return command;
    }

    /** An interpreter that has modules. Skips the test if none has them. */
    static List<String> interpreter(String modules, String packages) throws IOException, InterruptedException {
        Set<String> candidates = new LinkedHashSet<>();
        for (String directory : System.getenv().getOrDefault("PATH", "").split(":")) {
            candidates.add(Path.of(directory, "python3").toString());
        }
        for (String python : candidates) {
            if (Path.of(python).toFile().canExecute() && hasModules(python, modules)) {
                return List.of(python);
            }
        }
        System.err.println("skipped: no python3 has " + modules + ": apt-get install " + packages);
        assumeTrue(false, "no python3 has " + modules);
        throw new AssertionError();
    }

    private static boolean hasModules(String python, String modules) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(python, "-c", "import " + modules)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            return process.waitFor(20, TimeUnit.SECONDS) && process.exitValue() == 0;
        } finally {
            process.destroyForcibly();
        }
    }

    /** A pipeline for a shell, which exits with the status of its last program that failed. */
    static List<String> pipeline(List<?>... commands) {
        List<String> parts = new ArrayList<>();
        for (List<?> command : commands) {
            parts.add(command.stream()
                    .map(word -> "'" + word.toString().replace("'", "'\\''") + "'")
                    .collect(Collectors.joining(" ")));
        }
        return List.of("bash", "-c", "set -o pipefail; " + String.join(" | ", parts));
    }

    /**
     * Two readers of one stream that started at about the same time: from the frame with which the later one began,
     * both have the same.
     */
    static void expectSameFrames(List<String> one, List<String> other) {
        int skippedOfOne = one.indexOf(other.get(0));
        int skippedOfOther = other.indexOf(one.get(0));
        assertTrue(skippedOfOne >= 0 || skippedOfOther >= 0, "they have no frame in common");
        List<String> ofOne = one.subList(Math.max(0, skippedOfOne), one.size());
        List<String> ofOther = other.subList(skippedOfOne >= 0 ? 0 : skippedOfOther, other.size());
        int common = Math.min(ofOne.size(), ofOther.size());
        assertTrue(common > Math.min(one.size(), other.size()) / 2, () -> "only " + common + " frames in common");
        for (int i = 0; i < common; i++) {
            assertEquals(ofOne.get(i), ofOther.get(i), "frame " + i);
        }
    }

    /**
     * Some of the frames that were sent, in order and each as it was: for readers that may miss one. The account of
     * what was sent may begin later.
     */
    static void expectSomeOf(List<String> sent, List<String> received) {
        int begin = 0;
        while (begin < received.size() && !sent.contains(received.get(begin))) {
            begin++;
        }
        List<String> common = received.subList(begin, received.size());
        int next = 0;
        for (String frame : common) {
            int found = sent.subList(next, sent.size()).indexOf(frame);
            assertTrue(found >= 0, () -> frame + " was not sent, or not in this order");
            next += found + 1;
        }
        assertTrue(common.size() > received.size() / 2, () -> common.size() + " of " + received.size());
        assertTrue(common.size() > sent.size() / 8, () -> common.size() + " of " + sent.size());
    }
}
