package io.aeroframe.vision.sink;

import io.aeroframe.transport.FrameFormat;
import io.aeroframe.vision.internal.NativeAddress;
import java.nio.ByteBuffer;
import org.bytedeco.ffmpeg.avutil.AVFrame;

/** The samples of YUYV frames in planes of their own, for encoders of planar 4:2:2. Nothing is lost. One thread. */
final class YuyvPlanes {

    private static final int PLANES = 3;

    private final int height;
    private final int pairs;
    private final int stride;
    private final NativeAddress address = new NativeAddress();
    private final ByteBuffer[] planes = new ByteBuffer[PLANES];

    YuyvPlanes(FrameFormat yuyv) {
        height = yuyv.height();
        pairs = (yuyv.width() + 1) / 2;
        stride = yuyv.stride();
        for (int plane = 0; plane < PLANES; plane++) {
            planes[plane] = ByteBuffer.allocateDirect(Math.multiplyExact(rowLength(plane), height));
        }
    }

    private int rowLength(int plane) {
        return plane == 0 ? 2 * pairs : pairs;
    }

    /** Splits a frame at position 0 of a buffer and has a picture of FFmpeg's refer to its planes. */
    void split(ByteBuffer frame, AVFrame picture) {
        ByteBuffer luma = planes[0];
        ByteBuffer u = planes[1];
        ByteBuffer v = planes[2];
        for (int row = 0; row < height; row++) {
            int from = row * stride;
            int to = row * pairs;
            for (int pair = 0; pair < pairs; pair++, from += 4, to++) {
                luma.put(2 * to, frame.get(from));
                u.put(to, frame.get(from + 1));
                luma.put(2 * to + 1, frame.get(from + 2));
                v.put(to, frame.get(from + 3));
            }
        }
        for (int plane = 0; plane < PLANES; plane++) {
            picture.data(plane, address.at(planes[plane]));
            picture.linesize(plane, rowLength(plane));
        }
    }
}
