package io.aeroframe.apps.bridge;

import io.aeroframe.apps.bridge.pipe.PipeOptions;
import io.aeroframe.driver.DriverContext;
import io.aeroframe.transport.FrameChannel;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Settings of bridges.
 *
 * @param streamName the name of the stream on this side.
 * @param channels   the channels of that stream.
 * @param pipe       the options of the pipe.
 * @param isPaced    whether frames are asked for at a rate, so that a source that can wait should.
 * @param frameLimit the number of frames after which the run ends; {@link Long#MAX_VALUE} for no limit.
 * @param driver     makes the settings of a media driver to join.
 * @param report     takes a line for the user at a time, on the thread that uses the bridge.
 */
public record BridgeOptions(
        String streamName,
        List<FrameChannel> channels,
        PipeOptions pipe,
        boolean isPaced,
        long frameLimit,
        Supplier<DriverContext> driver,
        Consumer<String> report) {}
