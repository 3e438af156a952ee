package io.aeroframe.apps.bridge.ros;

import io.aeroframe.apps.bridge.BridgeSource;
import io.aeroframe.apps.bridge.ReceivedFrame;
import io.aeroframe.vision.source.BadFrameException;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.agrona.CloseHelper;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Frames from a topic, of all its publishers. A thread for each of them receives messages; few wait in line, and the
 * oldest goes if there is another, so that lag cannot grow.
 */
final class RosSource extends BridgeSource {

    private static final int QUEUE_LENGTH = 4;
    private static final long POLL_MS = 50;
    private static final int CONNECT_TIMEOUT_MS = 2_000;
    private static final int BUFFER_LENGTH = 256 << 10;

    private final String topic;
    private final Consumer<String> report;
    private final BlockingQueue<Message> messages = new ArrayBlockingQueue<>(QUEUE_LENGTH);
    private final Map<String, Connection> connections = new ConcurrentHashMap<>();
    private final AtomicLong superseded = new AtomicLong();
    private final UnsafeBuffer frameId = new UnsafeBuffer(new byte[0]);
    private RosNode node;
    private long captureTimeNs = NO_TIME;
    private volatile boolean isInterrupted;
    private volatile boolean isClosed;

    private record Message(String type, byte[] bytes) {}

    private RosSource(String topic, Consumer<String> report) {
        this.topic = topic;
        this.report = report;
    }

    static RosSource open(String topic, Consumer<String> report) throws IOException {
        RosSource source = new RosSource(topic, report);
        source.node = new RosNode.Builder(RosEnvironment.read(), topic, report)
                .subscriber(source::connectTo)
                .open();
        return source;
    }

    /** Connects to publishers that are new. Those that are gone end their connections themselves. */
    private void connectTo(List<String> publishers) {
        for (String api : publishers) {
            connections.computeIfAbsent(api, key -> {
                Connection connection = new Connection(key);
                connection.start();
                return connection;
            });
        }
    }

    /** A connection to one publisher: a thread until it ends. */
    private final class Connection extends Thread {

        private final String api;
        private volatile Socket socket;

        Connection(String api) {
            super("aeroframe-ros-" + api);
            this.api = api;
            setDaemon(true);
        }

        @Override
        public void run() {
            try {
                receive();
            } catch (IOException | RuntimeException ex) {
                boolean isEnd = ex instanceof EOFException || isClosed;
                if (!isEnd) {
                    report.accept("ros:" + topic + ": the publisher at " + api + ": " + ex.getMessage());
                }
            } finally {
                connections.remove(api, this); // the next registration brings it back if it is there
                CloseHelper.quietClose(socket);
            }
        }

        private void receive() throws IOException {
            List<?> answer = RosNode.checked(
                    XmlRpc.call(URI.create(api), "requestTopic", node.name(), topic, List.of(List.of("TCPROS"))));
            if (!(answer.get(2) instanceof List<?> protocol)
                    || protocol.size() < 3
                    || !(protocol.get(2) instanceof Integer port)) {
                throw new IOException("it does not speak TCPROS: " + answer.get(2));
            }
            socket = new Socket();
            socket.setTcpNoDelay(true);
            socket.connect(new InetSocketAddress(protocol.get(1).toString(), port), CONNECT_TIMEOUT_MS);
            Map<String, String> header = new LinkedHashMap<>();
            header.put("callerid", node.name());
            header.put("topic", topic);
            header.put("type", TcpRos.ANY);
            header.put("md5sum", TcpRos.ANY);
            header.put("tcp_nodelay", "1");
            TcpRos.writeHeader(socket.getOutputStream(), header);
            InputStream in = new BufferedInputStream(socket.getInputStream(), BUFFER_LENGTH);
            Map<String, String> answered = TcpRos.readHeader(in);
            String type = answered.getOrDefault("type", "");
            if (answered.containsKey("error")) {
                throw new IOException("refused: " + answered.get("error"));
            }
            if (!type.equals(ImageMessage.IMAGE) && !type.equals(ImageMessage.COMPRESSED_IMAGE)) {
                throw new IOException("its messages are " + type + ", not " + ImageMessage.IMAGE + " or "
                        + ImageMessage.COMPRESSED_IMAGE);
            }
            while (!isClosed) {
                int length = TcpRos.readLength(in, ReceivedFrame.MAX_LENGTH);
                Message message = new Message(type, TcpRos.readBytes(in, length));
                while (!messages.offer(message)) {
                    if (messages.poll() != null) {
                        superseded.incrementAndGet();
                    }
                }
            }
        }

        void end() {
            CloseHelper.quietClose(socket);
        }
    }

    @Override
    public boolean advance() throws IOException {
        try {
            Message message = null;
            while (message == null) {
                if (isInterrupted) {
                    throw new InterruptedIOException("ros:" + topic + ": interrupted");
                }
                message = messages.poll(POLL_MS, TimeUnit.MILLISECONDS);
            }
            ImageMessage.Head head = ImageMessage.read(message.type(), message.bytes(), received);
            captureTimeNs = head.captureTimeNs() == 0 ? NO_TIME : head.captureTimeNs();
            frameId.wrap(head.frameId());
            return true;
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("ros:" + topic + ": interrupted");
        } catch (BadFrameException ex) {
            throw new BadFrameException("ros:" + topic + ": " + ex.getMessage(), ex);
        }
    }

    @Override
    public long captureTimeNs() {
        return captureTimeNs;
    }

    @Override
    public DirectBuffer metadata() {
        return frameId;
    }

    @Override
    public long superseded() {
        return superseded.get();
    }

    @Override
    public String describe() {
        return "ros:" + topic;
    }

    @Override
    public void interrupt() {
        isInterrupted = true;
    }

    @Override
    public void close() {
        isClosed = true;
        node.close();
        connections.values().forEach(Connection::end);
        received.close();
    }
}
