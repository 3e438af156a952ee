package io.aeroframe.benchmarks.stages;

import io.aeroframe.apps.options.Idle;
import io.aeroframe.benchmarks.harness.BenchException;
import io.aeroframe.benchmarks.harness.Report;
import io.aeroframe.benchmarks.options.PathOptions;
import io.aeroframe.benchmarks.paths.AeroframeSender;
import io.aeroframe.driver.DriverContext;
import io.aeroframe.driver.FrameDriver;
import io.aeroframe.transport.Aeroframe;
import io.aeroframe.transport.Frame;
import io.aeroframe.transport.FrameChannel;
import io.aeroframe.transport.FrameHandler;
import io.aeroframe.transport.FrameSubscription;
import io.aeroframe.transport.StreamState;
import io.aeroframe.transport.SubscriptionContext;
import io.aeroframe.vision.DecodedFrames;
import io.aeroframe.vision.sink.FrameSink;
import io.aeroframe.vision.sink.WindowSink;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.HdrHistogram.Histogram;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.IdleStrategy;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The receiving process of {@code bench stages}: decodes and shows each frame. It sends {@link Report}s to
 * {@link StagesCommand} on its standard output, and exits when the stream or its standard input ends.
 */
@Command(name = "stages-receiver")
final class StagesReceiver implements Callable<Integer>, FrameHandler {

    /** The length of a frame's metadata: whether the frame is measured, and when its capture started. */
    static final int METADATA_LENGTH = 2 * Long.BYTES;

    static final int MEASURED_OFFSET = 0;
    static final int CAPTURE_OFFSET = Long.BYTES;
    static final String STREAM = "bench-stages";

    private static final int POLL_LIMIT = 1;

    @Option(names = "--aeron-dir", required = true)
    private Path aeronDirectory;

    @Option(names = "--channel", required = true, converter = PathOptions.ChannelConverter.class)
    private FrameChannel channel;

    @Option(names = "--idle", required = true)
    private Idle idle;

    @Option(names = "--window")
    private boolean isWindow;

    private final List<Histogram> stages = Stage.histograms();
    private final List<Histogram> warmupStages = Stage.histograms();
    private DecodedFrames decoded;
    private FrameSink sink;
    private long received;

    /**
     * Receives one stream and ends the JVM.
     *
     * @param args the arguments, as {@link StagesCommand} makes them
     */
    public static void main(String[] args) {
        System.exit(new CommandLine(new StagesReceiver()).execute(args));
    }

    @Override
    public Integer call() throws IOException {
        PrintStream reports = System.out;
        System.setOut(System.err);
        startListening();
        boolean isShown = isWindow && WindowSink.isAvailable();
        try (FrameSink opened = isShown ? WindowSink.open(STREAM) : new RasterSink();
                DecodedFrames pixels = DecodedFrames.raw();
                FrameDriver driver = FrameDriver.join(new DriverContext().aeronDirectory(aeronDirectory));
                Aeroframe aeroframe = AeroframeSender.connect(driver);
                FrameSubscription subscription = aeroframe.addSubscription(
                        new SubscriptionContext().stream(STREAM).channel(channel))) {
            sink = opened;
            decoded = pixels;
            send(reports, new Report.Ready());
            IdleStrategy strategy = idle.strategy(subscription);
            while (subscription.state() != StreamState.ENDED) {
                if (subscription.state() == StreamState.LOST) {
                    throw new BenchException("the stream is lost: its writer died");
                }
                strategy.idle(subscription.poll(this, POLL_LIMIT));
            }
            send(reports, new Report.Stages(received, isShown, stages));
            return 0;
        } catch (RuntimeException ex) {
            if (BenchException.isBug(ex)) {
                ex.printStackTrace();
            }
            send(reports, new Report.Failed(ex.getMessage() == null ? ex.toString() : ex.getMessage()));
            return 1;
        }
    }

    @Override
    public void onFrame(Frame frame) {
        long receivedNs = System.nanoTime();
        try {
            Frame pixels = decoded.of(frame);
            long decodedNs = System.nanoTime();
            sink.accept(pixels);
            long shownNs = System.nanoTime();
            DirectBuffer metadata = frame.metadata();
            boolean isMeasured = metadata.getLong(MEASURED_OFFSET, ByteOrder.LITTLE_ENDIAN) != 0;
            List<Histogram> target = isMeasured ? stages : warmupStages;
            Stage.received.record(target, receivedNs - frame.publishTimeNs());
            if (pixels != frame) {
                Stage.decoded.record(target, decodedNs - receivedNs);
            }
            Stage.shown.record(target, shownNs - decodedNs);
            Stage.total.record(target, shownNs - metadata.getLong(CAPTURE_OFFSET, ByteOrder.LITTLE_ENDIAN));
            received += isMeasured ? 1 : 0;
        } catch (IOException ex) {
            throw new UncheckedIOException(ex.getMessage(), ex);
        }
    }

    private static void send(PrintStream reports, Report report) {
        reports.println(report.line());
        reports.flush();
    }

    private static void startListening() {
        Thread listener = new Thread(
                () -> {
                    try {
                        while (System.in.read() >= 0) {
                            Thread.onSpinWait(); // nothing is sent; only the end matters
                        }
                    } catch (IOException ex) {
                        // a broken pipe, like its end, means that the parent is gone
                    }
                    Runtime.getRuntime().halt(1);
                },
                "bench-listener");
        listener.setDaemon(true);
        listener.start();
    }
}
