package io.aeroframe.apps.bridge;

import io.aeroframe.apps.bridge.pipe.PipeBridge;
import io.aeroframe.apps.bridge.ros.RosBridge;
import io.aeroframe.apps.bridge.shm.ShmBridge;
import io.aeroframe.apps.bridge.stream.StreamBridge;
import io.aeroframe.apps.bridge.zmq.ZmqBridge;
import io.aeroframe.vision.sink.FrameSink;
import io.aeroframe.vision.sink.FrameSinks;
import io.aeroframe.vision.sink.SinkOptions;
import io.aeroframe.vision.source.FrameSource;
import io.aeroframe.vision.source.FrameSources;
import io.aeroframe.vision.source.SourceOptions;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Opens sources and sinks: bridges here, all others in vision. The place to add a bridge. */
public final class Bridges {

    private static final List<Bridge> ALL =
            List.of(new PipeBridge(), new ZmqBridge(), new ShmBridge(), new RosBridge(), new StreamBridge());
    private static final String KNOWN =
            "; bridges are - (a pipe), zmq:tcp://HOST:PORT#TOPIC, shm:NAME, ros:/TOPIC and stream:NAME";

    private Bridges() {}

    private static Optional<Bridge> of(String spec) {
        return ALL.stream().filter(bridge -> bridge.handles(spec)).findFirst();
    }

    private static Optional<Bridge> ofSource(String spec) {
        return spec.equals("-") || !FrameSources.isFile(spec) ? of(spec) : Optional.empty();
    }

    /**
     * What is behind a source that is a bridge.
     *
     * @param spec the source as typed.
     * @return with its article, for a message; null if it is not a bridge.
     */
    public static String describeSource(String spec) {
        return ofSource(spec).map(Bridge::describe).orElse(null);
    }

    /**
     * Opens a source.
     *
     * @param spec    the source as typed.
     * @param options what is asked of its frames.
     * @param bridge  the settings, if it is a bridge.
     * @return a source before its first frame, to be closed.
     * @throws IOException              if it cannot be read.
     * @throws IllegalArgumentException if the kind of source is unknown, or its specification is malformed.
     */
    public static FrameSource openSource(String spec, SourceOptions options, BridgeOptions bridge) throws IOException {
        Optional<Bridge> own = ofSource(spec);
        if (own.isPresent()) {
            return FrameSources.convert(own.get().openSource(spec, bridge), options);
        }
        try {
            return FrameSources.open(spec, options);
        } catch (IllegalArgumentException ex) {
            throw withBridges(ex);
        }
    }

    /**
     * Opens a sink.
     *
     * @param spec    the sink as typed.
     * @param options the settings of sinks.
     * @param bridge  the settings, if it is a bridge.
     * @return a sink, to be closed.
     * @throws IOException              if it cannot be written to.
     * @throws IllegalArgumentException if the kind of sink is unknown, or its specification is malformed.
     */
    public static FrameSink openSink(String spec, SinkOptions options, BridgeOptions bridge) throws IOException {
        Optional<Bridge> own = of(spec);
        try {
            if (own.isPresent()) {
                return own.get().openSink(spec, bridge);
            }
            return FrameSinks.open(spec, options);
        } catch (IllegalArgumentException ex) {
            throw own.isPresent() ? withFile(ex, spec) : withBridges(ex);
        }
    }

    private static IllegalArgumentException withFile(IllegalArgumentException ex, String spec) {
        return FrameSinks.isFileName(spec)
                ? new IllegalArgumentException(ex.getMessage() + "; a file of this name is written ./" + spec, ex)
                : ex;
    }

    private static IllegalArgumentException withBridges(IllegalArgumentException ex) {
        boolean isUnknown =
                ex.getMessage().startsWith("source '") || ex.getMessage().startsWith("unknown sink");
        return isUnknown ? new IllegalArgumentException(ex.getMessage() + KNOWN, ex) : ex;
    }
}
