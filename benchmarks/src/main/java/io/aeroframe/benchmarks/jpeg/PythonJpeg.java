package io.aeroframe.benchmarks.jpeg;

import io.aeroframe.benchmarks.harness.BenchException;
import io.aeroframe.benchmarks.python.Python;
import io.aeroframe.vision.source.PictureSize;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Measures JPEG in Python in a process of its own: {@code benchmarks/peers/jpeg.py}. For one thread. */
final class PythonJpeg {

    private static final String SCRIPT = "jpeg.py";
    private static final long PATIENCE_S = 60;

    private final List<String> command;
    private String version = "";

    /**
     * The result of a run.
     *
     * @param encodeUs the median time to encode, in microseconds
     * @param decodeUs the median time to decode, in microseconds
     */
    record Medians(double encodeUs, double decodeUs) {}

    private PythonJpeg(List<String> command) {
        this.command = command;
    }

    /**
     * Copies the script next to the picture.
     *
     * @param interpreter a Python interpreter that has NumPy and cv2
     * @param directory   a directory with {@code picture.bgr} and {@code picture.jpg}
     */
    static PythonJpeg prepare(String interpreter, Path directory, PictureSize size, int quality) throws IOException {
        Python.copyScript(SCRIPT, directory);
        return new PythonJpeg(List.of(
                interpreter,
                "-B", // no compiled files
                directory.resolve(SCRIPT).toString(),
                directory.toString(),
                Integer.toString(size.width()),
                Integer.toString(size.height()),
                Integer.toString(quality)));
    }

    /** Returns the name to print, with OpenCV's version once the script has run. */
    String title() {
        return ("Python cv2 " + version).strip();
    }

    /**
     * Runs the script once.
     *
     * @param seconds how long it measures
     * @throws BenchException if it fails
     */
    Medians measure(double seconds) throws IOException, InterruptedException {
        List<String> run = new ArrayList<>(command);
        run.add(Double.toString(seconds));
        Process process = new ProcessBuilder(run)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader lines = process.inputReader()) {
            String line = lines.readLine(); // the script prints one line and exits
            if (line == null || !process.waitFor(PATIENCE_S, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new BenchException("python: " + SCRIPT + " failed, see above");
            }
            String[] words = line.split(" ");
            version = words[0];
            return new Medians(Double.parseDouble(words[1]), Double.parseDouble(words[2]));
        } finally {
            process.destroyForcibly();
        }
    }

    /** Removes a directory and the files in it. */
    static void delete(Path directory) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                Files.delete(file);
            }
        }
        Files.delete(directory);
    }
}
