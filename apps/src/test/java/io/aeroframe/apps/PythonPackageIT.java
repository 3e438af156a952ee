package io.aeroframe.apps;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The tests of the Python package, which are written with pytest. */
class PythonPackageIT {

    private static final int PATIENCE_MINUTES = 10;

    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"test_frames.py", "test_processes.py", "test_install.py", "test_examples.py"})
    void allTestsPass(String file) throws Exception {
        List<String> command = new ArrayList<>(PythonPeer.interpreter(
                "setuptools, wheel, pip, numpy, cv2, jpype, pytest",
                "python3-numpy python3-opencv python3-jpype python3-pytest python3-pip python3-setuptools "
                        + "python3-wheel"));
        command.addAll(
                List.of("-B", "-m", "pytest", "-rs", "--basetemp=" + directory.resolve("pytest"), "tests/" + file));
        Path log = directory.resolve("pytest.log");
        Process process = new ProcessBuilder(command)
                .directory(Path.of("python").toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            assertTrue(process.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES), () -> "still running: " + read(log));
            assertEquals(0, process.exitValue(), () -> read(log));
            assertTrue(!read(log).contains("SKIPPED"), () -> read(log));
        } finally {
            process.destroyForcibly();
        }
    }

    private static String read(Path log) {
        try {
            return Files.readString(log);
        } catch (java.io.IOException ex) {
            return log + ": " + ex.getMessage();
        }
    }
}
