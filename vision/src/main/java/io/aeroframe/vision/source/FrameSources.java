package io.aeroframe.vision.source;

import io.aeroframe.transport.PixelFormat;
import io.aeroframe.vision.jpeg.ChromaSubsampling;
import io.aeroframe.vision.jpeg.JpegCodecs;
import io.aeroframe.vision.source.SourceOptions.EncodingChoice;
import java.io.IOException;

/**
 * Opens a source by what a user calls it, with conversion and encoding behind it as asked. The place to add a source.
 */
public final class FrameSources {

    private static final String KNOWN =
            "known are a camera (0, camera:1), a video file or address (clip.mp4, rtsp://HOST/PATH),"
                    + " pictures (cat.jpg, shots/*.png, dir/) and pattern:1280x720@60";

    private FrameSources() {}

    /**
     * Whether something has this name: then it is the file, the directory or the device that is meant, and not a
     * pattern, an address or a scheme.
     *
     * @param spec the specification as on the command line.
     * @return true if it exists.
     */
    public static boolean isFile(String spec) {
        return PictureList.isExisting(spec);
    }

    /**
     * Opens a source.
     *
     * @param spec    the specification as on the command line.
     * @param options what is asked of it.
     * @return a source before its first frame, to be closed.
     * @throws IOException              if it cannot be read.
     * @throws IllegalArgumentException if there is no such kind of source, or its specification is malformed.
     */
    public static FrameSource open(String spec, SourceOptions options) throws IOException {
        return openCopied(spec, options.copy());
    }

    /**
     * Converts and encodes the frames of a source of any other kind, as those of {@link #open(String, SourceOptions)}
     * are.
     *
     * @param source  a source of raw and JPEG frames; closed with the new source, and if this fails.
     * @param options what is asked of it: size, pixel format, encoding, quality and subsampling; the rest is not
     *                looked at.
     * @return a source to be closed.
     * @throws IOException if a codec cannot be loaded.
     */
    public static FrameSource convert(FrameSource source, SourceOptions options) throws IOException {
        return encoded(options.copy(), wanted -> ConvertingSource.of(new JpegDecodingSource(source, wanted), wanted));
    }

    private static FrameSource openCopied(String spec, SourceOptions options) throws IOException {
        return encoded(options, wanted -> openRaw(spec, wanted));
    }

    /** Opens a source of raw frames, of JPEG frames too where they may be passed on. */
    private interface Opener {
        FrameSource open(SourceOptions options) throws IOException;
    }

    private static FrameSource encoded(SourceOptions options, Opener raw) throws IOException {
        return switch (options.encoding()) {
            case RAW, RAW_OR_PASSED_JPEG -> raw.open(options);
            case JPEG -> jpegEncoded(options, raw);
            case ZSTD -> ZstdEncodingSource.of(raw.open(options.encoding(EncodingChoice.RAW)));
        };
    }

    private static FrameSource jpegEncoded(SourceOptions options, Opener raw) throws IOException {
        FrameSource source = raw.open(withPixelsForJpeg(options));
        try {
            return JpegEncodingSource.of(source, JpegCodecs.open(), options.quality(), options.subsampling());
        } catch (IOException e) {
            source.close();
            throw e;
        }
    }

    private static FrameSource openRaw(String spec, SourceOptions options) throws IOException {
        if (spec.isEmpty()) {
            throw new IllegalArgumentException("the source is empty: " + KNOWN);
        }
        if (isFile(spec) && SourceKind.isCamera(spec) && !spec.startsWith("/dev/")) {
            options.report().accept(spec + " is the file of this name; camera:" + spec + " is the camera");
        }
        return switch (SourceKind.of(spec)) {
            case CAMERA -> ConvertingSource.of(CameraSource.open(spec, options), options);
            case TEST_PICTURE -> ConvertingSource.of(PatternSource.open(spec, options), options);
            case PICTURES -> ConvertingSource.of(PictureSource.open(spec, options), options);
            case VIDEO_FILE, RAW_VIDEO, LIVE_ADDRESS, ADDRESS -> FfmpegSource.open(spec, options);
            case UNKNOWN ->
                throw new IllegalArgumentException(
                        "source '" + SourceNames.shown(spec) + "' is not known, and no file has this name: " + KNOWN);
        };
    }

    /** JPEG is made from gray pixels if those are asked for, from the source's own if those are, else from BGR. */
    private static SourceOptions withPixelsForJpeg(SourceOptions options) {
        boolean isGray = options.pixelFormat() == PixelFormat.GRAY8 || options.subsampling() == ChromaSubsampling.GRAY;
        PixelFormat colored = options.pixelFormat() == null ? null : PixelFormat.BGR24;
        return options.pixelFormat(isGray ? PixelFormat.GRAY8 : colored);
    }
}
