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
import java.util.function.Consumer;
import org.agrona.DirectBuffer;
import org.zeromq.SocketType;
import org.zeromq.ZMQ;

/**
 * Frames as ZeroMQ messages. JPEG frames are sent as they are; others become JPEG, or for imagezmq arrays. A PUB socket
 * drops what a slow reader does not take: few messages wait in line. imagezmq's hub answers each image, and the next
 * one waits for that.
 */
final class ZmqSink implements FrameSink {

    private static final int QUEUE_LENGTH = 16;
    private static final int WAIT_MS = 50;
    private static final int QUALITY = 90;

    private final ZmqSpec spec;
    private final String streamName;
    private final Consumer<String> report;
    private final UndecodableFrames undecodable;
    private final JpegFrames images = new JpegFrames(QUALITY);
    private final PixelFrames pixels =
            new PixelFrames(PixelFormat.BGR24, PixelFormat.GRAY8, PixelFormat.GRAY16, PixelFormat.BGRA32);
    private final byte[] topic;

    /** Null for imagezmq's hub. */
    private final ZmqSocket publisher;

    /** Null for all but imagezmq's hub. */
    private final HubRequests hub;

    private volatile boolean isOpen = true;

    private ZmqSink(ZmqSpec spec, String streamName, Consumer<String> report) throws IOException {
        this.spec = spec;
        this.streamName = streamName;
        this.report = report;
        undecodable = new UndecodableFrames(spec.text(), report);
        topic = spec.topic().getBytes(StandardCharsets.UTF_8);
        publisher = spec.isRequest() ? null : ZmqSocket.open(spec, SocketType.PUB, QUEUE_LENGTH, WAIT_MS);
        hub = spec.isRequest() ? new HubRequests(spec, report) : null;
    }

    static ZmqSink open(ZmqSpec spec, String streamName, Consumer<String> report) throws IOException {
        return new ZmqSink(spec, streamName, report);
    }

    @Override
    public synchronized void accept(Frame frame) throws IOException {
        if (!isOpen || hub != null && !hub.awaitTurn(() -> isOpen)) {
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
        if (hub != null) {
            hub.send(head, image);
        } else if (publisher.socket().send(head, ZMQ.SNDMORE)) {
            publisher.socket().send(image);
        }
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
    public void close() {
        isOpen = false; // ends the wait for an answer
        release();
    }

    private synchronized void release() {
        if (hub != null) {
            hub.close();
        } else {
            publisher.close();
        }
        images.close();
        pixels.close();
    }
}
