package io.aeroframe.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeroframe.testing.DirectMemory;
import io.aeroframe.transport.codec.EndOfStreamEncoder;
import io.aeroframe.transport.codec.FrameHeaderEncoder;
import io.aeroframe.transport.codec.MessageHeaderDecoder;
import io.aeroframe.transport.codec.StreamAnnouncementEncoder;
import io.aeron.Aeron;
import io.aeron.ExclusivePublication;
import io.aeron.logbuffer.BufferClaim;
import io.aeron.logbuffer.FrameDescriptor;
import java.io.IOException;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Another process sends anything at all on the stream's id, between valid frames. */
@Timeout(180)
class HostileMessagesTest {

    private static final int LIMIT = 1 << 20;
    private static final int BLOCK = MessageHeaderDecoder.ENCODED_LENGTH;
    private static final FrameFormat FORMAT = FrameFormat.gray8(50, 20);
    private static final StreamName STREAM = new StreamName("hostile");

    private final UnsafeBuffer message = new UnsafeBuffer(new byte[4_096]);
    private final FrameHeader judge = new FrameHeader();

    private LiveHost host;
    private Aeron aeron;
    private ExclusivePublication raw;
    private long sequence;

    @BeforeEach
    void start() throws IOException {
        host = LiveHost.start();
        aeron = host.connectRaw();
    }

    @AfterEach
    void stop() {
        aeron.close();
        host.close();
    }

    private FrameSubscription subscribe(Delivery delivery) {
        FrameSubscription subscription = host.aeroframe()
                .addSubscription(new SubscriptionContext()
                        .stream(STREAM.value()).delivery(delivery).maxFrameLength(LIMIT));
        raw = aeron.addExclusivePublication(FrameChannel.IPC.publicationUri(LIMIT, false), STREAM.streamId());
        LiveHost.await("the subscriber", () -> raw.availableWindow() > 0);
        return subscription;
    }

    private void send(FrameSubscription subscription, int length, int[] received) {
        LiveHost.await("room", () -> {
            if (raw.offer(message, 0, length) > 0) {
                return true;
            }
            poll(subscription, received);
            return false;
        });
    }

    private static void poll(FrameSubscription subscription, int[] received) {
        subscription.poll(
                frame -> {
                    assertEquals(FORMAT, frame.format());
                    Pattern.assertIn(frame);
                    received[0]++;
                },
                Integer.MAX_VALUE);
    }

    private int validFrame(long number) {
        FrameHeader header = FrameHeaderTest.header(FORMAT, FORMAT.maxPayloadLength());
        header.streamHash = STREAM.hash();
        header.sequence = number;
        header.dropped = 0;
        header.timeToLiveNs = 0;
        header.encode(message, 0);
        Pattern.write(new UnsafeBuffer(message, FrameHeader.LENGTH, 1_000), 1_000, number);
        return FrameHeader.LENGTH + 1_000;
    }

    private int randomMessage(Random random) {
        byte[] bytes = new byte[random.nextInt(2_000)];
        random.nextBytes(bytes);
        message.putBytes(0, bytes);
        if (random.nextBoolean()) { // ours by schema and type, nonsense otherwise
            message.putShort(0, (short) random.nextInt(300));
            message.putShort(2, (short) (1 + random.nextInt(4)));
            message.putShort(4, (short) MessageHeaderDecoder.SCHEMA_ID);
        }
        return bytes.length;
    }

    /** A valid frame with one thing wrong, so that nothing of it can be trusted. */
    private int spoiltFrame(Random random) {
        int length = validFrame(sequence);
        int[] extremes = {-1, Integer.MIN_VALUE, Integer.MAX_VALUE, 65_536, 1 << 30};
        int extreme = extremes[random.nextInt(extremes.length)];
        switch (random.nextInt(16)) {
            case 0 -> message.putLong(BLOCK + FrameHeaderEncoder.streamHashEncodingOffset(), random.nextLong());
            case 1 -> message.putLong(BLOCK + FrameHeaderEncoder.sequenceEncodingOffset(), -1 - sequence);
            case 2 -> message.putLong(BLOCK + FrameHeaderEncoder.droppedEncodingOffset(), sequence + 1);
            case 3 -> message.putLong(BLOCK + FrameHeaderEncoder.timeToLiveNsEncodingOffset(), -1);
            case 4 -> message.putInt(BLOCK + FrameHeaderEncoder.widthEncodingOffset(), extreme);
            case 5 -> message.putInt(BLOCK + FrameHeaderEncoder.heightEncodingOffset(), extreme);
            case 6 -> message.putInt(BLOCK + FrameHeaderEncoder.strideEncodingOffset(), extreme);
            case 7 -> message.putInt(BLOCK + FrameHeaderEncoder.payloadLengthEncodingOffset(), extreme);
            case 8 -> message.putInt(BLOCK + FrameHeaderEncoder.chunkOffsetEncodingOffset(), extreme);
            case 9 -> message.putInt(BLOCK + FrameHeaderEncoder.chunkLengthEncodingOffset(), extreme);
            case 10 -> message.putInt(BLOCK + FrameHeaderEncoder.metadataLengthEncodingOffset(), extreme);
            case 11 ->
                message.putByte(
                        BLOCK + FrameHeaderEncoder.pixelFormatEncodingOffset(), unknown(random, PixelFormat::ofCode));
            case 12 ->
                message.putByte(
                        BLOCK + FrameHeaderEncoder.encodingEncodingOffset(), unknown(random, FrameEncoding::ofCode));
            case 13 -> message.putByte(BLOCK + FrameHeaderEncoder.locationEncodingOffset(), (byte) 1);
            case 14 -> message.putShort(0, (short) extreme);
            default -> {
                return random.nextInt(length);
            }
        }
        return length;
    }

    /** A code that stands for nothing. */
    private static byte unknown(Random random, IntFunction<?> ofCode) {
        int code;
        do {
            code = random.nextInt(256);
        } while (ofCode.apply(code) != null);
        return (byte) code;
    }

    /** A valid frame with a few bits of the header flipped; it may still be valid. */
    private int flippedFrame(Random random) {
        int length = validFrame(sequence);
        for (int flips = 1 + random.nextInt(6); flips > 0; flips--) {
            int index = random.nextInt(FrameHeader.LENGTH);
            message.putByte(index, (byte) (message.getByte(index) ^ (1 << random.nextInt(8))));
        }
        return length;
    }

    private int spoiltAnnouncement(Random random) {
        StreamMessages messages = new StreamMessages(STREAM, 7);
        int length;
        if (random.nextBoolean()) {
            length = messages.encodeEndOfStream(sequence, 0);
            message.putBytes(0, messages.buffer(), 0, length);
            switch (random.nextInt(4)) {
                case 0 -> message.putLong(BLOCK + EndOfStreamEncoder.streamHashEncodingOffset(), random.nextLong());
                case 1 -> message.putLong(BLOCK + EndOfStreamEncoder.nextSequenceEncodingOffset(), -1);
                case 2 -> message.putLong(BLOCK + EndOfStreamEncoder.droppedEncodingOffset(), sequence + 1);
                default -> length = random.nextInt(length);
            }
            return length;
        }
        length = messages.encodeAnnouncement(sequence, 0, 0);
        message.putBytes(0, messages.buffer(), 0, length);
        switch (random.nextInt(6)) {
            case 0 -> message.putLong(BLOCK + StreamAnnouncementEncoder.streamHashEncodingOffset(), random.nextLong());
            case 1 -> message.putLong(BLOCK + StreamAnnouncementEncoder.nextSequenceEncodingOffset(), -1);
            case 2 -> message.putLong(BLOCK + StreamAnnouncementEncoder.droppedEncodingOffset(), sequence + 1);
            case 3 ->
                message.putShort(BLOCK + StreamAnnouncementEncoder.BLOCK_LENGTH, (short)
                        (1 + random.nextInt(Short.MAX_VALUE) | 0x100));
            case 4 -> message.putShort(0, (short) (StreamAnnouncementEncoder.BLOCK_LENGTH - 1 - random.nextInt(30)));
            default -> length = random.nextInt(length);
        }
        return length;
    }

    private boolean mayBeValid(int length) {
        if (length < BLOCK || (message.getShort(4) & 0xffff) != MessageHeaderDecoder.SCHEMA_ID) {
            return false;
        }
        int template = message.getShort(2) & 0xffff;
        return template == StreamAnnouncementEncoder.TEMPLATE_ID
                || template == EndOfStreamEncoder.TEMPLATE_ID
                || judge.decode(message, 0, length, STREAM.hash(), LIMIT) == null;
    }

    @ParameterizedTest
    @EnumSource(Delivery.class)
    void nothingEscapesAllIsCountedAndTheFramesBetweenArriveExact(Delivery delivery) {
        FrameSubscription subscription = subscribe(delivery);
        Random random = new Random(42);
        int[] received = new int[1];
        int invalid = 0;
        long directBefore = DirectMemory.used();
        long startNs = System.nanoTime();
        for (int i = 0; i < 12_000; i++) {
            int length;
            switch (i % 5) {
                case 0 -> length = randomMessage(random);
                case 1, 2 -> length = spoiltFrame(random);
                case 3 -> length = spoiltAnnouncement(random);
                default -> {
                    length = flippedFrame(random);
                    if (mayBeValid(length)) {
                        continue; // what a header may say, this test does not check
                    }
                }
            }
            if (i % 5 == 0 && mayBeValid(length)) {
                continue;
            }
            send(subscription, length, received);
            invalid++;
            if (i % 7 == 0) {
                send(subscription, validFrame(sequence), received);
                sequence++;
            }
        }
        send(subscription, validFrame(sequence), received);
        sequence++;
        LiveHost.await("all frames; " + subscription.ledger(), () -> {
            poll(subscription, received);
            return subscription.ledger().published() == sequence;
        });
        assertTrue(invalid > 10_000, "invalid=" + invalid);
        assertEquals(invalid, subscription.ledger().invalid());
        assertEquals(0, subscription.ledger().lost());
        assertEquals(sequence, received[0] + subscription.ledger().superseded());
        assertTrue(delivery == Delivery.LATEST || received[0] == sequence);
        assertTrue(subscription.ledger().isBalanced());
        assertTrue(DirectMemory.used() - directBefore < 4 << 20, "direct memory follows what headers claim");
        long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - startNs);
        assertTrue(
                host.reported().size() <= seconds + 2, () -> host.reported().size() + " reports in " + seconds + " s");
        assertFalse(host.reported().isEmpty());
    }

    @Test
    void aHeaderThatClaimsALargeFrameTakesNoMemory() {
        FrameSubscription subscription = subscribe(Delivery.EVERY);
        int[] received = new int[1];
        long directBefore = DirectMemory.used();
        FrameFormat large = FrameFormat.gray8(20_000, 10_000);
        for (int i = 0; i < 100; i++) {
            FrameHeader header = FrameHeaderTest.header(large, large.maxPayloadLength());
            header.streamHash = STREAM.hash();
            header.chunkLength = 100;
            header.encode(message, 0);
            send(subscription, FrameHeader.LENGTH + 100, received);
        }
        send(subscription, validFrame(0), received);
        LiveHost.await("the frame", () -> {
            poll(subscription, received);
            return received[0] == 1;
        });
        assertEquals(100, subscription.ledger().invalid());
        assertTrue(DirectMemory.used() - directBefore < 4 << 20);
    }

    @Test
    void aMessageThatNeverEndsTakesNoMemoryWithoutBound() {
        FrameSubscription subscription = subscribe(Delivery.EVERY);
        int[] received = new int[1];
        send(subscription, validFrame(0), received);
        BufferClaim claim = new BufferClaim();
        long directBefore = DirectMemory.used();
        int fragment = raw.maxPayloadLength();
        for (int i = 0; i < 1_000; i++) {
            LiveHost.await("room", () -> {
                if (raw.tryClaim(fragment, claim) > 0) {
                    return true;
                }
                poll(subscription, received);
                return false;
            });
            claim.flags(i == 0 ? FrameDescriptor.BEGIN_FRAG_FLAG : 0).commit();
        }
        send(subscription, validFrame(1), received);
        LiveHost.await("the frame after it", () -> {
            poll(subscription, received);
            return received[0] == 2;
        });
        assertEquals(1, subscription.ledger().invalid());
        assertTrue(DirectMemory.used() - directBefore < 2 << 20, () -> DirectMemory.used() - directBefore + " bytes");
    }

    @Test
    void chunksThatDoNotFitTogetherAreNoFrame() {
        FrameSubscription subscription = subscribe(Delivery.EVERY);
        int[] received = new int[1];
        send(subscription, chunk(0, 0, 400), received);
        send(subscription, chunk(0, 500, 500), received); // a gap: invalid
        send(subscription, chunk(0, 400, 600), received); // too late: the frame was given up
        send(subscription, chunk(1, 600, 400), received); // its start never came
        send(subscription, chunk(2, 0, 300), received);
        send(subscription, chunk(2, 0, 300), received); // begun again
        send(subscription, chunk(2, 300, 700), received);
        send(subscription, validFrame(3), received);
        LiveHost.await("two frames", () -> {
            poll(subscription, received);
            return received[0] == 2;
        });
        assertEquals(1, subscription.ledger().invalid());
        assertEquals(2, subscription.ledger().received());
        assertTrue(subscription.ledger().isBalanced());
    }

    private int chunk(long number, int offset, int length) {
        FrameHeader header = FrameHeaderTest.header(FORMAT, FORMAT.maxPayloadLength());
        header.streamHash = STREAM.hash();
        header.sequence = number;
        header.dropped = 0;
        header.timeToLiveNs = 0;
        header.chunkOffset = offset;
        header.chunkLength = length;
        header.encode(message, 0);
        UnsafeBuffer whole = new UnsafeBuffer(new byte[1_000]);
        Pattern.write(whole, 1_000, number);
        message.putBytes(FrameHeader.LENGTH, whole, offset, length);
        return FrameHeader.LENGTH + length;
    }
}
