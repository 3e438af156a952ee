package io.aeroframe.benchmarks.messages;

import java.io.IOException;
import java.nio.ByteBuffer;

/** The other end of a {@link MessageSender}. One thread. */
interface MessageReceiver extends AutoCloseable {

    /**
     * The next message; may wait for it.
     *
     * @return what arrived, until the next call; null if there is nothing yet.
     * @throws java.io.EOFException if the writer is gone.
     */
    Message receive() throws IOException;

    @Override
    void close() throws IOException;

    /**
     * What arrived.
     *
     * @param header  from its position.
     * @param payload from its position to its limit.
     */
    record Message(ByteBuffer header, ByteBuffer payload) {

        /** A message whose header lies before its payload, from index 0 to the limit. */
        static Message of(ByteBuffer whole) {
            int headerLength = Math.min(MessageHeader.LENGTH, whole.limit());
            return new Message(whole.slice(0, headerLength), whole.slice(headerLength, whole.limit() - headerLength));
        }
    }
}
