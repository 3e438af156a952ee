package io.aeroframe.vision.source;

import io.aeroframe.transport.FrameFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code pattern:1280x720@60}, taken apart. Size and rate may be left out. */
record PatternSpec(FrameFormat format, double framesPerSecond) {

    private static final int DEFAULT_WIDTH = 1280;
    private static final int DEFAULT_HEIGHT = 720;
    private static final double DEFAULT_RATE = 60;
    private static final double MAX_RATE = 100_000;
    private static final Pattern SYNTAX = Pattern.compile("pattern:([^@]*)(?:@(.*))?");

    /**
     * Takes a specification apart.
     *
     * @param spec    the specification.
     * @param options whose size is taken if the specification has none.
     * @throws IllegalArgumentException if it is malformed.
     */
    static PatternSpec parse(String spec, SourceOptions options) {
        Matcher matcher = SYNTAX.matcher(spec);
        if (!matcher.matches()) {
            throw malformed(spec, "not WIDTHxHEIGHT@FRAMES_PER_SECOND");
        }
        int width = options.hasSize() ? options.width() : DEFAULT_WIDTH;
        int height = options.hasSize() ? options.height() : DEFAULT_HEIGHT;
        double rate = matcher.group(2) == null ? DEFAULT_RATE : RateText.parse(matcher.group(2));
        if (Double.isNaN(rate)) {
            throw malformed(spec, "'" + matcher.group(2) + "' is not a rate");
        }
        if (!(rate > 0 && rate <= MAX_RATE)) {
            throw malformed(spec, "a rate of " + matcher.group(2) + " is not above 0 and up to 100000 frames a second");
        }
        try {
            if (!matcher.group(1).isBlank()) {
                PictureSize size = PictureSize.parse(matcher.group(1));
                width = size.width();
                height = size.height();
            }
            return new PatternSpec(FrameFormat.bgr24(width, height), rate);
        } catch (IllegalArgumentException e) {
            throw malformed(spec, e.getMessage());
        }
    }

    private static IllegalArgumentException malformed(String spec, String reason) {
        return new IllegalArgumentException(spec + ": " + reason + "; use for example pattern:1280x720@60");
    }
}
