package io.aeroframe.benchmarks.messages;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The header of a message: stamp, scheduled time and number of the frame, 8 bytes each, little-endian. */
final class MessageHeader {

    static final int LENGTH = 24;

    /** The frame number that marks the end of the stream. */
    static final long END = -1;

    private static final int STAMP_OFFSET = 0;
    private static final int SCHEDULED_OFFSET = 8;
    private static final int NUMBER_OFFSET = 16;

    private MessageHeader() {}

    static void put(ByteBuffer header, long stampNs, long scheduledNs, long number) {
        header.order(ByteOrder.LITTLE_ENDIAN)
                .putLong(STAMP_OFFSET, stampNs)
                .putLong(SCHEDULED_OFFSET, scheduledNs)
                .putLong(NUMBER_OFFSET, number);
    }

    static long stampNs(ByteBuffer header) {
        return header.order(ByteOrder.LITTLE_ENDIAN).getLong(header.position() + STAMP_OFFSET);
    }

    static long scheduledNs(ByteBuffer header) {
        return header.order(ByteOrder.LITTLE_ENDIAN).getLong(header.position() + SCHEDULED_OFFSET);
    }

    static long number(ByteBuffer header) {
        return header.order(ByteOrder.LITTLE_ENDIAN).getLong(header.position() + NUMBER_OFFSET);
    }
}
