package io.aeroframe.apps.bridge.zmq;

import io.aeroframe.apps.bridge.BridgeSource;
import io.aeroframe.vision.source.BadFrameException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.zeromq.SocketType;
import org.zeromq.ZMQ;
import org.zeromq.ZMQException;

/**
 * Frames from ZeroMQ messages: a topic and an image, or imagezmq's two parts. Of messages that wait in line the newest
 * {@value #QUEUE_LENGTH} count, so that lag cannot grow and a burst does no harm.
 */
final class ZmqSource extends BridgeSource {

    private static final int QUEUE_LENGTH = 4;
    private static final int WAIT_MS = 50;
    private static final byte[] OK = "OK".getBytes(StandardCharsets.US_ASCII);

    /** How base64 of JPEG and of PNG begins. */
    private static final List<String> BASE64 = List.of("/9j/", "iVBORw0KGgo");

    private final ZmqSpec spec;
    private final ZmqSocket socket;
    private final Deque<List<byte[]>> waiting = new ArrayDeque<>();
    private List<byte[]> message;
    private final UnsafeBuffer metadata = new UnsafeBuffer(new byte[0]);
    private boolean owesReply;
    private long superseded;
    private volatile boolean isInterrupted;

    private ZmqSource(ZmqSpec spec, ZmqSocket socket) {
        this.spec = spec;
        this.socket = socket;
    }

    static ZmqSource open(ZmqSpec spec) throws IOException {
        SocketType type = spec.isRequest() ? SocketType.REP : SocketType.SUB;
        return new ZmqSource(spec, ZmqSocket.open(spec, type, QUEUE_LENGTH, WAIT_MS));
    }

    @Override
    public boolean advance() throws IOException {
        receive();
        try {
            if (spec.isImagezmq()) {
                metadata.wrap(ImagezmqMessage.read(message, received));
            } else {
                readImage();
            }
        } catch (BadFrameException ex) {
            throw new BadFrameException(spec.text() + ": " + ex.getMessage(), ex);
        }
        return true;
    }

    private void receive() throws IOException {
        try {
            receiveNewest();
        } catch (ZMQException ex) {
            throw new InterruptedIOException(spec.text() + ": " + ex.getMessage());
        }
    }

    private void receiveNewest() throws IOException {
        ZMQ.Socket from = socket.socket();
        if (owesReply) {
            owesReply = false;
            from.send(OK); // imagezmq's sender waits for it before the next image
        }
        byte[] part;
        while ((part = from.recv(ZMQ.DONTWAIT)) != null) {
            waiting.add(parts(from, part));
            if (waiting.size() > QUEUE_LENGTH) {
                waiting.remove();
                superseded++;
            }
        }
        while (waiting.isEmpty()) {
            if (isInterrupted) {
                throw new InterruptedIOException(spec.text() + ": interrupted");
            }
            part = from.recv();
            if (part != null) {
                waiting.add(parts(from, part));
            }
        }
        message = waiting.remove();
        owesReply = spec.isRequest();
    }

    private static List<byte[]> parts(ZMQ.Socket from, byte[] first) {
        List<byte[]> parts = new ArrayList<>();
        parts.add(first);
        while (from.hasReceiveMore()) {
            parts.add(from.recv());
        }
        return parts;
    }

    private void readImage() throws IOException {
        if (message.size() > 2) {
            throw new BadFrameException("a message of " + message.size() + " parts, not a topic and an image");
        }
        byte[] image = message.get(message.size() - 1);
        if (isBase64(image)) {
            try {
                image = Base64.getMimeDecoder().decode(image); // some writers break lines
            } catch (IllegalArgumentException ex) {
                throw new BadFrameException("damaged base64: " + ex.getMessage(), ex);
            }
        }
        if (image.length == 0) {
            throw new BadFrameException("a message without an image");
        }
        received.room(image.length).put(image);
        received.holdsPicture(image.length);
    }

    private static boolean isBase64(byte[] image) {
        String start = new String(image, 0, Math.min(12, image.length), StandardCharsets.ISO_8859_1);
        return BASE64.stream().anyMatch(start::startsWith);
    }

    @Override
    public DirectBuffer metadata() {
        return metadata;
    }

    @Override
    public long superseded() {
        return superseded;
    }

    @Override
    public String describe() {
        return spec.text();
    }

    @Override
    public void interrupt() {
        isInterrupted = true;
    }

    @Override
    public void close() {
        socket.close();
        received.close();
    }
}
