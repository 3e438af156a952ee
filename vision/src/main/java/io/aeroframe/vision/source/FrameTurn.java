package io.aeroframe.vision.source;

import io.aeroframe.transport.FrameFormat;
import io.aeroframe.transport.PixelFormat;
import io.aeroframe.vision.Mats;
import io.aeroframe.vision.OpenCv;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Turns raw frames upright, plane by plane, without loss. One thread. */
final class FrameTurn {

    private final Orientation orientation;
    private final FrameFormat from;
    private final FrameFormat to;
    private final Mats mats = new Mats();

    private FrameTurn(Orientation orientation, FrameFormat from, FrameFormat to) {
        this.orientation = orientation;
        this.from = from;
        this.to = to;
    }

    /**
     * Prepares.
     *
     * @param orientation the orientation of the stored frames.
     * @param to          format of the turned frames: raw, without padding, and not YUYV, whose pixels share their
     *                    colour in pairs.
     * @throws IOException if OpenCV, which does it, cannot be loaded.
     */
    static FrameTurn of(Orientation orientation, FrameFormat to) throws IOException {
        OpenCv.require();
        FrameFormat from = orientation.isTransposed()
                ? FrameFormat.raw(to.pixelFormat(), to.height(), to.width()).withColor(to.color())
                : to;
        return new FrameTurn(orientation, from, to);
    }

    /** The format of the frames before they are turned. */
    FrameFormat from() {
        return from;
    }

    /** Turns a frame from position 0 of a direct buffer to position 0 of another. */
    void turn(ByteBuffer source, ByteBuffer target) {
        for (int plane = 0; plane < from.pixelFormat().planeCount(); plane++) {
            orientation.apply(
                    mats.over(source, offset(from, plane), planeOf(from, plane)),
                    mats.over(target, offset(to, plane), planeOf(to, plane)));
        }
    }

    private static int offset(FrameFormat format, int plane) {
        return (int) format.pixelFormat().planeOffset(plane, format.stride(), format.height());
    }

    /** A plane as a frame of its own, with as many bytes a pixel. */
    private static FrameFormat planeOf(FrameFormat format, int plane) {
        PixelFormat pixels = format.pixelFormat();
        if (pixels.planeCount() == 1) {
            return format;
        }
        boolean isChroma = plane > 0;
        return FrameFormat.raw(
                isChroma && pixels == PixelFormat.NV12 ? PixelFormat.GRAY16 : PixelFormat.GRAY8,
                isChroma ? (format.width() + 1) / 2 : format.width(),
                pixels.planeHeight(plane, format.height()));
    }

    void close() {
        mats.clear();
    }
}
