package io.aeroframe.benchmarks.commands;

import io.aeroframe.benchmarks.harness.BenchException;
import io.aeroframe.benchmarks.harness.Schedule;
import io.aeroframe.benchmarks.options.Size;
import io.aeroframe.benchmarks.paths.AeroframeSender;
import io.aeroframe.benchmarks.report.FiguresTable;
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
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code bench window}: what a window costs its process. */
@Command(
        name = "window",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "What a window costs its process: processor time beside the same frames into a sink that only counts.",
            "",
            "Frames come through shared memory, published by the same thread. What the display's server does is not counted. Needs a display "
                    + "on which the picture fits at its own size."
        })
public final class WindowCommand implements Callable<Integer> {

    private static final String STREAM = "bench-window";
    private static final double LONGEST_SECONDS = 3_600;
    private static final int MOST_RUNS = 100;
    private static final long CONNECT_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(30);

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--size",
            paramLabel = "WxH",
            converter = Size.Converter.class,
            description = "Default: ${DEFAULT-VALUE}.")
    private Size size = new Size(1920, 1080);

    @Option(
            names = "--format",
            paramLabel = "F",
            description = "Pixel format, such as bgr24 or i420. Default: ${DEFAULT-VALUE}.")
    private PixelFormat pixels = PixelFormat.BGR24;

    @Option(names = "--fps", paramLabel = "N", description = "Frames a second. Default: ${DEFAULT-VALUE}.")
    private double fps = 60;

    @Option(names = "--seconds", paramLabel = "N", description = "Measured part. Default: ${DEFAULT-VALUE}.")
    private double seconds = 10;

    @Option(names = "--warmup", paramLabel = "N", description = "Seconds before it. Default: ${DEFAULT-VALUE}.")
    private double warmup = 5;

    @Option(
            names = "--runs",
            paramLabel = "N",
            description = "Pairs of both; the median counts. Default: ${DEFAULT-VALUE}.")
    private int runs = 3;

    private long accepted;

    @Override
    public Integer call() throws IOException {
        check(fps >= 1 && fps <= 1_000, "--fps=" + fps + " is not within 1 to 1000");
        check(seconds > 0 && seconds <= LONGEST_SECONDS, "--seconds=" + seconds + " is not above 0 and at most 3600");
        check(warmup >= 0 && warmup <= LONGEST_SECONDS, "--warmup=" + warmup + " is not within 0 to 3600");
        check(runs >= 1 && runs <= MOST_RUNS, "--runs=" + runs + " is not within 1 to " + MOST_RUNS);
        if (!WindowSink.isAvailable()) {
            throw new BenchException("there is no display here; run this under one, such as"
                    + " xvfb-run -s '-screen 0 2560x1440x24' benchmarks/bin/bench window");
        }
        FrameFormat format = FrameFormat.raw(pixels, size.width(), size.height());
        double[] nulls = new double[runs];
        double[] windows = new double[runs];
        try (FrameDriver driver = FrameDriver.join(new FrameDriver.Context().privateDriver(true));
                Aeroframe aeroframe = AeroframeSender.connect(driver);
                FramePublication publication = aeroframe.addPublication(STREAM, format);
                FrameSubscription subscription = aeroframe.addSubscription(STREAM)) {
            long startNs = System.nanoTime();
            while (!publication.isConnected()) {
                if (System.nanoTime() - startNs > CONNECT_TIMEOUT_NS) {
                    throw new BenchException("the subscription has not found the stream in 30 s");
                }
                Schedule.await(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(1));
            }
            for (int i = 0; i < runs; i++) {
                try (FrameSink sink = new NullSink()) {
                    nulls[i] = share(publication, subscription, sink);
                }
                try (FrameSink sink = WindowSink.open(STREAM)) {
                    windows[i] = share(publication, subscription, sink);
                }
            }
        }
        FiguresTable table = new FiguresTable(spec.commandLine().getOut());
        table.line("%s at %s frames a second, %d runs; percent of one core", format.describe(), fps, runs);
        table.line("null:   %6.1f", median(nulls));
        table.line("window: %6.1f", median(windows));
        table.line("more:   %6.1f", median(windows) - median(nulls));
        spec.commandLine().getOut().flush();
        return 0;
    }

    private void check(boolean isValid, String message) {
        if (!isValid) {
            throw new ParameterException(spec.commandLine(), message);
        }
    }

    /** Processor time of all threads of this process over the measured part, in percent of one core. */
    private double share(FramePublication publication, FrameSubscription subscription, FrameSink sink) {
        run(publication, subscription, sink, warmup);
        Duration before = cpuTime();
        accepted = 0;
        long startNs = System.nanoTime();
        run(publication, subscription, sink, seconds);
        long elapsedNs = System.nanoTime() - startNs;
        long expected = Math.max(1, (long) (fps * seconds));
        if (accepted < expected * 9 / 10) {
            throw new BenchException(
                    accepted + " frames of " + expected
                            + " were taken in time: the machine is too slow or busy, or the window was closed; use a lower --fps");
        }
        return 100.0 * cpuTime().minus(before).toNanos() / elapsedNs;
    }

    private void run(FramePublication publication, FrameSubscription subscription, FrameSink sink, double duration) {
        long startNs = System.nanoTime();
        long endNs = startNs + (long) (duration * 1e9);
        double periodNs = 1e9 / fps;
        long dueNs = startNs;
        while (dueNs - endNs < 0 && sink.isOpen()) {
            Schedule.await(dueNs);
            FrameClaim claim = publication.tryClaim();
            if (claim != null) {
                claim.commit();
            }
            subscription.poll(frame -> accept(sink, frame), 1);
            // A frame that is late leaves those out that would have been due meanwhile.
            long number = (long) ((System.nanoTime() - startNs) / periodNs) + 1;
            dueNs = startNs + (long) (number * periodNs);
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
                .orElseThrow(() -> new BenchException("this system does not tell a process's processor time"));
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    }
}
