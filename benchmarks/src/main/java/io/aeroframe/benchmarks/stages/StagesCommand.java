package io.aeroframe.benchmarks.stages;

import com.fasterxml.jackson.core.JsonGenerator;
import io.aeroframe.benchmarks.harness.BenchException;
import io.aeroframe.benchmarks.harness.ChildProcess;
import io.aeroframe.benchmarks.harness.Report;
import io.aeroframe.benchmarks.harness.Schedule;
import io.aeroframe.benchmarks.options.FramePath;
import io.aeroframe.benchmarks.options.FrameRate;
import io.aeroframe.benchmarks.options.Idle;
import io.aeroframe.benchmarks.options.Size;
import io.aeroframe.benchmarks.options.StreamOptions;
import io.aeroframe.benchmarks.paths.AeroframeSender;
import io.aeroframe.benchmarks.report.FiguresJson;
import io.aeroframe.benchmarks.report.FiguresTable;
import io.aeroframe.benchmarks.report.Machine;
import io.aeroframe.driver.FrameDriver;
import io.aeroframe.transport.Aeroframe;
import io.aeroframe.transport.FrameChannel;
import io.aeroframe.transport.FrameClaim;
import io.aeroframe.transport.FrameEncoding;
import io.aeroframe.transport.FramePublication;
import io.aeroframe.transport.PixelFormat;
import io.aeroframe.transport.PublicationLedger;
import io.aeroframe.vision.source.FrameSource;
import io.aeroframe.vision.source.FrameSources;
import io.aeroframe.vision.source.SourceOptions;
import io.aeroframe.vision.source.SourceOptions.EncodingChoice;
import java.io.IOException;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.agrona.concurrent.UnsafeBuffer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code bench stages}: where the time of real frames goes, from their source to a screen in another process. */
@Command(
        name = "stages",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Where the time of real frames goes, from a source in one process to a screen in another.",
            "",
            "Each frame carries the time at which its capture began, on the host's monotonic clock. A frame is begun when it is due; one that is late "
                    + "is begun at once. Without a display frames are made into what a window would paint, and not painted."
        })
public final class StagesCommand implements Callable<Integer> {

    private static final double LONGEST_SECONDS = 86_400;
    private static final double DEFAULT_FPS = 30;
    private static final long READY_TIMEOUT_S = 60;
    private static final long END_TIMEOUT_S = 30;
    private static final int QUALITY = 80;

    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "SOURCE",
            description = "A camera (0), a video file or address, pictures, or pattern:1280x720@60.")
    private String sourceText;

    @Option(
            names = "--channel",
            paramLabel = "C",
            converter = StreamOptions.ChannelConverter.class,
            description = "ipc, udp:HOST:PORT or an Aeron channel URI. Default: ipc.")
    private FrameChannel channel = FrameChannel.IPC;

    @Option(names = "--path", paramLabel = "pool|log", description = "Default: pool on ipc, log on udp.")
    private FramePath path;

    @Option(
            names = "--size",
            paramLabel = "WxH",
            converter = Size.Converter.class,
            description = "Of the frames that are sent. Default: the source's.")
    private Size size;

    @Option(names = "--encoding", paramLabel = "raw|jpeg|zstd", description = "Default: raw on ipc, jpeg on udp.")
    private FrameEncoding encoding;

    @Option(
            names = "--fps",
            paramLabel = "N|max",
            converter = FrameRate.Converter.class,
            description = "Frames a second. Default: the source's rate, else 30.")
    private FrameRate rate;

    @Option(
            names = "--idle",
            paramLabel = "wait|spin|yield|backoff",
            description =
                    "What the receiver does while there is no frame. Default: wait on the pool path, else backoff.")
    private Idle idle;

    @Option(names = "--seconds", paramLabel = "N", description = "Measured part. Default: ${DEFAULT-VALUE}.")
    private double seconds = 10;

    @Option(
            names = "--warmup",
            paramLabel = "N",
            description = "Seconds before it, the first half as fast as frames go. Default: ${DEFAULT-VALUE}.")
    private double warmup = 2;

    @Option(
            names = "--no-window",
            description = "Do not open a window where there is a display: make frames ready for one.")
    private boolean isWindowless;

    @Option(names = "--json", description = "Print one JSON object instead of a table.")
    private boolean isJson;

    private final List<Histogram> stages = Stage.histograms();
    private final List<Histogram> rehearsal = Stage.histograms();
    private final UnsafeBuffer metadata = new UnsafeBuffer(new byte[StagesReceiver.METADATA_LENGTH]);
    private final BlockingQueue<ChildProcess.Event> events = new LinkedBlockingQueue<>();
    private volatile ChildProcess child;
    private PublicationLedger warmedUp;

    @Override
    public Integer call() throws IOException, InterruptedException {
        check();
        Thread killer = new Thread(this::kill, "bench-killer");
        Runtime.getRuntime().addShutdownHook(killer);
        try (FrameSource source = open()) {
            if (!source.advance()) {
                throw new BenchException(sourceText + ": there is no frame in it");
            }
            run(source);
        } finally {
            try {
                Runtime.getRuntime().removeShutdownHook(killer);
            } catch (IllegalStateException ex) {
                // the JVM is going down, and the hook has its work
            }
        }
        return 0;
    }

    private void check() {
        if (!(seconds > 0 && seconds <= LONGEST_SECONDS)) {
            throw mistake("--seconds=" + seconds + " is not above 0 and at most 86400");
        }
        if (!(warmup >= 0 && warmup <= LONGEST_SECONDS)) {
            throw mistake("--warmup=" + warmup + " is not within 0 to 86400");
        }
        if (path == FramePath.aeron) {
            throw mistake("--path aeron is not for real frames; use pool or log");
        }
        if (path == FramePath.pool && !channel.allowsPool()) {
            throw mistake("--path pool is not possible on '" + channel
                    + "': frames stay in shared memory on ipc only; use --path log, or --channel ipc");
        }
        if (path == null) {
            path = channel.allowsPool() ? FramePath.pool : FramePath.log;
        }
        if (idle == Idle.wait && path != FramePath.pool) {
            throw mistake("--idle wait is for the pool path only; use backoff, yield or spin with --path " + path);
        }
        if (idle == null) {
            idle = Idle.wait.on(path);
        }
        if (encoding == null) {
            encoding = channel.isIpc() ? FrameEncoding.RAW : FrameEncoding.JPEG;
        }
    }

    private ParameterException mistake(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private FrameSource open() throws IOException {
        SourceOptions options = new SourceOptions(
                size == null ? 0 : size.width(),
                size == null ? 0 : size.height(),
                PixelFormat.BGR24,
                switch (encoding) {
                    case RAW -> EncodingChoice.RAW;
                    case JPEG -> EncodingChoice.JPEG;
                    case ZSTD -> EncodingChoice.ZSTD;
                },
                QUALITY,
                true);
        try {
            return FrameSources.open(sourceText, options);
        } catch (IllegalArgumentException ex) {
            throw mistake(ex.getMessage());
        }
    }

    private void run(FrameSource source) throws IOException, InterruptedException {
        try (FrameDriver driver = FrameDriver.join(new FrameDriver.Context().privateDriver(true));
                ChildProcess receiver = startReceiver(driver);
                Aeroframe aeroframe = AeroframeSender.connect(driver)) {
            await(receiver, Report.Ready.class, READY_TIMEOUT_S);
            PublicationLedger ledger;
            try (FramePublication publication = aeroframe.addPublication(new FramePublication.Context()
                    .stream(StagesReceiver.STREAM)
                            .channel(channel)
                            .format(source.format())
                            .pooled(path == FramePath.pool))) {
                publish(source, publication);
                ledger = publication.ledger();
            }
            Report.Stages report = await(receiver, Report.Stages.class, END_TIMEOUT_S);
            if (report.received() == 0) {
                throw new BenchException("no frame of the measured part was received, of "
                        + (ledger.published() - warmedUp.published()) + "; use a lower --fps, or a smaller --size");
            }
            tell(source, ledger, report);
        }
    }

    private ChildProcess startReceiver(FrameDriver driver) {
        List<String> arguments = new ArrayList<>(
                List.of("--aeron-dir", driver.aeronDirectoryName(), "--channel", channel.uri(), "--idle", idle.name()));
        if (!isWindowless) {
            arguments.add("--window");
        }
        child = ChildProcess.start(ChildProcess.Launch.java("receiver", StagesReceiver.class, arguments), events);
        return child;
    }

    private void kill() {
        if (child != null) {
            child.kill();
        }
    }

    private <R extends Report> R await(ChildProcess receiver, Class<R> kind, long timeoutS)
            throws InterruptedException {
        ChildProcess.Event event = events.poll(timeoutS, TimeUnit.SECONDS);
        if (event == null) {
            throw new BenchException("the receiver has not answered in " + timeoutS + " s");
        }
        if (event.report() instanceof Report.Failed failed) {
            throw new BenchException("receiver: " + failed.message());
        }
        if (!kind.isInstance(event.report())) {
            throw new BenchException("the receiver ended with status " + event.status() + " before it was done");
        }
        return kind.cast(event.report());
    }

    private double framesPerSecond(FrameSource source) {
        double own = source.framesPerSecond();
        return rate != null ? rate.perSecond() : own > 0 ? own : DEFAULT_FPS;
    }

    private void publish(FrameSource source, FramePublication publication) throws IOException {
        long connectNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(READY_TIMEOUT_S);
        while (!publication.isConnected()) {
            if (System.nanoTime() - connectNs > 0) {
                throw new BenchException("the receiver has not found the stream in " + READY_TIMEOUT_S + " s");
            }
            Schedule.await(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(1));
        }
        double periodNs = source.isLive() ? 0 : 1e9 / framesPerSecond(source); // a live source keeps its own time
        long rehearsalNs = System.nanoTime();
        long startNs = rehearsalNs + (long) (warmup / 2 * 1e9);
        long beginNs = rehearsalNs + (long) (warmup * 1e9);
        long endNs = beginNs + (long) (seconds * 1e9);
        long dueNs = rehearsalNs;
        long paced = 0;
        for (long number = 0; ; number++) {
            Schedule.await(dueNs);
            // As fast as it goes at first: at a few frames a second the code would not be compiled when it counts.
            dueNs = System.nanoTime() - startNs < 0 ? rehearsalNs : startNs + (long) (paced++ * periodNs);
            long captureNs = System.nanoTime();
            if (captureNs - endNs >= 0 || events.peek() != null) { // the receiver has failed, or its window was closed
                break;
            }
            boolean isMeasured = captureNs - beginNs >= 0;
            if (isMeasured && warmedUp == null) {
                warmedUp = publication.ledger();
                captureNs = System.nanoTime();
            }
            if (!source.advance()) {
                throw new BenchException(sourceText + " ended after " + number + " frames; use fewer --seconds");
            }
            publish(source, publication, captureNs, isMeasured);
        }
        if (warmedUp == null) {
            warmedUp = publication.ledger();
        }
    }

    private void publish(FrameSource source, FramePublication publication, long captureNs, boolean isMeasured)
            throws IOException {
        long capturedNs = System.nanoTime();
        FrameClaim claim = publication.tryClaim(source.format(), source.maxPayloadLength());
        if (claim == null) {
            return; // the ledger counts it
        }
        long claimedNs = System.nanoTime();
        boolean isWritten = false;
        try {
            claim.payloadLength(source.write(claim.byteBuffer()));
            isWritten = true;
        } finally {
            if (!isWritten) {
                claim.abort();
            }
        }
        long writtenNs = System.nanoTime();
        metadata.putLong(StagesReceiver.MEASURED_OFFSET, isMeasured ? 1 : 0, ByteOrder.LITTLE_ENDIAN);
        metadata.putLong(StagesReceiver.BEGIN_OFFSET, captureNs, ByteOrder.LITTLE_ENDIAN);
        claim.metadata(metadata, 0, metadata.capacity());
        if (claim.commit()) {
            List<Histogram> target = isMeasured ? stages : rehearsal;
            Stage.commit.record(target, System.nanoTime() - writtenNs);
            Stage.capture.record(target, capturedNs - captureNs);
            Stage.claim.record(target, claimedNs - capturedNs);
            Stage.write.record(target, writtenNs - claimedNs);
        }
    }

    private void tell(FrameSource source, PublicationLedger ledger, Report.Stages report) {
        for (Stage stage : Stage.values()) {
            if (!stage.isWriters()) {
                stages.set(stage.ordinal(), report.stages().get(stage.ordinal()));
            }
        }
        long published = ledger.published() - warmedUp.published();
        long sent = ledger.sent() - warmedUp.sent();
        if (isJson) {
            spec.commandLine()
                    .getOut()
                    .println(FiguresJson.object(json -> write(json, source, published, sent, report)));
            spec.commandLine().getOut().flush();
            return;
        }
        FiguresTable table = new FiguresTable(spec.commandLine().getOut());
        table.line(
                "%s as %s on %s, %s, %s",
                source.describe(), source.format().describe(), channel, path.title(), paceOf(source));
        table.line("%-10s%11s%11s%11s%9s   %s", "stage", "p50 us", "p99 us", "max us", "of whole", "what it is");
        double whole = microseconds(stages.get(Stage.whole.ordinal()), 50);
        for (Stage stage : Stage.values()) {
            Histogram histogram = stages.get(stage.ordinal());
            if (histogram.getTotalCount() > 0) {
                double median = microseconds(histogram, 50);
                table.line(
                        "%-10s%11s%11s%11s%8.1f%%   %s",
                        stage.title(),
                        FiguresTable.number(median),
                        FiguresTable.number(microseconds(histogram, 99)),
                        FiguresTable.number(microseconds(histogram, 100)),
                        100 * median / whole,
                        stage.meaning());
            }
        }
        table.line("frames: published %d, dropped %d, received %d", published, published - sent, report.received());
        if (!report.isShown()) {
            table.line(
                    "%s",
                    isWindowless
                            ? "no window was asked for: 'shown' is the conversion to what a window paints"
                            : "there is no display here: 'shown' is the conversion to what a window would paint");
        }
        if (source.isLive()) {
            table.line("the source is live: 'capture' includes the wait for its next frame");
        }
        spec.commandLine().getOut().flush();
    }

    private String paceOf(FrameSource source) {
        return source.isLive()
                ? "at its own pace"
                : String.format(Locale.ROOT, "at %s fps", new FrameRate(framesPerSecond(source)));
    }

    private static double microseconds(Histogram histogram, double percentile) {
        return histogram.getValueAtPercentile(percentile) / 1e3;
    }

    private void write(JsonGenerator json, FrameSource source, long published, long sent, Report.Stages report)
            throws IOException {
        json.writeStringField("benchmark", "stages");
        Machine.write(json, spec.commandLine());
        json.writeStringField("source", source.describe());
        json.writeStringField("path", path.name());
        json.writeStringField("channel", channel.uri());
        json.writeStringField("format", source.format().describe());
        json.writeBooleanField("shown", report.isShown());
        json.writeNumberField("published", published);
        json.writeNumberField("sent", sent);
        json.writeNumberField("received", report.received());
        json.writeObjectFieldStart("stages");
        for (Stage stage : Stage.values()) {
            Histogram histogram = stages.get(stage.ordinal());
            if (histogram.getTotalCount() > 0) {
                json.writeObjectFieldStart(stage.name());
                json.writeNumberField("p50_us", microseconds(histogram, 50));
                json.writeNumberField("p99_us", microseconds(histogram, 99));
                json.writeNumberField("max_us", microseconds(histogram, 100));
                json.writeEndObject();
            }
        }
        json.writeEndObject();
    }
}
