package io.aeroframe.transport;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeroframe.driver.DriverContext;
import io.aeroframe.driver.FrameDriver;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Listeners and handlers of the user's may throw what they like: streams go on. */
@Timeout(180)
class BackgroundThreadsTest {

    private static final FrameFormat FORMAT = FrameFormat.gray8(64, 64);

    @Test
    void aStateListenerThatThrowsIsReportedAndTheNextDriverIsFollowed() throws IOException {
        List<Throwable> reported = new CopyOnWriteArrayList<>();
        List<ConnectionState> states = new CopyOnWriteArrayList<>();
        try (LiveHost first = LiveHost.start();
                FrameDriver driver = FrameDriver.join(new DriverContext().baseDirectory(first.base()));
                Aeroframe aeroframe = Aeroframe.connect(
                        driver,
                        new ConnectionContext().errorHandler(reported::add).stateListener(state -> {
                            states.add(state);
                            throw new AssertionError("listener on " + state);
                        }))) {
            awaitFrames(first, aeroframe, states);
            assertTrue(
                    reported.stream().anyMatch(error -> error.getMessage().contains("state listener threw")),
                    reported::toString);
        }
    }

    @Test
    void anErrorHandlerThatThrowsHurtsNothing() throws IOException {
        List<ConnectionState> states = new CopyOnWriteArrayList<>();
        try (LiveHost first = LiveHost.start();
                FrameDriver driver = FrameDriver.join(new DriverContext().baseDirectory(first.base()));
                Aeroframe aeroframe = Aeroframe.connect(
                        driver,
                        new ConnectionContext()
                                .errorHandler(error -> {
                                    throw new StackOverflowError("handler");
                                })
                                .stateListener(state -> {
                                    states.add(state);
                                    throw new IllegalArgumentException("listener");
                                }))) {
            awaitFrames(first, aeroframe, states);
        }
    }

    /** Before and after the driver has gone to another process. */
    private static void awaitFrames(LiveHost first, Aeroframe aeroframe, List<ConnectionState> states) {
        try (FrameSubscription subscription = aeroframe.addSubscription("goes on");
                FramePublication publication = aeroframe.addPublication("goes on", FORMAT)) {
            LiveHost.awaitConnected(publication);
            assertTrue(Pattern.send(publication, FORMAT));
            LiveHost.pollUntil(
                    subscription, Pattern::assertIn, () -> subscription.ledger().received() == 1);
            first.aeroframe().close();
            first.driver().close();
            LiveHost.await("the next driver", () -> states.contains(ConnectionState.CONNECTED));
            long[] received = new long[1];
            LiveHost.await("frames by the next driver", () -> {
                Pattern.send(publication, FORMAT);
                subscription.poll(frame -> received[0]++, 8);
                return received[0] >= 20;
            });
        }
    }
}
