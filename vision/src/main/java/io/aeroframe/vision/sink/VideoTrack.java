package io.aeroframe.vision.sink;

import io.aeroframe.transport.Frame;
import io.aeroframe.transport.FrameFormat;
import java.io.IOException;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;

/** Makes packets of frames for one file. One thread. */
interface VideoTrack extends AutoCloseable {

    /** The parameters of the video for the file, to be freed by the caller. */
    AVCodecParameters parameters() throws IOException;

    /** Whether frames of a format can follow in the same file. */
    boolean takes(FrameFormat format);

    /**
     * Writes what there is to write after a frame.
     *
     * @param ticks    when it is shown.
     * @param duration the duration in ticks, as far as it is known.
     * @throws io.aeroframe.vision.jpeg.JpegFormatException if the frame is a JPEG that is damaged; nothing is written
     *                                                      of it.
     * @throws IOException                                  if it cannot be encoded or written.
     */
    void write(Frame frame, long ticks, long duration, VideoFile file) throws IOException;

    /** Writes what was held back. */
    void finish(long duration, VideoFile file) throws IOException;

    /** How often the bytes of the last frame were copied besides being converted and encoded. */
    int copies();

    @Override
    void close();
}
