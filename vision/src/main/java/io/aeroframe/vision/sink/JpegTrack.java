package io.aeroframe.vision.sink;

import io.aeroframe.transport.Frame;
import io.aeroframe.transport.FrameEncoding;
import io.aeroframe.transport.FrameFormat;
import io.aeroframe.transport.SampleAspect;
import io.aeroframe.vision.internal.NativeAddress;
import io.aeroframe.vision.jpeg.JpegFormatException;
import io.aeroframe.vision.jpeg.JpegHeader;
import java.io.IOException;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avutil;

/** JPEG frames of one size, as Motion JPEG: byte for byte as they came. One thread. */
final class JpegTrack implements VideoTrack {

    private final FrameFormat format;
    private final AVPacket packet = avcodec.av_packet_alloc();
    private final NativeAddress address = new NativeAddress();

    JpegTrack(FrameFormat format) {
        this.format = format;
    }

    @Override
    public AVCodecParameters parameters() {
        SampleAspect aspect = format.sampleAspect();
        AVCodecParameters parameters = avcodec.avcodec_parameters_alloc();
        try (AVRational shape = new AVRational()) {
            parameters.sample_aspect_ratio(shape.num(aspect.width()).den(aspect.height()));
        }
        return parameters
                .codec_type(avutil.AVMEDIA_TYPE_VIDEO)
                .codec_id(avcodec.AV_CODEC_ID_MJPEG)
                .width(format.width())
                .height(format.height());
    }

    @Override
    public boolean takes(FrameFormat other) {
        return other.encoding() == FrameEncoding.JPEG
                && other.width() == format.width()
                && other.height() == format.height()
                && other.pixelFormat() == format.pixelFormat()
                && other.sampleAspect().equals(format.sampleAspect());
    }

    @Override
    public void write(Frame frame, long ticks, long duration, VideoFile file) throws IOException {
        JpegHeader header = JpegHeader.parse(frame.payloadByteBuffer(), frame.payloadLength());
        if (header.width() != format.width() || header.height() != format.height()) {
            throw new JpegFormatException("its image is " + header.width() + "x" + header.height() + ", not "
                    + format.width() + "x" + format.height());
        }
        packet.data(address.at(frame.payloadByteBuffer()));
        packet.size(frame.payloadLength());
        packet.flags(avcodec.AV_PKT_FLAG_KEY);
        packet.pts(ticks);
        packet.dts(ticks);
        packet.duration(duration);
        file.write(packet);
    }

    @Override
    public void finish(long duration, VideoFile file) {
        // Nothing is held back.
    }

    /** None: the file is written from where the frame lies, except for the few that it holds back at its start. */
    @Override
    public int copies() {
        return 0;
    }

    @Override
    public void close() {
        packet.data(null);
        packet.size(0);
        avcodec.av_packet_free(packet);
    }
}
