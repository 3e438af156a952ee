package io.aeroframe.apps.options;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Converts a number of bytes for picocli: {@code 1000000}, {@code 256M} or {@code 256MiB} (of 1024), {@code 256MB} (of
 * 1000).
 */
public final class ByteCount implements ITypeConverter<Integer> {

    private static final Pattern FORM = Pattern.compile("(\\d{1,12}(?:\\.\\d{1,9})?)\\s*(?:([kmg])(i?b)?|b|bytes)?");
    private static final String UNITS = "kmg";

    /** A converter, as picocli makes it. */
    public ByteCount() {}

    @Override
    public Integer convert(String text) {
        Matcher matcher = FORM.matcher(text.strip().toLowerCase(Locale.ROOT));
        if (!matcher.matches()) {
            throw new TypeConversionException("'" + text + "' is not a number of bytes, such as 1000000 or 64MiB");
        }
        int power = matcher.group(2) == null ? 0 : UNITS.indexOf(matcher.group(2)) + 1;
        double bytes =
                Double.parseDouble(matcher.group(1)) * Math.pow("b".equals(matcher.group(3)) ? 1000 : 1024, power);
        if (bytes > Integer.MAX_VALUE) {
            throw new TypeConversionException("'" + text + "' is more than " + Integer.MAX_VALUE + " bytes");
        }
        return (int) bytes;
    }
}
