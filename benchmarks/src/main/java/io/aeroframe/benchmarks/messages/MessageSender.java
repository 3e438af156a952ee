package io.aeroframe.benchmarks.messages;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Carries messages of a header and a payload out of a writing process, as a user of that means would write it. One thread. */
interface MessageSender extends AutoCloseable {

    /**
     * Hands one message over. Returns when the payload may be written again.
     *
     * @param header  from its position to its limit, which are left alone.
     * @param payload direct; from its position to its limit, which are left alone.
     */
    void send(ByteBuffer header, ByteBuffer payload) throws IOException;

    /** Disconnects, after what was handed over has gone. */
    @Override
    void close() throws IOException;
}
