package io.aeroframe.vision.source;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a user typed for FFmpeg to open, sorted into files and addresses.
 *
 * @param url       the URL as FFmpeg is given it.
 * @param shortName the short name for the status line: the last part of a path, an address without its password.
 * @param fullName  the full name for messages: the path as typed, an address without its password.
 * @param isFile    a file, or a device that looks like one.
 * @param isLive    an address that cannot be rewound and whose newest frame is worth most; also a file that refers to
 *                  one.
 * @param reference what a file refers to.
 */
record FfmpegLocation(
        String url, String shortName, String fullName, boolean isFile, boolean isLive, Reference reference) {

    /** Two letters at least, so that a Windows drive is none. */
    private static final Pattern SCHEME = Pattern.compile("([A-Za-z][A-Za-z0-9+.\\-]+):.*", Pattern.DOTALL);

    private static final Set<String> LIVE =
            Set.of("rtsp", "rtsps", "rtp", "srtp", "udp", "udplite", "tcp", "srt", "rist", "rtmp", "rtmps", "rtmpt");

    /**
     * Sorts an input; a file is checked as far as can be without FFmpeg.
     *
     * @throws IOException if it is a file that is missing, empty, unreadable or a directory.
     */
    static FfmpegLocation of(String input) throws IOException {
        Matcher scheme = SCHEME.matcher(input);
        boolean hasScheme = scheme.matches();
        if (!(hasScheme && input.startsWith("://", scheme.end(1)))) {
            Path path = path(input);
            if (path != null && Files.exists(path)) {
                return file(input, path);
            }
            if (!hasScheme) {
                throw new FileNotFoundException(
                        input.isEmpty()
                                ? "no input is named; name a video file or an address such as rtsp://HOST/PATH"
                                : input
                                        + ": no such file; check the path, or name an address such as "
                                        + "rtsp://HOST/PATH");
            }
        }
        String name = SourceNames.shown(input);
        return new FfmpegLocation(
                input, name, name, false, isLive(scheme.group(1).toLowerCase(Locale.ROOT)), Reference.NONE);
    }

    /** Whether addresses of a scheme cannot be rewound. */
    static boolean isLive(String scheme) {
        return LIVE.contains(scheme);
    }

    private static FfmpegLocation file(String input, Path path) throws IOException {
        if (Files.isDirectory(path)) {
            throw new IOException(input + ": is a directory, not a video; name a file in it");
        }
        if (!Files.isReadable(path)) {
            throw new AccessDeniedException(input + ": may not be read; check its permissions");
        }
        if (Files.isRegularFile(path) && Files.size(path) == 0) {
            throw new IOException(input + ": is empty; its recording or download may not have finished");
        }
        // Named as a file, or FFmpeg would take a name with a colon for an address.
        Reference reference = Reference.of(path);
        boolean isLive = reference == Reference.SESSION;
        return new FfmpegLocation("file:" + input, path.getFileName().toString(), input, true, isLive, reference);
    }

    /** Whether all of it is in a file, so that nothing has to be waited for. */
    boolean isLocal() {
        return isFile && reference == Reference.NONE;
    }

    /** Whether it is read by HTTP. */
    boolean isWeb() {
        return !isFile && url.matches("(?is)https?://.*");
    }

    /** Whether it is a named pipe that can be opened without blocking. */
    boolean isNamedPipe() {
        return isFile && NamedPipe.isOne(Path.of(fullName));
    }

    private static Path path(String input) {
        try {
            return Path.of(input);
        } catch (InvalidPathException e) {
            return null; // no file has such a name: it can only be an address
        }
    }
}
