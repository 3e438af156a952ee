package io.aeroframe.apps.bridge.pipe;

import io.aeroframe.transport.Frame;
import io.aeroframe.transport.FrameFormat;
import io.aeroframe.transport.PixelFormat;
import io.aeroframe.vision.PixelFrames;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** Raw frames of one format, as YUV4MPEG2 or with nothing between them. */
final class PixelWriter implements PipeWriter {

    /** YUV4MPEG2 has to state a rate, and a stream has none: FFmpeg's for images. */
    private static final String RATE = "25:1";

    private static final byte[] FRAME = "FRAME\n".getBytes(StandardCharsets.US_ASCII);

    private final boolean isY4m;
    private final PixelFrames pixels;
    private final Consumer<String> report;
    private final ByteBuffer head = ByteBuffer.allocateDirect(FRAME.length).put(FRAME);
    private FrameFormat format;

    private PixelWriter(boolean isY4m, PixelFrames pixels, Consumer<String> report) {
        this.isY4m = isY4m;
        this.pixels = pixels;
        this.report = report;
    }

    static PixelWriter y4m() {
        return new PixelWriter(true, new PixelFrames(PixelFormat.I420, PixelFormat.GRAY8), line -> {});
    }

    /** Frames keep their pixel format; it is reported, for nothing in the pipe says it. */
    static PixelWriter raw(Consumer<String> report) {
        return new PixelWriter(false, new PixelFrames(PixelFormat.BGR24, PixelFormat.values()), report);
    }

    @Override
    public void write(PipeOutput output, Frame frame, boolean isLast) throws IOException {
        Frame raw = pixels.of(frame);
        if (format == null) {
            format = raw.format();
            if (isY4m) {
                output.write(ByteBuffer.wrap(header().getBytes(StandardCharsets.US_ASCII)));
            } else {
                report.accept("standard output: raw " + format.describe() + ", " + format.maxPayloadLength()
                        + " bytes a frame");
            }
        } else if (!raw.format().equals(format)) {
            throw new IOException("standard output: frames changed from " + format.describe() + " to "
                    + raw.format().describe() + ", which raw video cannot");
        }
        if (isY4m) {
            output.write(head.clear(), raw.payloadByteBuffer());
        } else {
            output.write(raw.payloadByteBuffer());
        }
    }

    private String header() {
        boolean isGray = format.pixelFormat() == PixelFormat.GRAY8;
        return Y4mReader.MAGIC + " W" + format.width() + " H" + format.height() + " F" + RATE + " Ip A1:1 C"
                + (isGray ? "mono" : "420jpeg")
                + (isGray || format.color().isFullRange() ? " XCOLORRANGE=FULL" : "") + "\n";
    }

    @Override
    public void close() {
        pixels.close();
    }
}
