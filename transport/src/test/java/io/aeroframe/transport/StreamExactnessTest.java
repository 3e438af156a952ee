package io.aeroframe.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is sent arrives, byte for byte. */
@Timeout(180)
class StreamExactnessTest {

    /** Of every channel that does not say otherwise. */
    private static final int MTU = 65_504;

    private static LiveHost host;

    @BeforeAll
    static void start() throws IOException {
        host = LiveHost.start();
    }

    @AfterAll
    static void stop() {
        host.close();
    }

    /** Publishes on a thread of its own, receives on this one, and compares. */
    private static void assertFramesArriveExact(FrameChannel channel, FrameFormat largest, FrameFormat... formats)
            throws InterruptedException {
        FramePublication publication = host.publishLossless("exact", channel, largest);
        try (FrameSubscription subscription = host.subscribe("exact", channel, Delivery.EVERY)) {
            LiveHost.awaitConnected(publication);
            boolean[] sent = new boolean[formats.length];
            Thread writer = new Thread(() -> {
                for (int i = 0; i < formats.length; i++) {
                    sent[i] = Pattern.send(publication, formats[i]);
                }
                publication.close();
            });
            writer.start();
            int[] received = new int[1];
            LiveHost.pollUntilEnded(subscription, frame -> {
                assertEquals(received[0], frame.sequence());
                assertEquals(formats[received[0]], frame.format());
                assertEquals(formats[received[0]].maxPayloadLength(), frame.payloadLength());
                assertTrue(frame.isSameHost());
                assertEquals(0, frame.metadata().capacity());
                Pattern.assertIn(frame);
                ByteBuffer bytes = frame.payloadByteBuffer();
                assertTrue(bytes.isDirect() && bytes.isReadOnly());
                assertEquals(0, bytes.position());
                assertEquals(frame.payloadLength(), bytes.remaining());
                assertEquals(frame.payloadLength(), bytes.limit());
                Pattern.assertIn(new UnsafeBuffer(bytes), frame.payloadLength(), frame.sequence());
                assertSame(bytes, frame.payloadByteBuffer());
                received[0]++;
            });
            writer.join();
            for (int i = 0; i < formats.length; i++) {
                assertTrue(sent[i], "frame " + i + " was not sent");
            }
            assertEquals(formats.length, received[0]);
            SubscriptionLedger ledger = subscription.ledger();
            assertTrue(ledger.isBalanced());
            assertEquals(formats.length, ledger.received());
            assertEquals(publication.ledger().bytes(), ledger.bytes());
            assertEquals(0, ledger.lost() + ledger.invalid());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ipc", "aeron:ipc?pool=off", "udp"})
    void framesOfEveryPixelFormatAndOddSize(String way) throws InterruptedException {
        PixelFormat[] pixels = PixelFormat.values();
        FrameFormat[] formats = new FrameFormat[pixels.length * 4];
        for (int i = 0; i < pixels.length; i++) {
            formats[4 * i] = FrameFormat.raw(pixels[i], 1, 1);
            formats[4 * i + 1] = FrameFormat.raw(pixels[i], 641, 479).withColor(ColorEncoding.BT709_FULL);
            formats[4 * i + 2] = FrameFormat.raw(pixels[i], 65_535, 1);
            formats[4 * i + 3] = new FrameFormat(
                    101, 33, pixels[i].minStride(101) + 27, pixels[i], FrameEncoding.RAW, ColorEncoding.BT601_LIMITED);
        }
        assertFramesArriveExact(LiveHost.channel(way), FrameFormat.raw(PixelFormat.BGRA32, 641, 479), formats);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ipc", "aeron:ipc?pool=off", "udp"})
    void framesAtTheEdgesOfFragments(String way) throws InterruptedException {
        int fragment = MTU - FrameChannel.DATA_HEADER_LENGTH - FrameHeader.LENGTH;
        FrameFormat[] formats = new FrameFormat[9];
        for (int i = 0; i < formats.length; i++) {
            formats[i] = FrameFormat.gray8(fragment + i - 4, 1);
        }
        assertFramesArriveExact(LiveHost.channel(way), FrameFormat.gray8(65_000, 1), formats);
    }

    /** The largest message of a term of a mebibyte has an eighth of it; a longer frame goes in several. */
    @ParameterizedTest
    @ValueSource(strings = {"aeron:ipc?pool=off|term-length=1m", "aeron:udp?endpoint=ENDPOINT|term-length=1m"})
    void framesAtTheEdgesOfMessages(String way) throws InterruptedException {
        int message = (1 << 20) / 8 - FrameHeader.LENGTH;
        FrameFormat[] formats = new FrameFormat[9];
        for (int i = 0; i < formats.length; i++) {
            formats[i] = FrameFormat.raw(PixelFormat.GRAY8, (message + i - 4) / 2, 2);
        }
        String endpoint = LiveHost.freeUdp().uri().replaceAll(".*endpoint=", "");
        assertFramesArriveExact(FrameChannel.parse(way.replace("ENDPOINT", endpoint)), formats[0], formats);
    }

    @ParameterizedTest
    @CsvSource({"ipc", "aeron:ipc?pool=off", "udp"})
    void framesOf8K(String way) throws InterruptedException {
        FrameFormat format = FrameFormat.bgr24(7_680, 4_320);
        assertFramesArriveExact(LiveHost.channel(way), format, format, format, format);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "aeron:ipc?pool=off|term-length=64k",
                "aeron:ipc?pool=off|term-length=64k|mtu=1408",
                "aeron:ipc?pool=off|term-length=1m|pub-wnd=64k",
                "aeron:ipc?pool=off|term-length=4m"
            })
    void framesLargerThanTheWindowGoInChunks(String channel) throws InterruptedException {
        FrameFormat format = FrameFormat.bgr24(641, 481);
        assertFramesArriveExact(FrameChannel.parse(channel), format, format, FrameFormat.gray8(3, 3), format, format);
    }

    @Test
    void framesLargerThanThePublicationWasMadeFor() throws InterruptedException {
        assertFramesArriveExact(
                FrameChannel.IPC,
                FrameFormat.gray8(16, 16),
                FrameFormat.gray8(16, 16),
                FrameFormat.bgr24(1_920, 1_080),
                FrameFormat.bgr24(3_840, 2_160));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ipc", "udp", "aeron:ipc?pool=off|term-length=64k"})
    void jpegsOfEveryLength(String way) throws InterruptedException {
        FrameChannel channel = LiveHost.channel(way);
        FrameFormat format = FrameFormat.jpeg(640, 480);
        int expected = format.maxPayloadLength() / 8;
        int[] lengths = new int[40];
        Random random = new Random(7);
        for (int i = 0; i < lengths.length; i++) {
            lengths[i] = 1 + random.nextInt(2 * expected);
        }
        lengths[3] = 1;
        lengths[5] = format.maxPayloadLength();
        lengths[7] = 3_000_000; // longer than any allowance: the claim is asked to make room
        FramePublication publication = host.publishLossless("jpegs", channel, format);
        try (FrameSubscription subscription = host.subscribe("jpegs", channel, Delivery.EVERY)) {
            LiveHost.awaitConnected(publication);
            Thread writer = new Thread(() -> {
                for (int i = 0; i < lengths.length; i++) {
                    FrameClaim claim = publication.tryClaim(format, Math.max(lengths[i], format.maxPayloadLength()));
                    Pattern.write(claim.buffer(), lengths[i], i);
                    claim.payloadLength(lengths[i]).commit(1_000 + i);
                }
                publication.close();
            });
            writer.start();
            int[] received = new int[1];
            LiveHost.pollUntilEnded(subscription, frame -> {
                assertEquals(format, frame.format());
                assertEquals(received[0], frame.sequence());
                assertEquals(lengths[received[0]], frame.payloadLength());
                assertEquals(1_000 + received[0], frame.captureTimeNs());
                Pattern.assertIn(frame);
                received[0]++;
            });
            writer.join();
            assertEquals(lengths.length, received[0]);
        }
    }

    @Test
    void offersOfMemoryThatIsThereAlready() {
        FrameFormat format = FrameFormat.gray8(100, 10);
        UnsafeBuffer memory = new UnsafeBuffer(new byte[1_200]);
        Pattern.write(new UnsafeBuffer(memory, 64, 1_000), 1_000, 0);
        try (FrameSubscription subscription = host.subscribe("offers", FrameChannel.IPC, Delivery.EVERY);
                FramePublication publication = host.publish("offers", format)) {
            LiveHost.awaitConnected(publication);
            assertTrue(publication.offer(format, memory, 64, 1_000, 5));
            int[] received = new int[1];
            LiveHost.pollUntil(
                    subscription,
                    frame -> {
                        Pattern.assertIn(frame);
                        received[0]++;
                    },
                    () -> received[0] == 1);
        }
    }
}
