package io.aeroframe.benchmarks.measurement;

import io.aeroframe.apps.options.FrameRate;
import io.aeroframe.benchmarks.harness.Arrivals;
import io.aeroframe.benchmarks.harness.BenchException;
import io.aeroframe.benchmarks.harness.FrameReceiver;
import io.aeroframe.benchmarks.harness.FrameSender;
import io.aeroframe.benchmarks.harness.LateCauses;
import io.aeroframe.benchmarks.harness.Reader;
import io.aeroframe.benchmarks.harness.Report;
import io.aeroframe.benchmarks.harness.Schedule;
import io.aeroframe.benchmarks.harness.StampLog;
import io.aeroframe.benchmarks.harness.Writer;
import io.aeroframe.benchmarks.messages.MessageTransport;
import io.aeroframe.benchmarks.options.FramePath;
import io.aeroframe.benchmarks.options.Plan;
import io.aeroframe.benchmarks.options.StreamOptions;
import io.aeroframe.benchmarks.paths.AeroframeReceiver;
import io.aeroframe.benchmarks.paths.AeroframeSender;
import io.aeroframe.benchmarks.paths.AeronReceiver;
import io.aeroframe.benchmarks.paths.AeronSender;
import io.aeroframe.benchmarks.paths.SlowReader;
import io.aeroframe.benchmarks.pictures.PictureCodec;
import io.aeroframe.benchmarks.pictures.PictureFile;
import io.aeroframe.transport.Delivery;
import io.aeroframe.vision.source.PictureSize;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * A child process of a {@link Measurement}: the writer or a reader. It sends {@link Report}s on its standard output and
 * receives the schedule on its standard input. It exits when that input ends, because then its parent is gone.
 */
@Command(name = "role")
final class RoleMain implements Callable<Integer> {

    private static final long LATE_FRAMES = 3;

    @Parameters(index = "0")
    private Role role;

    /** Null for transports without Aeron. */
    @Option(names = "--aeron-dir")
    private Path aeronDirectory;

    /** The number of the run within its command. */
    @Option(names = "--run", required = true)
    private int run;

    /** The number of subscriptions, polled in turn by one thread. */
    @Option(names = "--subscriptions")
    private int subscriptions = 1;

    /** Whether the writer encodes each frame and the reader decodes it. */
    @Option(names = "--end-to-end")
    private boolean isEndToEnd;

    /** What carries the frames instead of Aeron. */
    @Option(names = "--transport")
    private MessageTransport transport;

    /** The directory where a transport's ends meet, with the picture to encode. */
    @Option(names = "--directory")
    private Path directory;

    /** The file to write the latencies of each frame to. */
    @Option(names = "--raw-file")
    private Path rawFile;

    /** The file to write the causes of late frames to. */
    @Option(names = "--causes-file")
    private Path causesFile;

    /** The length of a deliberate stall of the writer. */
    @Option(names = "--stall-ms")
    private long stallMs;

    /** The number of frames that the reader drops on purpose. */
    @Option(names = "--drop")
    private long drop;

    /** How late the reader takes the time of some frames on purpose. */
    @Option(names = "--late-ms")
    private long lateMs;

    /** How long the slow reader holds each frame. */
    @Option(names = "--hold-ms")
    private long holdMs;

    /** The slow reader's delivery. */
    @Option(names = "--delivery")
    private Delivery delivery = Delivery.EVERY;

    @Mixin
    private StreamOptions options = new StreamOptions(new PictureSize(1, 1), FrameRate.MAX, 1);

    private volatile Schedule schedule;

    /**
     * Plays one role and ends the JVM.
     *
     * @param args the arguments, as {@link Measurement} makes them
     */
    public static void main(String[] args) {
        System.exit(new CommandLine(new RoleMain())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .execute(args));
    }

    @Override
    public Integer call() {
        PrintStream reports = System.out;
        System.setOut(System.err);
        startListening();
        try {
            Plan plan = options.plan();
            send(reports, run(plan, reports));
            return 0;
        } catch (RuntimeException ex) {
            if (BenchException.isBug(ex)) {
                ex.printStackTrace();
            }
            send(reports, new Report.Failed(ex.getMessage() == null ? ex.toString() : ex.getMessage()));
            return 1;
        }
    }

    private Report run(Plan plan, PrintStream reports) {
        return switch (role) {
            case writer -> write(plan, reports);
            case reader -> read(plan, reports);
            case slow -> readSlowly(plan, reports);
        };
    }

    private Report write(Plan plan, PrintStream reports) {
        try (FrameSender sender = sender(plan)) {
            return new Writer(sender, TimeUnit.MILLISECONDS.toNanos(stallMs), plan.jitterNs())
                    .run(() -> send(reports, new Report.Ready()), () -> schedule);
        }
    }

    private FrameSender sender(Plan plan) {
        try {
            if (transport != null) {
                return transport.sender(directory, plan);
            }
            if (plan.path() == FramePath.aeron) {
                return new AeronSender(plan, aeronDirectory, run);
            }
            PictureCodec codec =
                    isEndToEnd ? new PictureCodec(plan.size(), PictureFile.read(directory, plan.size())) : null;
            return new AeroframeSender(plan, aeronDirectory, run, codec);
        } catch (IOException ex) {
            throw new BenchException(ex.toString(), ex);
        }
    }

    private FrameReceiver receiver(Plan plan, Arrivals arrivals) {
        try {
            if (transport != null) {
                return transport.receiver(directory, plan, arrivals);
            }
            if (plan.path() == FramePath.aeron) {
                return new AeronReceiver(plan, aeronDirectory, run, subscriptions, arrivals);
            }
            PictureCodec codec =
                    isEndToEnd ? new PictureCodec(plan.size(), PictureFile.read(directory, plan.size())) : null;
            return new AeroframeReceiver(plan, aeronDirectory, run, subscriptions, arrivals, codec);
        } catch (IOException ex) {
            throw new BenchException(ex.toString(), ex);
        }
    }

    private Report read(Plan plan, PrintStream reports) {
        Arrivals arrivals = new Arrivals(plan.isTouched());
        StampLog stamps = rawFile == null ? null : new StampLog(!plan.rate().isMax());
        arrivals.keep(stamps);
        LateCauses causes = causesFile == null ? null : new LateCauses();
        arrivals.explain(causes);
        arrivals.drop(drop);
        arrivals.delay(lateMs > 0 ? LATE_FRAMES : 0, TimeUnit.MILLISECONDS.toNanos(lateMs));
        try (FrameReceiver receiver = receiver(plan, arrivals)) {
            Report figures =
                    new Reader(receiver, arrivals).run(() -> send(reports, new Report.Ready()), () -> schedule);
            if (stamps != null) {
                stamps.write(rawFile);
            }
            if (causes != null) {
                causes.write(causesFile);
            }
            return figures;
        }
    }

    private Report readSlowly(Plan plan, PrintStream reports) {
        long holdNs = TimeUnit.MILLISECONDS.toNanos(holdMs);
        try (SlowReader reader = new SlowReader(plan, aeronDirectory, run, delivery, holdNs)) {
            return reader.run(() -> send(reports, new Report.Ready()), () -> schedule);
        }
    }

    private static void send(PrintStream reports, Report report) {
        reports.println(report.line());
        reports.flush();
    }

    private void startListening() {
        Thread listener = new Thread(this::listen, "bench-listener");
        listener.setDaemon(true);
        listener.start();
    }

    private void listen() {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII))) {
            String line;
            while ((line = lines.readLine()) != null) {
                schedule = Schedule.parse(line);
            }
        } catch (IOException ex) {
            // a broken pipe, like its end, means that the parent is gone
        }
        Runtime.getRuntime().halt(1);
    }
}
