package io.aeroframe.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(180)
class SubscriberCountTest {

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
    @ValueSource(strings = {"ipc", "aeron:ipc?pool=off"})
    void everySubscriberOnTheHostCounts(String text) {
        FrameChannel channel = FrameChannel.parse(text);
        String stream = LiveHost.uniqueStream("count");
        FramePublication publication = host.publishLossless(stream, channel, FORMAT);
        FramePublication other = host.publishLossless(stream + "_other", channel, FORMAT);
        assertEquals(0, publication.subscriberCount());

        List<FrameSubscription> subscriptions = new ArrayList<>();
        for (int count = 1; count <= 3; count++) {
            subscriptions.add(host.subscribe(stream, channel, Delivery.EVERY));
            awaitCount(publication, count);
        }
        assertEquals(0, other.subscriberCount());
        for (int count = 2; count >= 0; count--) {
            subscriptions.get(count).close();
            awaitCount(publication, count);
        }
        publication.close();
        assertEquals(0, publication.subscriberCount());
    }

    @Test
    void receiversOverUdpCountAsOne() {
        FrameChannel channel = LiveHost.freeUdp();
        String stream = LiveHost.uniqueStream("count");
        FramePublication publication = host.publishLossless(stream, channel, FORMAT);
        assertEquals(0, publication.subscriberCount());

        host.subscribe(stream, channel, Delivery.EVERY);
        host.subscribe(stream, channel, Delivery.EVERY);

        awaitCount(publication, 1);
    }

    private static void awaitCount(FramePublication publication, int count) {
        LiveHost.await(count + " subscribers", () -> publication.subscriberCount() == count);
    }
}
