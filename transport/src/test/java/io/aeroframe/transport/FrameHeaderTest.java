package io.aeroframe.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeroframe.transport.codec.FrameHeaderEncoder;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(180)
class FrameHeaderTest {

    private static final long HASH = new StreamName("camera").hash();
    private static final int LIMIT = 1 << 20;

    private final UnsafeBuffer buffer = new UnsafeBuffer(new byte[FrameHeader.LENGTH + 100]);
    private final FrameHeader received = new FrameHeader();

    static FrameHeader header(FrameFormat format, int payloadLength) {
        FrameHeader header = new FrameHeader();
        header.streamHash = HASH;
        header.publicationId = 7;
        header.sequence = 11;
        header.dropped = 3;
        header.captureTimeNs = -5;
        header.publishTimeNs = Long.MIN_VALUE;
        header.bootIdHigh = -1;
        header.bootIdLow = 1;
        header.timeToLiveNs = 9;
        header.format = format;
        header.payloadLength = payloadLength;
        header.chunkLength = payloadLength;
        return header;
    }

    @ParameterizedTest
    @EnumSource(PixelFormat.class)
    void everyFieldTravels(PixelFormat pixels) {
        for (ColorEncoding color : ColorEncoding.values()) {
            FrameFormat raw = new FrameFormat(31, 17, pixels.minStride(31) + 5, pixels, FrameEncoding.RAW, color);
            assertTravels(header(raw, raw.maxPayloadLength()));
            FrameFormat jpeg = FrameFormat.jpeg(65_535, 1, pixels).withColor(color);
            assertTravels(header(jpeg, 4_711));
            assertTravels(header(FrameFormat.zstd(pixels, 31, 17).withColor(color), 47));
            assertTravels(header(raw.withSampleAspect(new SampleAspect(64, 45)), raw.maxPayloadLength()));
        }
    }

    private void assertTravels(FrameHeader sent) {
        sent.metadataLength = 12;
        sent.chunkOffset = 40;
        sent.chunkLength = sent.payloadLength - 40;
        assertEquals(FrameHeader.LENGTH, sent.encode(buffer, 3));
        int length = FrameHeader.LENGTH + sent.metadataLength + sent.chunkLength;
        assertNull(received.decode(buffer, 3, length, HASH, LIMIT));
        assertEquals(sent.streamHash, received.streamHash);
        assertEquals(sent.publicationId, received.publicationId);
        assertEquals(sent.sequence, received.sequence);
        assertEquals(sent.dropped, received.dropped);
        assertEquals(sent.captureTimeNs, received.captureTimeNs);
        assertEquals(sent.publishTimeNs, received.publishTimeNs);
        assertEquals(sent.bootIdHigh, received.bootIdHigh);
        assertEquals(sent.bootIdLow, received.bootIdLow);
        assertEquals(sent.timeToLiveNs, received.timeToLiveNs);
        assertEquals(sent.payloadLength, received.payloadLength);
        assertEquals(sent.chunkOffset, received.chunkOffset);
        assertEquals(sent.chunkLength, received.chunkLength);
        assertEquals(sent.metadataLength, received.metadataLength);
        assertEquals(sent.format, received.format);
        assertEquals(FrameHeader.LENGTH, received.metadataOffset);
    }

    /** A publisher of version 0 ends its block four bytes earlier; one of a later version may add to it. */
    @Test
    void readsTheBlocksOfOlderAndNewerVersions() {
        FrameFormat format = FrameFormat.gray8(10, 10).withSampleAspect(new SampleAspect(4, 3));
        FrameHeader sent = header(format, 100);
        sent.encode(buffer, 0);
        int older = FrameHeader.LENGTH - 4;
        buffer.putShort(0, (short) (older - 8));
        buffer.putShort(6, (short) 0);
        assertNull(received.decode(buffer, 0, older + 100, HASH, LIMIT));
        assertEquals(FrameFormat.gray8(10, 10), received.format);
        assertEquals(older, received.metadataOffset);
        assertEquals(RejectReason.TOO_SHORT, received.decode(buffer, 0, older - 1, HASH, LIMIT));
        buffer.putShort(0, (short) (older - 9));
        assertEquals(RejectReason.BLOCK_LENGTH, received.decode(buffer, 0, older + 100, HASH, LIMIT));

        int newer = FrameHeader.LENGTH + 6;
        buffer.putShort(0, (short) (newer - 8));
        buffer.putShort(6, (short) 2);
        assertNull(received.decode(buffer, 0, newer + 100, HASH, LIMIT));
        assertEquals(format, received.format);
        assertEquals(newer, received.metadataOffset);
        buffer.putShort(8 + FrameHeaderEncoder.sampleAspectHeightEncodingOffset(), (short) 0);
        assertNull(received.decode(buffer, 0, newer + 100, HASH, LIMIT));
        assertEquals(SampleAspect.SQUARE, received.format.sampleAspect());
    }

    @Test
    void aFrameInAPoolIsAllHeaderAndSaysWhere() {
        FrameFormat format = FrameFormat.gray8(10, 10);
        FrameHeader sent = header(format, format.maxPayloadLength());
        sent.poolId = Long.MAX_VALUE;
        sent.poolSlot = 255;
        sent.encode(buffer, 0);
        assertNull(received.decode(buffer, 0, FrameHeader.LENGTH, HASH, LIMIT));
        assertTrue(received.isInPool());
        assertEquals(sent.poolId, received.poolId);
        assertEquals(sent.poolSlot, received.poolSlot);
        assertEquals(RejectReason.MESSAGE_LENGTH, received.decode(buffer, 0, FrameHeader.LENGTH + 100, HASH, LIMIT));
        buffer.putInt(8 + FrameHeaderEncoder.poolSlotEncodingOffset(), -1);
        assertEquals(RejectReason.CHUNK, received.decode(buffer, 0, FrameHeader.LENGTH, HASH, LIMIT));
        buffer.putLong(8 + FrameHeaderEncoder.poolIdEncodingOffset(), 0);
        assertEquals(RejectReason.LOCATION, received.decode(buffer, 0, FrameHeader.LENGTH, HASH, LIMIT));
        sent.poolId = 0;
        sent.encode(buffer, 0);
        assertNull(received.decode(buffer, 0, FrameHeader.LENGTH + 100, HASH, LIMIT));
        assertFalse(received.isInPool());
    }

    @Test
    void whateverPassesIsConsistent() {
        Random random = new Random(20_250_101);
        int passed = 0;
        for (int i = 0; i < 200_000; i++) {
            int length;
            if (i % 4 == 0) {
                random.nextBytes(buffer.byteArray());
                length = random.nextInt(4 * FrameHeader.LENGTH);
            } else {
                PixelFormat pixels = PixelFormat.ofCode(1 + random.nextInt(8));
                int width = 1 + random.nextInt(300);
                int height = 1 + random.nextInt(300);
                FrameFormat format =
                        switch (random.nextInt(4)) {
                            case 0 -> FrameFormat.jpeg(width, height);
                            case 1 -> FrameFormat.zstd(pixels, width, height);
                            default -> FrameFormat.raw(pixels, width, height);
                        };
                FrameHeader sent = header(format, format.maxPayloadLength());
                sent.metadataLength = random.nextInt(100);
                sent.encode(buffer, 0);
                length = FrameHeader.LENGTH + sent.metadataLength + sent.chunkLength;
                for (int mutations = random.nextInt(4); mutations > 0; mutations--) {
                    mutate(random);
                }
                if (random.nextInt(8) == 0) {
                    length = random.nextInt();
                }
            }
            if (received.decode(buffer, 0, length, HASH, LIMIT) == null) {
                passed++;
                assertConsistent(length);
            }
        }
        assertTrue(passed > 20_000, "only " + passed + " passed: the test checks nothing");
        assertTrue(passed < 180_000, passed + " passed: the test mutates nothing");
    }

    /** A byte, or a whole field with a value of the kind that breaks arithmetic. */
    private void mutate(Random random) {
        if (random.nextBoolean()) {
            buffer.putByte(random.nextInt(FrameHeader.LENGTH), (byte) random.nextInt());
            return;
        }
        int[] values = {
            0,
            1,
            -1,
            2,
            31,
            32,
            65_535,
            65_536,
            1 << 20,
            1 << 30,
            Integer.MAX_VALUE,
            Integer.MIN_VALUE,
            random.nextInt()
        };
        int first = 8 + FrameHeaderEncoder.widthEncodingOffset();
        int fields = (FrameHeader.LENGTH - first) / Integer.BYTES;
        buffer.putInt(first + Integer.BYTES * random.nextInt(fields), values[random.nextInt(values.length)]);
    }

    private void assertConsistent(int length) {
        FrameFormat format = received.format;
        assertNotNull(format);
        assertEquals(HASH, received.streamHash);
        assertTrue(received.sequence >= 0 && received.dropped >= 0 && received.dropped <= received.sequence);
        assertTrue(received.timeToLiveNs >= 0);
        assertTrue(received.payloadLength >= 1 && received.payloadLength <= LIMIT);
        if (format.encoding() == FrameEncoding.RAW) {
            assertEquals(
                    (long) received.payloadLength,
                    format.pixelFormat().payloadLength(format.stride(), format.height()));
            assertTrue(format.stride() >= format.pixelFormat().minStride(format.width()));
        }
        if (format.encoding() == FrameEncoding.ZSTD) {
            assertTrue(format.decoded().maxPayloadLength() <= LIMIT);
        }
        assertTrue(received.chunkOffset >= 0 && received.chunkLength >= 1);
        assertTrue((long) received.chunkOffset + received.chunkLength <= received.payloadLength);
        assertTrue(received.metadataLength >= 0 && received.metadataLength <= FrameHeader.MAX_METADATA_LENGTH);
        assertEquals(length, (long) received.metadataOffset + received.metadataLength + received.chunkLength);
    }

    @Test
    void aFewBytesThatDecompressToMoreThanTheLimitAreRefused() {
        FrameHeader sent = header(FrameFormat.zstd(PixelFormat.BGR24, 1000, LIMIT / 3000), 100);
        sent.encode(buffer, 0);
        assertNull(received.decode(buffer, 0, FrameHeader.LENGTH + 100, HASH, LIMIT));
        sent.format = FrameFormat.zstd(PixelFormat.BGR24, 1000, LIMIT / 3000 + 1);
        sent.encode(buffer, 0);
        assertEquals(RejectReason.OVER_LIMIT, received.decode(buffer, 0, FrameHeader.LENGTH + 100, HASH, LIMIT));

        buffer.putInt(8 + FrameHeaderEncoder.widthEncodingOffset(), 65_535);
        buffer.putInt(8 + FrameHeaderEncoder.heightEncodingOffset(), 65_535);
        assertEquals(
                RejectReason.OVER_LIMIT, received.decode(buffer, 0, FrameHeader.LENGTH + 100, HASH, Integer.MAX_VALUE));
    }

    @Test
    void keepsTheFormatObjectAsLongAsTheShapeStays() {
        FrameFormat format = FrameFormat.gray8(4, 4);
        FrameHeader sent = header(format, 16);
        sent.encode(buffer, 0);
        assertNull(received.decode(buffer, 0, FrameHeader.LENGTH + 16, HASH, LIMIT));
        FrameFormat first = received.format;
        assertNull(received.decode(buffer, 0, FrameHeader.LENGTH + 16, HASH, LIMIT));
        assertTrue(first == received.format);
    }
}
