package io.aeroframe.vision.source;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The kinds of source that a user can name. What exists is a file, whatever its name looks like. */
public enum SourceKind {
    /** A number, or a device. */
    CAMERA("a camera"),
    /** Made here. */
    TEST_PICTURE("a test picture"),
    /** A picture, a directory, a glob or a numbered name. */
    PICTURES("a set of pictures"),
    /** A file of pixels alone, which does not say what size they have. */
    RAW_VIDEO("a raw video file"),
    /** Anything else that FFmpeg reads from here. */
    VIDEO_FILE("a video file"),
    /** An address that cannot be rewound. */
    LIVE_ADDRESS("a live address"),
    /** Another address; whether it is live shows only when it has been opened. */
    ADDRESS("an address"),
    /** A scheme that there is not, and that no file has for a name. */
    UNKNOWN("unknown");

    private static final Pattern CAMERAS = Pattern.compile("\\d{1,3}|/dev/(video\\d+|v4l/.+)|camera:.*");

    /** Two letters at least, so that a Windows drive is not one. */
    private static final Pattern SCHEME = Pattern.compile("([A-Za-z][A-Za-z0-9+.-]+):(//)?.*", Pattern.DOTALL);

    /** Addresses without slashes that FFmpeg knows. */
    private static final Set<String> FFMPEG_SCHEMES = Set.of("file", "concat", "udp", "rtp", "srt", "tcp");

    private final String text;

    SourceKind(String text) {
        this.text = text;
    }

    /**
     * The kind of a source.
     *
     * @param spec the specification as on the command line.
     * @return the kind.
     */
    public static SourceKind of(String spec) {
        boolean isThere = PictureList.isExisting(spec);
        if (isCamera(spec) && (!isThere || spec.startsWith("/dev/"))) {
            return CAMERA;
        }
        if (isThere) {
            if (Reference.of(Path.of(spec)) == Reference.SESSION) {
                return LIVE_ADDRESS;
            }
            return fileKind(spec);
        }
        if (spec.startsWith("pattern:")) {
            return TEST_PICTURE;
        }
        Matcher scheme = SCHEME.matcher(spec);
        if (!scheme.matches()) {
            return fileKind(spec);
        }
        boolean hasSlashes = scheme.group(2) != null;
        String name = scheme.group(1).toLowerCase(Locale.ROOT);
        if (!hasSlashes && !FFMPEG_SCHEMES.contains(name)) {
            return UNKNOWN;
        }
        if (FfmpegLocation.isLive(name)) {
            return LIVE_ADDRESS;
        }
        return hasSlashes && !name.equals("file") ? ADDRESS : fileKind(spec);
    }

    /** Whether a name is that of a camera, if it is not that of a file. */
    static boolean isCamera(String spec) {
        return CAMERAS.matcher(spec).matches();
    }

    private static SourceKind fileKind(String spec) {
        if (PictureSource.handles(spec)) {
            return PICTURES;
        }
        return RawVideo.handles(spec) ? RAW_VIDEO : VIDEO_FILE;
    }

    /** With its article, for a message. */
    @Override
    public String toString() {
        return text;
    }
}
