package io.aeroframe.benchmarks.python;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * The Python interpreters on the search path, and the modules that each has. There may be several: a version manager's
 * interpreter, without the system's modules, often comes before the system's.
 */
public final class Python {

    private static final long PROBE_TIMEOUT_S = 20;
    private static final String PROBE = "import importlib.util, sys\n"
            + "print(sys.executable, *[m for m in sys.argv[1:] if importlib.util.find_spec(m)], sep='\\n')";

    /** Debian's package of each module that a script may need. */
    private static final Map<String, String> PACKAGES = packages();

    private final Map<String, Set<String>> modulesByInterpreter;

    private Python(Map<String, Set<String>> modulesByInterpreter) {
        this.modulesByInterpreter = modulesByInterpreter;
    }

    private static Map<String, String> packages() {
        Map<String, String> packages = new LinkedHashMap<>();
        packages.put("numpy", "python3-numpy");
        packages.put("cv2", "python3-opencv");
        packages.put("zmq", "python3-zmq");
        packages.put("diskcache", "python3-diskcache");
        packages.put("rospy", "python3-rospy");
        packages.put("rosmaster", "python3-rosmaster");
        packages.put("sensor_msgs", "python3-sensor-msgs");
        packages.put("jpype", "python3-jpype");
        return packages;
    }

    /** Returns the command that installs Python and the modules on Debian. */
    public static String installCommand(List<String> modules) {
        return "apt-get install python3 " + modules.stream().map(PACKAGES::get).collect(Collectors.joining(" "));
    }

    /**
     * Copies a script of {@code benchmarks/peers} to a directory.
     *
     * @throws IOException if the directory has one of that name, or the copy cannot be written
     */
    public static void copyScript(String name, Path directory) throws IOException {
        try (InputStream in = Python.class.getResourceAsStream(name)) {
            Files.copy(in, directory.resolve(name));
        }
    }

    /** Returns no interpreter, for use where none is needed. */
    public static Python none() {
        return new Python(Map.of());
    }

    /** Runs each interpreter on the search path to find out which modules it has. */
    public static Python onSearchPath() throws InterruptedException {
        Map<String, Set<String>> found = new LinkedHashMap<>();
        String searched = System.getenv().getOrDefault("PATH", "");
        for (String directory : searched.split(File.pathSeparator)) {
            Path candidate = Path.of(directory, "python3");
            if (!directory.isEmpty() && Files.isExecutable(candidate)) {
                probe(candidate, found);
            }
        }
        return new Python(found);
    }

    private static void probe(Path candidate, Map<String, Set<String>> found) throws InterruptedException {
        List<String> command = new ArrayList<>(List.of(candidate.toString(), "-c", PROBE));
        command.addAll(PACKAGES.keySet());
        Process process;
        try {
            process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException ex) {
            return; // it cannot be run
        }
        try (BufferedReader lines = process.inputReader()) {
            if (process.waitFor(PROBE_TIMEOUT_S, TimeUnit.SECONDS) && process.exitValue() == 0) {
                List<String> answer = lines.lines().toList();
                if (!answer.isEmpty()) {
                    found.putIfAbsent(answer.get(0), Set.copyOf(answer.subList(1, answer.size())));
                }
            }
        } catch (IOException ex) {
            return; // it ended while it answered
        } finally {
            process.destroyForcibly();
        }
    }

    /** Returns the first interpreter that has all of the modules. */
    public Optional<String> with(List<String> modules) {
        return modulesByInterpreter.entrySet().stream()
                .filter(entry -> entry.getValue().containsAll(modules))
                .map(Map.Entry::getKey)
                .findFirst();
    }
}
