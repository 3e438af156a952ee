package io.aeroframe.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeroframe.driver.FrameDriver;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class FrameTransportTest {

    @TempDir
    Path directory;

    private FrameDriver driver;
    private Aeroframe aeroframe;

    @BeforeEach
    void connect() {
        driver = FrameDriver.join(new FrameDriver.Context().baseDirectory(directory.resolve("base")));
        aeroframe = Aeroframe.connect(driver);
    }

    @AfterEach
    void close() {
        aeroframe.close();
        driver.close();
    }

    @ParameterizedTest
    @CsvSource({
        "ipc,1,1",
        "ipc,640,480",
        "ipc,3840,2160",
        "ipc,7680,4320",
        "udp:127.0.0.1:24325,640,480",
        "udp:127.0.0.1:24325,7680,4320"
    })
    void framesArriveExact(String channel, int width, int height) {
        FrameFormat format = FrameFormat.bgr24(width, height);
        FrameChannel where = FrameChannel.parse(channel);
        FrameSubscription subscription = aeroframe.addSubscription(
                new FrameSubscription.Context().stream("camera").channel(where));
        FramePublication publication = aeroframe.addPublication(new FramePublication.Context()
                .stream("camera").channel(where).format(format).isLossless(true));
        while (!publication.isConnected()) {
            Thread.onSpinWait();
        }
        Thread writer = new Thread(() -> {
            for (int i = 0; i < 5; i++) {
                FrameClaim claim = publication.tryClaim();
                claim.buffer().setMemory(0, format.maxPayloadLength(), (byte) (i + 1));
                assertTrue(claim.commit());
            }
            publication.close();
        });
        writer.start();
        int[] received = new int[1];
        while (subscription.state() != StreamState.ENDED) {
            subscription.poll(
                    frame -> {
                        assertEquals(received[0], frame.sequence());
                        assertEquals(format, frame.format());
                        for (int i = 0; i < frame.payloadLength(); i++) {
                            if (frame.payload().getByte(i) != received[0] + 1) {
                                throw new AssertionError("byte " + i);
                            }
                        }
                        received[0]++;
                    },
                    10);
        }
        assertEquals(5, received[0]);
        System.out.println(subscription.ledger());
        assertTrue(subscription.ledger().isClosed());
    }
}
