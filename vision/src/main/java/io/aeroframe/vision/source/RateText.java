package io.aeroframe.vision.source;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Frame rates as people write them. */
public final class RateText {

    private static final Pattern FORM = Pattern.compile(
            "(\\d+(?:\\.\\d*)?(?:e\\d{1,2})?|\\.\\d+)(?:\\s*/\\s*(\\d+(?:\\.\\d*)?))?\\s*(?:fps|hz|p)?");

    private RateText() {}

    /**
     * Reads a rate: {@code 30}, {@code 29.97}, {@code 30000/1001}, {@code 30fps} or {@code 30 Hz}.
     *
     * @param text the rate.
     * @return frames per second, which may be 0 or infinite; {@link Double#NaN} if it is not a rate.
     */
    public static double parse(String text) {
        Matcher matcher = FORM.matcher(text.strip().toLowerCase(Locale.ROOT));
        if (!matcher.matches()) {
            return Double.NaN;
        }
        double rate = Double.parseDouble(matcher.group(1));
        return matcher.group(2) == null ? rate : rate / Double.parseDouble(matcher.group(2));
    }
}
