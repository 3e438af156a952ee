package io.aeroframe.benchmarks.messages;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** What goes ahead of a picture on means that know only bytes: stamp, time due, number of the frame. Little-endian. */
final class MessageHeader {

    static final int LENGTH = 24;

    /** The frame number of the message that ends the stream. */
    static final long END = -1;

    private static final int STAMP_OFFSET = 0;
    private static final int DUE_OFFSET = 8;
    private static final int NUMBER_OFFSET = 16;

    private MessageHeader() {}

    static void put(ByteBuffer header, long stampNs, long dueNs, long number) {
        header.order(ByteOrder.LITTLE_ENDIAN)
                .putLong(STAMP_OFFSET, stampNs)
                .putLong(DUE_OFFSET, dueNs)
                .putLong(NUMBER_OFFSET, number);
    }

    static long stampNs(ByteBuffer header) {
        return header.order(ByteOrder.LITTLE_ENDIAN).getLong(header.position() + STAMP_OFFSET);
    }

    static long dueNs(ByteBuffer header) {
        return header.order(ByteOrder.LITTLE_ENDIAN).getLong(header.position() + DUE_OFFSET);
    }

    static long number(ByteBuffer header) {
        return header.order(ByteOrder.LITTLE_ENDIAN).getLong(header.position() + NUMBER_OFFSET);
    }
}
