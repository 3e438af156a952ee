package io.aeroframe.benchmarks.messages;

import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.GatheringByteChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Length-prefixed messages over a Unix domain socket or a named pipe, with the system's default buffer sizes. */
final class ByteChannelMessages {

    private static final long POLL_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(5);

    private ByteChannelMessages() {}

    /** Connects to the socket once a reader listens on it. */
    static MessageSender toSocket(Path socket) throws IOException {
        while (!Files.exists(socket)) {
            LockSupport.parkNanos(POLL_INTERVAL_NS); // the parent has a deadline
        }
        return new Sender(SocketChannel.open(UnixDomainSocketAddress.of(socket)));
    }

    /** Listens on the socket and waits for the writer. */
    static MessageReceiver fromSocket(Path socket, int maxLength) throws IOException {
        Path unready = socket.resolveSibling("s"); // short, because the system allows 107 bytes for the whole name
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(unready));
            Files.move(unready, socket); // a writer that finds the name can connect
            return new Receiver(server.accept(), maxLength);
        }
    }

    /** Opens an existing named pipe and waits for its reader. */
    static MessageSender toPipe(Path pipe) throws IOException {
        return new Sender(FileChannel.open(pipe, StandardOpenOption.WRITE));
    }

    /** Opens an existing named pipe and waits for its writer. */
    static MessageReceiver fromPipe(Path pipe, int maxLength) throws IOException {
        return new Receiver(FileChannel.open(pipe, StandardOpenOption.READ), maxLength);
    }

    private static final class Sender implements MessageSender {
        private final GatheringByteChannel channel;
        private final ByteBuffer prefix =
                ByteBuffer.allocateDirect(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        private final ByteBuffer[] parts = new ByteBuffer[3];

        Sender(GatheringByteChannel channel) {
            this.channel = channel;
        }

        @Override
        public void send(ByteBuffer header, ByteBuffer payload) throws IOException {
            prefix.clear();
            prefix.putInt(0, header.remaining() + payload.remaining());
            parts[0] = prefix;
            parts[1] = header.duplicate();
            parts[2] = payload.duplicate();
            while (parts[2].hasRemaining() || parts[1].hasRemaining() || prefix.hasRemaining()) {
                channel.write(parts);
            }
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    private static final class Receiver implements MessageReceiver {
        private final ReadableByteChannel channel;
        private final ByteBuffer prefix =
                ByteBuffer.allocateDirect(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        private final ByteBuffer message;

        Receiver(ReadableByteChannel channel, int maxLength) {
            this.channel = channel;
            message = ByteBuffer.allocateDirect(maxLength);
        }

        @Override
        public Message receive() throws IOException {
            read(prefix.clear());
            int length = prefix.getInt(0);
            if (length < 0 || length > message.capacity()) {
                throw new IOException("length=" + length + " is not within 0 to " + message.capacity());
            }
            read(message.clear().limit(length));
            return Message.of(message.flip());
        }

        private void read(ByteBuffer target) throws IOException {
            while (target.hasRemaining()) {
                if (channel.read(target) < 0) {
                    throw new EOFException("the writer is gone");
                }
            }
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
