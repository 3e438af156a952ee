package io.aeroframe.benchmarks.messages;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.agrona.IoUtil;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A memory-mapped file that holds the newest message, polled by its reader. The writer does not wait for the reader: a
 * message that is overwritten while it is read is torn, and the reader cannot detect it.
 */
final class MappedMessages implements MessageSender, MessageReceiver {

    private static final int COUNT_OFFSET = 0;
    private static final int LENGTH_OFFSET = 8;
    private static final int MESSAGE_OFFSET = 64;

    private final MappedByteBuffer mapped;
    private final UnsafeBuffer words;
    private final ByteBuffer message;
    private final boolean isInPlace;
    private long count;

    /**
     * Maps the file and creates it if it does not exist.
     *
     * @param maxLength the length of the longest message in bytes, the same on both sides
     * @param isInPlace whether the payload lies in the file already when it is sent, so that it is not copied
     */
    MappedMessages(Path file, int maxLength, boolean isInPlace) throws IOException {
        this.isInPlace = isInPlace;
        int length = Math.addExact(MESSAGE_OFFSET, maxLength);
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            mapped = channel.map(FileChannel.MapMode.READ_WRITE, 0, length);
        }
        words = new UnsafeBuffer(mapped);
        message = mapped.slice(MESSAGE_OFFSET, maxLength);
    }

    @Override
    public void send(ByteBuffer header, ByteBuffer payload) {
        message.clear();
        message.put(header.duplicate());
        if (isInPlace) {
            message.position(message.position() + payload.remaining());
        } else {
            message.put(payload.duplicate());
        }
        words.putInt(LENGTH_OFFSET, message.position());
        words.putLongOrdered(COUNT_OFFSET, ++count); // pairs with the volatile read in receive()
    }

    @Override
    public Message receive() {
        long newest = words.getLongVolatile(COUNT_OFFSET);
        if (newest == count) {
            return null;
        }
        count = newest;
        int length = Math.min(Math.max(0, words.getInt(LENGTH_OFFSET)), message.capacity());
        return Message.of(message.clear().limit(length));
    }

    @Override
    public void close() {
        IoUtil.unmap(mapped);
    }
}
