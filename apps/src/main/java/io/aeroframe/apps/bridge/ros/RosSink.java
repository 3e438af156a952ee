package io.aeroframe.apps.bridge.ros;

import io.aeroframe.transport.Frame;
import io.aeroframe.transport.FrameEncoding;
import io.aeroframe.transport.PixelFormat;
import io.aeroframe.vision.PixelFrames;
import io.aeroframe.vision.jpeg.JpegFormatException;
import io.aeroframe.vision.sink.FrameSink;
import io.aeroframe.vision.sink.UndecodableFrames;
import io.aeroframe.vision.zstd.ZstdFormatException;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.agrona.CloseHelper;

/**
 * Frames to a topic: JPEG frames as {@code sensor_msgs/CompressedImage}, others as {@code sensor_msgs/Image}. The first
 * frame decides. A thread for each subscriber sends; few messages wait in line for it, and the oldest goes if there is
 * another.
 */
final class RosSink implements FrameSink {

    private static final int QUEUE_LENGTH = 4;
    private static final long POLL_MS = 50;
    private static final long DRAIN_MS = 1_000;

    private final String topic;
    private final boolean isRaw;
    private final Consumer<String> report;
    private final UndecodableFrames undecodable;
    private final PixelFrames pixels = new PixelFrames(
            PixelFormat.BGR24,
            PixelFormat.RGB24,
            PixelFormat.GRAY8,
            PixelFormat.GRAY16,
            PixelFormat.BGRA32,
            PixelFormat.YUYV);
    private final RosEnvironment environment;
    private final ServerSocket server;
    private final List<Subscriber> subscribers = new CopyOnWriteArrayList<>();
    private final Thread acceptor;
    private String type;
    private RosNode node;
    private volatile boolean isClosed;

    private RosSink(String topic, boolean isRaw, Consumer<String> report) throws IOException {
        this.topic = topic;
        this.isRaw = isRaw;
        this.report = report;
        undecodable = new UndecodableFrames("ros:" + topic, report);
        environment = RosEnvironment.read();
        server = new ServerSocket();
        server.bind(environment.anyPort());
        acceptor = new Thread(this::acceptSubscribers, "aeroframe-ros-accept");
        acceptor.setDaemon(true);
    }

    /**
     * Opens a sink.
     *
     * @param isRaw whether JPEG frames are decoded.
     */
    static RosSink open(String topic, boolean isRaw, Consumer<String> report) throws IOException {
        return new RosSink(topic, isRaw, report);
    }

    private void acceptSubscribers() {
        while (!isClosed) {
            try {
                Subscriber subscriber = new Subscriber(server.accept());
                subscribers.add(subscriber);
                subscriber.start();
            } catch (IOException ex) {
                if (!isClosed) {
                    report.accept("ros:" + topic + ": " + ex.getMessage());
                }
                return;
            }
        }
    }

    /** A connection to one subscriber: a thread until it ends. */
    private final class Subscriber extends Thread {

        private final Socket socket;
        private final BlockingQueue<byte[]> messages = new ArrayBlockingQueue<>(QUEUE_LENGTH);

        Subscriber(Socket socket) {
            super("aeroframe-ros-subscriber");
            this.socket = socket;
            setDaemon(true);
        }

        void offer(byte[] message) {
            while (!messages.offer(message)) {
                messages.poll();
            }
        }

        @Override
        public void run() {
            try (socket) {
                socket.setTcpNoDelay(true);
                Map<String, String> asked = TcpRos.readHeader(socket.getInputStream());
                String refusal = refusal(asked);
                Map<String, String> header = new LinkedHashMap<>();
                if (refusal != null) {
                    header.put("error", refusal);
                    TcpRos.writeHeader(socket.getOutputStream(), header);
                    return;
                }
                header.put("callerid", node.name());
                header.put("topic", topic);
                header.put("type", type);
                header.put("md5sum", ImageMessage.checksum(type));
                header.put("message_definition", ImageMessage.definition(type));
                header.put("latching", "0");
                TcpRos.writeHeader(socket.getOutputStream(), header);
                send();
            } catch (IOException ex) {
                return; // it has gone
            } catch (InterruptedException ex) {
                Thread.currentThread().interrupt();
            } finally {
                subscribers.remove(this);
            }
        }

        private String refusal(Map<String, String> asked) {
            String wanted = asked.getOrDefault("type", TcpRos.ANY);
            String checksum = asked.getOrDefault("md5sum", TcpRos.ANY);
            boolean isSame = (wanted.equals(TcpRos.ANY) || wanted.equals(type))
                    && (checksum.equals(TcpRos.ANY) || checksum.equals(ImageMessage.checksum(type)));
            return isSame ? null : "the topic " + topic + " is " + type + ", not " + wanted;
        }

        private void send() throws IOException, InterruptedException {
            while (true) {
                byte[] message = messages.poll(POLL_MS, TimeUnit.MILLISECONDS);
                if (message != null) {
                    socket.getOutputStream().write(message);
                } else if (isClosed) {
                    return;
                }
            }
        }
    }

    @Override
    public synchronized void accept(Frame received) throws IOException {
        if (isClosed) {
            return;
        }
        Frame frame;
        try {
            boolean isPassed = received.format().encoding() == FrameEncoding.JPEG && !isRaw;
            frame = isPassed ? received : pixels.of(received);
        } catch (JpegFormatException | ZstdFormatException ex) {
            undecodable.skipped(received, ex);
            return;
        }
        if (node == null) {
            type = ImageMessage.typeOf(frame.format());
            node = new RosNode.Builder(environment, topic, report)
                    .publisher(type, server.getLocalPort())
                    .open();
            acceptor.start();
        }
        if (!ImageMessage.typeOf(frame.format()).equals(type)) {
            throw new IOException("ros:" + topic + ": frames changed from " + type + " to "
                    + ImageMessage.typeOf(frame.format()) + ", which a topic cannot; add ?raw to decode JPEG frames");
        }
        if (!subscribers.isEmpty()) {
            byte[] frameId = new byte[received.metadata().capacity()];
            received.metadata().getBytes(0, frameId);
            byte[] message = ImageMessage.write(frame, frameId);
            subscribers.forEach(subscriber -> subscriber.offer(message));
        }
    }

    @Override
    public int copies() {
        return 1;
    }

    @Override
    public void close() throws IOException {
        if (isClosed) {
            return;
        }
        isClosed = true;
        server.close();
        long endNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(DRAIN_MS);
        for (Subscriber subscriber : subscribers) {
            try {
                subscriber.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(endNs - System.nanoTime())));
            } catch (InterruptedException ex) {
                Thread.currentThread().interrupt();
            }
            CloseHelper.quietClose(subscriber.socket);
        }
        if (node != null) {
            node.close();
        }
        pixels.close();
    }
}
