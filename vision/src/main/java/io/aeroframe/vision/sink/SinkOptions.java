package io.aeroframe.vision.sink;

import java.io.OutputStream;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Settings for {@link FrameSinks#open(String, SinkOptions)}. Every setter returns these options, so that calls chain;
 * what is not set keeps its default. Sinks read the options while they are open: do not change them after opening one.
 */
public final class SinkOptions {

    private final String streamName;
    private OutputStream standardOutput = System.out;
    private boolean json;
    private Consumer<String> report = line -> {};
    private String codec;
    private boolean overwrite;

    /**
     * Creates options with every other setting at its default.
     *
     * @param streamName name of the stream, for the title of a window and the names of pictures saved from it.
     * @throws NullPointerException if the name is null.
     */
    public SinkOptions(String streamName) {
        this.streamName = Objects.requireNonNull(streamName, "streamName");
    }

    /**
     * The name of the stream.
     *
     * @return stream name.
     */
    public String streamName() {
        return streamName;
    }

    /**
     * Sets the stream that a digest writes its lines to. Default: {@link System#out}. A bare stream is better than a
     * {@link java.io.PrintStream}, which hides that its reader is gone.
     *
     * @param newStandardOutput output stream.
     * @return these options.
     * @throws NullPointerException if the stream is null.
     */
    public SinkOptions standardOutput(OutputStream newStandardOutput) {
        standardOutput = Objects.requireNonNull(newStandardOutput, "standardOutput");
        return this;
    }

    /**
     * The stream that a digest writes its lines to.
     *
     * @return output stream.
     */
    public OutputStream standardOutput() {
        return standardOutput;
    }

    /**
     * Sets whether a digest writes its lines as JSON objects. Default: false.
     *
     * @param newJson true for JSON objects.
     * @return these options.
     */
    public SinkOptions json(boolean newJson) {
        json = newJson;
        return this;
    }

    /**
     * Whether a digest writes its lines as JSON objects.
     *
     * @return true for JSON objects.
     */
    public boolean json() {
        return json;
    }

    /**
     * Sets the consumer of messages for the user. Default: messages are dropped.
     *
     * @param newReport consumer of one line at a time, called from any thread.
     * @return these options.
     * @throws NullPointerException if the consumer is null.
     */
    public SinkOptions report(Consumer<String> newReport) {
        report = Objects.requireNonNull(newReport, "report");
        return this;
    }

    /**
     * The consumer of messages for the user.
     *
     * @return consumer of one line at a time.
     */
    public Consumer<String> report() {
        return report;
    }

    /**
     * Sets the codec of a video file. Default: chosen by the container and the frames.
     *
     * @param newCodec FFmpeg's name of the codec, or null for the default.
     * @return these options.
     */
    public SinkOptions codec(String newCodec) {
        codec = newCodec;
        return this;
    }

    /**
     * The codec of a video file.
     *
     * @return FFmpeg's name of the codec, or null for the default.
     */
    public String codec() {
        return codec;
    }

    /**
     * Sets whether a video file that exists may be replaced. Default: false.
     *
     * @param newOverwrite true to replace it.
     * @return these options.
     */
    public SinkOptions overwrite(boolean newOverwrite) {
        overwrite = newOverwrite;
        return this;
    }

    /**
     * Whether a video file that exists may be replaced.
     *
     * @return true to replace it.
     */
    public boolean overwrite() {
        return overwrite;
    }
}
