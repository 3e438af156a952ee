package io.aeroframe.apps.bridge.pipe;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;

/**
 * Bytes from a pipe, with a few of them ahead to look at. One thread; {@link #close()} from another makes a read that
 * waits fail.
 */
final class PipeInput implements Closeable {

    private static final int AHEAD = 64 << 10;

    private final ReadableByteChannel channel;
    private final ByteBuffer ahead = ByteBuffer.allocateDirect(AHEAD).limit(0);
    private long offset;

    PipeInput(ReadableByteChannel channel) {
        this.channel = channel;
    }

    /** The offset of the next byte to be taken, from the start of the pipe. */
    long offset() {
        return offset;
    }

    /**
     * Waits for bytes to look at.
     *
     * @param count how many, up to 64 KiB.
     * @return false if the pipe ends before.
     */
    boolean await(int count) throws IOException {
        while (ahead.remaining() < count) {
            ahead.compact();
            int read = channel.read(ahead);
            ahead.flip();
            if (read < 0) {
                return false;
            }
        }
        return true;
    }

    /** How many bytes can be looked at without waiting. */
    int available() {
        return ahead.remaining();
    }

    /** Looks at a byte that {@link #await(int)} has waited for. */
    int peek(int index) {
        return ahead.get(ahead.position() + index) & 0xFF;
    }

    /** Takes bytes that {@link #await(int)} has waited for. */
    void skip(int count) {
        ahead.position(ahead.position() + count);
        offset += count;
    }

    /**
     * Fills a buffer to its limit.
     *
     * @return false if the pipe ends before; the buffer's position then shows how much there was.
     */
    boolean read(ByteBuffer target) throws IOException {
        while (target.hasRemaining()) {
            if (readSome(target) < 0) {
                return false;
            }
        }
        return true;
    }

    /** Reads one byte or more, as many as there are; -1 at the end of the pipe. */
    int readSome(ByteBuffer target) throws IOException {
        int count;
        if (ahead.hasRemaining()) {
            count = Math.min(ahead.remaining(), target.remaining());
            target.put(target.position(), ahead, ahead.position(), count);
            target.position(target.position() + count);
            ahead.position(ahead.position() + count);
        } else {
            count = channel.read(target);
        }
        offset += Math.max(0, count);
        return count;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
