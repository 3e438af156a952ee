package io.aeroframe.apps.bridge.pipe;

import io.aeroframe.transport.Frame;
import java.io.IOException;

/** Bare JPEG images one after another. */
final class JpegWriter implements PipeWriter {

    private final Images images;

    JpegWriter(Images images) {
        this.images = images;
    }

    @Override
    public void write(PipeOutput output, Frame frame, boolean isLast) throws IOException {
        output.write(images.of(frame));
    }

    @Override
    public void close() {
        images.close();
    }
}
