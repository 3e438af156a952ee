package io.aeroframe.apps.options;

import io.aeroframe.transport.FrameFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * The size of a picture, written as {@code 640x480}.
 *
 * @param width  the width in pixels.
 * @param height the height in pixels.
 */
public record Size(int width, int height) {

    @Override
    public String toString() {
        return width + "x" + height;
    }

    /** Converts a size for picocli. */
    public static final class Converter implements ITypeConverter<Size> {
        private static final Pattern FORM = Pattern.compile("(\\d{1,5})[xX](\\d{1,5})");

        /** A converter, as picocli makes it. */
        public Converter() {}

        @Override
        public Size convert(String text) {
            Matcher matcher = FORM.matcher(text);
            if (!matcher.matches()) {
                throw new TypeConversionException("'" + text + "' is not WIDTHxHEIGHT, such as 640x480");
            }
            Size size = new Size(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
            int max = FrameFormat.MAX_DIMENSION;
            if (size.width < 1 || size.width > max || size.height < 1 || size.height > max) {
                throw new TypeConversionException("'" + text + "' is not within 1x1 to " + max + "x" + max);
            }
            return size;
        }
    }
}
