package io.aeroframe.benchmarks.commands;

import io.aeroframe.benchmarks.harness.BenchException;
import io.aeroframe.benchmarks.harness.Schedule;
import io.aeroframe.benchmarks.options.BgrSizeConverter;
import io.aeroframe.benchmarks.options.DurationOptions;
import io.aeroframe.benchmarks.options.RunsOption;
import io.aeroframe.benchmarks.paths.AeroframeSender;
import io.aeroframe.benchmarks.report.FiguresTable;
import io.aeroframe.benchmarks.report.Spread;
import io.aeroframe.driver.DriverContext;
import io.aeroframe.driver.FrameDriver;
import io.aeroframe.transport.Aeroframe;
import io.aeroframe.transport.Frame;
import io.aeroframe.transport.FrameClaim;
import io.aeroframe.transport.FrameFormat;
import io.aeroframe.transport.FramePublication;
import io.aeroframe.transport.FrameSubscription;
import io.aeroframe.transport.PixelFormat;
import io.aeroframe.vision.sink.FrameSink;
import io.aeroframe.vision.sink.NullSink;
import io.aeroframe.vision.sink.WindowSink;
import io.aeroframe.vision.source.PictureSize;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bench window}: the processor time that a window takes. */
@Command(
        name = "window",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Measure the processor time that a window takes, compared with a sink that only counts frames.",
            "",
            "Frames come through shared memory, published by the same thread. The display server's time is not "
                    + "included. A display is needed that is large enough for the picture."
        })
public final class WindowCommand implements Callable<Integer> {

    private static final String STREAM = "bench-window";

    private static final long CONNECT_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(30);

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--size",
            paramLabel = "WxH",
            converter = BgrSizeConverter.class,
            description = "Size of the picture. Default: ${DEFAULT-VALUE}.")
    private PictureSize size = new PictureSize(1920, 1080);

    @Option(
            names = "--format",
            paramLabel = "F",
            description = "Pixel format, such as bgr24 or i420. Default: ${DEFAULT-VALUE}.")
    private PixelFormat pixels = PixelFormat.BGR24;

    @Option(names = "--fps", paramLabel = "N", description = "Frames per second. Default: ${DEFAULT-VALUE}.")
    private double fps = 60;

    @Mixin
    private DurationOptions duration = new DurationOptions(10, 5, 3_600);

    @Mixin
    private RunsOption runs = new RunsOption(3, 100);

    private long accepted;

    @Override
    public Integer call() throws IOException {
        if (!(fps >= 1 && fps <= 1_000)) {
            throw duration.usageError("--fps=" + fps + " is not within 1 to 1000");
        }
        duration.check();
        int rounds = runs.count();
        if (!WindowSink.isAvailable()) {
            throw new BenchException("there is no display here; start a virtual one:"
                    + " xvfb-run -s '-screen 0 2560x1440x24' benchmarks/bin/bench window");
        }
        FrameFormat format = FrameFormat.raw(pixels, size.width(), size.height());
        double[] nulls = new double[rounds];
        double[] windows = new double[rounds];
        try (FrameDriver driver = FrameDriver.join(new DriverContext().privateDriver(true));
                Aeroframe aeroframe = AeroframeSender.connect(driver);
                FramePublication publication = aeroframe.addPublication(STREAM, format);
                FrameSubscription subscription = aeroframe.addSubscription(STREAM)) {
            long startNs = System.nanoTime();
            while (!publication.isConnected()) {
                if (System.nanoTime() - startNs > CONNECT_TIMEOUT_NS) {
                    throw new BenchException("the subscription did not find the stream within 30 s");
                }
                Schedule.await(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(1));
            }
            for (int i = 0; i < rounds; i++) {
                try (FrameSink sink = new NullSink()) {
                    nulls[i] = share(publication, subscription, sink);
                }
                try (FrameSink sink = WindowSink.open(STREAM)) {
                    windows[i] = share(publication, subscription, sink);
                }
            }
        }
        FiguresTable table = new FiguresTable(spec.commandLine().getOut());
        table.line("%s at %s fps, medians of %d runs; percent of one core", format.describe(), fps, rounds);
        double ofNull = Spread.of(nulls).median();
        double ofWindow = Spread.of(windows).median();
        table.line("null:       %6.1f", ofNull);
        table.line("window:     %6.1f", ofWindow);
        table.line("difference: %6.1f", ofWindow - ofNull);
        spec.commandLine().getOut().flush();
        return 0;
    }

    /** Returns the processor time of this process in the measured part, in percent of one core. */
    private double share(FramePublication publication, FrameSubscription subscription, FrameSink sink) {
        run(publication, subscription, sink, duration.warmup());
        Duration before = cpuTime();
        accepted = 0;
        long startNs = System.nanoTime();
        run(publication, subscription, sink, duration.seconds());
        long elapsedNs = System.nanoTime() - startNs;
        long expected = Math.max(1, (long) (fps * duration.seconds()));
        if (accepted < expected * 9 / 10) {
            throw new BenchException("only " + accepted + " of " + expected
                    + " frames were shown in time: the machine is too slow or busy,"
                    + " or the window was closed; use a lower --fps");
        }
        return 100.0 * cpuTime().minus(before).toNanos() / elapsedNs;
    }

    private void run(FramePublication publication, FrameSubscription subscription, FrameSink sink, double duration) {
        long startNs = System.nanoTime();
        long endNs = startNs + (long) (duration * 1e9);
        double periodNs = 1e9 / fps;
        long scheduledNs = startNs;
        while (scheduledNs - endNs < 0 && sink.isOpen()) {
            Schedule.await(scheduledNs);
            FrameClaim claim = publication.tryClaim();
            if (claim != null) {
                claim.commit();
            }
            subscription.poll(frame -> accept(sink, frame), 1);
            // After a late frame, those that were due in the meantime are skipped.
            long number = (long) ((System.nanoTime() - startNs) / periodNs) + 1;
            scheduledNs = startNs + (long) (number * periodNs);
        }
    }

    private void accept(FrameSink sink, Frame frame) {
        try {
            sink.accept(frame);
            accepted++;
        } catch (IOException ex) {
            throw new UncheckedIOException(ex.getMessage(), ex);
        }
    }

    private static Duration cpuTime() {
        return ProcessHandle.current()
                .info()
                .totalCpuDuration()
                .orElseThrow(() -> new BenchException("this system does not report a process's processor time"));
    }
}
