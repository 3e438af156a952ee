package io.aeroframe.vision.internal;

import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bytedeco.ffmpeg.avutil.LogCallback;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.BytePointer;

/**
 * What FFmpeg logs. Its error numbers often do not say which address of a playlist failed, nor why; its log does. Each
 * thread has its own; lines that FFmpeg's own threads log are only printed. No line shows a password or token.
 */
public final class FfmpegLog {

    private static final ThreadLocal<FfmpegLog> OF_THREAD = ThreadLocal.withInitial(FfmpegLog::new);

    /** What FFmpeg puts before each line: {@code [http @ 0x7f99ec2647c0] }. */
    private static final Pattern PREFIX = Pattern.compile("^(\\[[^\\]]* @ 0x[0-9a-f]+\\] )+");

    private static final Pattern OPENING = Pattern.compile("Opening '(.*)' for (reading|writing)");

    private static final Pattern REFUSED_OPTION = Pattern.compile("Error setting option (\\S+) to value .*");

    private static final Pattern GUESS = Pattern.compile(".*misdetection possible.*|.*consider increasing.*");

    private static final int MAX_LENGTH = 300;

    /** Kept for good: FFmpeg calls it as long as the process lives. */
    private static Callback callback;

    private String opened;
    private String first;
    private String error;

    private FfmpegLog() {}

    /** Takes the log over from FFmpeg. */
    static void install(boolean isPrinted) {
        callback = new Callback(isPrinted);
        avutil.av_log_set_level(avutil.AV_LOG_INFO);
        avutil.setLogCallback(callback);
    }

    /** Forgets everything: another input is opened. */
    public static void begin() {
        OF_THREAD.get().opened = null;
        forget();
    }

    /** Forgets what was logged on this thread: what comes next is about something else. */
    public static void forget() {
        FfmpegLog log = OF_THREAD.get();
        log.first = null;
        log.error = null;
    }

    /**
     * Why the call of this thread failed that came last.
     *
     * @return the first error that FFmpeg logged, or its first warning. Of a playlist whichever came first, behind the
     *     address of the segment: {@code http://HOST/0.ts: HTTP error 404 Not Found}. Null if it logged nothing.
     */
    public static String cause() {
        FfmpegLog log = OF_THREAD.get();
        return log.error != null && log.opened == null ? log.error : log.first;
    }

    /**
     * The first error that the last call of this thread logged.
     *
     * @return the line, as {@link #cause()} has it; null if there was none.
     */
    public static String error() {
        return OF_THREAD.get().error;
    }

    private void add(int level, String line) {
        Matcher opening = OPENING.matcher(line);
        Matcher refused = REFUSED_OPTION.matcher(line);
        if (opening.matches()) {
            opened = opening.group(1);
        } else if (refused.matches()) {
            first = "its option '" + refused.group(1) + "' does not take this value";
            error = first;
        } else if (level <= avutil.AV_LOG_WARNING && !GUESS.matcher(line).matches()) {
            String text = opened == null ? line : opened + ": " + line;
            String cut = text.length() > MAX_LENGTH ? text.substring(0, MAX_LENGTH) + "…" : text;
            first = first == null ? cut : first;
            if (level <= avutil.AV_LOG_ERROR) {
                error = error == null ? cut : error;
            }
        }
    }

    private static final class Callback extends LogCallback {

        private final boolean isPrinted;

        Callback(boolean isPrinted) {
            this.isPrinted = isPrinted;
        }

        @Override
        public void call(int level, BytePointer message) {
            if (level > avutil.AV_LOG_INFO) {
                return;
            }
            String line = Secrets.hiddenInText(
                    message.getString(StandardCharsets.UTF_8).strip());
            if (line.isEmpty()) {
                return;
            }
            if (isPrinted) {
                System.err.println(line);
            }
            OF_THREAD.get().add(level, PREFIX.matcher(line).replaceFirst(""));
        }
    }
}
