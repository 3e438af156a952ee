package io.aeroframe.apps.bridge.pipe;

import io.aeroframe.apps.bridge.Bridge;
import io.aeroframe.apps.bridge.BridgeOptions;
import io.aeroframe.vision.sink.FrameSink;
import io.aeroframe.vision.source.FrameSource;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;

/** {@code -}: standard input and standard output. */
public final class PipeBridge implements Bridge {

    /** Of images that are made of raw frames. */
    private static final int QUALITY = 90;

    /** Creates the bridge. */
    public PipeBridge() {}

    @Override
    public boolean handles(String spec) {
        return spec.equals("-");
    }

    @Override
    public String describe() {
        return "a pipe";
    }

    @Override
    public FrameSource openSource(String spec, BridgeOptions options) {
        PipeKinds.validateForSource(options.pipe().kind());
        return new PipeSource(new FileInputStream(FileDescriptor.in).getChannel(), options.pipe(), options.isPaced());
    }

    @Override
    public FrameSink openSink(String spec, BridgeOptions options) throws IOException {
        return new PipeSink(
                new FileOutputStream(FileDescriptor.out).getChannel(),
                writer(options),
                options.frameLimit(),
                options.report());
    }

    private static PipeWriter writer(BridgeOptions options) throws IOException {
        PipeOptions pipe = options.pipe();
        String kind = pipe.kind() == null ? "prefixed" : pipe.kind();
        int digits = pipe.digits() > 0 ? pipe.digits() : PipeOptions.DEFAULT_DIGITS;
        return switch (kind) {
            case "prefixed" -> new PrefixedWriter(Images.jpeg(QUALITY), digits);
            case "png" -> new PrefixedWriter(Images.png(), digits);
            case "jpeg" -> new JpegWriter(Images.jpeg(QUALITY));
            case "y4m" -> PixelWriter.y4m();
            case "raw" -> PixelWriter.raw(options.report());
            default ->
                throw new IllegalArgumentException(
                        "--pipe " + kind + " is not known: give prefixed, png, jpeg, y4m or raw");
        };
    }
}
