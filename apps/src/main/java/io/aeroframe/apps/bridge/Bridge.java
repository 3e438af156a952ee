package io.aeroframe.apps.bridge;

import io.aeroframe.vision.sink.FrameSink;
import io.aeroframe.vision.source.FrameSource;
import java.io.IOException;

/** A way to and from programs that know nothing of Aeroframe. Stateless. */
public interface Bridge {

    /**
     * Whether a source or sink as typed is this bridge's.
     *
     * @param spec the source or sink as typed.
     * @return true if the methods below are for it.
     */
    boolean handles(String spec);

    /**
     * What is on the other side.
     *
     * @return with its article, for a message.
     */
    String describe();

    /**
     * Opens the bridge for reading.
     *
     * @param spec    the source as typed.
     * @param options the settings.
     * @return a source before its first frame, with frames as the other system has them: raw or JPEG.
     * @throws IOException              if the other system cannot be reached.
     * @throws IllegalArgumentException if the specification is malformed.
     */
    FrameSource openSource(String spec, BridgeOptions options) throws IOException;

    /**
     * Opens the bridge for writing.
     *
     * @param spec    the sink as typed.
     * @param options the settings.
     * @return a sink, to be closed.
     * @throws IOException              if the other system cannot be reached.
     * @throws IllegalArgumentException if the specification is malformed.
     */
    FrameSink openSink(String spec, BridgeOptions options) throws IOException;
}
