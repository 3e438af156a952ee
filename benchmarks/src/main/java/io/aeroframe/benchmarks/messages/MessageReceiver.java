package io.aeroframe.benchmarks.messages;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Receives the messages of a {@link MessageSender}. For one thread. */
interface MessageReceiver extends AutoCloseable {

    /**
     * Receives the next message. May wait for it.
     *
     * @return the message, valid until the next call; null if there is none yet
     * @throws java.io.EOFException if the writer is gone
     */
    Message receive() throws IOException;

    @Override
    void close() throws IOException;

    /**
     * A message.
     *
     * @param header  the header, from its position
     * @param payload the payload, from position to limit
     */
    record Message(ByteBuffer header, ByteBuffer payload) {

        /** Splits a buffer, from index 0 to its limit, into header and payload. */
        static Message of(ByteBuffer whole) {
            int headerLength = Math.min(MessageHeader.LENGTH, whole.limit());
            return new Message(whole.slice(0, headerLength), whole.slice(headerLength, whole.limit() - headerLength));
        }
    }
}
