package io.aeroframe.transport;

import io.aeroframe.driver.DriverContext;
import io.aeroframe.driver.FrameDriver;
import io.aeroframe.testing.Await;
import io.aeroframe.testing.MemoryDirectory;
import io.aeron.Aeron;
import io.aeron.AeronCounters;
import io.aeron.driver.status.StreamCounter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.agrona.concurrent.status.CountersReader;

/**
 * A media driver of the test's own in shared memory, a client connected to it, and the errors that were reported in the
 * background.
 *
 * <p>Closing it closes whatever a test has left open, so that a test that fails leaves nothing to the next.
 */
final class LiveHost implements AutoCloseable {

    /** For whatever a test waits for. Only a test that fails ever waits this long, however slow or busy the machine. */
    static final int DEADLINE_S = Await.PATIENCE_S;

    private static final long DEADLINE_NS = TimeUnit.SECONDS.toNanos(DEADLINE_S);
    private static final AtomicInteger STREAMS = new AtomicInteger();

    private final MemoryDirectory directory;
    private final Path base;
    private final FrameDriver driver;
    private final Aeroframe aeroframe;
    private final List<Throwable> reported = new CopyOnWriteArrayList<>();

    private LiveHost(MemoryDirectory directory, Path base) {
        this.directory = directory;
        this.base = base;
        driver = FrameDriver.join(new DriverContext().baseDirectory(base).errorHandler(reported::add));
        aeroframe = connect();
    }

    static LiveHost start() throws IOException {
        MemoryDirectory directory = new MemoryDirectory();
        return new LiveHost(directory, directory.base());
    }

    /** Joins the driver of another host, as another process would. */
    static LiveHost joining(LiveHost other) {
        return new LiveHost(null, other.base);
    }

    /** In a directory that belongs to the caller. */
    static LiveHost startIn(Path directory) {
        return new LiveHost(null, directory.resolve("base"));
    }

    /** A stream name that no other test of this JVM uses: what one test leaves behind cannot reach another. */
    static String uniqueStream(String name) {
        return name + "-" + STREAMS.incrementAndGet();
    }

    /** The base directory, for other processes to join. */
    Path base() {
        return base;
    }

    FrameDriver driver() {
        return driver;
    }

    Aeroframe aeroframe() {
        return aeroframe;
    }

    /** Another client, as another process would have. */
    Aeroframe connect() {
        return Aeroframe.connect(driver, new ConnectionContext().errorHandler(reported::add));
    }

    /** An Aeron client without Aeroframe. */
    Aeron connectRaw() {
        return Aeron.connect(new Aeron.Context()
                .aeronDirectoryName(driver.aeronDirectoryName())
                .errorHandler(reported::add));
    }

    /** The errors reported in the background so far, except the hint on socket buffers. */
    List<Throwable> reported() {
        return reported.stream()
                .filter(error -> !String.valueOf(error.getMessage()).contains("sysctl"))
                .toList();
    }

    FramePublication publish(String stream, FrameFormat format) {
        return aeroframe.addPublication(stream, format);
    }

    FramePublication publishLossless(String stream, FrameChannel channel, FrameFormat format) {
        return aeroframe.addPublication(new PublicationContext()
                .stream(stream).channel(channel).format(format).lossless(true));
    }

    FrameSubscription subscribe(String stream, FrameChannel channel, Delivery delivery) {
        return aeroframe.addSubscription(
                new SubscriptionContext().stream(stream).channel(channel).delivery(delivery));
    }

    /** Looks at the driver's counters, which stay mapped meanwhile, unless the present session has just ended. */
    static void withCounters(Aeroframe aeroframe, Consumer<CountersReader> look) {
        ClientSession session = aeroframe.session();
        Gate gate = new Gate("counters that a test looks at");
        try {
            session.acquire(gate, false);
        } catch (DriverLostException ex) {
            return; // there are none to look at
        }
        gate.enter();
        try {
            CountersReader counters = session.counters().reader();
            if (counters != null) {
                look.accept(counters);
            }
        } finally {
            gate.leave();
            session.release(gate);
        }
    }

    /**
     * The value of one of Aeroframe's counters in the driver of the present session; -1 if there is no such counter.
     */
    static long counter(Aeroframe aeroframe, String label) {
        long[] value = {-1};
        withCounters(
                aeroframe,
                counters -> counters.forEach((id, text) -> {
                    if (text.equals("aeroframe " + label)) {
                        value[0] = counters.getCounterValue(id);
                    }
                }));
        return value[0];
    }

    /**
     * How far each subscriber of a stream has read, as the driver's counters say. One that is found dead is not among
     * them.
     */
    static List<Long> subscriberPositions(Aeroframe aeroframe, String stream) {
        int streamId = new StreamName(stream).streamId();
        List<Long> positions = new ArrayList<>();
        withCounters(
                aeroframe,
                counters -> counters.forEach((id, typeId, key, label) -> {
                    if (typeId == AeronCounters.DRIVER_SUBSCRIBER_POSITION_TYPE_ID
                            && key.getInt(StreamCounter.STREAM_ID_OFFSET) == streamId) {
                        positions.add(counters.getCounterValue(id));
                    }
                }));
        return positions;
    }

    static void awaitConnected(FramePublication publication) {
        await("a subscriber of stream '" + publication.stream() + "'", publication::isConnected);
    }

    /**
     * Waits until a condition holds.
     *
     * @param what is awaited, for the message of the failure: "timed out waiting for ...".
     */
    static void await(String what, BooleanSupplier condition) {
        await(what, condition, () -> "");
    }

    /**
     * Waits until a condition holds.
     *
     * @param what is awaited, for the message of the failure: "timed out waiting for ...".
     * @param seen what there is instead, for the same message.
     */
    static void await(String what, BooleanSupplier condition, Supplier<String> seen) {
        Await.until(what, condition, seen);
    }

    private static String timedOut(String what, String seen) {
        return "timed out after " + DEADLINE_S + " s waiting for " + what + (seen.isEmpty() ? "" : "; seen: " + seen);
    }

    /**
     * Waits until at least this much time has passed: for an interval of the protocol that has to be over, not for a
     * result.
     */
    static void awaitElapsed(long sinceNs, long durationNs) {
        long restNs;
        while ((restNs = sinceNs + durationNs - System.nanoTime()) >= 0) {
            LockSupport.parkNanos(restNs + 1);
        }
    }

    /** Polls one frame at a time until a condition holds; fails when no frame has come for too long. */
    static void pollUntil(FrameSubscription subscription, FrameHandler handler, BooleanSupplier condition) {
        long lastNs = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (subscription.poll(handler, 1) > 0) {
                lastNs = System.nanoTime();
                continue;
            }
            if (System.nanoTime() - lastNs > DEADLINE_NS) {
                throw new AssertionError(timedOut(
                        "frames of stream '" + subscription.stream() + "'",
                        subscription.state() + ", " + subscription.ledger()));
            }
            LockSupport.parkNanos(100_000);
        }
    }

    static void pollUntilEnded(FrameSubscription subscription, FrameHandler handler) {
        pollUntil(subscription, handler, () -> subscription.state() == StreamState.ENDED);
    }

    /** An endpoint on loopback whose port is free. */
    static FrameChannel freeUdp() {
        try (DatagramSocket socket = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            return FrameChannel.parse("udp:127.0.0.1:" + socket.getLocalPort());
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    /** A channel as written; {@code udp} is one on loopback whose port is free. */
    static FrameChannel channel(String text) {
        return text.equals("udp") ? freeUdp() : FrameChannel.parse(text);
    }

    @Override
    public void close() {
        aeroframe.close();
        driver.close();
        if (directory != null) {
            directory.close();
        }
    }
}
