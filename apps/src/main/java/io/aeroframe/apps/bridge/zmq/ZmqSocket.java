package io.aeroframe.apps.bridge.zmq;

import io.aeroframe.apps.bridge.ReceivedFrame;
import java.io.IOException;
import org.zeromq.SocketType;
import org.zeromq.ZContext;
import org.zeromq.ZMQ;
import org.zeromq.ZMQException;

/** A socket with a context of its own, bound or connected. One thread. */
final class ZmqSocket implements AutoCloseable {

    /** A lost reader must not keep a sink from ending. */
    private static final int LINGER_MS = 1_000;

    private final ZContext context = new ZContext();
    private final ZMQ.Socket socket;

    private ZmqSocket(SocketType type) {
        context.setLinger(LINGER_MS);
        socket = context.createSocket(type);
        socket.setLinger(LINGER_MS);
        socket.setMaxMsgSize(ReceivedFrame.MAX_LENGTH);
    }

    /**
     * Opens a socket.
     *
     * @param queueLength  the high-water mark in messages, so that little waits in line.
     * @param waitMs       how long a call waits before it returns with nothing, in ms.
     * @throws IOException if the address cannot be bound or connected to.
     */
    static ZmqSocket open(ZmqSpec spec, SocketType type, int queueLength, int waitMs) throws IOException {
        return open(spec, type, queueLength, waitMs, true);
    }

    /**
     * Opens a socket that sends only to a peer that is there.
     *
     * @param waitMs how long a call waits before it returns with nothing, in ms.
     * @throws IOException if the address cannot be bound or connected to.
     */
    static ZmqSocket openUnqueued(ZmqSpec spec, SocketType type, int waitMs) throws IOException {
        return open(spec, type, 1, waitMs, false);
    }

    private static ZmqSocket open(ZmqSpec spec, SocketType type, int queueLength, int waitMs, boolean queuesForLater)
            throws IOException {
        ZmqSocket opened = new ZmqSocket(type);
        try {
            opened.socket.setImmediate(queuesForLater);
            opened.socket.setHWM(queueLength);
            opened.socket.setReceiveTimeOut(waitMs);
            opened.socket.setSendTimeOut(waitMs);
            if (type == SocketType.SUB) {
                opened.socket.subscribe(spec.topic());
            }
            if (spec.isBind()) {
                opened.socket.bind(spec.endpoint());
            } else {
                opened.socket.connect(spec.endpoint());
            }
            return opened;
        } catch (ZMQException | IllegalArgumentException ex) {
            opened.close();
            String verb = spec.isBind() ? "bound" : "connected to";
            throw new IOException(
                    spec.text() + ": " + spec.endpoint() + " cannot be " + verb + ": " + reason(ex)
                            + (spec.isBind() ? "; is the port in use, or the address another host's?" : ""),
                    ex);
        }
    }

    private static String reason(RuntimeException ex) {
        if (ex instanceof ZMQException failed) {
            ZMQ.Error error = ZMQ.Error.findByCode(failed.getErrorCode());
            return error.getMessage();
        }
        return ex.getMessage();
    }

    /** Whether a message can be sent at once. */
    boolean canSend() {
        return (socket.getEvents() & ZMQ.Poller.POLLOUT) != 0;
    }

    ZMQ.Socket socket() {
        return socket;
    }

    @Override
    public void close() {
        context.close();
    }
}
