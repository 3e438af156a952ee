package io.aeroframe.apps.bridge.pipe;

import io.aeroframe.transport.Frame;
import io.aeroframe.vision.jpeg.JpegFormatException;
import io.aeroframe.vision.sink.FrameSink;
import io.aeroframe.vision.sink.UndecodableFrames;
import io.aeroframe.vision.zstd.ZstdFormatException;
import java.io.IOException;
import java.nio.channels.GatheringByteChannel;
import java.util.function.Consumer;

/** Frames to standard output. */
final class PipeSink implements FrameSink {

    private final PipeOutput output;
    private final PipeWriter writer;
    private final long frameLimit;
    private final UndecodableFrames undecodable;
    private long frames;
    private volatile boolean isOpen = true;

    PipeSink(GatheringByteChannel channel, PipeWriter writer, long frameLimit, Consumer<String> report) {
        output = new PipeOutput(channel);
        this.writer = writer;
        this.frameLimit = frameLimit;
        undecodable = new UndecodableFrames("standard output", report);
    }

    @Override
    public synchronized void accept(Frame frame) throws IOException {
        if (!isOpen) {
            return;
        }
        frames++;
        try {
            writer.write(output, frame, frames == frameLimit);
        } catch (JpegFormatException | ZstdFormatException ex) {
            undecodable.skipped(frame, ex);
        } catch (IOException ex) {
            isOpen = false;
            throw ex;
        }
    }

    @Override
    public boolean isOpen() {
        return isOpen;
    }

    @Override
    public void interrupt() {
        output.interrupt();
    }

    @Override
    public int copies() {
        return 0;
    }

    @Override
    public synchronized void close() throws IOException {
        try {
            if (isOpen) {
                isOpen = false;
                writer.finish(output);
            }
        } finally {
            writer.close();
        }
    }
}
