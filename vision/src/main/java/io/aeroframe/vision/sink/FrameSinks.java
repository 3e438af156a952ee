package io.aeroframe.vision.sink;

import java.io.IOException;
import java.util.regex.Pattern;

/**
 * Opens sinks by what a user wrote: {@code window:}, {@code null:}, {@code digest:} or the name of a video file or of
 * picture files.
 */
public final class FrameSinks {

    private static final Pattern ADDRESS = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]+://.*", Pattern.DOTALL);

    private FrameSinks() {}

    /**
     * Whether a name ends like a video or picture file that can be written.
     *
     * @param name the name as a user wrote it.
     * @return true if its extension is known.
     */
    public static boolean isFileName(String name) {
        return VideoSink.handles(name) || PictureFormat.ofName(name) != null;
    }

    /**
     * Opens a sink. What ends like the name of a video or picture file is one, also with a colon in it.
     *
     * @param spec    the specification as a user wrote it.
     * @param options what sinks need to know of their surroundings.
     * @return the sink, to be closed.
     * @throws IOException              if it cannot be opened: no display, no directory that may be written to.
     * @throws IllegalArgumentException if the scheme or the extension is not known, the message listing those that are,
     *                                  or if a picture pattern is none.
     */
    public static FrameSink open(String spec, SinkOptions options) throws IOException {
        switch (spec) {
            case "window:":
                return WindowSink.open(options.streamName(), options.report());
            case "null:":
                return new NullSink();
            case "digest:":
                return new DigestSink(options.standardOutput(), options.json(), options.report());
            default:
                boolean isAddress = ADDRESS.matcher(spec).matches();
                if (VideoSink.handles(spec) && !isAddress) {
                    return VideoSink.open(spec, options);
                }
                if (isAddress || PictureFormat.ofName(spec) == null) {
                    throw new IllegalArgumentException("unknown sink '" + spec
                            + "': known are window:, null:, digest:, video files (" + VideoContainer.knownExtensions()
                            + ") and "
                            + "picture files such as"
                            + " shots/%06d.png ("
                            + PictureFormat.knownExtensions() + ")");
                }
                return PictureSink.open(spec, options.report());
        }
    }
}
