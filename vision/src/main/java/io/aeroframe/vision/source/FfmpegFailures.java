package io.aeroframe.vision.source;

import io.aeroframe.vision.internal.Ffmpeg;
import io.aeroframe.vision.internal.FfmpegLog;
import java.io.IOException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bytedeco.ffmpeg.global.avutil;

/**
 * Says what is wrong with an input, from FFmpeg's error numbers and from what it logged on this thread.
 *
 * @param location  the location of the input.
 * @param interrupt knows whether it was ended from outside.
 * @param options   the options it was opened with, whose values are not shown.
 */
record FfmpegFailures(FfmpegLocation location, FfmpegInterrupt interrupt, SourceOptions options) {

    private static final Pattern FORBIDDEN = Pattern.compile("(.*)Protocol '(\\w+)' not on whitelist '(.*)'!");

    /** A cause behind the address of what a playlist refers to. */
    private static final Pattern SEGMENT = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]+:\\S.*");

    private static final int SHORTEST_SECRET = 4;

    /** It could not be opened. */
    IOException open(int code) {
        String name = location.fullName();
        if (interrupt.isRaised() || interrupt.hasTimedOut()) {
            return read(code);
        }
        String cause = cause();
        if (isForbidden(cause)) {
            return forbidden(cause);
        }
        if (location.reference() == Reference.PLAYLIST && cause != null && cause.contains("://")) {
            return new IOException(name + ": " + cause + remedy());
        }
        String reason = Ffmpeg.errorText(code);
        if (code == avutil.AVERROR_INVALIDDATA || code == avutil.AVERROR_DEMUXER_NOT_FOUND) {
            return new IOException(name + " is not a video FFmpeg can read: " + withCause(reason, cause));
        }
        if (code == avutil.AVERROR_PROTOCOL_NOT_FOUND) {
            return new IOException(
                    name + ": no such file, and no kind of address FFmpeg knows: " + reason + "; check the spelling");
        }
        return new IOException(name + ": " + withCause(reason, cause) + remedy());
    }

    /** It was opened, but there is no video in it. */
    IOException noVideo() {
        String cause = cause();
        if (isForbidden(cause)) {
            return forbidden(cause);
        }
        return new IOException(
                location.isLocal() || cause == null
                        ? location.fullName() + ": has no video stream; name an input with pictures"
                        : location.fullName() + ": nothing could be read of its video (" + cause + ")" + remedy());
    }

    /** It was open and cannot be read any more. */
    IOException read(int code) {
        String name = location.fullName();
        if (interrupt.isRaised()) {
            return new IOException(name + ": reading was interrupted");
        }
        if (interrupt.hasTimedOut()) {
            return new IOException(String.format(
                    Locale.ROOT,
                    "%s: %s; check the address and that its server is running",
                    name,
                    withCause(
                            String.format(Locale.ROOT, "nothing came for %.1f s", interrupt.timeoutNs() / 1e9),
                            cause())));
        }
        String cause = cause();
        return isForbidden(cause)
                ? forbidden(cause)
                : new IOException(name + ": reading failed: " + withCause(Ffmpeg.errorText(code), cause));
    }

    /**
     * It was open and cannot be read any more.
     *
     * @param bytesRead how much was read of it.
     * @param bytes     its length as its server says; 0 or less if unknown.
     */
    IOException read(int code, long bytesRead, long bytes) {
        if (location.isLocal() || interrupt.isRaised() || interrupt.hasTimedOut() || bytes <= bytesRead) {
            return read(code);
        }
        return new IOException(location.fullName() + ": its server broke off after " + bytesRead + " of " + bytes
                + " bytes (" + Ffmpeg.errorText(code) + "); what came until then was read");
    }

    /** It ended, and no frame could be decoded. */
    IOException noFrame(long errors) {
        String cause = cause();
        if (isForbidden(cause)) {
            return forbidden(cause);
        }
        return new IOException(location.fullName() + ": none of its video could be decoded (" + errors + " errors"
                + (cause == null ? "" : ", the last: " + cause) + "); "
                + (location.isLocal()
                        ? "the file is damaged or not complete"
                        : "what its server sends is damaged, or not what it says"));
    }

    private String remedy() {
        return location.isLocal() ? "" : "; check the address and that its server is running";
    }

    private static boolean isForbidden(String cause) {
        return cause != null && FORBIDDEN.matcher(cause).matches();
    }

    private SourceException forbidden(String cause) {
        Matcher parts = FORBIDDEN.matcher(cause);
        if (!parts.matches()) {
            throw new IllegalArgumentException(cause);
        }
        String opened = parts.group(1).replaceFirst(": $", "");
        return new SourceException(
                SourceException.Reason.PROTOCOL_NOT_ALLOWED,
                location.fullName() + ": refers to " + (opened.isEmpty() ? "an address" : opened)
                        + ", but the protocol '"
                        + parts.group(2) + "' is not allowed there, only " + parts.group(3)
                        + "; allow it if you trust the source");
    }

    private static String withCause(String reason, String cause) {
        return cause == null
                        || cause.contains(reason) && !SEGMENT.matcher(cause).matches()
                ? reason
                : reason + " (" + cause + ")";
    }

    private String cause() {
        String cause = location.isLocal() ? FfmpegLog.error() : FfmpegLog.cause(); // warnings of files mislead
        if (cause == null) {
            return null;
        }
        for (String value : options.inputOptions().values()) {
            if (value.length() >= SHORTEST_SECRET) {
                cause = cause.replace(value, "...");
            }
        }
        return cause;
    }
}
