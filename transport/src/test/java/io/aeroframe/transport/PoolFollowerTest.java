package io.aeroframe.transport;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeroframe.driver.internal.SharedDirectory;
import io.aeron.Aeron;
import io.aeron.Subscription;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What a subscription knows of the process that owns its pool, and a publication of those that read it, without asking
 * on the frame path.
 */
@Timeout(180)
class PoolFollowerTest {

    private static final StreamName STREAM = new StreamName("attached");
    private static final FrameFormat FORMAT = FrameFormat.bgr24(64, 48);
    private static final long PUBLICATION = 5;

    private final List<PoolWriter> pools = new ArrayList<>();
    private LiveHost host;
    private Aeron aeron;
    private PoolFollower attachment;

    @BeforeEach
    void start() throws IOException {
        host = LiveHost.start();
        aeron = host.connectRaw();
        Subscription subscription = aeron.addSubscription(FrameChannel.IPC.subscriptionUri(), STREAM.streamId());
        attachment =
                new PoolFollower(new SharedDirectory(host.driver().sharedDirectory()), aeron, STREAM, subscription);
    }

    @AfterEach
    void stop() {
        attachment.leave();
        pools.forEach(PoolWriter::close);
        aeron.close();
        host.close();
    }

    private PoolWriter attach() {
        LiveCounters counters = host.aeroframe().session().counters();
        SubscriberPositions positions = new SubscriberPositions(counters, 1, STREAM.streamId());
        PoolWriter pool = PoolWriter.create(
                new SharedDirectory(host.driver().sharedDirectory()),
                new PoolWriter.Owner(STREAM, PUBLICATION, false, counters, positions, error -> {}),
                FORMAT.maxPayloadLength(),
                3);
        pools.add(pool);
        assertNotNull(attachment.pool(pool.poolId(), PUBLICATION));
        return pool;
    }

    @Test
    void onlyALookFindsThatTheOwnerIsGone() {
        PoolWriter pool = attach();
        attachment.checkOwner();
        assertFalse(attachment.isOwnerGone());
        pool.abandon();
        assertFalse(attachment.isOwnerGone(), "asking does not look");
        attachment.checkOwner();
        assertTrue(attachment.isOwnerGone());
    }

    @Test
    void whileFramesComeNobodyLooks() {
        PoolWriter pool = attach();
        pool.abandon();
        attachment.noteLife();
        attachment.checkOwner();
        assertFalse(attachment.isOwnerGone());
        attachment.checkOwner();
        assertTrue(attachment.isOwnerGone());
    }

    @Test
    void theEndOfAPoolThatWasOutgrownSaysNothingOfTheNext() {
        PoolWriter outgrown = attach();
        outgrown.abandon();
        attachment.checkOwner();
        assertTrue(attachment.isOwnerGone());
        attach();
        assertFalse(attachment.isOwnerGone());
        attachment.checkOwner();
        assertFalse(attachment.isOwnerGone());
        attachment.leave();
        assertFalse(attachment.isOwnerGone());
    }

    /** Members are looked after whether frames are sent or not. */
    @Test
    void aSilentPublisherTakesBackTheSlotsOfADeadSubscriber() {
        Aeroframe other = host.connect();
        try (FramePublication publication = host.publish("silent", FORMAT)) {
            FrameLease lease;
            try (FrameSubscription subscription = other.addSubscription("silent")) {
                LiveHost.awaitConnected(publication);
                assertTrue(Pattern.send(publication, FORMAT));
                FrameLease[] kept = new FrameLease[1];
                LiveHost.pollUntil(subscription, frame -> kept[0] = frame.retain(), () -> kept[0] != null);
                lease = kept[0];
                assertTrue(lease.frame().isPooled());
                assertFalse(lease.frame().isRevoked());
            }
            other.close();
            LiveHost.await("the eviction", () -> ((Frame) lease).isRevoked());
            assertThrows(LeaseRevokedException.class, lease::frame);
            lease.close();
        }
    }
}
