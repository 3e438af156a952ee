package io.aeroframe.transport;

import io.aeroframe.driver.FrameDriver;
import io.aeron.Aeron;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.agrona.IoUtil;

/** A driver of the test's own in memory, a client of it, and what was reported in the background. */
final class LiveHost implements AutoCloseable {

    private static final long DEADLINE_NS = TimeUnit.SECONDS.toNanos(15);

    private final Path directory;
    private final Path base;
    private final FrameDriver driver;
    private final Aeroframe aeroframe;
    private final List<Throwable> reported = new CopyOnWriteArrayList<>();

    private LiveHost(Path directory, Path base) {
        this.directory = directory;
        this.base = base;
        driver = FrameDriver.join(new FrameDriver.Context().baseDirectory(base).errorHandler(reported::add));
        aeroframe = connect();
    }

    static LiveHost start() throws IOException {
        Path memory = Path.of("/dev/shm");
        Path directory = Files.isWritable(memory)
                ? Files.createTempDirectory(memory, "aeroframe-test-")
                : Files.createTempDirectory("aeroframe-test-");
        return new LiveHost(directory, directory.resolve("base"));
    }

    /** Joins another one's driver, as another process would. */
    static LiveHost joining(LiveHost other) {
        return new LiveHost(null, other.base);
    }

    /** In a directory that belongs to the caller. */
    static LiveHost startIn(Path directory) {
        return new LiveHost(null, directory.resolve("base"));
    }

    /** For other processes that join. */
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
        return Aeroframe.connect(driver, new Aeroframe.Context().errorHandler(reported::add));
    }

    /** An Aeron client without Aeroframe. */
    Aeron connectRaw() {
        return Aeron.connect(new Aeron.Context()
                .aeronDirectoryName(driver.aeronDirectoryName())
                .errorHandler(reported::add));
    }

    /** What has been reported in the background, without the hint on socket buffers. */
    List<Throwable> reported() {
        return reported.stream()
                .filter(error -> !String.valueOf(error.getMessage()).contains("sysctl"))
                .toList();
    }

    FramePublication publish(String stream, FrameFormat format) {
        return aeroframe.addPublication(stream, format);
    }

    FramePublication publishLossless(String stream, FrameChannel channel, FrameFormat format) {
        return aeroframe.addPublication(new FramePublication.Context()
                .stream(stream).channel(channel).format(format).isLossless(true));
    }

    FrameSubscription subscribe(String stream, FrameChannel channel, Delivery delivery) {
        return aeroframe.addSubscription(
                new FrameSubscription.Context().stream(stream).channel(channel).delivery(delivery));
    }

    static void awaitConnected(FramePublication publication) {
        await("a subscriber", publication::isConnected);
    }

    /** Waits until something is so, for half a minute at most. */
    static void await(String what, BooleanSupplier condition) {
        long startNs = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - startNs > DEADLINE_NS) {
                throw new AssertionError("waited in vain for " + what);
            }
            LockSupport.parkNanos(100_000);
        }
    }

    /** Waits until so much time has gone by. */
    static void awaitElapsed(long sinceNs, long durationNs) {
        await("the clock", () -> System.nanoTime() - sinceNs > durationNs);
    }

    static void pollUntil(FrameSubscription subscription, FrameHandler handler, BooleanSupplier condition) {
        long startNs = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (subscription.poll(handler, 1) == 0) {
                if (System.nanoTime() - startNs > DEADLINE_NS) {
                    throw new AssertionError("waited in vain for stream '" + subscription.stream() + "', "
                            + subscription.state() + ", " + subscription.ledger());
                }
                LockSupport.parkNanos(100_000);
            }
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

    static FrameChannel channel(String kind) {
        return kind.equals("udp") ? freeUdp() : FrameChannel.parse(kind);
    }

    @Override
    public void close() {
        aeroframe.close();
        driver.close();
        if (directory != null) {
            IoUtil.delete(directory.toFile(), true);
        }
    }
}
