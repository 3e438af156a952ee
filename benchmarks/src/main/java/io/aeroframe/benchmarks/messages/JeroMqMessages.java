package io.aeroframe.benchmarks.messages;

import io.aeroframe.benchmarks.options.Plan;
import io.aeroframe.transport.FrameEncoding;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.zeromq.SocketType;
import org.zeromq.ZContext;
import org.zeromq.ZMQ;

/**
 * JeroMQ's PUB and SUB over TCP on the loopback, with its default limits: up to a thousand messages wait on each side;
 * then PUB drops or, if frames are sent as fast as possible, blocks.
 */
final class JeroMqMessages {

    private static final int RECEIVE_TIMEOUT_MS = 100;
    private static final int LINGER_MS = 5_000;
    private static final long POLL_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(5);

    private JeroMqMessages() {}

    /**
     * Binds a free port.
     *
     * @param port the file that the port's number is written to
     */
    static MessageSender publisher(Path port, Plan plan) throws IOException {
        ZContext context = new ZContext();
        context.setLinger(LINGER_MS);
        ZMQ.Socket socket = context.createSocket(SocketType.PUB);
        if (plan.rate().isMax()) {
            socket.setXpubNoDrop(true); // or most frames would be dropped
        }
        boolean isPayloadConstant = plan.encoding() == FrameEncoding.RAW;
        int number = socket.bindToRandomPort("tcp://127.0.0.1");
        Path unready = port.resolveSibling(port.getFileName() + ".part");
        Files.writeString(unready, Integer.toString(number));
        Files.move(unready, port);
        return new MessageSender() {
            private byte[] bytes;

            @Override
            public void send(ByteBuffer header, ByteBuffer payload) {
                if (bytes == null || !isPayloadConstant || bytes.length != payload.remaining()) {
                    bytes = bytes(payload); // JeroMQ queues the array itself, so each frame needs its own
                }
                socket.sendMore(bytes(header));
                socket.send(bytes);
            }

            @Override
            public void close() {
                context.close();
            }
        };
    }

    /** Connects to the publisher once its port is known. */
    static MessageReceiver subscriber(Path port) throws IOException {
        while (!Files.exists(port)) {
            LockSupport.parkNanos(POLL_INTERVAL_NS); // the parent has a deadline
        }
        ZContext context = new ZContext();
        ZMQ.Socket socket = context.createSocket(SocketType.SUB);
        socket.setReceiveTimeOut(RECEIVE_TIMEOUT_MS);
        socket.subscribe(ZMQ.SUBSCRIPTION_ALL);
        socket.connect("tcp://127.0.0.1:" + Files.readString(port));
        return new MessageReceiver() {
            @Override
            public Message receive() {
                byte[] header = socket.recv();
                return header == null ? null : new Message(ByteBuffer.wrap(header), ByteBuffer.wrap(socket.recv()));
            }

            @Override
            public void close() {
                context.close();
            }
        };
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(buffer.position(), bytes);
        return bytes;
    }
}
