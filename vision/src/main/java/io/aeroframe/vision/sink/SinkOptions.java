package io.aeroframe.vision.sink;

import java.io.OutputStream;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * What sinks need to know of their surroundings.
 *
 * @param streamName     whose frames come, for a window's title and the names of pictures saved from it.
 * @param standardOutput where a digest's lines go; best the bare stream, not a {@link java.io.PrintStream}, which hides
 *                       that its reader is gone.
 * @param json           lines are JSON objects.
 * @param report         takes a line for the user, from any thread.
 * @param codec          the codec of a video file, as FFmpeg calls it; null for the sink's own choice.
 * @param isOverwriting  whether a video file that exists may be replaced.
 */
public record SinkOptions(
        String streamName,
        OutputStream standardOutput,
        boolean json,
        Consumer<String> report,
        String codec,
        boolean isOverwriting) {

    /**
     * Options for sinks other than video files.
     *
     * @param streamName     whose frames come.
     * @param standardOutput where a digest's lines go.
     * @param json           lines are JSON objects.
     * @param report         takes a line for the user, from any thread.
     */
    public SinkOptions(String streamName, OutputStream standardOutput, boolean json, Consumer<String> report) {
        this(streamName, standardOutput, json, report, null, false);
    }

    /**
     * Validates the options.
     *
     * @throws NullPointerException if one is missing; the codec may be.
     */
    public SinkOptions {
        Objects.requireNonNull(streamName, "streamName");
        Objects.requireNonNull(standardOutput, "standardOutput");
        Objects.requireNonNull(report, "report");
    }
}
