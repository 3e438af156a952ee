package io.aeroframe.apps.options;

import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Converts a duration for picocli: a number of seconds, or numbers with units, such as {@code 5s}, {@code 500 ms},
 * {@code 2min} or {@code 1h30m}, or a time as FFmpeg has it, {@code 1:30} or {@code 00:01:30.5}.
 */
public final class DurationConverter implements ITypeConverter<Duration> {

    private static final String NUMBER = "(\\d{1,12}(?:\\.\\d{0,9})?|\\.\\d{1,9})";
    private static final Pattern PART = Pattern.compile(NUMBER + "\\s*([a-z\u00b5\u03bc]*)\\s*");
    private static final Pattern CLOCK = Pattern.compile("(?:(\\d{1,5}):)?(\\d{1,5}):(\\d{1,2}(?:\\.\\d{0,9})?)");

    private static final Duration LONGEST = Duration.ofDays(3650);

    /** A converter, as picocli makes it. */
    public DurationConverter() {}

    @Override
    public Duration convert(String text) {
        double seconds = seconds(text, text.strip().toLowerCase(Locale.ROOT));
        if (seconds > LONGEST.toSeconds()) {
            throw new TypeConversionException("'" + text + "' is longer than ten years");
        }
        Duration duration = Duration.ofNanos(Math.round(seconds * 1e9));
        if (duration.isZero()) {
            throw new TypeConversionException("'" + text + "' is zero: use a duration such as 5s");
        }
        return duration;
    }

    private static double seconds(String typed, String text) {
        Matcher clock = CLOCK.matcher(text);
        if (clock.matches()) {
            double hours = clock.group(1) == null ? 0 : Double.parseDouble(clock.group(1));
            return hours * 3_600 + Double.parseDouble(clock.group(2)) * 60 + Double.parseDouble(clock.group(3));
        }
        Matcher part = PART.matcher(text);
        double seconds = 0;
        int end = 0;
        while (end < text.length() && part.find(end) && part.start() == end) {
            boolean isWhole = end == 0 && part.end() == text.length();
            if (part.group(2).isEmpty() && !isWhole) {
                throw malformed(typed);
            }
            seconds += Double.parseDouble(part.group(1)) * unitSeconds(typed, part.group(2));
            end = part.end();
        }
        if (end == 0 || end < text.length()) {
            throw malformed(typed);
        }
        return seconds;
    }

    private static double unitSeconds(String typed, String unit) {
        return switch (unit) {
            case "us", "\u00b5s", "\u03bcs", "usec", "usecs", "microsecond", "microseconds" -> 1e-6;
            case "ms", "msec", "msecs", "millis", "millisecond", "milliseconds" -> 1e-3;
            case "", "s", "sec", "secs", "second", "seconds" -> 1;
            case "m", "min", "mins", "minute", "minutes" -> 60;
            case "h", "hr", "hrs", "hour", "hours" -> 3_600;
            case "d", "day", "days" -> 86_400;
            default -> throw malformed(typed);
        };
    }

    private static TypeConversionException malformed(String text) {
        return new TypeConversionException("'" + text + "' is not a duration, such as 5s, 500ms or 2m");
    }
}
