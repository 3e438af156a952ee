package io.aeroframe.apps.bridge.ros;

import io.aeroframe.apps.bridge.Bridge;
import io.aeroframe.apps.bridge.BridgeOptions;
import io.aeroframe.apps.bridge.BridgeSpec;
import io.aeroframe.vision.sink.FrameSink;
import io.aeroframe.vision.source.FrameSource;
import java.io.IOException;

/** {@code ros:/topic}: topics of ROS 1. */
public final class RosBridge implements Bridge {

    /** Creates the bridge. */
    public RosBridge() {}

    @Override
    public boolean handles(String spec) {
        return spec.startsWith("ros:");
    }

    @Override
    public String describe() {
        return "a topic of ROS";
    }

    @Override
    public FrameSource openSource(String spec, BridgeOptions options) throws IOException {
        return RosSource.open(topic(BridgeSpec.parse(spec)), options.report());
    }

    @Override
    public FrameSink openSink(String spec, BridgeOptions options) throws IOException {
        BridgeSpec parsed = BridgeSpec.parse(spec, "raw");
        return RosSink.open(topic(parsed), parsed.has("raw"), options.report());
    }

    private static String topic(BridgeSpec spec) {
        if (spec.fragment() != null || !spec.address().matches("/[A-Za-z][A-Za-z0-9_]*(/[A-Za-z][A-Za-z0-9_]*)*")) {
            throw new IllegalArgumentException(
                    spec.text() + ": not a topic of ROS; give its whole name, such as ros:/camera/image_raw");
        }
        return spec.address();
    }
}
