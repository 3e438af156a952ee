package io.aeroframe.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.aeroframe.driver.DriverContext;
import io.aeroframe.driver.FrameDriver;
import io.aeroframe.testing.MemoryDirectory;
import io.aeroframe.testing.Programs;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A driver in another network namespace: its sockets are not in the network that this process knows. */
@Timeout(180)
class ForeignNetworkTest {

    private static final FrameFormat FORMAT = FrameFormat.gray8(64, 64);

    private final MemoryDirectory directory = new MemoryDirectory();

    @AfterEach
    void deleteDirectory() {
        directory.close();
    }

    private FrameDriver join() {
        return FrameDriver.join(
                new DriverContext().baseDirectory(directory.base()).takesOver(false));
    }

    @Test
    void framesGoOverIpc() throws Exception {
        assumeTrue(canUnshare(), "this user may not make a network namespace");
        try (StreamProcess owner = StreamProcess.driverInAnotherNetwork(directory.base())) {
            owner.await("hosting");
            try (FrameDriver driver = join();
                    Aeroframe aeroframe = Aeroframe.connect(driver);
                    FrameSubscription subscription = aeroframe.addSubscription("near");
                    FramePublication publication = aeroframe.addPublication("near", FORMAT)) {
                LiveHost.awaitConnected(publication);
                assertTrue(Pattern.send(publication, FORMAT));
                LiveHost.pollUntil(
                        subscription,
                        Pattern::assertIn,
                        () -> subscription.ledger().received() == 1);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"udp:127.0.0.1:41999", "udp:239.255.41.9:41999"})
    void udpIsRefusedWithTheWayOut(String channel) throws Exception {
        assumeTrue(canUnshare(), "this user may not make a network namespace");
        try (StreamProcess owner = StreamProcess.driverInAnotherNetwork(directory.base())) {
            owner.await("hosting");
            try (FrameDriver driver = join();
                    Aeroframe aeroframe = Aeroframe.connect(driver)) {
                FrameTransportException publishing = assertThrows(
                        FrameTransportException.class,
                        () -> aeroframe.addPublication(new PublicationContext()
                                .stream("far")
                                        .channel(FrameChannel.parse(channel))
                                        .format(FORMAT)));
                FrameTransportException subscribing = assertThrows(
                        FrameTransportException.class,
                        () -> aeroframe.addSubscription(
                                new SubscriptionContext().stream("far").channel(FrameChannel.parse(channel))));
                assertEquals(publishing.getMessage(), subscribing.getMessage());
                assertTrue(
                        publishing.getMessage().startsWith("stream 'far' on channel '")
                                && publishing.getMessage().contains(driver.aeronDirectoryName())
                                && publishing.getMessage().contains("another network namespace")
                                && publishing.getMessage().contains("AEROFRAME_DIR"),
                        publishing::getMessage);
            }
        }
    }

    private static boolean canUnshare() {
        return Programs.succeeds("unshare", "--net", "true");
    }
}
