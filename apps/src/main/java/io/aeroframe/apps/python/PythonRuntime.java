package io.aeroframe.apps.python;

import io.aeroframe.apps.monitor.StreamJson;
import io.aeroframe.apps.monitor.StreamRow;
import io.aeroframe.driver.DriverContext;
import io.aeroframe.driver.FrameDriver;
import io.aeroframe.transport.Aeroframe;
import io.aeroframe.transport.ConnectionContext;
import io.aeroframe.transport.Delivery;
import io.aeroframe.transport.FrameChannel;
import io.aeroframe.transport.StreamMonitor;
import io.aeroframe.transport.StreamName;
import io.aeroframe.transport.SubscriptionContext;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.agrona.CloseHelper;

/**
 * The connections of a Python process, which all its streams share and which stay until it ends. As on the command
 * line, what only subscribes over IPC hosts no media driver, and everything else may. Thread-safe.
 */
public final class PythonRuntime implements AutoCloseable {

    private static final int MAX_REPORTS = 100;

    private static final Duration LAST_FRAMES = Duration.ofSeconds(1);

    private final String aeronDirectory;
    private final BlockingQueue<String> reports = new ArrayBlockingQueue<>(MAX_REPORTS);
    private FrameDriver joinedDriver;
    private Aeroframe joined;
    private FrameDriver attachedDriver;
    private Aeroframe attached;
    private boolean isClosed;

    /**
     * Connects to nothing yet.
     *
     * @param aeronDirectory the directory of an Aeron driver that something else runs; null for Aeroframe's own.
     */
    public PythonRuntime(String aeronDirectory) {
        this.aeronDirectory = aeronDirectory;
    }

    /**
     * Publishes a stream, from its first frame on.
     *
     * @param settings validated; used when the first frame comes.
     * @return the publication.
     * @throws IllegalArgumentException if a setting is not valid.
     */
    public PythonPublication publish(PublishSettings settings) {
        return new PythonPublication(this, settings);
    }

    /**
     * Subscribes to a stream. Over IPC it waits for a media driver in {@link PythonSubscription#take}.
     *
     * @param stream        the name of the stream.
     * @param channel       {@code ipc}, {@code udp:HOST:PORT} or an Aeron channel URI.
     * @param latest        whether to get only the newest frame.
     * @param maxFrameBytes the largest frame to take.
     * @return the subscription.
     * @throws IllegalArgumentException if a setting is not valid.
     */
    public PythonSubscription subscribe(String stream, String channel, boolean latest, int maxFrameBytes) {
        FrameChannel parsed = FrameChannel.parse(channel);
        parsed.checkSubscribable();
        new StreamName(stream);
        PythonSubscription subscription =
                new PythonSubscription(this, parsed.isIpc(), errors -> new SubscriptionContext()
                        .stream(stream)
                                .channel(parsed)
                                .delivery(latest ? Delivery.LATEST : Delivery.EVERY)
                                .maxFrameLength(maxFrameBytes)
                                .errorHandler(errors));
        if (!parsed.isIpc()) {
            subscription.open(join());
        }
        return subscription;
    }

    /**
     * The streams of this host, without a driver and without subscribing.
     *
     * @return a JSON document, as {@code list --json} prints it.
     */
    public String streams() {
        try (StreamMonitor monitor = new StreamMonitor(FrameDriver.sharedDirectory(driverContext()))) {
            return StreamJson.list(StreamRow.of(monitor.look(), System.nanoTime()));
        }
    }

    /** The connection that may host the driver. */
    synchronized Aeroframe join() {
        requireOpen();
        if (joined == null) {
            joinedDriver = FrameDriver.join(driverContext());
            joined = connect(joinedDriver);
        }
        return joined;
    }

    /** A connection that hosts no driver, unless there is one that may; empty if none runs. */
    synchronized Optional<Aeroframe> tryAttach() {
        requireOpen();
        if (joined == null && attached == null) {
            Optional<FrameDriver> found = FrameDriver.tryAttach(driverContext());
            if (found.isEmpty()) {
                return Optional.empty();
            }
            attachedDriver = found.get();
            attached = connect(attachedDriver);
        }
        return Optional.of(attached != null ? attached : joined);
    }

    private void requireOpen() {
        if (isClosed) {
            throw new IllegalStateException("aeroframe is closed, as the interpreter ends");
        }
    }

    private DriverContext driverContext() {
        return new DriverContext()
                .aeronDirectory(aeronDirectory == null ? null : Path.of(aeronDirectory))
                .closeOnShutdown(false)
                .errorHandler(this::report);
    }

    private Aeroframe connect(FrameDriver driver) {
        return Aeroframe.connect(driver, new ConnectionContext().errorHandler(this::report));
    }

    /** Keeps a report for Python; the oldest ones count. */
    void report(Throwable error) {
        reports.offer(error.getMessage() == null ? error.toString() : error.getMessage());
    }

    boolean hasReports() {
        return !reports.isEmpty();
    }

    /**
     * What went wrong in the background and did not end anything.
     *
     * @return one line; null if there is nothing more.
     */
    public String nextReport() {
        return reports.poll();
    }

    /**
     * Closes everything; what this process published ends for its subscribers. Waits a second at most for them to
     * read it.
     */
    @Override
    public synchronized void close() {
        isClosed = true;
        CloseHelper.closeAll(this::report, attached, joined);
        if (joinedDriver != null && joinedDriver.isOwner()) {
            joinedDriver.awaitNoClients(LAST_FRAMES);
        }
        CloseHelper.closeAll(this::report, attachedDriver, joinedDriver);
    }
}
