package io.aeroframe.apps.bridge.zmq;

import io.aeroframe.apps.bridge.Bridge;
import io.aeroframe.apps.bridge.BridgeOptions;
import io.aeroframe.vision.sink.FrameSink;
import io.aeroframe.vision.source.FrameSource;
import java.io.IOException;

/** {@code zmq:tcp://HOST:PORT#TOPIC}: ZeroMQ. */
public final class ZmqBridge implements Bridge {

    /** Creates the bridge. */
    public ZmqBridge() {}

    @Override
    public boolean handles(String spec) {
        return spec.startsWith("zmq:");
    }

    @Override
    public String describe() {
        return "ZeroMQ";
    }

    @Override
    public FrameSource openSource(String spec, BridgeOptions options) throws IOException {
        return ZmqSource.open(ZmqSpec.parse(spec, true));
    }

    @Override
    public FrameSink openSink(String spec, BridgeOptions options) throws IOException {
        return ZmqSink.open(ZmqSpec.parse(spec, false), options.streamName(), options.report());
    }
}
