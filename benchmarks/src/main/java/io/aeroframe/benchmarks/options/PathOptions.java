package io.aeroframe.benchmarks.options;

import io.aeroframe.apps.options.Idle;
import io.aeroframe.transport.FrameChannel;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;

/** The options for the path that frames take and how long a run takes, as a mixin. */
public class PathOptions extends DurationOptions {

    private static final double WARMUP_SECONDS = 2;
    private static final int MAX_SECONDS = 86_400;

    @Option(
            names = "--channel",
            paramLabel = "C",
            converter = ChannelConverter.class,
            description = "ipc, udp:HOST:PORT or an Aeron channel URI. Default: ipc.")
    private FrameChannel channel = FrameChannel.IPC;

    @Option(
            names = "--path",
            paramLabel = "pool|log",
            description = {
                "pool: frames stay in shared memory (ipc only). log: they travel inside Aeron's log buffers. "
                        + "aeron: plain Aeron, with synthetic frames only. Default: pool on ipc, log on udp."
            })
    private FramePath path;

    @Option(
            names = "--idle",
            paramLabel = "wait|spin|yield|backoff|sleep",
            description = {
                "How a reader waits for frames. wait: sleep until woken (pool path; backoff on the others). "
                        + "Default: ${DEFAULT-VALUE}."
            })
    private Idle idle;

    /**
     * Creates the options.
     *
     * @param idle    the default for how a reader waits
     * @param seconds the default length of the measured part
     */
    public PathOptions(Idle idle, double seconds) {
        super(seconds, WARMUP_SECONDS, MAX_SECONDS);
        this.idle = idle;
    }

    /** Returns the channel. */
    public final FrameChannel channel() {
        return channel;
    }

    /**
     * Returns the path that was asked for, or the channel's default.
     *
     * @throws ParameterException if the channel does not allow the path
     */
    public final FramePath path() {
        if (path == FramePath.pool && !channel.allowsPool()) {
            throw usageError("--path pool is not possible on '" + channel
                    + "': frames stay in shared memory on ipc only; use --path log, or --channel ipc");
        }
        if (path != null) {
            return path;
        }
        return channel.allowsPool() ? FramePath.pool : FramePath.log;
    }

    /**
     * Returns how a reader waits on the path.
     *
     * @throws ParameterException if the path that was asked for does not allow it
     */
    public final Idle idle() {
        if (idle == Idle.wait && path != null && path != FramePath.pool) {
            throw usageError("--idle wait is for the pool path only; use backoff, yield or spin with --path " + path);
        }
        return path().idle(idle);
    }

    /** Converts a channel for picocli. */
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
