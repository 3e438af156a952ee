package io.aeroframe.benchmarks.jpeg;

import com.fasterxml.jackson.core.JsonGenerator;
import io.aeroframe.benchmarks.harness.Latencies;
import io.aeroframe.benchmarks.options.BgrSizeConverter;
import io.aeroframe.benchmarks.options.RunsOption;
import io.aeroframe.benchmarks.pictures.PictureCodec;
import io.aeroframe.benchmarks.pictures.PictureFile;
import io.aeroframe.benchmarks.python.Python;
import io.aeroframe.benchmarks.report.FiguresJson;
import io.aeroframe.benchmarks.report.FiguresTable;
import io.aeroframe.benchmarks.report.Machine;
import io.aeroframe.benchmarks.report.Spread;
import io.aeroframe.transport.FrameFormat;
import io.aeroframe.vision.jpeg.JpegCodec;
import io.aeroframe.vision.jpeg.JpegCodecs;
import io.aeroframe.vision.jpeg.OpenCvJpegCodec;
import io.aeroframe.vision.jpeg.TurboJpegCodec;
import io.aeroframe.vision.source.PictureSize;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.HdrHistogram.Histogram;
import org.agrona.BufferUtil;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code bench jpeg}: measures JPEG with each library that is installed, on one picture. */
@Command(
        name = "jpeg",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Measure the time to encode and decode one picture as JPEG, 4:2:0, with each library that is installed.",
            "",
            "All encode the same picture, which has as much detail as a photograph, and decode the same JPEG. They "
                    + "take turns. TurboJPEG and OpenCV are this project's codecs, from a frame to a claim and back; "
                    + "'OpenCV alone' is imencode and imdecode in Java, 'Python cv2' the same in Python (Debian: "
                    + "python3-opencv)."
        })
public final class JpegCommand implements Callable<Integer> {

    private static final int ALIGNMENT = 64;
    private static final double MAX_SECONDS = 600;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--size",
            paramLabel = "WxH",
            converter = BgrSizeConverter.class,
            description = "Size of the picture. Default: ${DEFAULT-VALUE}.")
    private PictureSize size = new PictureSize(1920, 1080);

    @Option(names = "--quality", paramLabel = "1..100", description = "JPEG quality. Default: ${DEFAULT-VALUE}.")
    private int quality = PictureCodec.QUALITY;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            description = "Seconds that each run measures each library. Default: ${DEFAULT-VALUE}.")
    private double seconds = 2;

    @Mixin
    private RunsOption runs = new RunsOption(3, 100);

    @Option(names = "--json", description = "Print one JSON object instead of a table.")
    private boolean isJson;

    private final Map<String, Times> all = new LinkedHashMap<>();
    private FrameFormat format;
    private ByteBuffer pixels;
    private ByteBuffer image;
    private ByteBuffer target;
    private ByteBuffer decoded;
    private int imageLength;

    /** The medians of each run, in microseconds. */
    private static final class Times {
        private final List<Double> encode = new ArrayList<>();
        private final List<Double> decode = new ArrayList<>();

        private static Spread spread(List<Double> values) {
            return Spread.of(values.stream().mapToDouble(Double::doubleValue).toArray());
        }

        private static double median(List<Double> values) {
            return spread(values).median();
        }
    }

    /** An encoding or a decoding. */
    private interface Step {
        void run() throws IOException;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        check();
        int rounds = runs.count();
        prepare();
        List<JpegCodec> codecs = new ArrayList<>();
        Path directory = Files.createTempDirectory("aeroframe-bench-");
        try {
            if (JpegCodecs.hasTurbo()) {
                codecs.add(new TurboJpegCodec());
            } else {
                warn("no TurboJPEG here: apt-get install libturbojpeg0");
            }
            codecs.add(new OpenCvJpegCodec());
            codecs.add(new PlainOpenCv());
            imageLength = codecs.get(0).encode(pixels, format, quality, image);
            Optional<PythonJpeg> python = python(directory);
            for (JpegCodec codec : codecs) {
                measure(codec); // warms up
            }
            all.clear();
            for (int run = 0; run < rounds; run++) {
                for (JpegCodec codec : codecs) {
                    measure(codec);
                }
                if (python.isPresent()) {
                    PythonJpeg.Medians medians = python.get().measure(seconds);
                    add(python.get().title(), medians.encodeUs(), medians.decodeUs());
                }
            }
            print();
        } finally {
            codecs.forEach(JpegCodec::close);
            PythonJpeg.delete(directory);
        }
        return 0;
    }

    private void check() {
        if (quality < 1 || quality > 100) {
            throw usageError("--quality=" + quality + " is not within 1 to 100");
        }
        if (!(seconds > 0 && seconds <= MAX_SECONDS)) {
            throw usageError("--seconds=" + seconds + " is not above 0 and at most " + (int) MAX_SECONDS);
        }
    }

    private ParameterException usageError(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private void prepare() {
        format = FrameFormat.bgr24(size.width(), size.height());
        pixels = Photograph.of(size.width(), size.height());
        int room = 2 * format.maxPayloadLength() + (1 << 16);
        image = BufferUtil.allocateDirectAligned(room, ALIGNMENT);
        target = BufferUtil.allocateDirectAligned(room, ALIGNMENT);
        decoded = BufferUtil.allocateDirectAligned(format.maxPayloadLength(), ALIGNMENT);
    }

    private Optional<PythonJpeg> python(Path directory) throws IOException, InterruptedException {
        List<String> modules = List.of("numpy", "cv2");
        Optional<String> interpreter = Python.onSearchPath().with(modules);
        if (interpreter.isEmpty()) {
            warn("no Python with cv2 here: " + Python.installCommand(modules));
            return Optional.empty();
        }
        PictureFile.write(directory, pixels);
        PictureFile.write(directory.resolve("picture.jpg"), image, imageLength);
        return Optional.of(PythonJpeg.prepare(interpreter.get(), directory, size, quality));
    }

    private void warn(String text) {
        spec.commandLine().getErr().println("bench: warning: " + text);
        spec.commandLine().getErr().flush();
    }

    private void measure(JpegCodec codec) throws IOException {
        double encodeUs = medianUs(() -> codec.encode(pixels, format, quality, target));
        double decodeUs = medianUs(() -> codec.decode(image, imageLength, decoded, format));
        add(codec.name(), encodeUs, decodeUs);
    }

    private void add(String name, double encodeUs, double decodeUs) {
        Times times = all.computeIfAbsent(name, key -> new Times());
        times.encode.add(encodeUs);
        times.decode.add(decodeUs);
    }

    private double medianUs(Step step) throws IOException {
        Histogram histogram = Latencies.histogram();
        long endNs = System.nanoTime() + (long) (seconds * 1e9 / 2);
        do {
            long startNs = System.nanoTime();
            step.run();
            Latencies.record(histogram, System.nanoTime() - startNs);
        } while (System.nanoTime() - endNs < 0);
        return histogram.getValueAtPercentile(50) / 1e3;
    }

    private void print() {
        Times first = all.values().iterator().next();
        double encode = Times.median(first.encode);
        double decode = Times.median(first.decode);
        if (isJson) {
            printJson(encode, decode);
            return;
        }
        FiguresTable table = new FiguresTable(spec.commandLine().getOut());
        table.line(
                "%s BGR, quality %d, 4:2:0, %d bytes as JPEG, medians of %d runs of %s s",
                size, quality, imageLength, runs.count(), seconds);
        table.line("%-22s%20s%10s%20s%10s", "", "encode us", "ratio", "decode us", "ratio");
        all.forEach((name, times) -> table.line(
                "%-22s%20s%10.2f%20s%10.2f",
                name,
                Times.spread(times.encode).describe(),
                Times.median(times.encode) / encode,
                Times.spread(times.decode).describe(),
                Times.median(times.decode) / decode));
        spec.commandLine().getOut().flush();
    }

    private void printJson(double encode, double decode) {
        spec.commandLine().getOut().println(FiguresJson.object(json -> {
            json.writeStringField("benchmark", "jpeg");
            Machine.write(json, spec.commandLine());
            json.writeStringField("size", size.toString());
            json.writeNumberField("quality", quality);
            json.writeNumberField("bytes", imageLength);
            json.writeNumberField("runs", runs.count());
            FiguresJson.writeNumber(json, "seconds", seconds);
            json.writeArrayFieldStart("codecs");
            for (Map.Entry<String, Times> entry : all.entrySet()) {
                json.writeStartObject();
                json.writeStringField("name", entry.getKey());
                write(json, "encode", Times.spread(entry.getValue().encode));
                FiguresJson.writeNumber(json, "encode_ratio", Times.median(entry.getValue().encode) / encode);
                write(json, "decode", Times.spread(entry.getValue().decode));
                FiguresJson.writeNumber(json, "decode_ratio", Times.median(entry.getValue().decode) / decode);
                json.writeEndObject();
            }
            json.writeEndArray();
        }));
        spec.commandLine().getOut().flush();
    }

    private static void write(JsonGenerator json, String name, Spread spread) throws IOException {
        FiguresJson.writeNumber(json, name + "_us", spread.median());
        FiguresJson.writeNumber(json, name + "_lowest_us", spread.lowest());
        FiguresJson.writeNumber(json, name + "_highest_us", spread.highest());
    }
}
