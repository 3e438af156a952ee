package io.aeroframe.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeroframe.driver.internal.SharedDirectory;
import io.aeroframe.driver.internal.SharedFile;
import io.aeron.Aeron;
import io.aeron.ExclusivePublication;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Pool files and descriptors that are not what they should be: refused or counted, and never mapped or read beyond
 * their end.
 */
@Timeout(180)
class PoolFileTest {

    private static final StreamName STREAM = new StreamName("forged");
    private static final FrameFormat FORMAT = FrameFormat.gray8(50, 20);
    private static final long POOL = 77;
    private static final long PUBLICATION = 5;
    private static final int SLOTS = 3;
    private static final int SLOT_LENGTH = PoolLayout.PAGE_LENGTH;
    private static final PoolReader.Membership NOBODY = new PoolReader.Membership(1, -1, 1);

    private final ByteBuffer bytes = ByteBuffer.allocateDirect((int) PoolLayout.fileLength(SLOTS, SLOT_LENGTH))
            .order(ByteOrder.nativeOrder());

    private LiveHost host;
    private SharedFile file;

    @BeforeEach
    void start() throws IOException {
        host = LiveHost.start();
        file = new SharedDirectory(host.driver().sharedDirectory()).create(PoolLayout.fileName(POOL));
        bytes.putLong(PoolLayout.MAGIC_OFFSET, PoolLayout.MAGIC)
                .putInt(PoolLayout.VERSION_OFFSET, PoolLayout.VERSION)
                .putInt(PoolLayout.SLOT_COUNT_OFFSET, SLOTS)
                .putLong(PoolLayout.SLOT_LENGTH_OFFSET, SLOT_LENGTH)
                .putLong(PoolLayout.POOL_ID_OFFSET, POOL)
                .putLong(PoolLayout.PUBLICATION_ID_OFFSET, PUBLICATION)
                .putLong(PoolLayout.STREAM_HASH_OFFSET, STREAM.hash());
    }

    @AfterEach
    void stop() {
        file.close();
        host.close();
    }

    private void write() throws IOException {
        file.use(channel -> channel.write(bytes.clear(), 0));
    }

    private PoolReader attach() {
        return PoolReader.attach(
                new SharedDirectory(host.driver().sharedDirectory()), STREAM, POOL, PUBLICATION, NOBODY);
    }

    private void assertRefused() {
        String message =
                assertThrows(FrameTransportException.class, this::attach).getMessage();
        assertTrue(message.startsWith("stream 'forged': its pool cannot be used: "), message);
    }

    @Test
    void aPoolThatIsRightIsTaken() throws IOException {
        write();
        attach().leave();
    }

    @Test
    void aPoolThatIsNotThereIsNoError() {
        assertNull(PoolReader.attach(
                new SharedDirectory(host.driver().sharedDirectory()), STREAM, POOL + 1, PUBLICATION, NOBODY));
    }

    @ParameterizedTest
    @ValueSource(
            ints = {
                PoolLayout.MAGIC_OFFSET,
                PoolLayout.VERSION_OFFSET,
                PoolLayout.POOL_ID_OFFSET,
                PoolLayout.PUBLICATION_ID_OFFSET,
                PoolLayout.STREAM_HASH_OFFSET
            })
    void aPoolOfSomethingElseIsRefused(int offset) throws IOException {
        bytes.put(offset, (byte) (bytes.get(offset) ^ 1));
        write();
        assertRefused();
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MIN_VALUE, -1, 0, 2, 4, 257, Integer.MAX_VALUE})
    void aSlotCountThatCannotBeIsRefused(int slotCount) throws IOException {
        bytes.putInt(PoolLayout.SLOT_COUNT_OFFSET, slotCount);
        write();
        assertRefused();
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MIN_VALUE, -1, 0, SLOT_LENGTH + 1, Integer.MAX_VALUE, 1L << 32, Long.MAX_VALUE})
    void aSlotLengthThatCannotBeIsRefused(long slotLength) throws IOException {
        bytes.putLong(PoolLayout.SLOT_LENGTH_OFFSET, slotLength);
        write();
        assertRefused();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 511, 4_096, 4_992, 8_191, 8_192, 20_479})
    void aTruncatedPoolIsRefused(int length) throws IOException {
        write();
        file.use(channel -> channel.truncate(length));
        assertRefused();
    }

    /** The valid frame has slot 2, and may be as long as the slot. */
    @ParameterizedTest
    @CsvSource({"3, 1000", "255, 1000", "2147483647, 1000", "-1, 1000", "2, 4097", "2, 65535"})
    void aDescriptorThatPointsOutsideIsCounted(int slot, int length) throws IOException {
        bytes.putLong(PoolLayout.CONTROL_OFFSET + 2 * PoolLayout.CONTROL_LENGTH, 1);
        int slotOffset = (int) PoolLayout.slotOffset(SLOTS, SLOT_LENGTH, 2);
        Pattern.write(new UnsafeBuffer(bytes, slotOffset, SLOT_LENGTH), SLOT_LENGTH, 1);
        write();
        try (FrameSubscription subscription = host.subscribe(STREAM.value(), FrameChannel.IPC, Delivery.EVERY);
                Aeron aeron = host.connectRaw()) {
            ExclusivePublication raw =
                    aeron.addExclusivePublication(FrameChannel.IPC.publicationUri(4_096, true), STREAM.streamId());
            LiveHost.await("the subscriber", () -> raw.availableWindow() > 0);
            send(raw, 0, slot, FrameFormat.gray8(length, 1));
            send(raw, 1, 2, FrameFormat.gray8(SLOT_LENGTH, 1));
            LiveHost.pollUntil(
                    subscription, Pattern::assertIn, () -> subscription.ledger().received() == 1);
            assertEquals(1, subscription.ledger().invalid());
            assertTrue(subscription.ledger().isBalanced());
        }
    }

    private static void send(ExclusivePublication raw, long sequence, int slot, FrameFormat format) {
        FrameHeader header = FrameHeaderTest.header(format, format.maxPayloadLength());
        header.streamHash = STREAM.hash();
        header.publicationId = PUBLICATION;
        header.sequence = sequence;
        header.dropped = 0;
        header.timeToLiveNs = 0;
        header.poolId = POOL;
        header.poolSlot = slot;
        header.chunkOffset = 0;
        header.chunkLength = header.payloadLength;
        UnsafeBuffer message = new UnsafeBuffer(new byte[FrameHeader.LENGTH]);
        header.encode(message, 0);
        assertTrue(raw.offer(message) > 0);
    }
}
