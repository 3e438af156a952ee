package io.aeroframe.vision.source;

import io.aeroframe.transport.FrameFormat;
import io.aeroframe.transport.PixelFormat;
import io.aeroframe.vision.Mats;
import io.aeroframe.vision.OpenCv;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.opencv.core.Core;

/** Rotates raw frames by 90, 180 or 270 degrees, plane by plane, without loss. One thread. */
final class FrameRotation {

    private final int code;
    private final FrameFormat from;
    private final FrameFormat to;
    private final Mats mats = new Mats();

    private FrameRotation(int code, FrameFormat from, FrameFormat to) {
        this.code = code;
        this.from = from;
        this.to = to;
    }

    /**
     * Prepares.
     *
     * @param degrees clockwise: 90, 180 or 270.
     * @param to      format of the rotated frames: raw, without padding, and not YUYV, whose pixels share their
     *                colour in pairs.
     * @throws IOException if OpenCV, which does it, cannot be loaded.
     */
    static FrameRotation of(int degrees, FrameFormat to) throws IOException {
        OpenCv.require();
        boolean isUpright = degrees == 180;
        FrameFormat from = isUpright
                ? to
                : FrameFormat.raw(to.pixelFormat(), to.height(), to.width()).withColor(to.color());
        int code = isUpright
                ? Core.ROTATE_180
                : degrees == 90 ? Core.ROTATE_90_CLOCKWISE : Core.ROTATE_90_COUNTERCLOCKWISE;
        return new FrameRotation(code, from, to);
    }

    /** The format of the frames before they are rotated. */
    FrameFormat from() {
        return from;
    }

    /** Rotates a frame from position 0 of a direct buffer to position 0 of another. */
    void rotate(ByteBuffer source, ByteBuffer target) {
        for (int plane = 0; plane < from.pixelFormat().planeCount(); plane++) {
            Core.rotate(
                    mats.over(source, offset(from, plane), planeOf(from, plane)),
                    mats.over(target, offset(to, plane), planeOf(to, plane)),
                    code);
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
