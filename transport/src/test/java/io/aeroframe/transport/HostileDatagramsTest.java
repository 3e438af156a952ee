package io.aeroframe.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeron.Aeron;
import io.aeron.AeronCounters;
import io.aeron.protocol.DataHeaderFlyweight;
import io.aeron.protocol.HeaderFlyweight;
import io.aeron.protocol.NakFlyweight;
import io.aeron.protocol.SetupFlyweight;
import io.aeron.protocol.StatusMessageFlyweight;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Somebody sends to the port of a live stream what it never asked for. The stream must not stop for longer than that
 * lasts.
 */
@Timeout(180)
class HostileDatagramsTest {

    private static final FrameFormat FORMAT = FrameFormat.gray8(100, 100);
    private static final long ATTACK_NS = TimeUnit.MILLISECONDS.toNanos(1_500);

    /** Less than one log with the terms that the stranger asks for takes. */
    private static final long MAX_GROWTH = 256L << 20;

    private static final long INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final int MTU = 1_408;
    private static final int[] TYPES = {
        HeaderFlyweight.HDR_TYPE_PAD,
        HeaderFlyweight.HDR_TYPE_DATA,
        HeaderFlyweight.HDR_TYPE_NAK,
        HeaderFlyweight.HDR_TYPE_SM,
        HeaderFlyweight.HDR_TYPE_ERR,
        HeaderFlyweight.HDR_TYPE_SETUP,
        HeaderFlyweight.HDR_TYPE_RTTM
    };

    private final Random random = new Random(7);
    private final byte[] bytes = new byte[MTU];
    private final UnsafeBuffer datagram = new UnsafeBuffer(bytes);

    private LiveHost host;
    private FrameChannel channel;
    private FramePublication publication;
    private FrameSubscription subscription;
    private FramePublication localPublication;
    private FrameSubscription localSubscription;
    private UnsafeBuffer picture;
    private long nextFrameNs;
    private long receivedNs;
    private long longestSilenceNs;
    private long received;

    /** Writes one datagram and returns its length. */
    private interface Attack {
        int next();
    }

    @BeforeEach
    void start() throws IOException {
        host = LiveHost.start();
        channel = LiveHost.freeUdp();
        publication = host.aeroframe()
                .addPublication(new PublicationContext()
                        .stream("target").channel(channel).format(FORMAT));
        subscription = host.subscribe("target", channel, Delivery.EVERY);
        localSubscription = host.subscribe("local", FrameChannel.IPC, Delivery.EVERY);
        localPublication = host.publish("local", FORMAT);
        LiveHost.awaitConnected(localPublication);
        LiveHost.awaitConnected(publication);
        picture = new UnsafeBuffer(new byte[FORMAT.maxPayloadLength()]);
        nextFrameNs = System.nanoTime();
        receivedNs = nextFrameNs;
        runUntil(() -> received >= 20);
    }

    @AfterEach
    void stop() {
        localSubscription.close();
        localPublication.close();
        subscription.close();
        publication.close();
        host.close();
    }

    private interface End {
        boolean isReached();
    }

    /** Publishes at a pace and receives, until something is so. */
    private void runUntil(End end) {
        long startNs = System.nanoTime();
        while (!end.isReached()) {
            long nowNs = System.nanoTime();
            assertTrue(
                    nowNs - startNs < TimeUnit.SECONDS.toNanos(15),
                    () -> "the stream stands still: " + subscription.ledger() + ", " + publication.ledger() + ", "
                            + host.reported());
            if (nowNs - nextFrameNs >= 0) {
                Pattern.write(picture, picture.capacity(), publication.ledger().published());
                publication.offer(FORMAT, picture, 0, picture.capacity(), 0);
                Pattern.send(localPublication, FORMAT);
                nextFrameNs += INTERVAL_NS;
            }
            subscription.poll(
                    frame -> {
                        Pattern.assertIn(frame);
                        long atNs = System.nanoTime();
                        longestSilenceNs = Math.max(longestSilenceNs, atNs - receivedNs);
                        receivedNs = atNs;
                        received++;
                    },
                    10);
            localSubscription.poll(Pattern::assertIn, 10);
            LockSupport.parkNanos(100_000);
        }
    }

    /** Attacks for a while, and expects a new frame soon after. */
    private void withstand(Attack attack) throws IOException {
        withstand(attack, receiverPort());
    }

    private int receiverPort() {
        return Integer.parseInt(channel.uri().replaceAll(".*:", ""));
    }

    private void withstand(Attack attack, int port) throws IOException {
        longestSilenceNs = 0;
        long bytesBefore = directoryBytes();
        long localBefore = localSubscription.ledger().received();
        long[] sent = {0};
        long startNs = System.nanoTime();
        try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            DatagramPacket packet = new DatagramPacket(bytes, 0, InetAddress.getLoopbackAddress(), port);
            runUntil(() -> {
                for (int i = 0; i < 20; i++) {
                    packet.setLength(attack.next());
                    try {
                        socket.send(packet);
                    } catch (IOException ex) {
                        throw new UncheckedIOException(ex);
                    }
                    sent[0]++;
                }
                return System.nanoTime() - startNs > ATTACK_NS;
            });
        }
        long endNs = System.nanoTime();
        long before = received;
        runUntil(() -> received > before + 20);
        long backNs = receivedNs - endNs;
        System.out.println(sent[0] + " datagrams; longest silence " + longestSilenceNs / 1_000_000
                + " ms; 20 frames more after " + backNs / 1_000_000 + " ms; " + subscription.ledger() + "; "
                + host.reported().stream()
                        .map(String::valueOf)
                        .distinct()
                        .limit(5)
                        .toList());
        assertLocalFramesWentOn(localBefore);
        long growth = directoryBytes() - bytesBefore;
        assertTrue(growth < MAX_GROWTH, () -> "the driver's directory grew by " + growth + " bytes");
    }

    /** Each one that was published arrived: the driver was there all the time. */
    private void assertLocalFramesWentOn(long before) {
        LiveHost.pollUntil(
                localSubscription,
                Pattern::assertIn,
                () -> localSubscription.ledger().published()
                        == localPublication.ledger().published());
        SubscriptionLedger ledger = localSubscription.ledger();
        assertTrue(ledger.received() > before);
        assertEquals(ledger.published(), ledger.received(), ledger::toString);
        assertEquals(0, localPublication.ledger().dropped(), localPublication.ledger()::toString);
    }

    private long directoryBytes() throws IOException {
        long[] bytes = {0};
        Files.walkFileTree(host.base(), new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                bytes[0] += attributes.size();
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException ex) {
                return FileVisitResult.CONTINUE; // removed meanwhile
            }
        });
        return bytes[0];
    }

    @Test
    void noise() throws IOException {
        withstand(() -> {
            random.nextBytes(bytes);
            return random.nextInt(MTU + 1);
        });
    }

    /** The right version and type, nonsense otherwise; cut off anywhere. */
    @Test
    void noiseBehindAHeaderThatAeronKnows() throws IOException {
        withstand(() -> {
            random.nextBytes(bytes);
            header(TYPES[random.nextInt(TYPES.length)], random.nextInt());
            return 8 + random.nextInt(MTU - 7);
        });
    }

    /** Well-formed datagrams of publications that there are not, on the stream's own id. */
    @Test
    void publicationsThatThereAreNot() throws IOException {
        int streamId = new StreamName("target").streamId();
        withstand(() -> wellFormed(1 + random.nextInt(8), streamId, false));
    }

    /** One is enough to ask for three gibibytes. */
    @Test
    void setupsOfTheLargestTermsThatAeronKnows() throws IOException {
        int streamId = new StreamName("target").streamId();
        withstand(() -> setup(1, streamId, 1 << 30));
    }

    /** To the publisher's port, by a stranger that knows the session. */
    @Test
    void answersInTheNameOfTheSubscriber() throws IOException {
        int streamId = new StreamName("target").streamId();
        int sessionId = sessionId();
        withstand(() -> wellFormed(sessionId, streamId, true), senderPort());
    }

    /** Data and setups of the live session itself, at places where it is not. */
    @Test
    void dataInTheNameOfThePublisher() throws IOException {
        int streamId = new StreamName("target").streamId();
        int sessionId = sessionId();
        withstand(() -> wellFormed(sessionId, streamId, false));
    }

    private int wellFormed(int sessionId, int streamId, boolean isAnswer) {
        int kind = isAnswer ? 2 + random.nextInt(2) : random.nextInt(4);
        switch (kind) {
            case 0 -> {
                return setup(sessionId, streamId, termLength());
            }
            case 1 -> {
                int length = DataHeaderFlyweight.HEADER_LENGTH + 32 * random.nextInt(40);
                header(HeaderFlyweight.HDR_TYPE_DATA, mutated(length));
                new DataHeaderFlyweight(datagram)
                        .termOffset(32 * random.nextInt(2_000))
                        .sessionId(sessionId)
                        .streamId(streamId)
                        .termId(mutated(5));
                return length;
            }
            case 2 -> {
                header(HeaderFlyweight.HDR_TYPE_SM, StatusMessageFlyweight.HEADER_LENGTH);
                new StatusMessageFlyweight(datagram)
                        .sessionId(sessionId)
                        .streamId(streamId)
                        .consumptionTermId(random.nextInt())
                        .consumptionTermOffset(random.nextInt())
                        .receiverWindowLength(random.nextInt())
                        .receiverId(random.nextLong());
                return StatusMessageFlyweight.HEADER_LENGTH;
            }
            default -> {
                header(HeaderFlyweight.HDR_TYPE_NAK, NakFlyweight.HEADER_LENGTH);
                new NakFlyweight(datagram)
                        .sessionId(sessionId)
                        .streamId(streamId)
                        .termId(random.nextInt())
                        .termOffset(random.nextInt())
                        .length(random.nextInt());
                return NakFlyweight.HEADER_LENGTH;
            }
        }
    }

    private int setup(int sessionId, int streamId, int termLength) {
        header(HeaderFlyweight.HDR_TYPE_SETUP, SetupFlyweight.HEADER_LENGTH);
        new SetupFlyweight(datagram)
                .termOffset(0)
                .sessionId(sessionId)
                .streamId(streamId)
                .initialTermId(mutated(5))
                .activeTermId(mutated(5))
                .termLength(termLength)
                .mtuLength(mutated(MTU))
                .ttl(0);
        return SetupFlyweight.HEADER_LENGTH;
    }

    /** The shortest, or, one time in four, one that is longer than the driver allows, or any number. */
    private int termLength() {
        return switch (random.nextInt(8)) {
            case 0 -> 128 << 20;
            case 1 -> random.nextInt();
            default -> 64 << 10;
        };
    }

    /** As it should be, except one time in four. */
    private int mutated(int value) {
        return random.nextInt(4) == 0 ? random.nextInt() : value;
    }

    private void header(int type, int frameLength) {
        new HeaderFlyweight(datagram)
                .version(HeaderFlyweight.CURRENT_VERSION)
                .flags((short) random.nextInt(256))
                .headerType(type)
                .frameLength(frameLength);
    }

    private int senderPort() {
        int[] found = {0};
        try (Aeron aeron = host.connectRaw()) {
            aeron.countersReader().forEach((id, type, key, label) -> {
                String port = label.replaceAll(".*:", "");
                if (type == AeronCounters.DRIVER_LOCAL_SOCKET_ADDRESS_STATUS_TYPE_ID
                        && !port.equals(Integer.toString(receiverPort()))) {
                    found[0] = Integer.parseInt(port);
                }
            });
        }
        assertNotEquals(0, found[0], "the publisher's port");
        return found[0];
    }

    private int sessionId() {
        int[] found = {0};
        try (Aeron aeron = host.connectRaw()) {
            aeron.countersReader().forEach((id, type, key, label) -> {
                if (type == AeronCounters.DRIVER_SENDER_POSITION_TYPE_ID) {
                    found[0] = key.getInt(Long.BYTES);
                }
            });
        }
        assertNotEquals(0, found[0], "the publication's session");
        return found[0];
    }
}
