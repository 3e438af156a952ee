package io.aeroframe.apps.bridge.zmq;

import io.aeroframe.apps.bridge.BridgeSpec;

/**
 * {@code zmq:ENDPOINT#TOPIC?OPTIONS}.
 *
 * @param text       the specification as typed.
 * @param endpoint   ZeroMQ's address.
 * @param topic      the topic; empty for none.
 * @param isBind     whether to bind instead of connect.
 * @param isBase64   whether a sink writes base64.
 * @param isImagezmq whether messages are imagezmq's.
 * @param isRequest  whether imagezmq's REQ and REP sockets are used instead of PUB and SUB.
 */
record ZmqSpec(
        String text,
        String endpoint,
        String topic,
        boolean isBind,
        boolean isBase64,
        boolean isImagezmq,
        boolean isRequest) {

    private static final String EXAMPLE = "such as zmq:tcp://127.0.0.1:5555#camera";

    /**
     * Takes a specification apart.
     *
     * @param isSource whether it is a source: imagezmq's hub binds for REP, its sender for PUB.
     * @throws IllegalArgumentException if it is malformed.
     */
    static ZmqSpec parse(String text, boolean isSource) {
        BridgeSpec spec = BridgeSpec.parse(text, "bind", "connect", "base64", "imagezmq", "pubsub");
        String endpoint = spec.address();
        if (!endpoint.matches("tcp://[^/]+:(\\d{1,5}|\\*)|ipc://.+")) {
            throw new IllegalArgumentException(
                    text + ": '" + endpoint + "' is not tcp://HOST:PORT or ipc://PATH, " + EXAMPLE);
        }
        boolean isImagezmq = spec.has("imagezmq");
        boolean isRequest = isImagezmq && !spec.has("pubsub");
        if (spec.has("pubsub") && !isImagezmq) {
            throw new IllegalArgumentException(text + ": pubsub is for imagezmq: leave it out");
        }
        if (isImagezmq && (spec.fragment() != null || spec.has("base64"))) {
            throw new IllegalArgumentException(text + ": imagezmq has neither topics nor base64: leave them out");
        }
        if (isSource && spec.has("base64")) {
            throw new IllegalArgumentException(text + ": base64 is recognized when reading: leave it out");
        }
        if (spec.has("bind") && spec.has("connect")) {
            throw new IllegalArgumentException(text + ": bind and connect are both given: leave one out");
        }
        boolean isAnyHost = endpoint.startsWith("tcp://*:");
        if (isAnyHost && spec.has("connect")) {
            throw new IllegalArgumentException(text + ": tcp://* can be bound only: name the host to connect to");
        }
        boolean bindsByItself = isAnyHost || isImagezmq && isRequest == isSource;
        return new ZmqSpec(
                text,
                endpoint,
                spec.fragment() == null ? "" : spec.fragment(),
                spec.has("bind") || bindsByItself && !spec.has("connect"),
                spec.has("base64"),
                isImagezmq,
                isRequest);
    }
}
