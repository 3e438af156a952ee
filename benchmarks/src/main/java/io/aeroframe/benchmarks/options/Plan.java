package io.aeroframe.benchmarks.options;

import io.aeroframe.apps.options.FrameRate;
import io.aeroframe.apps.options.Idle;
import io.aeroframe.transport.FrameChannel;
import io.aeroframe.transport.FrameEncoding;
import io.aeroframe.transport.FrameFormat;
import io.aeroframe.vision.source.PictureSize;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What one run measures. All its processes get the same plan.
 *
 * @param path          the path that frames take
 * @param channel       the channel that they travel on
 * @param size          the size of the pictures
 * @param rate          the writer's rate
 * @param encoding      raw BGR, or JPEG
 * @param idle          how the readers wait for frames
 * @param isFilled      whether the writer writes every byte of a frame
 * @param isTouched     whether the readers read every byte of a frame
 * @param warmupSeconds the length of the warm-up, before the measured part
 * @param seconds       the length of the measured part
 * @param jitterNs      the longest random delay of a frame's scheduled time, in nanoseconds
 */
public record Plan(
        FramePath path,
        FrameChannel channel,
        PictureSize size,
        FrameRate rate,
        FrameEncoding encoding,
        Idle idle,
        boolean isFilled,
        boolean isTouched,
        double warmupSeconds,
        double seconds,
        long jitterNs) {

    /** A plan with evenly spaced frames. */
    public Plan(
            FramePath path,
            FrameChannel channel,
            PictureSize size,
            FrameRate rate,
            FrameEncoding encoding,
            Idle idle,
            boolean isFilled,
            boolean isTouched,
            double warmupSeconds,
            double seconds) {
        this(path, channel, size, rate, encoding, idle, isFilled, isTouched, warmupSeconds, seconds, 0);
    }

    /** Returns this plan for another path, with a way to wait that the path allows. */
    public Plan on(FramePath other) {
        return new Plan(
                other,
                channel,
                size,
                rate,
                encoding,
                other.idle(idle),
                isFilled,
                isTouched,
                warmupSeconds,
                seconds,
                jitterNs);
    }

    /** Returns this plan for processes that are measured from their start. */
    public Plan withoutWarmup() {
        return new Plan(path, channel, size, rate, encoding, idle, isFilled, isTouched, 0, seconds, jitterNs);
    }

    public FrameFormat format() {
        return encoding == FrameEncoding.JPEG
                ? FrameFormat.jpeg(size.width(), size.height())
                : FrameFormat.bgr24(size.width(), size.height());
    }

    /** Describes the plan in one line. */
    public String describe() {
        return String.format(
                Locale.ROOT,
                "%s %s on %s at %s fps%s, %s s after %s s of warm-up",
                encoding == FrameEncoding.JPEG ? "JPEG" : "raw BGR",
                size,
                channel,
                rate,
                jitterNs == 0 ? "" : " with up to " + jitterNs / 1_000 + " us of jitter",
                number(seconds),
                number(warmupSeconds));
    }

    /** Returns the options from which {@link StreamOptions} makes this plan. */
    public List<String> arguments() {
        List<String> arguments = new ArrayList<>(List.of(
                "--path", path.name(),
                "--channel", channel.uri(),
                "--size", size.toString(),
                "--fps", rate.toString(),
                "--encoding", encoding.name(),
                "--idle", idle.name(),
                "--warmup", Double.toString(warmupSeconds),
                "--seconds", Double.toString(seconds)));
        if (isFilled) {
            arguments.add("--fill");
        }
        if (isTouched) {
            arguments.add("--touch");
        }
        if (jitterNs > 0) {
            arguments.addAll(List.of("--jitter", jitterNs / 1_000 + "us"));
        }
        return arguments;
    }

    private static String number(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }
}
