package io.aeroframe.benchmarks.stages;

import io.aeroframe.apps.options.FrameRate;
import io.aeroframe.apps.options.Idle;
import io.aeroframe.benchmarks.harness.BenchException;
import io.aeroframe.benchmarks.harness.ChildProcess;
import io.aeroframe.benchmarks.harness.Report;
import io.aeroframe.benchmarks.harness.Schedule;
import io.aeroframe.benchmarks.options.BgrSizeConverter;
import io.aeroframe.benchmarks.options.FramePath;
import io.aeroframe.benchmarks.options.PathOptions;
import io.aeroframe.benchmarks.paths.AeroframeSender;
import io.aeroframe.benchmarks.report.FiguresJson;
import io.aeroframe.benchmarks.report.FiguresTable;
import io.aeroframe.benchmarks.report.Machine;
import io.aeroframe.driver.DriverContext;
import io.aeroframe.driver.FrameDriver;
import io.aeroframe.transport.Aeroframe;
import io.aeroframe.transport.FrameEncoding;
import io.aeroframe.transport.FramePublication;
import io.aeroframe.transport.PublicationContext;
import io.aeroframe.vision.source.FrameSource;
import io.aeroframe.vision.source.FrameSources;
import io.aeroframe.vision.source.PictureSize;
import io.aeroframe.vision.source.SourceOptions;
import io.aeroframe.vision.source.SourceOptions.EncodingChoice;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code bench stages}: measures where the time of a frame goes between its source and a screen in another process. */
@Command(
        name = "stages",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Measure where the time of a frame goes between its source in one process and a screen in another.",
            "",
            "Each frame carries the time when its capture started, on the host's monotonic clock. A frame is captured "
                    + "when it is due, or at once if that time has passed; in the first half of the warm-up frames go "
                    + "as fast as possible. Without a display, frames are converted for a window but not painted."
        })
public final class StagesCommand implements Callable<Integer> {

    private static final double DEFAULT_FPS = 30;
    private static final long READY_TIMEOUT_S = 60;
    private static final long END_TIMEOUT_S = 30;
    private static final int QUALITY = 80;

    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "SOURCE",
            description = "A camera (0), a video file or URL, pictures, or pattern:1280x720@60.")
    private String sourceText;

    @Mixin
    private PathOptions options = new PathOptions(Idle.wait, 10);

    @Option(
            names = "--size",
            paramLabel = "WxH",
            converter = BgrSizeConverter.class,
            description = "Size of the published frames. Default: the source's.")
    private PictureSize size;

    @Option(
            names = "--encoding",
            paramLabel = "raw|jpeg|zstd",
            description = "Encoding of the published frames. Default: raw on ipc, jpeg on udp.")
    private FrameEncoding encoding;

    @Option(
            names = "--fps",
            paramLabel = "N|max",
            converter = FrameRate.Converter.class,
            description = "Frames per second. Default: the source's rate, else 30.")
    private FrameRate rate;

    @Option(
            names = "--no-window",
            description = "Do not open a window even if there is a display; convert frames for one.")
    private boolean isWindowless;

    @Option(names = "--json", description = "Print one JSON object instead of a table.")
    private boolean isJson;

    private final BlockingQueue<ChildProcess.Event> events = new LinkedBlockingQueue<>();
    private volatile ChildProcess child;

    @Override
    public Integer call() throws IOException, InterruptedException {
        check();
        Thread killer = new Thread(this::kill, "bench-killer");
        Runtime.getRuntime().addShutdownHook(killer);
        try (FrameSource source = open()) {
            if (!source.advance()) {
                throw new BenchException(sourceText + " has no frame");
            }
            run(source);
        } finally {
            try {
                Runtime.getRuntime().removeShutdownHook(killer);
            } catch (IllegalStateException ex) {
                // the JVM is shutting down, and the hook runs or has run
            }
        }
        return 0;
    }

    private void check() {
        options.check();
        if (options.path() == FramePath.aeron) {
            throw options.usageError("--path aeron is not for real frames; use pool or log");
        }
        options.idle(); // fails early if the path does not allow it
        if (encoding == null) {
            encoding = options.channel().isIpc() ? FrameEncoding.RAW : FrameEncoding.JPEG;
        }
    }

    private FrameSource open() throws IOException {
        SourceOptions sourceOptions = new SourceOptions()
                .size(size == null ? 0 : size.width(), size == null ? 0 : size.height())
                .encoding(
                        switch (encoding) {
                            case RAW -> EncodingChoice.RAW;
                            case JPEG -> EncodingChoice.JPEG;
                            case ZSTD -> EncodingChoice.ZSTD;
                        })
                .quality(QUALITY)
                .loop(true);
        try {
            return FrameSources.open(sourceText, sourceOptions);
        } catch (IllegalArgumentException ex) {
            throw options.usageError(ex.getMessage());
        }
    }

    private void run(FrameSource source) throws IOException, InterruptedException {
        StagesPublisher publisher =
                new StagesPublisher(source, framesPerSecond(source), options.warmup(), options.seconds());
        try (FrameDriver driver = FrameDriver.join(new DriverContext().privateDriver(true));
                ChildProcess receiver = startReceiver(driver);
                Aeroframe aeroframe = AeroframeSender.connect(driver)) {
            await(receiver, Report.Ready.class, READY_TIMEOUT_S);
            try (FramePublication publication = aeroframe.addPublication(new PublicationContext()
                    .stream(StagesReceiver.STREAM)
                            .channel(options.channel())
                            .format(source.format())
                            .pooled(options.path() == FramePath.pool))) {
                awaitConnection(publication);
                publisher.run(publication, () -> events.peek() != null);
            }
            Report.Stages received = await(receiver, Report.Stages.class, END_TIMEOUT_S);
            if (received.received() == 0) {
                throw new BenchException("none of " + publisher.published()
                        + " measured frames was received; use a lower --fps, or a smaller --size");
            }
            print(source, new StagesFigures(publisher, received));
        }
    }

    private ChildProcess startReceiver(FrameDriver driver) {
        List<String> arguments = new ArrayList<>(List.of(
                "--aeron-dir",
                driver.aeronDirectoryName(),
                "--channel",
                options.channel().uri(),
                "--idle",
                options.idle().name()));
        if (!isWindowless) {
            arguments.add("--window");
        }
        child = ChildProcess.start(ChildProcess.Launch.java("receiver", StagesReceiver.class, arguments), events);
        return child;
    }

    private void kill() {
        if (child != null) {
            child.close();
        }
    }

    private <R extends Report> R await(ChildProcess receiver, Class<R> kind, long timeoutS)
            throws InterruptedException {
        ChildProcess.Event event = events.poll(timeoutS, TimeUnit.SECONDS);
        if (event == null) {
            throw new BenchException("the " + receiver.name() + " did not answer within " + timeoutS + " s");
        }
        if (event.report() instanceof Report.Failed failed) {
            throw new BenchException(receiver.name() + ": " + failed.message());
        }
        if (!kind.isInstance(event.report())) {
            throw new BenchException(
                    "the " + receiver.name() + " ended with status " + event.status() + " before it was done");
        }
        return kind.cast(event.report());
    }

    private static void awaitConnection(FramePublication publication) {
        long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(READY_TIMEOUT_S);
        while (!publication.isConnected()) {
            if (System.nanoTime() - deadlineNs > 0) {
                throw new BenchException("the receiver did not find the stream within " + READY_TIMEOUT_S + " s");
            }
            Schedule.await(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(1));
        }
    }

    private double framesPerSecond(FrameSource source) {
        double own = source.framesPerSecond();
        return rate != null ? rate.perSecond() : own > 0 ? own : DEFAULT_FPS;
    }

    private void print(FrameSource source, StagesFigures figures) {
        PrintWriter out = spec.commandLine().getOut();
        if (isJson) {
            out.println(FiguresJson.object(json -> {
                json.writeStringField("benchmark", "stages");
                Machine.write(json, spec.commandLine());
                json.writeStringField("source", source.describe());
                json.writeStringField("path", options.path().name());
                json.writeStringField("channel", options.channel().uri());
                json.writeStringField("format", source.format().describe());
                figures.write(json);
            }));
            out.flush();
            return;
        }
        FiguresTable table = new FiguresTable(out);
        table.line(
                "%s as %s on %s, %s, %s",
                source.describe(),
                source.format().describe(),
                options.channel(),
                options.path().title(),
                source.isLive()
                        ? "at its own rate"
                        : String.format(Locale.ROOT, "at %s fps", new FrameRate(framesPerSecond(source))));
        figures.print(table);
        if (!figures.isShown()) {
            table.line(
                    "%s",
                    isWindowless
                            ? "no window: 'shown' is the conversion to what a window paints"
                            : "no display: 'shown' is the conversion to what a window would paint");
        }
        if (source.isLive()) {
            table.line("the source is live: 'capture' includes the wait for its next frame");
        }
        out.flush();
    }
}
