package io.aeroframe.vision.sink;

import io.aeroframe.transport.Frame;

/** Takes frames and does nothing with them: for measuring, and for counting alone. Any thread. */
public final class NullSink implements FrameSink {

    /** Makes the sink. */
    public NullSink() {}

    @Override
    public void accept(Frame frame) {
        // The subscription counts what arrives; there is nothing to add.
    }

    /**
     * How often a frame is copied.
     *
     * @return 0.
     */
    @Override
    public int copies() {
        return 0;
    }

    @Override
    public void close() {
        // Nothing is held.
    }
}
