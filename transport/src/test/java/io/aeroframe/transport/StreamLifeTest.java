package io.aeroframe.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Publications come, go, vanish, stand by, and carry other streams. */
@Timeout(180)
class StreamLifeTest {

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

    private static void send(FramePublication publication, int frames) {
        for (int i = 0; i < frames; i++) {
            assertTrue(Pattern.send(publication, FORMAT));
        }
    }

    /** Sends in spite of a window that the driver has not moved on yet. */
    private static void sendAtLast(FramePublication publication, FrameFormat format, FrameSubscription subscription) {
        LiveHost.await("room", () -> {
            if (Pattern.send(publication, format)) {
                return true;
            }
            subscription.poll(Pattern::assertIn, 1);
            return false;
        });
    }

    @ParameterizedTest
    @CsvSource({
        "ipc, EVERY",
        "ipc, LATEST",
        "aeron:ipc?pool=off, EVERY",
        "aeron:ipc?pool=off, LATEST",
        "udp, EVERY",
        "udp, LATEST"
    })
    void theEndIsSaidAndAllFramesBeforeItArrive(String way, Delivery delivery) {
        FrameChannel channel = LiveHost.channel(way);
        FrameSubscription subscription = host.subscribe("ends", channel, delivery);
        assertEquals(0, subscription.poll(frame -> {}, 1));
        assertEquals(StreamState.WAITING, subscription.state());
        FramePublication publication = host.publishLossless("ends", channel, FORMAT);
        LiveHost.awaitConnected(publication);
        send(publication, 20);
        publication.close();
        List<Long> sequences = new ArrayList<>();
        LiveHost.pollUntilEnded(subscription, frame -> {
            Pattern.assertIn(frame);
            sequences.add(frame.sequence());
        });
        assertEquals(19, sequences.get(sequences.size() - 1), "the last frame is the latest");
        assertEquals(delivery == Delivery.EVERY ? 20 : sequences.size(), sequences.size());
        assertEquals(20, subscription.ledger().published());
        assertTrue(subscription.ledger().isBalanced());
        assertEquals(List.of(), host.reported());
    }

    @Test
    void aStreamThatEndsAsSoonAsItHasBegunIsSeenToEnd() {
        for (int i = 0; i < 20; i++) {
            String name = "brief" + i;
            FrameSubscription subscription = host.subscribe(name, FrameChannel.IPC, Delivery.EVERY);
            FramePublication publication = host.publish(name, FORMAT);
            LiveHost.awaitConnected(publication);
            if (i % 2 == 0) {
                send(publication, 1);
            }
            publication.close();
            LiveHost.pollUntilEnded(subscription, Pattern::assertIn);
            assertEquals(publication.ledger().sent(), subscription.ledger().received());
            subscription.close();
        }
    }

    @Test
    void framesDroppedAtTheEndAreCounted() {
        FrameFormat large = FrameFormat.bgr24(640, 480);
        FrameChannel channel = FrameChannel.parse("aeron:ipc?pool=off");
        FrameSubscription subscription = host.subscribe("tail", channel, Delivery.EVERY);
        FramePublication publication = host.aeroframe()
                .addPublication(
                        new PublicationContext().stream("tail").channel(channel).format(large));
        LiveHost.awaitConnected(publication);
        while (publication.ledger().droppedBackPressure() < 7) {
            Pattern.send(publication, large);
        }
        long sent = publication.ledger().sent();
        LiveHost.pollUntil(
                subscription, Pattern::assertIn, () -> subscription.ledger().received() == sent);
        publication.close();
        LiveHost.pollUntilEnded(subscription, Pattern::assertIn);
        assertEquals(sent + 7, subscription.ledger().published());
        assertEquals(7, subscription.ledger().droppedByPublisher());
    }

    @ParameterizedTest
    @ValueSource(strings = {"ipc", "aeron:ipc?pool=off", "udp"})
    void aPublicationThatIsBrokenOffIsReportedAsLostAfterAllItsFrames(String way) {
        FrameChannel channel = LiveHost.channel(way);
        FrameSubscription subscription = host.subscribe("breaks", channel, Delivery.EVERY);
        FramePublication publication = host.publishLossless("breaks", channel, FORMAT);
        LiveHost.awaitConnected(publication);
        send(publication, 5);
        publication.breakOff();
        publication.close();
        LiveHost.pollUntil(subscription, Pattern::assertIn, () -> subscription.state() == StreamState.LOST);
        assertEquals(5, subscription.ledger().received());

        FramePublication next = host.publishLossless("breaks", channel, FORMAT);
        LiveHost.awaitConnected(next);
        send(next, 3);
        next.close();
        LiveHost.pollUntilEnded(subscription, Pattern::assertIn);
        assertEquals(8, subscription.ledger().received());
        assertTrue(subscription.ledger().isBalanced());
    }

    @ParameterizedTest
    @ValueSource(strings = {"ipc", "aeron:ipc?pool=off", "udp"})
    void aPublisherThatVanishesIsReportedAsLostAfterAllItsFrames(String way) {
        FrameChannel channel = LiveHost.channel(way);
        FrameSubscription subscription = host.subscribe("vanishes", channel, Delivery.EVERY);
        Aeroframe other = host.connect();
        FramePublication publication = other.addPublication(
                new PublicationContext().stream("vanishes").channel(channel).format(FORMAT));
        LiveHost.awaitConnected(publication);
        send(publication, 1);
        LiveHost.pollUntil(
                subscription, Pattern::assertIn, () -> subscription.ledger().received() == 1);
        send(publication, 4);
        other.close();
        LiveHost.pollUntil(subscription, Pattern::assertIn, () -> subscription.state() == StreamState.LOST);
        assertEquals(5, subscription.ledger().received());

        FramePublication next = host.publishLossless("vanishes", channel, FORMAT);
        LiveHost.awaitConnected(next);
        send(next, 3);
        LiveHost.pollUntil(
                subscription, Pattern::assertIn, () -> subscription.ledger().received() == 8);
        assertEquals(StreamState.STREAMING, subscription.state());
        next.close();
        LiveHost.pollUntilEnded(subscription, Pattern::assertIn);
        assertTrue(subscription.ledger().isBalanced());
        IllegalStateException ex = assertThrows(IllegalStateException.class, publication::tryClaim);
        assertTrue(ex.getMessage().contains("connection"), ex.getMessage());
    }

    @Test
    void aPublicationThatComesAgainIsFollowedAgain() {
        FrameSubscription subscription = host.subscribe("again", FrameChannel.IPC, Delivery.EVERY);
        for (int round = 1; round <= 5; round++) {
            FramePublication publication = host.publish("again", FORMAT);
            LiveHost.awaitConnected(publication);
            send(publication, 4);
            publication.close();
            int received = 4 * round;
            LiveHost.pollUntil(
                    subscription,
                    Pattern::assertIn,
                    () -> subscription.ledger().received() == received && subscription.state() == StreamState.ENDED);
        }
        assertEquals(20, subscription.ledger().published());
        assertEquals(List.of(), host.reported());
    }

    @Test
    void aSecondPublicationStandsByIsReportedOnceAndTakesOver() {
        FrameSubscription subscription = host.subscribe("twice", FrameChannel.IPC, Delivery.EVERY);
        FramePublication first = host.publish("twice", FORMAT);
        LiveHost.awaitConnected(first);
        send(first, 1);
        LiveHost.pollUntil(
                subscription, Pattern::assertIn, () -> subscription.ledger().received() == 1);
        FramePublication second = host.publish("twice", FORMAT);
        LiveHost.awaitConnected(second);
        send(second, 10);
        LiveHost.pollUntil(
                subscription, Pattern::assertIn, () -> !host.reported().isEmpty());
        for (int i = 0; i < 100; i++) { // more than its window holds: it is not held back
            for (int k = 0; k < 10; k++) {
                sendAtLast(second, FORMAT, subscription);
            }
            sendAtLast(first, FORMAT, subscription);
            int received = i + 2;
            LiveHost.pollUntil(
                    subscription, Pattern::assertIn, () -> subscription.ledger().received() == received);
        }
        assertEquals(1_010, second.ledger().sent());
        assertEquals(1, host.reported().size(), host.reported()::toString);
        assertTrue(host.reported().get(0).getMessage().contains("is on standby"));

        first.close();
        LiveHost.await("the first to end", () -> {
            subscription.poll(Pattern::assertIn, 10);
            Pattern.send(second, FORMAT);
            return subscription.ledger().received() > 103;
        });
        assertEquals(StreamState.STREAMING, subscription.state());
        second.close();
        LiveHost.pollUntilEnded(subscription, Pattern::assertIn);
        assertTrue(subscription.ledger().isBalanced());
        assertEquals(0, subscription.ledger().lost());
        assertEquals(0, subscription.ledger().invalid());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theOtherStreamOfASharedIdIsNamedAndNeverDelivered(boolean isForeignFirst) {
        String wanted = StreamNameTest.COLLIDING_ONE;
        String foreign = StreamNameTest.COLLIDING_OTHER;
        FrameSubscription subscription = host.subscribe(wanted, FrameChannel.IPC, Delivery.EVERY);
        FramePublication first = host.publish(isForeignFirst ? foreign : wanted, FORMAT);
        LiveHost.awaitConnected(first);
        FramePublication second = host.publish(isForeignFirst ? wanted : foreign, FORMAT);
        LiveHost.awaitConnected(second);
        FramePublication right = isForeignFirst ? second : first;
        FramePublication wrong = isForeignFirst ? first : second;
        FrameFormat alien = FrameFormat.gray8(32, 32);
        FrameHandler handler = frame -> {
            assertEquals(FORMAT, frame.format());
            Pattern.assertIn(frame);
        };
        if (isForeignFirst) {
            Pattern.send(wrong, alien); // alone: it is followed until it says what it is
            LiveHost.pollUntil(subscription, handler, () -> !host.reported().isEmpty());
        }
        for (int i = 1; i <= 200; i++) {
            Pattern.send(wrong, alien);
            sendAtLast(right, FORMAT, subscription);
            int received = i;
            LiveHost.pollUntil(
                    subscription, handler, () -> subscription.ledger().received() == received);
        }
        LiveHost.pollUntil(subscription, handler, () -> !host.reported().isEmpty());
        assertEquals(200, subscription.ledger().received());
        assertTrue(subscription.ledger().isBalanced());
        if (isForeignFirst) {
            StreamCollisionException ex = assertInstanceOf(
                    StreamCollisionException.class,
                    host.reported().get(0),
                    host.reported().get(0)::getMessage);
            assertTrue(ex.getMessage().contains("'" + wanted + "'"), ex.getMessage());
            assertTrue(ex.getMessage().contains("'" + foreign + "'"), ex.getMessage());
        }
        assertEquals(1, host.reported().size(), host.reported()::toString);
        right.close();
        LiveHost.pollUntilEnded(subscription, handler);
    }

    @Test
    void anIdlePublicationOfAnotherNameDoesNotKeepTheStreamBack() {
        FrameSubscription subscription = host.subscribe(StreamNameTest.COLLIDING_ONE, FrameChannel.IPC, Delivery.EVERY);
        FramePublication idle = host.publish(StreamNameTest.COLLIDING_OTHER, FORMAT);
        LiveHost.awaitConnected(idle);
        FramePublication right = host.publish(StreamNameTest.COLLIDING_ONE, FORMAT);
        LiveHost.awaitConnected(right);
        subscription.poll(Pattern::assertIn, 1);
        send(right, 10);
        LiveHost.pollUntil(
                subscription, Pattern::assertIn, () -> subscription.ledger().received() == 10);
        assertEquals(List.of(), host.reported());
        idle.close();
        right.close();
    }

    @Test
    void aSubscriberThatJoinsTheOtherStreamInTheMiddleFindsItOutAndTakesItsOwn() {
        FrameSubscription other = host.subscribe(StreamNameTest.COLLIDING_OTHER, FrameChannel.IPC, Delivery.EVERY);
        FramePublication wrong = host.publish(StreamNameTest.COLLIDING_OTHER, FORMAT);
        LiveHost.awaitConnected(wrong);
        send(wrong, 1);
        LiveHost.pollUntil(other, Pattern::assertIn, () -> other.ledger().received() == 1);
        FrameSubscription subscription = host.subscribe(StreamNameTest.COLLIDING_ONE, FrameChannel.IPC, Delivery.EVERY);
        FrameFormat large = FrameFormat.gray8(100, 100);
        FramePublication right = host.publish(StreamNameTest.COLLIDING_ONE, large);
        LiveHost.awaitConnected(right);
        LiveHost.await("its own frames", () -> {
            Pattern.send(wrong, FORMAT);
            Pattern.send(right, large);
            other.poll(Pattern::assertIn, 100);
            subscription.poll(
                    frame -> {
                        assertEquals(large, frame.format());
                        Pattern.assertIn(frame);
                    },
                    100);
            return subscription.ledger().received() > 100;
        });
        assertFalse(host.reported().isEmpty(), "the other is reported, if only as one that stands by");
        assertTrue(subscription.ledger().isBalanced());
    }
}
