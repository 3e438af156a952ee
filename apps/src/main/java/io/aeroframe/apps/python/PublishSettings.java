package io.aeroframe.apps.python;

import io.aeroframe.transport.FrameChannel;
import io.aeroframe.transport.FrameFormat;
import io.aeroframe.transport.PublicationContext;
import io.aeroframe.transport.StreamName;
import java.time.Duration;

/**
 * How a stream is published, all but the format of its frames.
 *
 * @param stream     the name of the stream.
 * @param channel    the channel, as on the command line.
 * @param isLossless whether to wait for slow subscribers instead of dropping frames.
 * @param slots      the number of slots of the pool; 0 for as many as suit the frames.
 * @param ttlNs      the frames' time to live in nanoseconds; 0 for no limit.
 */
public record PublishSettings(String stream, String channel, boolean isLossless, int slots, long ttlNs) {

    /**
     * Validates what does not depend on a frame.
     *
     * @param stream     the name of the stream.
     * @param channel    the channel, as on the command line.
     * @param isLossless whether to wait for slow subscribers.
     * @param slots      the number of slots of the pool, or 0.
     * @param ttlNs      the frames' time to live in nanoseconds, or 0.
     * @throws IllegalArgumentException if the name or the channel is not valid.
     */
    public PublishSettings {
        new StreamName(stream);
        FrameChannel.parse(channel);
    }

    PublicationContext context(FrameFormat format) {
        return new PublicationContext()
                .stream(stream)
                        .channel(FrameChannel.parse(channel))
                        .lossless(isLossless)
                        .slots(slots)
                        .timeToLive(Duration.ofNanos(ttlNs))
                        .format(format);
    }
}
