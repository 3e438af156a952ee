package io.aeroframe.vision.source;

import io.aeroframe.vision.internal.Ffmpeg;
import java.io.IOException;
import java.util.Locale;
import org.bytedeco.ffmpeg.global.avutil;

/**
 * Says what is wrong with an input, from FFmpeg's error numbers.
 *
 * @param location  the location of the input.
 * @param interrupt knows whether it was ended from outside.
 * @param timeoutNs that may have run out.
 */
record FfmpegFailures(FfmpegLocation location, FfmpegInterrupt interrupt, long timeoutNs) {

    /** It could not be opened. */
    IOException open(int code) {
        String name = location.fullName();
        if (interrupt.isRaised() || interrupt.hasTimedOut()) {
            return read(code);
        }
        String reason = Ffmpeg.errorText(code);
        if (code == avutil.AVERROR_INVALIDDATA || code == avutil.AVERROR_DEMUXER_NOT_FOUND) {
            return new IOException(name + " is not a video FFmpeg can read: " + reason);
        }
        if (code == avutil.AVERROR_PROTOCOL_NOT_FOUND) {
            return new IOException(
                    name + ": no such file, and no kind of address FFmpeg knows: " + reason + "; check the spelling");
        }
        return new IOException(
                name + ": " + reason + (location.isFile() ? "" : "; check the address and that its server is running"));
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
                    "%s: nothing came for %.1f s; check the address and that its server is running",
                    name,
                    timeoutNs / 1e9));
        }
        return new IOException(name + ": reading failed: " + Ffmpeg.errorText(code));
    }

    /**
     * It was open and cannot be read any more.
     *
     * @param bytesRead how much was read of it.
     * @param bytes     its length as its server says; 0 or less if unknown.
     */
    IOException read(int code, long bytesRead, long bytes) {
        if (location.isFile() || interrupt.isRaised() || interrupt.hasTimedOut() || bytes <= bytesRead) {
            return read(code);
        }
        return new IOException(location.fullName() + ": its server broke off after " + bytesRead + " of " + bytes
                + " bytes (" + Ffmpeg.errorText(code) + "); what came until then was read");
    }
}
