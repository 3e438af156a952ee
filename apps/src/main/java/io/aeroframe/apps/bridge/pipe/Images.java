package io.aeroframe.apps.bridge.pipe;

import io.aeroframe.transport.Frame;
import io.aeroframe.transport.PixelFormat;
import io.aeroframe.vision.JpegFrames;
import io.aeroframe.vision.Mats;
import io.aeroframe.vision.OpenCv;
import io.aeroframe.vision.PixelFrames;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.opencv.core.Mat;
import org.opencv.core.MatOfByte;
import org.opencv.imgcodecs.Imgcodecs;

/** Frames as images in memory. One thread. */
interface Images extends AutoCloseable {

    /** Returns a frame's image from position to limit, until the next call and no longer than the frame is borrowed. */
    ByteBuffer of(Frame frame) throws IOException;

    @Override
    void close();

    /** JPEG: frames of that encoding as they are. */
    static Images jpeg(int quality) {
        JpegFrames frames = new JpegFrames(quality);
        return new Images() {
            @Override
            public ByteBuffer of(Frame frame) throws IOException {
                return frames.of(frame);
            }

            @Override
            public void close() {
                frames.close();
            }
        };
    }

    /** PNG, without loss but for YUV, which becomes BGR. */
    static Images png() throws IOException {
        OpenCv.require();
        PixelFrames pixels =
                new PixelFrames(PixelFormat.BGR24, PixelFormat.GRAY8, PixelFormat.GRAY16, PixelFormat.BGRA32);
        Mats mats = new Mats();
        MatOfByte encoded = new MatOfByte();
        return new Images() {
            private ByteBuffer image = ByteBuffer.allocateDirect(0);
            private byte[] bytes = new byte[0];

            @Override
            public ByteBuffer of(Frame frame) throws IOException {
                Frame raw = pixels.of(frame);
                Mat picture = mats.over(raw.payloadByteBuffer(), 0, raw.format());
                if (!Imgcodecs.imencode(".png", picture, encoded)) {
                    throw new IOException(
                            "OpenCV cannot encode a " + raw.format().describe() + " frame as PNG");
                }
                int length = (int) encoded.total();
                if (bytes.length < length) {
                    bytes = new byte[length * 5 / 4];
                    image = ByteBuffer.allocateDirect(bytes.length);
                }
                encoded.get(0, 0, bytes);
                return image.clear().put(bytes, 0, length).flip();
            }

            @Override
            public void close() {
                pixels.close();
                mats.clear();
                encoded.release();
            }
        };
    }
}
