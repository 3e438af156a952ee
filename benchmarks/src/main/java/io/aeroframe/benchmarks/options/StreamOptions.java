package io.aeroframe.benchmarks.options;

import io.aeroframe.transport.FrameChannel;
import io.aeroframe.transport.FrameEncoding;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** What every measurement is told of its stream, and passes on to its processes. */
public final class StreamOptions {

    private static final double LONGEST_SECONDS = 86_400;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = "--channel",
            paramLabel = "C",
            converter = ChannelConverter.class,
            description = "ipc, udp:HOST:PORT or an Aeron channel URI. Default: ipc.")
    private FrameChannel channel = FrameChannel.IPC;

    @Option(
            names = "--size",
            paramLabel = "WxH",
            converter = Size.Converter.class,
            description = "Of the pictures. Default: ${DEFAULT-VALUE}.")
    private Size size;

    @Option(
            names = "--fps",
            paramLabel = "N|max",
            converter = FrameRate.Converter.class,
            description = {
                "Frames a second, on an open-loop schedule: a frame that is late does not delay the time that the next one is due. "
                        + "max: one after the other, none dropped, no schedule. Default: ${DEFAULT-VALUE}."
            })
    private FrameRate rate;

    @Option(
            names = "--path",
            paramLabel = "pool|log",
            description = {
                "pool: frames stay in shared memory (ipc only). log: they travel inside Aeron's log buffers. "
                        + "Also aeron: plain Aeron alone. Default: pool on ipc, log on udp."
            })
    private FramePath path;

    @Option(
            names = "--encoding",
            paramLabel = "raw|jpeg",
            converter = RawOrJpeg.class,
            description = {
                "jpeg: one picture, encoded before the run, so that its bytes are measured and not a codec. Default: raw."
            })
    private FrameEncoding encoding = FrameEncoding.RAW;

    @Option(
            names = "--idle",
            paramLabel = "wait|spin|yield|backoff",
            description = {
                "What a reader does while there is no frame. wait: sleep until woken (pool path; backoff on the others). "
                        + "Default: ${DEFAULT-VALUE}."
            })
    private Idle idle = Idle.spin;

    @Option(
            names = "--fill",
            description = {
                "The writer writes every byte of a frame before it commits. Without it, an 8-byte frame number at the front, "
                        + "so that it is the transport's cost that is measured."
            })
    private boolean isFilled;

    @Option(
            names = "--touch",
            description =
                    "Readers also read every byte of each frame: a further latency, from stamp to last byte read.")
    private boolean isTouched;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            description = "Measured part of each run. Default: ${DEFAULT-VALUE}.")
    private double seconds;

    @Option(
            names = "--warmup",
            paramLabel = "N",
            description = {
                "Seconds before it: the first half at up to 10,000 frames a second, so that compiled code is measured, "
                        + "the second at the pace that counts. Default: ${DEFAULT-VALUE}."
            })
    private double warmup = 2;

    public StreamOptions(Size size, FrameRate rate, double seconds) {
        this.size = size;
        this.rate = rate;
        this.seconds = seconds;
    }

    /**
     * What was asked for.
     *
     * @throws ParameterException if the options contradict one another.
     */
    public Plan plan() {
        check(seconds > 0 && seconds <= LONGEST_SECONDS, "--seconds", seconds, "above 0 and at most 86400");
        check(warmup >= 0 && warmup <= LONGEST_SECONDS, "--warmup", warmup, "within 0 to 86400");
        if (!rate.isMax() && rate.perSecond() * seconds < 1) {
            throw mistake("--seconds " + seconds + " at --fps " + rate + " is less than one frame; give more seconds");
        }
        FramePath chosen = path != null ? path : channel.allowsPool() ? FramePath.pool : FramePath.log;
        if (chosen == FramePath.pool && !channel.allowsPool()) {
            throw mistake("--path pool is not possible on '" + channel
                    + "': frames stay in shared memory on ipc only; use --path log, or --channel ipc");
        }
        if (chosen != FramePath.pool && path != null && idle == Idle.wait) {
            throw mistake("--idle wait is for the pool path only; use backoff, yield or spin with --path " + chosen);
        }
        return new Plan(chosen, channel, size, rate, encoding, idle.on(chosen), isFilled, isTouched, warmup, seconds);
    }

    public ParameterException mistake(String message) {
        return new ParameterException(command.commandLine(), message);
    }

    private void check(boolean isValid, String option, double value, String range) {
        if (!isValid) {
            throw mistake(option + "=" + value + " is not " + range);
        }
    }

    /** For picocli. */
    public static final class ChannelConverter implements ITypeConverter<FrameChannel> {
        @Override
        public FrameChannel convert(String text) {
            try {
                return FrameChannel.parse(text);
            } catch (IllegalArgumentException ex) {
                throw new TypeConversionException(ex.getMessage());
            }
        }
    }
}
