package io.aeroframe.apps.bridge.shm;

import io.aeroframe.transport.Frame;
import io.aeroframe.transport.FrameFormat;
import io.aeroframe.transport.PixelFormat;
import io.aeroframe.vision.PixelFrames;
import io.aeroframe.vision.jpeg.JpegFormatException;
import io.aeroframe.vision.sink.FrameSink;
import io.aeroframe.vision.sink.UndecodableFrames;
import io.aeroframe.vision.zstd.ZstdFormatException;
import java.io.IOException;
import java.nio.ByteOrder;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Frames into shared memory, each over the one before it: the pixels into one segment, height, width and channels as
 * three int32 into another if one is named. Both are made with the first frame and removed at the end, unless they are
 * attached to. A reader may see a frame half written: the layout has no lock.
 */
final class ShmSink implements FrameSink {

    private static final long NAME_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final int SHAPE_LENGTH = 12;

    private final ShmSpec spec;
    private final PixelFrames pixels;
    private final Consumer<String> report;
    private final UndecodableFrames undecodable;
    private ShmSegment segment;
    private ShmSegment shape;
    private FrameFormat format;
    private long lookedAtNameNs;
    private volatile boolean isOpen = true;

    private ShmSink(ShmSpec spec, PixelFrames pixels, Consumer<String> report) {
        this.spec = spec;
        this.pixels = pixels;
        this.report = report;
        undecodable = new UndecodableFrames(spec.text(), report);
    }

    /** Opens a sink. A given size has the segments made at once, so that readers can start first. */
    static ShmSink open(ShmSpec spec, Consumer<String> report) throws IOException {
        PixelFormat wanted = spec.pixelFormat();
        PixelFrames pixels = wanted != null
                ? new PixelFrames(wanted)
                : new PixelFrames(PixelFormat.BGR24, PixelFormat.GRAY8, PixelFormat.BGRA32);
        ShmSink sink = new ShmSink(spec, pixels, report);
        if (spec.format() != null) {
            sink.map(spec.format());
        }
        return sink;
    }

    private void map(FrameFormat frames) throws IOException {
        int length = frames.maxPayloadLength();
        segment = spec.isAttach() ? ShmSegment.attach(spec.pixels(), length) : ShmSegment.create(spec.pixels(), length);
        if (spec.shape() != null) {
            shape = spec.isAttach()
                    ? ShmSegment.attach(spec.shape(), SHAPE_LENGTH)
                    : ShmSegment.create(spec.shape(), SHAPE_LENGTH);
            shape.bytes().order(ByteOrder.nativeOrder());
        }
        lookedAtNameNs = System.nanoTime();
    }

    @Override
    public synchronized void accept(Frame received) throws IOException {
        if (!isOpen) {
            return;
        }
        Frame frame;
        try {
            frame = pixels.of(received);
        } catch (JpegFormatException | ZstdFormatException ex) {
            undecodable.skipped(received, ex);
            return;
        }
        if (segment == null) {
            map(frame.format());
        }
        if (!frame.format().equals(format)) {
            changeFormat(frame.format());
        }
        frame.payload().getBytes(0, segment.bytes(), 0, format.maxPayloadLength());
        keepNames();
    }

    private void changeFormat(FrameFormat next) throws IOException {
        int length = next.maxPayloadLength();
        if (spec.format() != null && !next.equals(spec.format())) {
            throw new IOException(spec.text() + ": frames are " + next.describe() + ", not "
                    + spec.format().describe() + " as given");
        }
        if (length > segment.bytes().capacity()) {
            throw new IOException(spec.text() + ": a " + next.describe() + " frame has " + length
                    + " bytes, and the segment " + segment.bytes().capacity()
                    + ": other programs have it mapped, so that it cannot grow; start again, or publish frames of one"
                    + " size");
        }
        if (shape != null) {
            shape.bytes().putInt(0, next.height());
            shape.bytes().putInt(4, next.width());
            shape.bytes().putInt(8, next.pixelFormat().sampleDistance(0));
        } else if (spec.format() == null) {
            report.accept(spec.text() + ": " + next.height() + "x" + next.width() + "x"
                    + next.pixelFormat().sampleDistance(0) + " (height, width, channels) of uint8");
        }
        format = next;
    }

    private void keepNames() throws IOException {
        long nowNs = System.nanoTime();
        if (nowNs - lookedAtNameNs >= NAME_INTERVAL_NS) {
            lookedAtNameNs = nowNs;
            segment.keepName();
            if (shape != null) {
                shape.keepName();
            }
        }
    }

    @Override
    public void flush() throws IOException {
        if (segment != null) {
            keepNames();
        }
    }

    @Override
    public boolean isOpen() {
        return isOpen;
    }

    @Override
    public int copies() {
        return 1;
    }

    @Override
    public synchronized void close() throws IOException {
        if (!isOpen) {
            return;
        }
        isOpen = false;
        pixels.close();
        try {
            if (segment != null) {
                segment.close();
            }
        } finally {
            if (shape != null) {
                shape.close();
            }
        }
    }
}
