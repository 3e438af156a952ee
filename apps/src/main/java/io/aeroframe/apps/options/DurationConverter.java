package io.aeroframe.apps.options;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Converts a duration for picocli: {@code 5s}, {@code 500ms}, {@code 2m}, or a number of seconds. */
public final class DurationConverter implements ITypeConverter<Duration> {

    private static final Pattern FORM = Pattern.compile("(\\d{1,9}(?:\\.\\d{1,6})?)(us|ms|s|m|h)?");

    /** A converter, as picocli makes it. */
    public DurationConverter() {}

    @Override
    public Duration convert(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new TypeConversionException("'" + text + "' is not a duration, such as 5s, 500ms or 2m");
        }
        String unit = matcher.group(2) == null ? "s" : matcher.group(2);
        double scale =
                switch (unit) {
                    case "us" -> 1e3;
                    case "ms" -> 1e6;
                    case "s" -> 1e9;
                    case "m" -> 60e9;
                    default -> 3_600e9;
                };
        Duration duration = Duration.ofNanos((long) (Double.parseDouble(matcher.group(1)) * scale));
        if (duration.isZero()) {
            throw new TypeConversionException("'" + text + "' is zero: use a duration such as 5s");
        }
        return duration;
    }
}
