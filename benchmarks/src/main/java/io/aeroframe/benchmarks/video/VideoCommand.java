package io.aeroframe.benchmarks.video;

import io.aeroframe.benchmarks.harness.BenchException;
import io.aeroframe.benchmarks.options.RunsOption;
import io.aeroframe.benchmarks.python.Python;
import io.aeroframe.benchmarks.report.FiguresJson;
import io.aeroframe.benchmarks.report.FiguresTable;
import io.aeroframe.benchmarks.report.Machine;
import io.aeroframe.vision.source.FfmpegSource;
import io.aeroframe.vision.source.SourceOptions;
import io.aeroframe.vision.source.SourceOptions.EncodingChoice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.HdrHistogram.DoubleHistogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code bench video}: measures how fast a video file gets from its decoder to another process. */
@Command(
        name = "video",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Measure how many frames per second of a video file reach another process, and how many a Python script "
                    + "writes to shared memory with OpenCV.",
            "",
            "Each run measures, one after the other: the script (video_capture.py, without a reader); 'aeroframe "
                    + "publish FILE --fps max --lossless' with 'aeroframe subscribe ... null:' over the pool, in BGR "
                    + "and with --format native; and, as the limit, the decoder alone, without scaling and publishing."
        })
public final class VideoCommand implements Callable<Integer> {

    private static final int MAX_SECONDS = 3_600;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "FILE", description = "A video that FFmpeg reads, such as H.264 of 1280x688.")
    private Path file;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            description = "Seconds of each measurement; the file is looped. Default: ${DEFAULT-VALUE}.")
    private double seconds = 10;

    @Mixin
    private RunsOption runs = new RunsOption(5, 1_000);

    @Option(
            names = "--aeroframe",
            paramLabel = "FILE",
            description = "The command to measure. Default: the one of this source tree.")
    private Path aeroframe = Path.of(System.getProperty("aeroframe.command", "apps/bin/aeroframe"));

    @Option(names = "--json", description = "Print one JSON object instead of a table.")
    private boolean isJson;

    /** What is measured, in the order of a run. */
    enum Way {
        /** The Python script. */
        python("Python VideoCapture into shared_memory"),
        /** The Python script with Aeroframe's package, and a process that receives every frame. */
        claims("Python VideoCapture into claims"),
        /** Aeroframe; the publisher converts to BGR. */
        bgr("aeroframe, BGR"),
        /** Aeroframe; frames stay in the decoder's format. */
        own("aeroframe, --format native"),
        /** The decoder alone. */
        decoder("decoder alone");

        private final String title;

        Way(String title) {
            this.title = title;
        }
    }

    @Override
    public Integer call() throws InterruptedException, IOException {
        if (!(seconds > 0 && seconds <= MAX_SECONDS)) {
            throw new ParameterException(
                    spec.commandLine(), "--seconds=" + seconds + " is not above 0 and at most " + MAX_SECONDS);
        }
        int rounds = runs.count();
        if (!Files.isExecutable(aeroframe)) {
            throw new BenchException(aeroframe + " cannot be run; set the command with --aeroframe");
        }
        List<String> modules = List.of("cv2", "numpy");
        Optional<String> python = Python.onSearchPath().with(modules);
        if (python.isEmpty()) {
            spec.commandLine().getErr().println("bench: skipping the Python script: " + Python.installCommand(modules));
        }
        List<String> packageModules = List.of("cv2", "numpy", "jpype");
        Optional<String> withPackage = Python.onSearchPath().with(packageModules);
        if (withPackage.isEmpty()) {
            spec.commandLine()
                    .getErr()
                    .println("bench: skipping the Python package: " + Python.installCommand(packageModules));
        }
        Map<Way, DoubleHistogram> rates = new EnumMap<>(Way.class);
        decode(Math.min(1, seconds)); // fails early if the file cannot be read
        try (VideoRun run = new VideoRun(file, seconds, aeroframe.toAbsolutePath())) {
            for (int i = 0; i < rounds; i++) {
                if (python.isPresent()) {
                    add(rates, Way.python, run.python(python.get(), List.of()));
                }
                if (withPackage.isPresent()) {
                    String directory = aeroframe
                            .toAbsolutePath()
                            .resolveSibling("../python")
                            .toString();
                    add(rates, Way.claims, run.python(withPackage.get(), List.of(directory)));
                }
                add(rates, Way.bgr, run.aeroframe(List.of()));
                add(rates, Way.own, run.aeroframe(List.of("--format", "native")));
                add(rates, Way.decoder, decode(seconds));
            }
        }
        print(rates);
        return 0;
    }

    private static void add(Map<Way, DoubleHistogram> rates, Way way, double framesPerSecond) {
        rates.computeIfAbsent(way, key -> new DoubleHistogram(3)).recordValue(framesPerSecond);
    }

    /** Returns the frames per second of the decoder alone. */
    private double decode(double length) throws IOException {
        SourceOptions options = new SourceOptions()
                .pixelFormat(null)
                .encoding(EncodingChoice.RAW)
                .loop(true);
        try (FfmpegSource source = FfmpegSource.open(file.toString(), options)) {
            long startNs = System.nanoTime();
            long endNs = startNs + (long) (length * 1e9);
            long frames = 0;
            while (System.nanoTime() - endNs < 0 && source.advance()) {
                frames++;
            }
            return frames * 1e9 / (System.nanoTime() - startNs);
        }
    }

    private void print(Map<Way, DoubleHistogram> rates) {
        double python = rates.containsKey(Way.python) ? median(rates.get(Way.python)) : Double.NaN;
        if (isJson) {
            spec.commandLine().getOut().println(FiguresJson.object(json -> {
                json.writeStringField("benchmark", "video");
                Machine.write(json, spec.commandLine());
                json.writeStringField("file", file.getFileName().toString());
                FiguresJson.writeNumber(json, "seconds", seconds);
                json.writeNumberField("runs", runs.count());
                for (Map.Entry<Way, DoubleHistogram> entry : rates.entrySet()) {
                    json.writeObjectFieldStart(
                            entry.getKey() == Way.own
                                    ? "native"
                                    : entry.getKey().name());
                    FiguresJson.writeNumber(json, "fps", median(entry.getValue()));
                    FiguresJson.writeNumber(json, "fps_min", entry.getValue().getMinValue());
                    FiguresJson.writeNumber(json, "fps_max", entry.getValue().getMaxValue());
                    FiguresJson.writeNumber(json, "ratio", median(entry.getValue()) / python);
                    json.writeEndObject();
                }
            }));
        } else {
            FiguresTable table = new FiguresTable(spec.commandLine().getOut());
            table.line(
                    "%s, as fast as possible, %d runs of %s s each, frames per second",
                    file.getFileName(), runs.count(), seconds);
            table.line("%-40s%11s%11s%11s%11s", "", "median", "min", "max", "ratio");
            for (Map.Entry<Way, DoubleHistogram> entry : rates.entrySet()) {
                DoubleHistogram rate = entry.getValue();
                double ratio = median(rate) / python;
                table.line(
                        "%-40s%11.1f%11.1f%11.1f%11s",
                        entry.getKey().title,
                        median(rate),
                        rate.getMinValue(),
                        rate.getMaxValue(),
                        Double.isNaN(ratio) ? "-" : String.format(Locale.ROOT, "%.2f", ratio));
            }
        }
        spec.commandLine().getOut().flush();
    }

    private static double median(DoubleHistogram rates) {
        return rates.getValueAtPercentile(50);
    }
}
