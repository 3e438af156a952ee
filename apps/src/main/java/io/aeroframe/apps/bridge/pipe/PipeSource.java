package io.aeroframe.apps.bridge.pipe;

import io.aeroframe.apps.bridge.BridgeSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ReadableByteChannel;

/** Frames from standard input. */
final class PipeSource extends BridgeSource {

    private final PipeInput input;
    private final PipeOptions options;
    private final boolean isPaced;
    private PipeReader reader;
    private long frames;

    /**
     * Creates a source.
     *
     * @param channel closed with it.
     * @param isPaced whether frames are wanted at a rate: the writer then waits.
     */
    PipeSource(ReadableByteChannel channel, PipeOptions options, boolean isPaced) {
        input = new PipeInput(channel);
        this.options = options;
        this.isPaced = isPaced;
    }

    @Override
    public boolean advance() throws IOException {
        if (reader == null) {
            reader = PipeKinds.reader(input, options);
        }
        if (!reader.next(input, received)) {
            return false;
        }
        frames++;
        return true;
    }

    @Override
    public long presentationTimeNs() {
        return framesPerSecond() == 0 ? NO_TIME : (long) ((frames - 1) * 1e9 / framesPerSecond());
    }

    @Override
    public double framesPerSecond() {
        return reader == null ? 0 : reader.framesPerSecond();
    }

    @Override
    public boolean isLive() {
        return !isPaced && framesPerSecond() == 0;
    }

    @Override
    public String describe() {
        return "standard input" + (reader == null ? "" : " (" + reader.describe() + ")");
    }

    @Override
    public void interrupt() {
        close();
    }

    @Override
    public void close() {
        try {
            input.close();
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        } finally {
            received.close();
        }
    }
}
