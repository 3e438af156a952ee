package io.aeroframe.apps;

import io.aeroframe.apps.options.ByteCount;
import io.aeroframe.apps.options.DurationConverter;
import io.aeroframe.transport.Delivery;
import io.aeroframe.transport.FrameChannel;
import io.aeroframe.transport.SubscriptionContext;
import io.aeroframe.vision.sink.VideoSink;
import java.time.Duration;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options of the commands that receive. */
final class SubscribeOptions {

    @Option(
            names = "--channel",
            paramLabel = "C",
            description = "ipc (default), udp:HOST:PORT, or an Aeron channel URI. For UDP, HOST is an address of "
                    + "this host, or a multicast group.")
    private String channel = "ipc";

    @ArgGroup
    private Which which;

    @Option(
            names = "--timeout",
            paramLabel = "T",
            converter = DurationConverter.class,
            description = "Fail when no frame comes for this long, such as 5s. Default: wait without a limit.")
    private Duration timeout;

    @Option(
            names = "--follow",
            negatable = true,
            description = {
                "Stay when the stream has ended or its publisher has vanished, and go on with the next "
                        + "publisher of its name; with"
                        + " --no-follow end with the first one (exit status 1 if it vanished). Default: stay "
                        + "when it vanished, and for"
                        + " windows also when it ended."
            })
    private Boolean follow;

    @Option(
            names = "--max-frame-bytes",
            paramLabel = "N",
            converter = ByteCount.class,
            description = "Skip larger frames, such as 64MiB. Default: 256MiB.")
    private int maxFrameBytes = SubscriptionContext.DEFAULT_MAX_FRAME_LENGTH;

    @Option(
            names = "--codec",
            paramLabel = "C",
            description =
                    "How frames are encoded into a video file: h264, mpeg4, mjpeg, ffv1 (loses nothing), vp8, vp9,"
                            + " av1, or an encoder of FFmpeg. Default: h264, in .webm vp9, in .avi mpeg4; JPEG "
                            + "frames go into .mkv and .avi as they are, and into all others but .webm and .ts with "
                            + "mjpeg.")
    private String codec;

    @Option(names = "--overwrite", description = "Replace a video file that exists.")
    private boolean overwrite;

    @Mixin
    private SharedOptions shared;

    private static final class Which {
        @Option(
                names = "--latest",
                description =
                        "Only the newest frame: older ones are skipped when the sink is slow. Default for windows and"
                                + " for one picture file (latest.png).")
        private boolean latest;

        @Option(names = "--every", description = "Every frame, in order. Default for all other sinks.")
        private boolean every;
    }

    void validate() {
        shared.validate();
        if (maxFrameBytes < 1 || maxFrameBytes > Integer.MAX_VALUE - 64) {
            throw shared.usage("--max-frame-bytes " + maxFrameBytes + ": give 1 to " + (Integer.MAX_VALUE - 64));
        }
    }

    /** The codec and the like are for video files alone. */
    void validateFor(String sink) {
        shared.validateFor(sink);
        if ((codec != null || overwrite) && !VideoSink.handles(sink)) {
            throw shared.usage((codec != null ? "--codec " + codec : "--overwrite")
                    + " is for video files: leave it out, or name an .mp4, .mov, .mkv, .webm, .ts or"
                    + " .avi");
        }
    }

    /** How a video file is encoded, null for its own choice. */
    String codec() {
        return codec;
    }

    boolean isOverwriting() {
        return overwrite;
    }

    FrameChannel channel() {
        try {
            FrameChannel parsed = FrameChannel.parse(channel);
            parsed.checkSubscribable();
            return parsed;
        } catch (IllegalArgumentException ex) {
            throw shared.usage(ex.getMessage());
        }
    }

    Delivery delivery(boolean isNewestEnough) {
        if (which == null) {
            return isNewestEnough ? Delivery.LATEST : Delivery.EVERY;
        }
        return which.latest ? Delivery.LATEST : Delivery.EVERY;
    }

    /** Longest time without a frame; {@link Long#MAX_VALUE} for no limit. */
    long timeoutNs() {
        return timeout == null ? Long.MAX_VALUE : timeout.toNanos();
    }

    /** Whether to stay when a publisher says that the stream has ended. */
    boolean staysAfterEnd(boolean isLiveSink) {
        return follow == null ? isLiveSink : follow;
    }

    /** Whether to stay when a publisher vanishes. */
    boolean staysAfterLoss() {
        return follow == null || follow;
    }

    int maxFrameBytes() {
        return maxFrameBytes;
    }

    SharedOptions shared() {
        return shared;
    }
}
