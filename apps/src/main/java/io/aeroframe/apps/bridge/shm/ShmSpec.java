package io.aeroframe.apps.bridge.shm;

import io.aeroframe.apps.bridge.BridgeSpec;
import io.aeroframe.apps.bridge.PixelFormats;
import io.aeroframe.transport.FrameFormat;
import io.aeroframe.transport.PixelFormat;
import java.io.IOException;
import java.nio.file.Path;

/**
 * {@code shm:NAME?shape=NAME} or {@code shm:NAME?size=WxH&format=F}, for a sink also {@code &attach}.
 *
 * @param text     the specification as typed.
 * @param pixels   the file of the segment with the pixels.
 * @param shape    the file of the segment with the shape; null if there is none.
 * @param format   the format if it was given; null if the shape says it.
 * @param pixelFormat the pixel format that was asked for; null if none was.
 * @param isAttach whether a sink fills segments that others made.
 */
record ShmSpec(String text, Path pixels, Path shape, FrameFormat format, PixelFormat pixelFormat, boolean isAttach) {

    static ShmSpec parse(String text) throws IOException {
        BridgeSpec spec = BridgeSpec.parse(text, "shape", "size", "format", "attach");
        try {
            PixelFormat pixels = spec.has("format") ? PixelFormats.of(spec.get("format")) : null;
            FrameFormat format = spec.has("size")
                    ? PixelFormats.of(spec.get("size"), pixels == null ? PixelFormat.BGR24 : pixels)
                    : null;
            if (spec.has("shape") && format != null) {
                throw new IllegalArgumentException("both shape and size are given: leave one out");
            }
            return new ShmSpec(
                    text,
                    Segments.file(spec.address()),
                    spec.has("shape") ? Segments.file(spec.get("shape")) : null,
                    format,
                    pixels,
                    spec.has("attach"));
        } catch (IllegalArgumentException ex) {
            throw new IllegalArgumentException(text + ": " + ex.getMessage(), ex);
        }
    }
}
