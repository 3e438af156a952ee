package io.aeroframe.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(600)
class ClaimTest {

    private static final FrameFormat FORMAT = FrameFormat.gray8(16, 16);

    private static LiveHost host;

    private FrameSubscription subscription;
    private FramePublication publication;

    @BeforeAll
    static void start() throws IOException {
        host = LiveHost.start();
    }

    @AfterAll
    static void stop() {
        host.close();
    }

    @BeforeEach
    void connect() {
        String stream = LiveHost.uniqueStream("claims");
        subscription = host.subscribe(stream, FrameChannel.IPC, Delivery.EVERY);
        publication = host.publish(stream, FORMAT);
        LiveHost.awaitConnected(publication);
    }

    @AfterEach
    void disconnect() {
        if (publication != null) {
            publication.close();
        }
        if (subscription != null) {
            subscription.close();
        }
    }

    @Test
    void anEndedClaimIsOfNoUse() {
        FrameClaim claim = publication.tryClaim();
        assertTrue(claim.commit());
        assertThrows(IllegalStateException.class, claim::commit);
        assertThrows(IllegalStateException.class, claim::abort);
        assertThrows(IllegalStateException.class, claim::buffer);
        assertThrows(IllegalStateException.class, claim::byteBuffer);
        assertThrows(IllegalStateException.class, claim::capacity);
        assertThrows(IllegalStateException.class, claim::format);
        assertThrows(IllegalStateException.class, () -> claim.payloadLength(256));
        assertThrows(IllegalStateException.class, () -> claim.metadata(new UnsafeBuffer(new byte[1]), 0, 1));
        publication.tryClaim().abort();
        assertThrows(IllegalStateException.class, claim::commit);
        assertEquals(1, publication.ledger().published(), "an aborted claim is not a frame");
    }

    /** Its memory shows the same frame however many follow, and after the publication is closed. */
    @Test
    void aHeldSlotIsNotUsedAgain() {
        FrameClaim claim = publication.tryClaim();
        claim.buffer().putByte(0, (byte) 77);
        ByteBuffer bytes = claim.byteBuffer().duplicate();
        ClaimHold hold = claim.tryHold();
        assertNull(claim.tryHold(), "held already");
        assertTrue(claim.commit());
        for (int i = 0; i < 100; i++) {
            FrameClaim other = publication.tryClaim();
            other.buffer().putByte(0, (byte) 1);
            assertTrue(other.commit());
            subscription.poll(frame -> {}, 8);
        }
        publication.close();
        assertEquals(77, bytes.get(0));
        hold.close();
        hold.close(); // twice does nothing
    }

    @Test
    void halfOfTheSlotsCanBeHeld() {
        List<ClaimHold> holds = new ArrayList<>();
        ClaimHold hold;
        do {
            FrameClaim claim = publication.tryClaim();
            hold = claim.tryHold();
            holds.add(hold);
            assertTrue(claim.commit());
            subscription.poll(frame -> {}, 8);
        } while (hold != null);
        int slots = 2 * (holds.size() - 1);
        assertTrue(slots >= PoolLayout.MIN_SLOTS, () -> slots + " slots");
        assertNotNull(publication.tryClaim(), "the other half goes round");
        holds.get(0).close();
        publication.close(); // with the claim open, and the others held
        holds.stream().filter(Objects::nonNull).forEach(ClaimHold::close);
    }

    @Test
    void onlyOneClaimIsOpen() {
        FrameClaim claim = publication.tryClaim();
        assertThrows(IllegalStateException.class, publication::tryClaim);
        assertThrows(
                IllegalStateException.class,
                () -> publication.offer(FORMAT, new UnsafeBuffer(new byte[256]), 0, 256, 0));
        claim.abort();
        assertNotNull(publication.tryClaim());
    }

    @Test
    void aJpegNeedsItsLengthBeforeCommit() {
        FrameClaim claim = publication.tryClaim(FrameFormat.jpeg(16, 16), 1_000);
        IllegalStateException ex = assertThrows(IllegalStateException.class, claim::commit);
        assertTrue(ex.getMessage().contains("payloadLength"), ex.getMessage());
        assertTrue(claim.capacity() >= 1_000);
        assertThrows(IllegalArgumentException.class, () -> claim.payloadLength(0));
        assertThrows(IllegalArgumentException.class, () -> claim.payloadLength(-1));
        assertThrows(IllegalArgumentException.class, () -> claim.payloadLength(claim.capacity() + 1));
        assertTrue(claim.payloadLength(1_000).commit());
    }

    @Test
    void aRawFrameHasTheLengthOfItsFormat() {
        FrameClaim claim = publication.tryClaim();
        assertThrows(IllegalArgumentException.class, () -> claim.payloadLength(255));
        assertTrue(claim.payloadLength(256).commit());
        UnsafeBuffer memory = new UnsafeBuffer(new byte[300]);
        assertThrows(IllegalArgumentException.class, () -> publication.offer(FORMAT, memory, 0, 255, 0));
        assertThrows(IndexOutOfBoundsException.class, () -> publication.offer(FORMAT, memory, 100, 256, 0));
        assertThrows(IllegalArgumentException.class, () -> publication.offer(FrameFormat.jpeg(1, 1), memory, 0, 0, 0));
    }

    @Test
    void metadataTravelsWithItsFrameAlone() {
        int[] lengths = {0, 1, 65_536, 100, 0};
        UnsafeBuffer source = new UnsafeBuffer(new byte[65_540]);
        int[] received = new int[1];
        for (int i = 0; i < lengths.length; i++) {
            Pattern.write(source, 65_540, 100 + i);
            FrameClaim claim = publication.tryClaim();
            Pattern.write(claim.buffer(), 256, i);
            UnsafeBuffer own = new UnsafeBuffer(new byte[lengths[i] + 3]);
            Pattern.write(new UnsafeBuffer(own, 3, lengths[i]), lengths[i], 100 + i);
            assertTrue(claim.metadata(own, 3, lengths[i]).commit());
            int expected = i + 1;
            LiveHost.pollUntil(
                    subscription,
                    frame -> {
                        assertEquals(lengths[received[0]], frame.metadata().capacity());
                        Pattern.assertIn(frame.metadata(), lengths[received[0]], 100 + received[0]);
                        Pattern.assertIn(frame);
                        try (FrameLease lease = frame.retain()) {
                            Pattern.assertIn(lease.frame().metadata(), lengths[received[0]], 100 + received[0]);
                        }
                        received[0]++;
                    },
                    () -> received[0] == expected);
        }
        assertEquals(0, subscription.ledger().invalid());
    }

    @Test
    void metadataBeyondTheLimitIsRefusedAndTheClaimStaysOpen() {
        FrameClaim claim = publication.tryClaim();
        UnsafeBuffer source = new UnsafeBuffer(new byte[65_537]);
        IllegalArgumentException ex =
                assertThrows(IllegalArgumentException.class, () -> claim.metadata(source, 0, 65_537));
        assertEquals("metadata of 65537 bytes is over the limit of 65536", ex.getMessage());
        assertThrows(IllegalArgumentException.class, () -> claim.metadata(source, 0, -1));
        assertThrows(IndexOutOfBoundsException.class, () -> claim.metadata(source, 65_530, 100));
        assertTrue(claim.commit());
        int[] received = new int[1];
        LiveHost.pollUntil(
                subscription,
                frame -> {
                    assertEquals(0, frame.metadata().capacity());
                    received[0]++;
                },
                () -> received[0] == 1);
    }

    @Test
    void metadataWithAChunkedFrame() {
        FrameChannel small = FrameChannel.parse("aeron:ipc?pool=off|term-length=1m");
        FrameFormat format = FrameFormat.bgr24(320, 240);
        UnsafeBuffer source = new UnsafeBuffer(new byte[50_000]);
        Pattern.write(source, 50_000, 9);
        try (FrameSubscription receiver = host.subscribe("chunked", small, Delivery.EVERY);
                FramePublication sender = host.publishLossless("chunked", small, format)) {
            LiveHost.awaitConnected(sender);
            FrameClaim claim = sender.tryClaim();
            Pattern.write(claim.buffer(), format.maxPayloadLength(), 0);
            assertTrue(claim.metadata(source, 0, 50_000).commit());
            int[] received = new int[1];
            LiveHost.pollUntil(
                    receiver,
                    frame -> {
                        assertEquals(50_000, frame.metadata().capacity());
                        Pattern.assertIn(frame.metadata(), 50_000, 9);
                        Pattern.assertIn(frame);
                        received[0]++;
                    },
                    () -> received[0] == 1);
        }
    }

    @Test
    void aClosedPublicationAndSubscriptionSaySo() {
        publication.close();
        publication.close();
        subscription.close();
        subscription.close();
        assertFalse(publication.isConnected());
        IllegalStateException ex = assertThrows(IllegalStateException.class, publication::tryClaim);
        assertEquals("the publication of stream '" + publication.stream() + "' is closed", ex.getMessage());
        ex = assertThrows(IllegalStateException.class, () -> subscription.poll(frame -> {}, 1));
        assertEquals("the subscription of stream '" + subscription.stream() + "' is closed", ex.getMessage());
    }

    @Test
    void settingsThatAreMissingOrWrongAreNamed() {
        Aeroframe aeroframe = host.aeroframe();
        assertThrows(
                IllegalArgumentException.class,
                () -> aeroframe.addPublication(new PublicationContext().format(FORMAT)));
        assertThrows(
                IllegalArgumentException.class, () -> aeroframe.addPublication(new PublicationContext().stream("x")));
        assertThrows(IllegalArgumentException.class, () -> aeroframe.addSubscription(new SubscriptionContext()));
        assertThrows(
                IllegalArgumentException.class,
                () -> aeroframe.addSubscription(
                        new SubscriptionContext().stream("x").maxFrameLength(0)));
    }

    @Test
    void aRetainedFrameOutlivesItsHandlerTheFramesAfterItAndTheStream() {
        FrameLease[] leases = new FrameLease[3];
        int[] received = new int[1];
        for (int i = 0; i < 60; i++) {
            assertTrue(Pattern.send(publication, FORMAT));
            int expected = i + 1;
            LiveHost.pollUntil(
                    subscription,
                    frame -> {
                        if (received[0] < leases.length) {
                            leases[received[0]] = frame.retain();
                        }
                        received[0]++;
                    },
                    () -> received[0] == expected);
        }
        publication.close();
        subscription.close();
        for (int i = 0; i < leases.length; i++) {
            Frame kept = leases[i].frame();
            assertEquals(i, kept.sequence());
            assertEquals(FORMAT, kept.format());
            assertTrue(kept.isSameHost());
            Pattern.assertIn(kept);
            Pattern.assertIn(new UnsafeBuffer(kept.payloadByteBuffer()), kept.payloadLength(), i);
            try (FrameLease again = kept.retain()) {
                Pattern.assertIn(again.frame());
            }
            leases[i].close();
            leases[i].close();
            assertThrows(IllegalStateException.class, leases[i]::frame);
        }
    }

    @Test
    void whatAHandlerThrowsIsThrownFromPollAndTheFrameCounts() {
        assertTrue(Pattern.send(publication, FORMAT));
        assertTrue(Pattern.send(publication, FORMAT));
        IllegalStateException thrown = new IllegalStateException("the handler's");
        boolean[] caught = new boolean[1];
        LiveHost.await("the exception", () -> {
            try {
                subscription.poll(
                        frame -> {
                            throw thrown;
                        },
                        1);
            } catch (IllegalStateException ex) {
                assertEquals(thrown, ex);
                caught[0] = true;
            }
            return caught[0];
        });
        assertEquals(1, subscription.ledger().received());
        LiveHost.pollUntil(
                subscription, Pattern::assertIn, () -> subscription.ledger().received() == 2);
        assertTrue(subscription.ledger().isBalanced());
    }

    @Test
    void whatASourceLostIsAGapThatIsAccountedFor() {
        byte[] pixels = new byte[FORMAT.maxPayloadLength()];
        UnsafeBuffer metadata = new UnsafeBuffer("cam1".getBytes(StandardCharsets.UTF_8));
        List<Long> sequences = new ArrayList<>();
        List<String> texts = new ArrayList<>();
        FrameHandler handler = frame -> {
            sequences.add(frame.sequence());
            texts.add(frame.metadata()
                    .getStringWithoutLengthUtf8(0, frame.metadata().capacity()));
        };
        assertTrue(publication.offer(FORMAT, new UnsafeBuffer(pixels), 0, pixels.length, metadata, 7));
        publication.skip(3);
        publication.skip(0);
        assertThrows(IllegalArgumentException.class, () -> publication.skip(-1));
        assertTrue(publication.offer(FORMAT, new UnsafeBuffer(pixels), 0, pixels.length, 8));
        LiveHost.pollUntil(subscription, handler, () -> sequences.size() == 2);
        assertEquals(List.of(0L, 4L), sequences);
        assertEquals(List.of("cam1", ""), texts);
        assertEquals(new PublicationLedger(5, 2, 0, 0, 0, 3, 2L * pixels.length), publication.ledger());
        assertEquals(DropReason.AT_SOURCE, publication.lastDrop());
        assertEquals(3, subscription.ledger().droppedByPublisher());
        assertTrue(subscription.ledger().isBalanced());
    }

    @Test
    void nobodyConnectedIsCountedAsSuch() {
        subscription.close();
        LiveHost.await("the subscriber to leave", () -> !publication.isConnected());
        assertNull(publication.tryClaim());
        assertEquals(DropReason.NO_SUBSCRIBER, publication.lastDrop());
        assertFalse(publication.offer(FORMAT, new UnsafeBuffer(new byte[256]), 0, 256, 0));
        PublicationLedger ledger = publication.ledger();
        assertEquals(new PublicationLedger(2, 0, 0, 0, 2, 0, 0), ledger);
        assertEquals(2, ledger.dropped());
    }
}
