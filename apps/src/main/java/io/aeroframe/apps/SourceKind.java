package io.aeroframe.apps;

import io.aeroframe.vision.source.FrameSources;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The kinds of source, as far as options are for some of them alone. */
enum SourceKind {
    CAMERA("a camera"),
    TEST_PICTURE("a test picture"),
    PICTURES("a set of pictures"),
    VIDEO_FILE("a video file"),
    LIVE_ADDRESS("a live address"),
    /** Whether it is live shows only when it has been opened. */
    ADDRESS("an address"),
    PIPE("a pipe"),
    ZEROMQ("ZeroMQ"),
    SHARED_MEMORY("shared memory"),
    ROS_TOPIC("a topic of ROS"),
    STREAM("another stream");

    private static final Pattern CAMERA_INDEX = Pattern.compile("\\d{1,3}");

    /** Two letters at least, so that a Windows drive is not one. */
    private static final Pattern SCHEME = Pattern.compile("([A-Za-z][A-Za-z0-9+.-]+):.*", Pattern.DOTALL);

    private static final Set<String> LIVE_SCHEMES =
            Set.of("rtsp", "rtsps", "rtp", "srtp", "udp", "udplite", "tcp", "srt", "rist", "rtmp", "rtmps", "rtmpt");

    private final String text;

    SourceKind(String text) {
        this.text = text;
    }

    /** The kind of a source as typed; that of a file, if nothing shows what it is. */
    static SourceKind of(String spec) {
        if (spec.equals("-")) {
            return PIPE;
        }
        if (spec.matches("/dev/(video\\d+|v4l/.+)")) {
            return CAMERA;
        }
        if (FrameSources.isFile(spec)) {
            return FrameSources.isPictures(spec) ? PICTURES : VIDEO_FILE;
        }
        if (CAMERA_INDEX.matcher(spec).matches()) {
            return CAMERA;
        }
        Matcher scheme = SCHEME.matcher(spec);
        String name = scheme.matches() ? scheme.group(1).toLowerCase(Locale.ROOT) : "";
        SourceKind named =
                switch (name) {
                    case "camera" -> CAMERA;
                    case "pattern" -> TEST_PICTURE;
                    case "zmq" -> ZEROMQ;
                    case "shm" -> SHARED_MEMORY;
                    case "ros" -> ROS_TOPIC;
                    case "stream" -> STREAM;
                    default -> null;
                };
        if (named != null) {
            return named;
        }
        if (LIVE_SCHEMES.contains(name)) {
            return LIVE_ADDRESS;
        }
        if (spec.contains("://") && !name.equals("file")) {
            return ADDRESS;
        }
        return FrameSources.isPictures(spec) ? PICTURES : VIDEO_FILE;
    }

    /** With its article, for a message. */
    @Override
    public String toString() {
        return text;
    }
}
