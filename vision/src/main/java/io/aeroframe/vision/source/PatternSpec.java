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
    private static final Pattern SYNTAX =
            Pattern.compile("pattern:(?:(\\d{1,9})[xX](\\d{1,9}))?(?:@(\\d{1,9}(?:\\.\\d{1,9})?))?");

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
        if (matcher.group(1) != null) {
            width = Integer.parseInt(matcher.group(1));
            height = Integer.parseInt(matcher.group(2));
        }
        double rate = matcher.group(3) == null ? DEFAULT_RATE : Double.parseDouble(matcher.group(3));
        if (!(rate > 0 && rate <= MAX_RATE)) {
            throw malformed(spec, "a rate of " + matcher.group(3) + " is not above 0 and up to 100000 frames a second");
        }
        try {
            return new PatternSpec(FrameFormat.bgr24(width, height), rate);
        } catch (IllegalArgumentException e) {
            throw malformed(spec, e.getMessage());
        }
    }

    private static IllegalArgumentException malformed(String spec, String reason) {
        return new IllegalArgumentException(spec + ": " + reason + "; use for example pattern:1280x720@60");
    }
}
