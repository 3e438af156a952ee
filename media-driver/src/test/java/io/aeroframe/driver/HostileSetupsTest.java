package io.aeroframe.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeroframe.testing.Await;
import io.aeroframe.testing.MemoryDirectory;
import io.aeron.Aeron;
import io.aeron.Publication;
import io.aeron.Subscription;
import io.aeron.driver.Configuration;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import io.aeron.protocol.HeaderFlyweight;
import io.aeron.protocol.SetupFlyweight;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Peers ask the driver to allocate: it does within its bounds, and for what is beyond them it allocates nothing, and
 * reports it.
 */
@Timeout(180)
class HostileSetupsTest {

    private static final int STREAM = 7;
    private static final int SMALL_TERM = 64 << 10;
    private static final int MTU = 1_408;

    private final byte[] bytes = new byte[SetupFlyweight.HEADER_LENGTH];
    private final UnsafeBuffer datagram = new UnsafeBuffer(bytes);
    private final List<Throwable> reported = new CopyOnWriteArrayList<>();
    private MemoryDirectory directory;
    private DatagramSocket socket;
    private int port;

    @BeforeEach
    void start() throws IOException {
        directory = new MemoryDirectory();
        socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        try (DatagramSocket free = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
    }

    @AfterEach
    void stop() {
        socket.close();
        directory.close();
    }

    private DriverContext context() {
        return new DriverContext().baseDirectory(directory.base()).errorHandler(reported::add);
    }

    private String channel() {
        return "aeron:udp?endpoint=127.0.0.1:" + port;
    }

    private static Aeron client(FrameDriver driver) {
        RunningDriver running = driver.running().orElseThrow();
        return Aeron.connect(new Aeron.Context()
                .aeronDirectoryName(running.aeronDirectoryName())
                .epochClock(running.epochClock()));
    }

    private void setup(int sessionId, int termLength, int mtu) {
        setup(sessionId, termLength, mtu, 0, 5);
    }

    private void setup(int sessionId, int termLength, int mtu, int termOffset, int activeTermId) {
        new HeaderFlyweight(datagram)
                .version(HeaderFlyweight.CURRENT_VERSION)
                .flags((short) 0)
                .headerType(HeaderFlyweight.HDR_TYPE_SETUP)
                .frameLength(SetupFlyweight.HEADER_LENGTH);
        new SetupFlyweight(datagram)
                .termOffset(termOffset)
                .sessionId(sessionId)
                .streamId(STREAM)
                .initialTermId(5)
                .activeTermId(activeTermId)
                .termLength(termLength)
                .mtuLength(mtu)
                .ttl(0);
        send(bytes.length);
    }

    private void send(int length) {
        try {
            socket.send(new DatagramPacket(bytes, length, InetAddress.getLoopbackAddress(), port));
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    private void await(String what, BooleanSupplier condition) {
        Await.until(what, condition, reported::toString);
    }

    private static long images(String aeronDirectory) {
        try (Stream<Path> files = Files.list(Path.of(aeronDirectory, "images"))) {
            return files.count();
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    private static void assertAnswers(Aeron aeron) {
        assertTrue(aeron.addPublication("aeron:ipc", 1).maxPayloadLength() > 0);
    }

    @Test
    void aTermOfAGigabyteIsRefusedAndReportedOnce() {
        try (FrameDriver host = FrameDriver.join(context());
                Aeron aeron = client(host);
                Subscription subscription = aeron.addSubscription(channel(), STREAM)) {
            for (int i = 0; i < 20; i++) {
                setup(i, 1 << 30, MTU);
            }
            await("a refusal", () -> host.refusedSetups() > 0 && !reported.isEmpty());
            assertAnswers(aeron);
            assertEquals(0, images(host.aeronDirectoryName()));
            assertEquals(0, subscription.imageCount());
            String message = reported.get(0).getMessage();
            assertEquals(
                    "refused a stream that /127.0.0.1:" + socket.getLocalPort() + " sets up on " + channel()
                            + ": termLength=1073741824 is not a power of two from 65536 to maxTermLength=67108864;"
                            + " streamId=7 sessionId=0",
                    message);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "0, 1408, 0, 5, termLength=0",
        "-65536, 1408, 0, 5, termLength=-65536",
        "65537, 1408, 0, 5, termLength=65537",
        "32768, 1408, 0, 5, termLength=32768",
        "134217728, 1408, 0, 5, termLength=134217728",
        "65536, 0, 0, 5, mtuLength=0",
        "65536, -32, 0, 5, mtuLength=-32",
        "65536, 1409, 0, 5, mtuLength=1409",
        "131072, 65536, 0, 5, mtuLength=65536",
        "65536, 1408, -32, 5, termOffset=-32",
        "65536, 1408, 33, 5, termOffset=33",
        "65536, 1408, 65568, 5, termOffset=65568",
        "65536, 1408, 0, 4, activeTermId=4"
    })
    void aSetupThatNoPublisherSendsIsRefused(int term, int mtu, int offset, int activeTermId, String named) {
        try (FrameDriver host = FrameDriver.join(context());
                Aeron aeron = client(host);
                Subscription subscription = aeron.addSubscription(channel(), STREAM)) {
            setup(1, term, mtu, offset, activeTermId);
            await("a refusal", () -> host.refusedSetups() > 0 && !reported.isEmpty());
            assertTrue(reported.get(0).getMessage().contains(named), reported::toString);
            assertAnswers(aeron);
            assertEquals(0, images(host.aeronDirectoryName()));
            assertEquals(0, subscription.imageCount());
        }
    }

    @Test
    void aTruncatedSetupIsRefused() {
        try (FrameDriver host = FrameDriver.join(context());
                Aeron aeron = client(host);
                Subscription subscription = aeron.addSubscription(channel(), STREAM)) {
            setup(1, SMALL_TERM, MTU);
            await("an image", () -> subscription.imageCount() == 1);
            send(20);
            await("a refusal", () -> host.refusedSetups() > 0 && !reported.isEmpty());
            assertTrue(reported.get(0).getMessage().contains("shorter than"), reported::toString);
        }
    }

    @Test
    void aChannelHasSoManyImagesAndMoreWhenSomeHaveGone() {
        try (FrameDriver host = FrameDriver.join(context().maxImagesPerChannel(3));
                Aeron aeron = client(host);
                Subscription subscription = aeron.addSubscription(channel(), STREAM)) {
            await("images and refusals", () -> {
                for (int session = 0; session < 10; session++) {
                    setup(session, SMALL_TERM, MTU);
                }
                return subscription.imageCount() == 3 && host.refusedSetups() >= 7;
            });
            assertEquals(3, images(host.aeronDirectoryName()));
            assertTrue(reported.get(0).getMessage().contains("maxImagesPerChannel=3"), reported::toString);
            await("the end of the images", () -> subscription.imageCount() == 0);
            await("another image", () -> {
                setup(100, SMALL_TERM, MTU);
                return subscription.imageCount() == 1;
            });
            assertTrue(images(host.aeronDirectoryName()) <= 3);
        }
    }

    @Test
    void allImagesTogetherTakeSoManyBytes() {
        long image = 3L * SMALL_TERM + 4_096;
        try (FrameDriver host = FrameDriver.join(context().maxImageBytes(2 * image + image / 2));
                Aeron aeron = client(host);
                Subscription subscription = aeron.addSubscription(channel(), STREAM)) {
            await("images and refusals", () -> {
                for (int session = 0; session < 5; session++) {
                    setup(session, SMALL_TERM, MTU);
                }
                return subscription.imageCount() == 2 && host.refusedSetups() >= 3;
            });
            assertEquals(2, images(host.aeronDirectoryName()));
            assertTrue(reported.get(0).getMessage().contains("maxImageBytes="), reported::toString);
        }
    }

    @Test
    void aRealPublisherIsHeardBetweenThem() {
        try (FrameDriver host = FrameDriver.join(context());
                Aeron aeron = client(host);
                Subscription subscription = aeron.addSubscription(channel(), STREAM);
                Publication publication = aeron.addPublication(channel(), STREAM)) {
            await("the publisher", () -> {
                setup(1, 1 << 30, MTU);
                return publication.isConnected()
                        && subscription.imageBySessionId(publication.sessionId()) != null
                        && host.refusedSetups() > 0;
            });
        }
    }

    /** For each threading mode of the driver: in each the conductor learns of a setup in a different way. */
    @ParameterizedTest
    @EnumSource(
            value = ThreadingMode.class,
            names = {"SHARED", "SHARED_NETWORK", "DEDICATED"})
    void theBoundsHoldInEveryThreadingMode(ThreadingMode mode) {
        ImageLimits limits = new ImageLimits(SMALL_TERM, 4, 1L << 30);
        RefusedSetups refused = new RefusedSetups(limits, reported::add);
        ImageBudget budget = new ImageBudget(limits, Configuration.congestionControlSupplier());
        DriverClock clock = DriverClock.startingNow();
        Path aeronDirectory = directory.path().resolve("aeron");
        try (MediaDriver driver = MediaDriver.launch(MediaDriverSettings.forVideo(
                                aeronDirectory,
                                clock,
                                budget,
                                refused,
                                new DutyCycles(
                                        new DriverContext().idleStrategy().get()),
                                new DriverContext())
                        .threadingMode(mode));
                Aeron aeron = Aeron.connect(new Aeron.Context()
                        .aeronDirectoryName(driver.aeronDirectoryName())
                        .epochClock(clock));
                Subscription subscription = aeron.addSubscription(channel(), STREAM)) {
            await("images and refusals", () -> {
                for (int session = 0; session < 40; session++) {
                    setup(session, SMALL_TERM, MTU);
                }
                assertTrue(budget.liveImages() <= 4);
                return subscription.imageCount() == 4 && refused.count() > 0;
            });
            assertEquals(4, images(driver.aeronDirectoryName()));
            await("the end of the images", () -> budget.liveImages() == 0);
        }
    }

    @Test
    void limitsThatMakeNoSenseAreRefused() {
        assertThrows(
                IllegalArgumentException.class, () -> FrameDriver.join(context().maxTermLength(1_024)));
        assertThrows(
                IllegalArgumentException.class, () -> FrameDriver.join(context().maxImagesPerChannel(0)));
    }
}
