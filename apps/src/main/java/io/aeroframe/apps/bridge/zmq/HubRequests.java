package io.aeroframe.apps.bridge.zmq;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.zeromq.SocketType;
import org.zeromq.ZMQ;

/**
 * Images for imagezmq's hub, which answers each before the next one may be sent. A hub that does not answer in time has
 * gone: a REQ socket cannot go on without an answer, and is made again. From then on images are skipped until a hub is
 * there again, so that the stream does not wait for it. One thread at a time.
 */
final class HubRequests implements AutoCloseable {

    private static final int QUEUE_LENGTH = 1;
    private static final int WAIT_MS = 50;
    private static final int PATIENCE_S = 2;

    private final ZmqSpec spec;
    private final Consumer<String> report;
    private ZmqSocket socket;
    private boolean awaitsAnswer;
    private long sentNs;
    private boolean isHubGone;
    private long lost;

    /**
     * Begins to connect.
     *
     * @param report takes a line when the hub has gone, and when one has come.
     * @throws IOException if the address cannot be used.
     */
    HubRequests(ZmqSpec spec, Consumer<String> report) throws IOException {
        this.spec = spec;
        this.report = report;
        socket = ZmqSocket.open(spec, SocketType.REQ, QUEUE_LENGTH, WAIT_MS);
    }

    /**
     * Waits for the answer to the last image, for 2 s at most.
     *
     * @param isOpen whether to go on waiting.
     * @return whether the next image may be sent; false if it is to be skipped.
     * @throws IOException if the address can no longer be used.
     */
    boolean awaitTurn(BooleanSupplier isOpen) throws IOException {
        while (awaitsAnswer && isOpen.getAsBoolean()) {
            if (socket.socket().recv() != null) {
                answered();
            } else if (System.nanoTime() - sentNs >= TimeUnit.SECONDS.toNanos(PATIENCE_S)) {
                giveUp();
            }
        }
        if (awaitsAnswer) {
            return false;
        }
        if (isHubGone && !socket.canSend()) {
            lost++;
            return false;
        }
        return true;
    }

    private void answered() {
        awaitsAnswer = false;
        isHubGone = false;
        if (lost > 0) {
            report.accept(spec.text() + ": a hub answers again; images lost meanwhile: " + lost);
            lost = 0;
        }
    }

    private void giveUp() throws IOException {
        awaitsAnswer = false;
        lost("the hub did not answer within " + PATIENCE_S + " s");
        socket.close();
        socket = ZmqSocket.openUnqueued(spec, SocketType.REQ, WAIT_MS);
    }

    private void lost(String reason) {
        lost++;
        if (!isHubGone) {
            isHubGone = true;
            report.accept(spec.text() + ": " + reason + "; images are skipped until a hub is there");
        }
    }

    /** Sends an image, when {@link #awaitTurn} has said so. */
    void send(byte[] head, byte[] image) {
        if (socket.socket().send(head, ZMQ.SNDMORE) && socket.socket().send(image)) {
            awaitsAnswer = true;
            sentNs = System.nanoTime();
        } else {
            lost("the hub has gone");
        }
    }

    @Override
    public void close() {
        if (lost > 0) {
            report.accept(spec.text() + ": no hub has answered; images lost: " + lost);
        }
        socket.close();
    }
}
