package io.aeroframe.benchmarks.options;

import io.aeroframe.apps.options.DurationConverter;
import io.aeroframe.apps.options.FrameRate;
import io.aeroframe.apps.options.Idle;
import io.aeroframe.transport.FrameEncoding;
import io.aeroframe.vision.source.PictureSize;
import java.time.Duration;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The options for a measurement of one stream, as a mixin. A command passes them on to its child processes. */
public final class StreamOptions extends PathOptions {

    @Option(
            names = "--size",
            paramLabel = "WxH",
            converter = BgrSizeConverter.class,
            description = "Size of the frames. Default: ${DEFAULT-VALUE}.")
    private PictureSize size;

    @Option(
            names = "--fps",
            paramLabel = "N|max",
            converter = FrameRate.Converter.class,
            description = {
                "Frames per second, on an open-loop schedule: a late frame does not delay the scheduled times of the "
                        + "next ones. max: one after the other, lossless, without a schedule. "
                        + "Default: ${DEFAULT-VALUE}."
            })
    private FrameRate rate;

    @Option(
            names = "--encoding",
            paramLabel = "raw|jpeg",
            converter = RawOrJpeg.class,
            description = {"jpeg: one picture, encoded before the run, so that no codec is measured. Default: raw."})
    private FrameEncoding encoding = FrameEncoding.RAW;

    @Option(
            names = "--fill",
            description = {
                "Write every byte of a frame before the commit. Without it, only an 8-byte frame number is written, "
                        + "so that the transport alone is measured."
            })
    private boolean isFilled;

    @Option(
            names = "--touch",
            description = {
                "Read every byte of each frame, and also report the latency from the stamp to the last byte read."
            })
    private boolean isTouched;

    @Option(
            names = "--jitter",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description = {
                "Delay each frame's scheduled time at random, by up to that much, such as 1ms: cameras and decoders "
                        + "are not on time. Default: 0."
            })
    private Duration jitter = Duration.ZERO;

    /**
     * Creates the options.
     *
     * @param size    the default size of the frames
     * @param rate    the default rate
     * @param seconds the default length of the measured part
     */
    public StreamOptions(PictureSize size, FrameRate rate, double seconds) {
        super(Idle.spin, seconds);
        this.size = size;
        this.rate = rate;
    }

    /**
     * Returns the plan that the options make.
     *
     * @throws ParameterException if an option is out of range, or options contradict one another
     */
    public Plan plan() {
        check(rate);
        if (jitter.toNanos() > rate.periodNs()) {
            throw usageError(
                    rate.isMax()
                            ? "--jitter is for frames with a schedule: give a rate with --fps"
                            : "--jitter is longer than the time from frame to frame: use a lower --fps");
        }
        return new Plan(
                path(),
                channel(),
                size,
                rate,
                encoding,
                idle(),
                isFilled,
                isTouched,
                warmup(),
                seconds(),
                jitter.toNanos());
    }
}
