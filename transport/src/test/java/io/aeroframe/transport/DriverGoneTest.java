package io.aeroframe.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeroframe.driver.FrameDriver;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class DriverGoneTest {

    private static final FrameFormat FORMAT = FrameFormat.gray8(64, 64);

    private LiveHost host;

    @BeforeEach
    void start() throws IOException {
        host = LiveHost.start();
    }

    @AfterEach
    void stop() {
        host.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ipc", "aeron:ipc?pool=off", "udp"})
    void publicationAndSubscriptionSaySo(String way) {
        FrameChannel channel = LiveHost.channel(way);
        FrameSubscription subscription = host.subscribe("gone", channel, Delivery.EVERY);
        FramePublication publication = host.publishLossless("gone", channel, FORMAT);
        LiveHost.awaitConnected(publication);
        assertTrue(Pattern.send(publication, FORMAT));
        LiveHost.pollUntil(
                subscription, Pattern::assertIn, () -> subscription.ledger().received() == 1);

        long startNs = System.nanoTime();
        host.driver().close();
        String[] thrown = new String[2];
        LiveHost.await("the exceptions", () -> {
            try {
                Pattern.send(publication, FORMAT);
            } catch (FrameTransportException ex) {
                thrown[0] = ex.getMessage();
            }
            try {
                subscription.poll(Pattern::assertIn, 10);
            } catch (FrameTransportException ex) {
                thrown[1] = ex.getMessage();
            }
            return thrown[0] != null && thrown[1] != null;
        });
        assertTrue(System.nanoTime() - startNs < TimeUnit.SECONDS.toNanos(10));
        String expected =
                "stream 'gone': the media driver is gone, which another process hosted, or the connection was closed; start again";
        assertEquals(expected, thrown[0]);
        assertEquals(expected, thrown[1]);
        assertFalse(publication.isConnected());
        publication.close();
        subscription.close();
    }

    @Test
    void aLosslessWaitEndsWhenTheDriverIsGone() throws Exception {
        FrameSubscription subscription = host.subscribe("stuck", FrameChannel.IPC, Delivery.EVERY);
        FramePublication publication = host.publishLossless("stuck", FrameChannel.IPC, FrameFormat.bgr24(640, 480));
        LiveHost.awaitConnected(publication);
        String[] thrown = new String[1];
        Thread writer = new Thread(() -> {
            try {
                while (true) {
                    Pattern.send(publication, FrameFormat.bgr24(640, 480));
                }
            } catch (FrameTransportException ex) {
                thrown[0] = ex.getMessage();
            }
        });
        writer.start();
        LiveHost.await("the writer to wait", () -> writer.getState() == Thread.State.TIMED_WAITING);
        host.driver().close();
        writer.join(TimeUnit.SECONDS.toMillis(15));
        assertFalse(writer.isAlive());
        assertEquals(
                "stream 'stuck': the media driver is gone, which another process hosted, or the connection was closed; start again",
                thrown[0]);
        subscription.close();
        publication.close();
    }

    @Test
    void aDriverThatIsGoneBeforeTheClientComesIsNamed(@TempDir Path directory) {
        FrameDriver driver = FrameDriver.join(new FrameDriver.Context().baseDirectory(directory.resolve("base")));
        driver.close();
        String message = "";
        try (Aeroframe aeroframe = Aeroframe.connect(driver)) {
            message = "connected: " + aeroframe;
        } catch (FrameTransportException ex) {
            message = ex.getMessage();
        }
        assertTrue(message.startsWith(driver.aeronDirectoryName() + ": the media driver is gone, "), message);
        assertEquals(1, message.lines().count());
    }
}
