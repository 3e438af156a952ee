package io.aeroframe.apps.bridge.pipe;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.GatheringByteChannel;
import org.agrona.CloseHelper;

/** Bytes to a pipe. One thread; {@link #close()} from another makes a write that waits fail. */
final class PipeOutput implements Closeable {

    private final GatheringByteChannel channel;
    private volatile boolean isWriting;

    PipeOutput(GatheringByteChannel channel) {
        this.channel = channel;
    }

    /** Writes all that remains of some buffers, in one system call if the pipe takes it. */
    void write(ByteBuffer... buffers) throws IOException {
        isWriting = true;
        try {
            ByteBuffer last = buffers[buffers.length - 1];
            while (last.hasRemaining()) {
                channel.write(buffers);
            }
        } catch (IOException ex) {
            String reason = ex.getMessage();
            if (reason != null && (reason.contains("Broken pipe") || reason.contains("EPIPE"))) {
                throw new ReaderGoneException(ex);
            }
            throw new IOException("standard output cannot be written: " + (reason == null ? ex : reason), ex);
        } finally {
            isWriting = false;
        }
    }

    /** Ends a write that waits for a reader. Any thread. */
    void interrupt() {
        if (isWriting) {
            CloseHelper.quietClose(channel);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
