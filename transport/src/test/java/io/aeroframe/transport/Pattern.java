package io.aeroframe.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/** Bytes that differ from frame to frame and from place to place, so that a torn, shifted or mixed-up frame shows. */
final class Pattern {

    private static final long STEP = 0x9E3779B97F4A7C15L;

    private Pattern() {}

    static void write(MutableDirectBuffer buffer, int length, long seed) {
        int i = 0;
        for (; i + Long.BYTES <= length; i += Long.BYTES) {
            buffer.putLong(i, word(seed, i));
        }
        for (; i < length; i++) {
            buffer.putByte(i, (byte) word(seed, i));
        }
    }

    static void assertIn(DirectBuffer buffer, int length, long seed) {
        assertTrue(buffer.capacity() >= length);
        int i = 0;
        for (; i + Long.BYTES <= length; i += Long.BYTES) {
            if (buffer.getLong(i) != word(seed, i)) {
                assertEquals(word(seed, i), buffer.getLong(i), "word at " + i + " of " + length);
            }
        }
        for (; i < length; i++) {
            if (buffer.getByte(i) != (byte) word(seed, i)) {
                assertEquals((byte) word(seed, i), buffer.getByte(i), "byte " + i + " of " + length);
            }
        }
    }

    /** Sends a frame whose pattern is seeded by its sequence; says whether it went out. */
    static boolean send(FramePublication publication, FrameFormat format) {
        long sequence = publication.ledger().published();
        FrameClaim claim = publication.tryClaim(format);
        if (claim == null) {
            return false;
        }
        write(claim.buffer(), format.maxPayloadLength(), sequence);
        return claim.commit();
    }

    static void assertIn(Frame frame) {
        assertIn(frame.payload(), frame.payloadLength(), frame.sequence());
    }

    private static long word(long seed, int index) {
        return (seed + 1) * STEP + (index + 1) * 0x2545F4914F6CDD1DL;
    }
}
