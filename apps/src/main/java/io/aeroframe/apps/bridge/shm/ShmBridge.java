package io.aeroframe.apps.bridge.shm;

import io.aeroframe.apps.bridge.Bridge;
import io.aeroframe.apps.bridge.BridgeOptions;
import io.aeroframe.vision.sink.FrameSink;
import io.aeroframe.vision.source.FrameSource;
import java.io.IOException;

/** {@code shm:NAME}: shared memory of other programs. */
public final class ShmBridge implements Bridge {

    /** Creates the bridge. */
    public ShmBridge() {}

    @Override
    public boolean handles(String spec) {
        return spec.startsWith("shm:");
    }

    @Override
    public String describe() {
        return "shared memory";
    }

    @Override
    public FrameSource openSource(String spec, BridgeOptions options) throws IOException {
        ShmSpec parsed = ShmSpec.parse(spec);
        if (parsed.shape() == null && parsed.format() == null) {
            throw new IllegalArgumentException(spec + ": nothing says what is in it: add ?shape=NAME, a segment with"
                    + " height, width and channels as three int32, or ?size=WxH&format=bgr24");
        }
        if (parsed.isAttach()) {
            throw new IllegalArgumentException(spec + ": attach is for a sink: leave it out");
        }
        return new ShmSource(parsed, options.report());
    }

    @Override
    public FrameSink openSink(String spec, BridgeOptions options) throws IOException {
        return ShmSink.open(ShmSpec.parse(spec), options.report());
    }
}
