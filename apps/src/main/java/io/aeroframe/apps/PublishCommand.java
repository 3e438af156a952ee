package io.aeroframe.apps;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code aeroframe publish}. */
@Command(
        name = "publish",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        sortOptions = false,
        description = "Publish the frames of a source as a stream.",
        footer = {
            "",
            "Sources:",
            "  0, camera:1, /dev/video0  a camera",
            "  clip.mp4, rtsp://..., http://...",
            "                            anything FFmpeg opens; a live address is opened again when it was away",
            "  clip.yuv --input-size WxH --input-format FORMAT",
            "                            raw video: .yuv, .nv12, .rgb, .bgr, .gray, .raw and the like",
            "  cat.jpg, shots/*.png, shots/%%06d.png, dir/",
            "                            pictures in name order, 25 a second unless --fps says otherwise;",
            "                            a JPEG that needs no change is sent as it is",
            "  pattern:1280x720@60       a moving test picture",
            "  -                         a pipe: images behind their lengths, bare JPEG images, YUV4MPEG2,",
            "                            or raw video with --pipe raw:WxH:FORMAT",
            "  zmq:tcp://HOST:PORT#TOPIC images from ZeroMQ, also base64; imagezmq with ?imagezmq",
            "  shm:NAME?shape=NAME, shm:NAME?size=WxH&format=bgr24",
            "                            shared memory as Python has it",
            "  ros:/TOPIC                images of ROS 1",
            "  stream:NAME?channel=C     another stream: relayed, or of another size, rate or encoding",
            "",
            "Examples:",
            "  python3 camera.py | aeroframe publish - camera_A",
            "  aeroframe publish clip.mp4 camera_A --loop",
            "  aeroframe publish rtsp://192.168.1.30/stream camera_A",
            "  aeroframe publish 0 camera_A --channel ipc --channel udp:192.168.1.20:4000 --encoding jpeg",
            "  aeroframe publish clip.mp4 camera_A --channel udp:192.168.1.20:4000 --encoding zstd --format native",
            "  aeroframe publish clip.mp4 camera_A --fps max --lossless --await-subscriber"
        })
final class PublishCommand implements Callable<Integer> {

    private final StopSignal stop;

    @Parameters(index = "0", paramLabel = "SOURCE", description = "Where the frames come from, see below.")
    private String source;

    @Parameters(index = "1", paramLabel = "STREAM", description = "The stream's name, such as camera_A.")
    private String stream;

    @Mixin
    private PublishOptions options;

    PublishCommand(StopSignal stop) {
        this.stop = stop;
    }

    @Override
    public Integer call() throws Exception {
        return new PublishRun(source, stream, options, stop).call();
    }
}
