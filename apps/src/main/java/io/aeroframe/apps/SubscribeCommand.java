package io.aeroframe.apps;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code aeroframe subscribe}. */
@Command(
        name = "subscribe",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        sortOptions = false,
        description = "Receive a stream and put its frames into a sink. Ends when the stream ends.",
        footer = {
            "",
            "Sinks:",
            "  window:            a window; Esc or q closes it, s saves a picture, f toggles full screen",
            "  null:              counts only",
            "  digest:            a line a frame: sequence, width, height, pixel format, encoding, MD5 of its bytes",
            "  out.mp4, .mov, .mkv, .webm, .ts, .avi",
            "                     a video file; times are those at which the frames were captured",
            "  shots/%%06d.png     pictures (png, jpg, bmp, ...), numbered by their sequence",
            "  -                  a pipe: images behind their lengths, or as --pipe says",
            "  zmq:tcp://HOST:PORT#TOPIC?bind",
            "                     ZeroMQ; base64 and imagezmq with ?base64, ?imagezmq",
            "  shm:NAME?shape=NAME",
            "                     shared memory as Python has it",
            "  ros:/TOPIC         a topic of ROS 1",
            "",
            "Examples:",
            "  aeroframe subscribe camera_A digest: --frames 100",
            "  aeroframe subscribe camera_A out.mp4 --seconds 60",
            "  aeroframe subscribe camera_A null: --channel udp:127.0.0.1:4000 --json"
        })
final class SubscribeCommand implements Callable<Integer> {

    private final StopSignal stop;

    @Parameters(index = "0", paramLabel = "STREAM", description = "The stream's name, such as camera_A.")
    private String stream;

    @Parameters(index = "1", paramLabel = "SINK", description = "Where the frames go, see below.")
    private String sink;

    @Mixin
    private SubscribeOptions options;

    SubscribeCommand(StopSignal stop) {
        this.stop = stop;
    }

    @Override
    public Integer call() throws Exception {
        return new SubscribeRun(stream, sink, options, stop).call();
    }
}
