package io.aeroframe.apps.bridge.zmq;

import io.aeroframe.transport.Frame;
import io.aeroframe.transport.FrameEncoding;
import io.aeroframe.transport.PixelFormat;
import io.aeroframe.vision.JpegFrames;
import io.aeroframe.vision.PixelFrames;
import io.aeroframe.vision.jpeg.JpegFormatException;
import io.aeroframe.vision.sink.FrameSink;
import io.aeroframe.vision.sink.UndecodableFrames;
import io.aeroframe.vision.zstd.ZstdFormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.agrona.DirectBuffer;
import org.zeromq.SocketType;
import org.zeromq.ZMQ;

/**
 * Frames as ZeroMQ messages. JPEG frames are sent as they are; others become JPEG, or for imagezmq arrays. A PUB socket
 * drops what a slow reader does not take: few messages wait in line.
 */
final class ZmqSink implements FrameSink {

    private static final int QUEUE_LENGTH = 16;
    private static final int WAIT_MS = 50;
    private static final int QUALITY = 90;

    /** imagezmq's hub has answered by then, or is gone: its REQ socket cannot go on without an answer. */
    private static final long REPLY_PATIENCE_NS = TimeUnit.SECONDS.toNanos(2);

    private final ZmqSpec spec;
    private final String streamName;
    private final Consumer<String> report;
    private final UndecodableFrames undecodable;
    private final JpegFrames images = new JpegFrames(QUALITY);
    private final PixelFrames pixels =
            new PixelFrames(PixelFormat.BGR24, PixelFormat.GRAY8, PixelFormat.GRAY16, PixelFormat.BGRA32);
    private final byte[] topic;
    private ZmqSocket socket;
    private long awaitsReplySinceNs;
    private boolean awaitsReply;
    private long unanswered;
    private boolean isOpen = true;

    private ZmqSink(ZmqSpec spec, String streamName, Consumer<String> report) {
        this.spec = spec;
        this.streamName = streamName;
        this.report = report;
        undecodable = new UndecodableFrames(spec.text(), report);
        topic = spec.topic().getBytes(StandardCharsets.UTF_8);
    }

    static ZmqSink open(ZmqSpec spec, String streamName, Consumer<String> report) throws IOException {
        ZmqSink sink = new ZmqSink(spec, streamName, report);
        sink.open();
        return sink;
    }

    private void open() throws IOException {
        socket = ZmqSocket.open(spec, spec.isRequest() ? SocketType.REQ : SocketType.PUB, QUEUE_LENGTH, WAIT_MS);
    }

    @Override
    public synchronized void accept(Frame frame) throws IOException {
        while (isOpen && awaitsReply && !hasReply()) {
            // the stream goes on meanwhile: frames that are late for it are counted there
        }
        if (!isOpen) {
            return;
        }
        byte[] head;
        byte[] image;
        try {
            boolean isArray = spec.isImagezmq() && frame.format().encoding() != FrameEncoding.JPEG;
            Frame raw = isArray ? pixels.of(frame) : null;
            ByteBuffer payload = isArray ? raw.payloadByteBuffer() : images.of(frame);
            image = new byte[payload.remaining()];
            payload.get(payload.position(), image);
            head = !spec.isImagezmq()
                    ? topic
                    : isArray
                            ? ImagezmqMessage.headOfArray(sender(frame), raw.format())
                            : ImagezmqMessage.headOfImage(sender(frame));
        } catch (JpegFormatException | ZstdFormatException ex) {
            undecodable.skipped(frame, ex);
            return;
        }
        send(head, spec.isBase64() ? Base64.getEncoder().encode(image) : image);
    }

    private void send(byte[] head, byte[] image) {
        ZMQ.Socket to = socket.socket();
        if (to.send(head, ZMQ.SNDMORE) && to.send(image) && spec.isRequest()) {
            awaitsReply = true;
            awaitsReplySinceNs = System.nanoTime();
        }
    }

    /** Whether the hub has answered. One that has vanished is given up: the socket is made again. */
    private boolean hasReply() throws IOException {
        if (socket.socket().recv() != null) {
            awaitsReply = false;
        } else if (System.nanoTime() - awaitsReplySinceNs >= REPLY_PATIENCE_NS) {
            unanswered++;
            report.accept(spec.text() + ": the hub did not answer within 2 s; connecting again, " + unanswered
                    + " frames without an answer so far");
            socket.close();
            open();
            awaitsReply = false;
        }
        return !awaitsReply;
    }

    /** The sender's name travels as metadata; without it, it is the stream's. */
    private String sender(Frame frame) {
        DirectBuffer metadata = frame.metadata();
        return metadata.capacity() == 0 ? streamName : metadata.getStringWithoutLengthUtf8(0, metadata.capacity());
    }

    @Override
    public int copies() {
        return 1;
    }

    @Override
    public synchronized void close() {
        if (isOpen) {
            isOpen = false;
            socket.close();
            images.close();
            pixels.close();
        }
    }
}
