package io.aeroframe.benchmarks.messages;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Sends messages of a header and a payload, as a user of the transport would. For one thread. */
interface MessageSender extends AutoCloseable {

    /**
     * Sends one message and returns when its payload may be overwritten.
     *
     * @param header  the header, from position to limit, which do not change
     * @param payload a direct buffer, from position to limit, which do not change
     */
    void send(ByteBuffer header, ByteBuffer payload) throws IOException;

    /** Disconnects after all messages have been sent. */
    @Override
    void close() throws IOException;
}
